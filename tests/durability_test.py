#!/usr/bin/env python3
"""Kills `fetch-incidents watch` at random instants and looks at what its store or its reader has;
drains a large backlog.

usage: durability_test.py --mockxdr PATH --fetch-incidents PATH --scenarios DIR [unittest arguments]

The world is busy: incidents appear all the time, some late, and a small limit keeps a backlog. The
instants come from a seed (KILL_SEED, printed); KILLS says how many, 300 unless set. Exit code 0 if
all passed, 1 if not.
"""

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import time

import driver
from driver import PATIENCE_S, TEST_KEY, Case, programs, run, scenario

KILLS = int(os.environ.get("KILLS", "300"))
SEED = int(os.environ.get("KILL_SEED", "1"))
LONGEST_LIFE_S = 0.12

# Some 60 incidents a second for a minute and a half, two thirds of them seen late.
BUSY = scenario(
    title="incidents appear all the time, some late",
    fetch={"every": "1s", "runs": 90, "look_back": "10s", "first_fetch": "1h", "limit": 9},
    incidents=[
        {"id": "1{n:05}", "created": "0s", "spacing": "50ms", "repeat": 1800},
        {"id": "2{n:05}", "created": "7ms", "spacing": "50ms", "repeat": 1800,
         "indexed_after": "2s"},
        {"id": "3{n:05}", "created": "11ms", "spacing": "50ms", "repeat": 1800,
         "indexed_after": "5s"},
    ],
)
ALL = {f"{kind}{n:05}" for kind in (1, 2, 3) for n in range(1, 1801)}


class Killed(Case):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.server = self.serve(BUSY, "--clock", "4x", "--log", "off")
        self.arguments = ["--url", self.server.url, "--api-key-id", "1", "--look-back", "10s",
                          "--limit", "9", "--retries", "0"]
        self.environment = {**os.environ, "XDR_API_KEY": TEST_KEY}

    def live_and_die(self, *arguments, stdout):
        """One life of `watch`, ended by SIGKILL at an instant that chance names."""
        process = subprocess.Popen(
            [str(programs.fetch_incidents), "watch", "--every", "1s", *self.arguments,
             *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL,
            env=self.environment)
        time.sleep(self.chance.uniform(0, LONGEST_LIFE_S))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=PATIENCE_S)

    def drain(self, *arguments, stdout=subprocess.PIPE):
        """Runs until the stream has ended and nothing is left."""
        deadline = time.monotonic() + 2 * PATIENCE_S
        while self.now() < self.ends():
            self.assertLess(time.monotonic(), deadline, "the stream never ended")
            self.drain_once(*arguments, stdout=stdout)
            time.sleep(0.05)
        self.drain_once(*arguments, stdout=stdout)

    def drain_once(self, *arguments, stdout):
        done = run(programs.fetch_incidents, "run", "--until-drained", *self.arguments,
                   *arguments, key=TEST_KEY, stdout=stdout)
        self.assertEqual(done.code, 0, done.err)

    def clock(self):
        return json.loads(self.server.call(path="/__mock/clock", method="GET", key=None)[2])

    def now(self):
        return self.clock()["now_ms"]

    def ends(self):
        """When the last incident can be seen."""
        reply = self.server.call(path="/__mock/incidents?from=5399&limit=1", method="GET", key=None)
        return json.loads(reply[2])["incidents"][0]["visible_from"] + 1


class Store(Killed):
    def test_a_store_has_each_incident_exactly_once(self):
        store = self.folder / "incidents.db"
        for _ in range(KILLS):
            self.live_and_die("--store", store, stdout=subprocess.DEVNULL)
        survived = len(self.stored(store)) if store.exists() else 0
        self.assertGreater(survived, 50, "the lives were too short to fetch anything")
        self.drain("--store", store)
        stored = self.stored(store)
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(set(stored), ALL)
        emitted = self.emitted(store)
        self.assertEqual(len(emitted), len(set(emitted)), "the history has an incident twice")
        self.assertEqual(set(emitted), ALL)
        print(f"KILL_SEED={SEED}: {KILLS} kills, {survived} incidents stored between them")

    @staticmethod
    def rows(store, query):
        database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        try:
            return [row[0] for row in database.execute(query)]
        finally:
            database.close()

    def stored(self, store):
        return self.rows(store, "SELECT incident_id FROM incidents")

    def emitted(self, store):
        return self.rows(store, "SELECT incident_id FROM emitted")


class Pipe(Killed):
    def test_a_reader_that_knows_batch_numbers_has_each_incident_exactly_once(self):
        last_run = self.folder / "last-run.json"
        lines = self.folder / "lines.ndjson"
        with open(lines, "ab") as out:
            for _ in range(KILLS):
                self.live_and_die("--last-run", last_run, "--out", "ndjson", stdout=out)
                # A reader drops the part of a line that a killed writer left.
                self.end_line(out)
            survived = len(self.kept(lines))
            self.assertGreater(survived, 50, "the lives were too short to fetch anything")
            self.drain("--last-run", last_run, "--out", "ndjson", stdout=out)
        self.assertEqual(set(self.kept(lines)), ALL)
        self.assertEqual(len(self.kept(lines)), len(ALL))
        print(f"KILL_SEED={SEED}: {KILLS} kills, {self.repeated} lines came again")

    @staticmethod
    def end_line(out):
        if os.path.getsize(out.name) > 0:
            with open(out.name, "rb") as written:
                written.seek(-1, os.SEEK_END)
                if written.read(1) != b"\n":
                    out.write(b"\n")
                    out.flush()

    def kept(self, lines):
        """The ids that the reader keeps: of lines with the same batch and id, one."""
        seen, ids = set(), []
        self.repeated = 0
        for line in lines.read_text().splitlines():
            try:
                incident = json.loads(line)
            except ValueError:
                continue
            key = (incident["batch"], incident["dbotMirrorId"])
            self.repeated += key in seen
            if key not in seen:
                ids.append(key[1])
            seen.add(key)
        return ids


class Backlog(Case):
    def test_a_hundred_thousand_are_read_once_in_bounded_memory(self):
        server = self.serve(
            scenario(incidents=[{"id": "{n:06}", "created": "-200000s", "spacing": "1s",
                                 "repeat": 100_000}]),
            "--log", "off")
        store = self.folder / "incidents.db"
        done = run(programs.fetch_incidents, "run", "--until-drained", "--limit", "200",
                   "--url", server.url, "--api-key-id", "1", "--store", store,
                   "--first-fetch", "30 days", key=TEST_KEY)
        self.assertEqual(done.code, 0, done.err)
        most_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(most_kb, 64 * 1024)
        database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        try:
            stored, = database.execute("SELECT count(*) FROM incidents").fetchone()
            runs, requests = database.execute(
                "SELECT count(*), sum(requests) FROM runs").fetchone()
        finally:
            database.close()
        self.assertEqual(stored, 100_000)
        self.assertLessEqual(requests, 1.1 * stored / 100 + 2 * runs)


if __name__ == "__main__":
    driver.main("kills fetch-incidents watch and looks at what is left")
