#!/usr/bin/env python3
"""Drives `mockxdr serve` as the developer of a client does: first line, clock, admin API, verdict.

usage: serve_test.py --mockxdr PATH --scenarios DIR [unittest arguments]

Exit code 0 if all passed, 1 if not.
"""

import contextlib
import gzip
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import time

import driver
from driver import (
    ENDPOINT, HISTORY, PATIENCE_S, START, START_S, TEST_KEY, UNAUTHORIZED, UNKNOWN_PATH, Case, ask,
    date_of, mockxdr, programs, run, scenario,
)


class Serve(Case):
    def test_the_first_line_says_where_and_what(self):
        server = self.serve(scenario(server={"seed": 7}), "--clock", "60x")
        self.assertEqual(
            server.hello,
            {"url": f"http://127.0.0.1:{server.port}", "port": server.port,
             "pid": server.process.pid, "scenario": str(self.folder / "served-0.json"),
             "clock": "60x", "seed": 7, "api_key_id": "1"},
        )
        self.assertNotIn(TEST_KEY, server.first)

    def test_a_port_file_holds_the_port_once_it_is_ready(self):
        file = self.folder / "port.txt"
        server = self.serve(HISTORY, "--port-file", file)
        self.assertEqual(file.read_text(), f"{server.port}\n")
        self.assertEqual(list(self.folder.glob("port.txt*")), [file])

    def test_a_port_file_is_removed_at_the_end_and_nothing_else(self):
        file, link, pipe = (self.folder / name for name in ("port.txt", "link", "pipe"))
        link.symlink_to(file)
        server = self.serve(HISTORY, "--port-file", link)
        self.assertEqual(file.read_text(), f"{server.port}\n")
        server.stop()
        self.assertTrue(link.is_symlink())
        self.assertFalse(file.exists())
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            server = self.serve(HISTORY, "--port-file", pipe)
            self.assertEqual(os.read(reader, 100).decode(), f"{server.port}\n")
        finally:
            os.close(reader)
        server.stop()
        self.assertTrue(pipe.is_fifo())

    def test_a_port_file_that_nobody_reads_is_an_error(self):
        os.mkfifo(self.folder / "pipe")
        file = self.write("a.json", scenario())
        done = mockxdr("serve", file, "--port-file", self.folder / "pipe")
        self.assert_refused(done, "pipe: cannot be written", code=1)

    def test_what_keeps_it_from_serving_is_said_in_one_line(self):
        file = self.write("a.json", scenario())
        empty = self.write("empty", "\n")
        for arguments, word in [
            ([self.folder / "none.json"], "none.json"),
            ([self.folder], "folder"),
            ([self.write("b.json", scenario(strat=START))], "b.json:"),
            ([file, "--api-key-file", empty], "no key"),
            ([file, "--api-key-file", self.folder / "none"], "none"),
            ([file, "--api-key-file", self.folder], "folder"),
        ]:
            with self.subTest(arguments[1:] or arguments):
                self.assert_refused(mockxdr("serve", *arguments), word)

    def test_a_port_in_use_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = mockxdr("serve", self.write("a.json", scenario()), "--port", port)
        self.assertIn(done.code, (1, 2))
        self.assert_refused(done, str(port), "in use", code=done.code)

    def test_a_server_whose_first_line_is_lost_does_not_serve(self):
        file = self.write("a.json", scenario())
        with open("/dev/full", "wb") as full:
            try:
                done = run(programs.mockxdr, "serve", file, stdout=full, patience_s=20)
            except subprocess.TimeoutExpired:
                done = None
        self.assertIsNotNone(done, "it serves, and nobody knows where")
        self.assertEqual(done.code, 1)
        self.assert_line(done.err)

    def test_only_the_right_key_with_its_id_gets_in(self):
        server = self.serve()
        status, headers, body = server.call()
        self.assertEqual((status, json.loads(body)["reply"]["total_count"]), (200, 3))
        self.assertEqual(headers["Content-Type"], "application/json")
        for key, key_id in [("wrong", "1"), (TEST_KEY, "2"), (TEST_KEY + "x", "1"), (None, None)]:
            with self.subTest((key, key_id)):
                status, headers, body = server.call(key, key_id)
                self.assertEqual((status, body), (401, UNAUTHORIZED))
                self.assertEqual(headers["Content-Length"], "93")

    def test_a_key_file_replaces_the_test_key(self):
        file = self.write("key", "another-key\r\n")
        server = self.serve(HISTORY, "--api-key-file", file, "--api-key-id", "7")
        self.assertEqual(server.hello["api_key_id"], "7")
        self.assertEqual(server.call("another-key", "7")[0], 200)
        self.assertEqual(server.call(TEST_KEY, "1")[0], 401)
        self.assertEqual(server.call(TEST_KEY, "7")[0], 401)
        self.assertEqual(server.call("another-key", "1")[0], 401)

    def test_the_endpoint_has_two_names_and_every_other_path_one_answer(self):
        server = self.serve()
        self.assertEqual(server.call(path=ENDPOINT)[2], server.call(path=ENDPOINT + "/")[2])
        for method, path in [
            ("POST", "/"), ("POST", ENDPOINT + "//"), ("POST", "/public_api/v1/incidents"),
            ("GET", ENDPOINT), ("PUT", ENDPOINT), ("DELETE", ENDPOINT), ("GET", "/__mocked"),
            ("POST", "/public_api/v1/alerts/get_alerts"), ("GET", "/a%0ab"), ("POST", "/a%0ab"),
        ]:
            with self.subTest(f"{method} {path}"):
                status, headers, body = server.call(method=method, path=path)
                self.assertEqual((status, body, len(body)), (500, UNKNOWN_PATH, 110))
                self.assertTrue(headers["Content-Type"].startswith("text/plain"))

    def test_a_signal_ends_it_with_0_even_while_connections_are_open(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.serve()
                used = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
                with contextlib.closing(used):
                    self.assertEqual(ask(used)[0], 200)
                    with socket.create_connection(("127.0.0.1", server.port)) as silent:
                        self.assertEqual(ask(used)[0], 200)
                        self.assertEqual(server.stop(number), 0)
                        silent.settimeout(PATIENCE_S)
                        # One that was not even accepted yet is reset.
                        with contextlib.suppress(ConnectionResetError):
                            self.assertEqual(silent.recv(1), b"")
                self.assertEqual(server.process.stdout.read(), b"", "one line on stdout is all")

    def test_500_idle_connections_do_not_stop_a_new_one(self):
        self.allow_open_files(1100)  # the server inherits it, and needs as many
        server = self.serve()
        with contextlib.ExitStack() as idle:
            for _ in range(500):
                connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                        timeout=PATIENCE_S)
                idle.enter_context(contextlib.closing(connection))
                self.assertEqual(ask(connection, data={"search_to": 1})[0], 200)
            self.assertEqual(server.call()[0], 200)
            self.assertEqual(ask(connection)[0], 200, "an idle one is served again")
            self.assertEqual(server.stop(), 0)

    def allow_open_files(self, wanted):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            if hard != resource.RLIM_INFINITY and hard < wanted:
                self.skipTest(f"at most {hard} open files are allowed here, {wanted} are needed")
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def test_a_signal_lets_replies_go_that_are_held_back_and_ends_with_0(self):
        faults = [{"endpoint": "any", "from": "0s", "until": "1h", "reply": reply} for reply in (
            {"delay": "1h"}, {"slow_headers": "1h"}, {"dribble": {"bytes": 1, "every": "1h"}})]
        for fault in faults:
            with self.subTest(fault["reply"]):
                server = self.serve(scenario(faults=[fault]), "--clock", "manual")
                held = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
                        for _ in range(5)]
                with contextlib.ExitStack() as open_ones:
                    for connection in held:
                        open_ones.enter_context(contextlib.closing(connection))
                        connection.request("POST", ENDPOINT, '{"request_data": {}}',
                                           {"Authorization": TEST_KEY, "x-xdr-auth-id": "1"})
                    while server.stderr().count("request ") < len(held):
                        pass
                    self.assertEqual(server.stop(), 0)
                    for connection in held:
                        reply = connection.getresponse()
                        self.assertEqual(reply.status, 200)
                        self.assertEqual(json.loads(reply.read())["reply"]["total_count"], 0)

    def test_the_start_moves_to_now_unless_it_is_kept(self):
        server = self.serve()
        _, headers, body = server.call()
        newest = max(row["creation_time"] for row in json.loads(body)["reply"]["incidents"])
        age = date_of(headers) - newest / 1000
        self.assertGreater(age, 3600 - 2)
        self.assertLess(age, 3600 + 2 + time.monotonic() - server.before)
        self.assertGreater(date_of(headers), START_S + 86400)

    def test_a_kept_start_is_where_the_clock_begins(self):
        server = self.serve(HISTORY, "--keep-start")
        _, headers, body = server.call()
        passed = date_of(headers) - START_S
        self.assertGreaterEqual(passed, 0)
        self.assertLess(passed, 2 + time.monotonic() - server.before)
        times = {
            row["incident_id"]: row["creation_time"]
            for row in json.loads(body)["reply"]["incidents"]
        }
        self.assertEqual(times["3"], (START_S - 3600) * 1000)

    def test_a_fast_clock_runs_sixty_times_as_fast(self):
        server = self.serve(HISTORY, "--keep-start", "--clock", "60x")
        first_asked = time.monotonic()
        first = date_of(server.call()[1])
        first_got = time.monotonic()
        while True:  # until at least two virtual minutes have passed
            asked = time.monotonic()
            date = date_of(server.call()[1])
            got = time.monotonic()
            if date - first >= 120 or got - first_got > PATIENCE_S:
                break
        self.assertGreaterEqual(date - first, 120)
        self.assertGreaterEqual(date - first, 60 * (asked - first_got) - 2)
        self.assertLessEqual(date - first, 60 * (got - first_asked) + 2)

    def test_stderr_has_one_line_for_each_request_and_no_key(self):
        file = self.write("key", "a-secret-of-this-test\n")
        server = self.serve(HISTORY, "--api-key-file", file)
        server.call("a-secret-of-this-test")
        server.call("a-wrong-secret")
        server.call("a-secret-of-this-test", path="/nowhere")
        server.call("a-secret-of-this-test", data={"filters": "none"})
        self.assertEqual(server.stop(), 0)
        lines = server.stderr().splitlines()
        self.assertEqual(len(lines), 4, lines)
        heads = ("request 1 at ", "request 2 at ", "request 3 at ", "request 4 at ")
        for head, line, said in zip(heads, lines, ("200", "401", "500", "500")):
            self.assertTrue(line.startswith(head), line)
            self.assertIn(f" -> {said}, ", line)
        self.assertNotIn("secret", server.stderr() + server.first)

    def test_no_path_can_forge_a_line_of_the_log(self):
        server = self.serve()
        server.call(method="GET", path="/a%0arequest%202%20at%20noon%1b%5b2J")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(server.stderr().splitlines()), 1, server.stderr())
        self.assertNotIn("\x1b", server.stderr())

    def test_a_fault_of_a_run_is_warned_of(self):
        faults = [
            {"request": 1, "reply": {"status": 503}}, {"run": 2, "reply": {"status": 500}},
        ]
        server = self.serve(scenario(faults=faults))
        self.assertEqual(server.call()[0], 503)
        self.assertEqual(server.call()[0], 200)
        self.assertEqual(server.stop(), 0)
        warnings = [line for line in server.stderr().splitlines() if "request" not in line]
        self.assertEqual(len(warnings), 1)
        self.assertRegex(warnings[0], r"fault 1 .*run")


