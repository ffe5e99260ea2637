"""A fetch loop as an integration has it, against a world that moves, and the mock's verdict."""

import http.client

from checks import MINUTE_MS, check, contains, equal
from xdr_client import ApiError, where

HOUR_MS = 60 * MINUTE_MS


class Fetcher:
    """Asks every minute for what was created since its last good run, and `look_back` more."""

    def __init__(self, setup, look_back_ms):
        self.mock, self.client, self.look_back_ms = setup.mock, setup.client(), look_back_ms
        self.last_run_ms = None
        self.known = set()

    def run(self):
        """Fetches once and reports what is new. A run that fails changes nothing."""
        now_ms = self.mock.now_ms()
        begin_ms = (now_ms - HOUR_MS if self.last_run_ms is None
                    else self.last_run_ms - self.look_back_ms)
        try:
            rows = self.client.all_incidents([where("creation_time", "gte", begin_ms)])
        except (ApiError, OSError, http.client.HTTPException):
            return
        new = [row["incident_id"] for row in rows if row["incident_id"] not in self.known]
        self.known.update(new)
        self.last_run_ms = now_ms
        if new:
            self.mock.call("accepted", {"incident_ids": new})

    def play(self):
        """Runs until the scenario is over; the verdict."""
        for _ in range(100):
            self.mock.advance(60)
            self.run()
            verdict = self.mock.call("verdict")
            if verdict["over"]:
                self.mock.call("done", {})
                return self.mock.call("verdict")
        raise AssertionError("the scenario does not end")


@check
def a_fetch_loop_with_look_back_passes(setup):
    fetcher = Fetcher(setup, look_back_ms=10 * MINUTE_MS)
    verdict = fetcher.play()
    equal((verdict["outcome"], verdict["exit"]), ("pass", 0), verdict["reasons"])
    equal(len(fetcher.known), 129)
    equal((verdict["basis"], verdict["counts"]["once"]), ("accepted", 129))
    for fault in setup.mock.call("faults")["faults"]:
        assert fault["fired"] > 0, fault


@check
def a_fetch_loop_without_look_back_fails_and_is_told_why(setup):
    fetcher = Fetcher(setup, look_back_ms=0)
    verdict = fetcher.play()
    equal((verdict["outcome"], verdict["exit"], verdict["lost"]), ("fail", 10, ["2001"]))
    assert "2001" not in fetcher.known
    told = setup.mock.call("explain?incident=2001")
    contains(told, "before the window by")
    contains(told, "not indexed yet")
    assert told["smallest"]["look_back"], told["smallest"]