# Of the incidents, 103 is removed before anybody can fetch it, and 104 may not be read.
MOVING = scenario(
    title="incidents appear late, change and go",
    fetch={"every": "1m", "runs": 5, "look_back": "5m", "first_fetch": "1h"},
    server={"restricted": ["104"]},
    incidents=[
        {"id": "101", "created": "10s", "indexed_after": "2m"},
        {"id": "102", "created": "50s", "updates": [{"at": "3m", "set": {"status": "resolved_auto"}}]},
        {"id": "103", "created": "55s", "removed_at": "59s"},
        {"id": "104", "created": "56s"},
    ],
)


class AdminCase(Case):
    def admin(self, server, path, method="GET", body=None):
        """Status and JSON of one admin request."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            data = body if body is None or isinstance(body, str) else json.dumps(body)
            connection.request(method, "/__mock/" + path, data)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())

    def good(self, *arguments, **options):
        status, reply = self.admin(*arguments, **options)
        self.assertEqual(status, 200, reply)
        return reply

    def refused(self, status, words, *arguments, **options):
        """What is wrong is said where, what and what to do."""
        found, reply = self.admin(*arguments, **options)
        self.assertEqual(found, status, reply)
        text = " ".join(reply["errors"][0][key] for key in ("where", "what", "hint"))
        for word in words:
            self.assertIn(word, text)

    def advance(self, server, by):
        return self.good(server, "clock/advance", "POST", {"by": by})

    def ids(self, server, **data):
        reply = json.loads(server.call(data={"sort": {"field": "creation_time", "keyword": "asc"},
                                             **data})[2])["reply"]
        return [row["incident_id"] for row in reply["incidents"]]


class AdminClock(AdminCase):
    def test_a_manual_clock_moves_when_it_is_told_to_and_tells_what_happened(self):
        server = self.serve(MOVING, "--clock", "manual")
        clock = self.good(server, "clock")
        self.assertEqual(clock, {"now": START, "now_ms": START_S * 1000, "start": START,
                                 "mode": "manual"})
        self.assertEqual(date_of(server.call()[1]), START_S)
        self.assertEqual(self.ids(server), [])
        moved = self.advance(server, "1m")
        self.assertEqual(moved["now"], "2024-01-01T12:01:00Z")
        self.assertEqual(
            [(event["at"][14:19], event["id"], event["what"]) for event in moved["events"]],
            [("00:50", "102", "appears"), ("00:55", "103", "appears"), ("00:56", "104", "appears"),
             ("00:59", "103", "disappears")])
        self.assertEqual(self.ids(server), ["102"])
        moved = self.good(server, "clock/set", "POST", {"to": "2024-01-01T12:03:00Z"})
        self.assertEqual(
            [(event["id"], event["what"]) for event in moved["events"]],
            [("101", "appears"), ("102", "changes")])
        self.assertEqual(self.ids(server), ["101", "102"])

    def test_thirty_days_pass_while_real_time_stands_still(self):
        server = self.serve(
            scenario(incidents=[{"id": "{n}", "created": "1h", "spacing": "1h", "repeat": 720}]),
            "--clock", "manual")
        for day in range(30):
            events = self.advance(server, "1d")["events"]
            self.assertEqual(len(events), 24, day)
        self.assertEqual(len(self.ids(server, search_from=700, search_to=800)), 20)

    def test_time_does_not_go_back(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.refused(409, ["go back", "reset"], server, "clock/advance", "POST", {"by": "-1m"})
        self.refused(409, [START, "go back"], server, "clock/set", "POST",
                     {"to": "2024-01-01T11:59:59Z"})
        self.assertEqual(self.good(server, "clock")["now"], START)

    def test_a_clock_that_runs_is_not_moved_by_hand(self):
        server = self.serve(MOVING)
        self.refused(409, ["--clock manual"], server, "clock/advance", "POST", {"by": "1m"})

    def test_what_is_no_time_is_refused(self):
        server = self.serve(MOVING, "--clock", "manual")
        for route, body, words in [
            ("clock/advance", None, ["by", "missing", "1h30m"]),
            ("clock/advance", {"by": 60}, ["by", "an integer"]),
            ("clock/advance", {"by": "soon"}, ["soon"]),
            ("clock/set", {"to": "noon"}, ["noon"]),
            ("clock/set", "[]", ["an array", "object"]),
            ("clock/set", "{", ["not JSON"]),
        ]:
            with self.subTest((route, body)):
                self.refused(400, words, server, route, "POST", body)

    def test_a_delayed_reply_waits_for_the_clock_and_the_clock_not_for_it(self):
        faults = [{"request": 1, "reply": {"delay": "1m"}}]
        server = self.serve(scenario(faults=faults), "--clock", "manual")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("POST", ENDPOINT, '{"request_data": {}}',
                               {"Authorization": TEST_KEY, "x-xdr-auth-id": "1"})
            while not self.good(server, "journal")["entries"]:
                pass
            connection.sock.settimeout(0.05)
            with self.assertRaises(TimeoutError):
                connection.sock.recv(1)
            connection.sock.settimeout(PATIENCE_S)
            self.advance(server, "59s")
            self.advance(server, "1s")
            self.assertEqual(connection.getresponse().status, 200)

    def test_latency_moves_a_manual_clock_with_each_request(self):
        server = self.serve(scenario(server={"latency": "2s"}), "--clock", "manual")
        dates = [date_of(server.call()[1]) - START_S for _ in range(3)]
        self.assertEqual(dates, [0, 2, 4])


class AdminScenario(AdminCase):
    def test_the_list_of_routes_names_each_with_a_line(self):
        server = self.serve(MOVING)
        routes = self.good(server, "")["routes"]
        self.assertEqual(routes, self.good(server, "")["routes"])
        names = [route["route"] for route in routes]
        for name in ("GET /__mock/health", "GET /__mock/ready", "GET /__mock/clock",
                     "POST /__mock/clock/advance", "PUT /__mock/scenario", "POST /__mock/reset",
                     "GET /__mock/incidents", "GET /__mock/journal", "GET /__mock/verdict",
                     "GET /__mock/explain", "GET /__mock/faults", "POST /__mock/accepted"):
            self.assertIn(name, names)
        for route in routes:
            self.assertGreater(len(route["what"]), 5)
        self.assertEqual(self.good(server, "health"), {"status": "ok"})
        self.assertEqual(self.good(server, "ready"), {"ready": True})
        self.refused(404, ["nowhere", "GET /__mock/"], server, "nowhere")
        self.refused(405, ["another method"], server, "clock", "DELETE")

    def test_admin_requests_are_no_requests_to_the_api(self):
        faults = [{"request": 1, "endpoint": "any", "reply": {"status": 503}}]
        server = self.serve(scenario(faults=faults), "--clock", "manual")
        self.good(server, "verdict")
        self.assertEqual(self.good(server, "journal")["entries"], [])
        self.assertEqual(server.call()[0], 503)

    def test_a_scenario_can_be_read_and_replaced(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.assertEqual(self.good(server, "scenario")["title"], json.loads(MOVING)["title"])
        self.advance(server, "4m")
        other = scenario(title="another one", incidents=[{"id": "7", "created": "-1h"}])
        self.assertEqual(self.good(server, "scenario", "PUT", "// mine\n" + other),
                         {"title": "another one", "incidents": 1})
        self.assertEqual(self.good(server, "clock")["now"], START)
        self.assertEqual(self.ids(server), ["7"])
        self.assertEqual(self.good(server, "scenario")["title"], "another one")

    def test_a_broken_scenario_is_refused_with_its_places_and_the_old_one_plays_on(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.advance(server, "1m")
        self.refused(400, ["scenario:", "titel", "did you mean title?"], server, "scenario", "PUT",
                     scenario(titel="?"))
        self.refused(400, ["not JSON"], server, "scenario", "PUT", "{")
        self.assertEqual(self.good(server, "clock")["now"], "2024-01-01T12:01:00Z")
        self.assertEqual(self.ids(server), ["102"])

    def test_a_client_that_takes_gzip_gets_the_scenario_that_is_played(self):
        many = [{"id": f"{n}", "created": "-1h"} for n in range(1, 9)]
        others = [{"id": f"9{n}", "created": "-1h"} for n in range(1, 9)]
        server = self.serve(scenario(incidents=many), "--clock", "manual")
        before = self.packed_ids(server)
        self.good(server, "scenario", "PUT", scenario(incidents=others))
        after = self.packed_ids(server)
        self.assertEqual(sorted(before), [row["id"] for row in many])
        self.assertEqual(sorted(after), [row["id"] for row in others])

    def packed_ids(self, server):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("POST", ENDPOINT, '{"request_data": {}}',
                               {"Authorization": TEST_KEY, "x-xdr-auth-id": "1",
                                "Accept-Encoding": "gzip"})
            reply = connection.getresponse()
            self.assertEqual(reply.headers["Content-Encoding"], "gzip")
            rows = json.loads(gzip.decompress(reply.read()))["reply"]["incidents"]
            return [row["incident_id"] for row in rows]

    def test_reset_starts_again(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.advance(server, "4m")
        server.call()
        self.assertEqual(self.good(server, "reset", "POST")["now"], START)
        self.assertEqual(self.good(server, "journal")["entries"], [])
        self.assertEqual(self.ids(server), [])

    def test_the_truth_at_now_is_told_of_every_incident(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.advance(server, "1m")
        truth = self.good(server, "incidents")
        self.assertEqual(truth["total_count"], 4)
        visible = {row["id"]: row["visible"] for row in truth["incidents"]}
        self.assertEqual(visible, {"101": False, "102": True, "103": False, "104": True})
        late = truth["incidents"][0]
        self.assertEqual(late["visible_from"] - late["creation_time"], 120_000)
        self.assertEqual(
            [row["id"] for row in
             self.good(server, "incidents?from=1&limit=2")["incidents"]], ["102", "103"])
        self.refused(400, ["limit", "none"], server, "incidents?limit=none")

    def test_faults_are_listed_with_how_often_they_fired(self):
        faults = [
            {"every": 2, "reply": {"status": 503}},
            {"request": 99, "reply": {"reset": True}},
        ]
        server = self.serve(scenario(faults=faults), "--clock", "manual")
        self.assertEqual([server.call()[0] for _ in range(4)], [200, 503, 200, 503])
        told = self.good(server, "faults")["faults"]
        self.assertEqual([fault["fired"] for fault in told], [2, 0])
        self.assertEqual(told[0]["when"]["every"], 2)
        self.assertEqual(told[1]["what"], "connection reset")


class VerdictCase(AdminCase):
    """A client that polls with `creation_time gte` its newest one loses 101, which comes late."""

    def poll(self, server, since):
        return self.ids(server, filters=[
            {"field": "creation_time", "operator": "gte", "value": (START_S + since) * 1000}])

    def play(self, server, since=(-3600, 51, 51, 51, 51), keep="all"):
        known = set()
        for moment in since:
            self.advance(server, "1m")
            ids = [id for id in self.poll(server, moment) if keep == "all" or id not in known]
            known.update(ids)
            if keep:
                self.good(server, "accepted", "POST", {"incident_ids": ids})

    def classes(self, server):
        verdict = self.good(server, "verdict")
        return verdict["outcome"], {
            row["id"]: row["class"] for row in verdict["incidents"]}


class AdminVerdict(VerdictCase):
    def test_a_client_that_keeps_all_passes(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.play(server, (-3600,) * 5, keep="new")
        self.assertEqual(self.good(server, "done", "POST")["outcome"], "pass")
        outcome, classes = self.classes(server)
        self.assertEqual(classes, {"101": "once", "102": "once", "103": "excused",
                                   "104": "excused"})

    def test_a_loss_is_pending_until_the_scenario_is_over_and_then_lost(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.play(server)
        outcome, classes = self.classes(server)
        self.assertEqual((outcome, classes["101"], classes["102"]), ("pending", "pending", "once"))
        self.advance(server, "1h")
        outcome, classes = self.classes(server)
        self.assertEqual((outcome, classes["101"]), ("fail", "lost"))

    def test_what_kept_an_incident_out_is_told_with_numbers(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.play(server)
        told = self.good(server, "explain?incident=101")
        text = json.dumps(told)
        self.assertIn("not indexed yet, by 1m10s", text)
        self.assertIn("before the window by 41s", text)
        self.assertEqual(told["smallest"]["look_back"], "2m50s")
        self.refused(404, ["999"], server, "explain?incident=999")
        self.refused(400, ["incident"], server, "explain")

    def test_a_request_of_the_journal_tells_why_it_did_not_bring_what_it_should(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.play(server)
        journal = self.good(server, "journal?last=2")["entries"]
        self.assertEqual([row["number"] for row in journal], [4, 5])
        self.assertIn("before the window", json.dumps(self.good(server, "journal?request=4")))
        self.refused(404, ["99"], server, "journal?request=99")

    def test_what_is_accepted_twice_is_duplicated(self):
        server = self.serve(MOVING, "--clock", "manual")
        self.play(server, (-3600, -3600, -3600))
        self.assertEqual(self.classes(server)[1]["102"], "duplicated")

    def test_an_id_that_no_incident_has_is_named(self):
        server = self.serve(MOVING, "--clock", "manual")
        reply = self.good(server, "accepted", "POST", {"incident_ids": ["102", "999"]})
        self.assertEqual(reply, {"accepted": 2, "unknown": ["999"]})
        for body, words in [({}, ["missing"]), ({"incident_ids": "102"}, ["text"]),
                            ({"incident_ids": [102]}, ["incident_ids[0]", "an integer"])]:
            with self.subTest(body):
                self.refused(400, words, server, "accepted", "POST", body)

    def test_a_full_journal_makes_the_verdict_unknown(self):
        server = self.serve(MOVING, "--clock", "manual", "--journal", "2")
        self.play(server, (-3600, -3600, -3600, -3600, -3600), keep=None)
        self.assertEqual(self.good(server, "done", "POST")["outcome"], "unknown")
        self.assertEqual(len(self.good(server, "journal")["entries"]), 2)


class UntilVerdict(VerdictCase):
    def ended(self, server):
        code = server.process.wait(timeout=PATIENCE_S)
        return code, json.loads(server.process.stdout.read())

    def test_a_client_that_keeps_all_passes(self):
        server = self.serve(MOVING, "--clock", "manual", "--until-verdict")
        self.play(server, (-3600,) * 5, keep="new")
        self.good(server, "done", "POST")
        code, verdict = self.ended(server)
        self.assertEqual((code, verdict["outcome"]), (0, "pass"))

    def test_a_loss_is_pending_until_the_scenario_is_over_and_then_lost(self):
        server = self.serve(MOVING, "--clock", "manual", "--until-verdict")
        self.play(server)
        self.advance(server, "1h")
        code, verdict = self.ended(server)
        self.assertEqual((code, verdict["outcome"]), (10, "fail"))

    def test_what_is_accepted_twice_is_duplicated(self):
        server = self.serve(MOVING, "--clock", "manual", "--until-verdict")
        self.play(server, (-3600,) * 5)
        self.good(server, "done", "POST")
        self.assertEqual(self.ended(server)[0], 11)

    def test_a_signal_ends_it_with_the_verdict_so_far(self):
        server = self.serve(MOVING, "--clock", "manual", "--until-verdict")
        self.play(server)
        self.assertEqual(server.stop(), 16)
        self.assertEqual(json.loads(server.process.stdout.read())["outcome"], "pending")

    def test_strict_judges_what_was_handed_over(self):
        for arguments, code in [((), 0), (("--strict",), 11)]:
            with self.subTest(arguments):
                server = self.serve(MOVING, "--clock", "manual", "--until-verdict", *arguments)
                self.play(server, (-3600,) * 5, keep=None)
                self.good(server, "done", "POST")
                self.assertEqual(self.ended(server)[0], code)

    def test_a_full_journal_makes_the_verdict_unknown(self):
        server = self.serve(MOVING, "--clock", "manual", "--journal", "2", "--until-verdict")
        self.play(server, (-3600,) * 5, keep=None)
        self.good(server, "done", "POST")
        self.assertEqual(self.ended(server)[0], 16)


class Watch(AdminCase):
    def until(self, condition):
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it never came")
            time.sleep(0.01)

    def test_an_edit_is_played_and_a_broken_one_is_not(self):
        server = self.serve(MOVING, "--clock", "manual", "--watch")
        file = self.folder / "served-0.json"
        edited = self.write("new", scenario(title="edited",
                                            incidents=[{"id": "7", "created": "-1h"}]))
        os.replace(edited, file)
        self.until(lambda: self.good(server, "scenario")["title"] == "edited")
        self.assertEqual(self.ids(server), ["7"])
        file.write_text(scenario(titel="broken"))
        self.until(lambda: "served-0.json:" in server.stderr() and "titel" in server.stderr())
        self.assertRegex(server.stderr(), r"served-0\.json:\d+:\d+: unknown key 'titel'")
        self.assertEqual(self.ids(server), ["7"])
        file.write_text(scenario(title="mended"))
        self.until(lambda: self.good(server, "scenario")["title"] == "mended")


class Keys(AdminCase):
    def test_keys_come_from_the_environment_too(self):
        file = self.write("a.json", HISTORY)
        environment = {**os.environ, "MOCKXDR_API_KEYS": "from-outside"}
        process = subprocess.Popen([str(programs.mockxdr), "serve", str(file)], env=environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            port = json.loads(process.stdout.readline())["port"]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
            with contextlib.closing(connection):
                self.assertEqual(ask(connection, "from-outside")[0], 200)
                self.assertEqual(ask(connection, TEST_KEY)[0], 401)
        finally:
            process.terminate()
            _, log = process.communicate(timeout=PATIENCE_S)
        self.assertNotIn(b"from-outside", log)

    def test_several_keys_each_with_its_level_and_role(self):
        keys = [{"id": "2", "key": "plain"},
                {"id": "3", "key": "deep", "level": "advanced"},
                {"id": "4", "key": "little", "role": "limited"}]
        server = self.serve(HISTORY, "--api-key-file", self.write("keys", json.dumps(keys)))
        self.assertEqual(server.hello["api_key_id"], "2")
        self.assertEqual(server.call("plain", "2")[0], 200)
        self.assertEqual(server.call("deep", "3")[0], 401)
        self.assertIn("x-xdr-nonce", server.stderr())
        self.assertIn(b"tags", server.call("plain", "2")[2])
        self.assertNotIn(b"tags", server.call("little", "4")[2])

    def test_a_broken_key_file_is_refused_without_its_keys(self):
        file = self.write("a.json", HISTORY)
        keys = self.write("keys", '[{"id": "1", "key": "top-secret", "levle": "advanced"}]')
        done = mockxdr("serve", file, "--api-key-file", keys)
        self.assert_refused(done, "keys:1:35", "did you mean level?")
        self.assertNotIn("top-secret", done.err)


class Log(AdminCase):
    def test_the_log_can_be_json_lines_or_off(self):
        server = self.serve(HISTORY, "--log", "json")
        server.call()
        server.call("wrong")
        self.assertEqual(server.stop(), 0)
        lines = [json.loads(line) for line in server.stderr().splitlines()]
        self.assertEqual([line["request"] for line in lines], [1, 2])
        self.assertEqual(lines[0]["key_id"], "1")
        self.assertIn("the key does not match", lines[1]["outcome"])
        silent = self.serve(HISTORY, "--log", "off")
        silent.call()
        self.assertEqual(silent.stop(), 0)
        self.assertEqual(silent.stderr(), "")


if __name__ == "__main__":
    driver.main("drives mockxdr serve as the developer of a client does")
