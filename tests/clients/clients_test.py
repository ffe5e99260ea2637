#!/usr/bin/env python3
"""Runs clients in other languages against mockxdr, feature by feature.

usage: clients_test.py --mockxdr PATH --scenarios DIR [unittest arguments]

Each check of a client is a test: `PythonClient.test_pages_are_read_to_the_end`. It gets a mock of
its own on a free port of the loopback device, with the clock held still. The clients share no code
with each other nor with the programs. Exit code 0 if all passed, 1 if not.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

PATIENCE_S = 120  # a safety net, not a measure
HERE = Path(__file__).resolve().parent
KEYS = {
    "standard": {"id": "1", "key": "standard-" + "s" * 119, "level": "standard", "role": "full"},
    "advanced": {"id": "2", "key": "advanced-" + "a" * 119, "level": "advanced", "role": "full"},
    "limited": {"id": "3", "key": "limited-" + "l" * 120, "level": "standard", "role": "limited"},
}

programs = None  # set by main: mockxdr, scenarios

TOUR = "serve/client-tour.json"
LOOP = "serve/client-fetch-loop.json"
RESTRICTED = "api/restricted-incidents.json"
FAULTS = HERE / "faults.json"
QUOTA = HERE / "quota.json"

# The checks that each client has, and the world that each one needs.
WORLDS = {
    "a_standard_key_opens_every_endpoint_in_both_slash_forms": TOUR,
    "an_advanced_key_opens_the_door_with_its_hash": TOUR,
    "a_wrong_key_gets_the_exact_bytes_of_the_401": TOUR,
    "an_unknown_path_gets_the_exact_text_of_the_500": TOUR,
    "the_small_endpoints_answer": TOUR,
    "extra_data_comes_with_alerts_and_artifacts": TOUR,
    "extra_data_of_many_incidents_is_capped": TOUR,
    "an_update_is_seen_by_the_next_query": TOUR,
    "filters_find_what_they_say": TOUR,
    "sorting_goes_by_three_fields_in_either_case": TOUR,
    "pages_are_read_to_the_end": TOUR,
    "bad_requests_are_refused_with_a_reason": TOUR,
    "text_and_nulls_come_through_whole": TOUR,
    "a_compressed_reply_holds_the_same_bytes": TOUR,
    "request_bodies_come_compressed_chunked_or_announced": TOUR,
    "one_connection_serves_many_requests": TOUR,
    "tls_works_with_the_right_authority_only": TOUR,
    "a_limited_key_sees_ids_of_what_it_may_not_read": RESTRICTED,
    "a_client_that_tries_again_survives_every_broken_reply": FAULTS,
    "a_slow_reply_comes_when_the_clock_is_advanced": FAULTS,
    "a_reply_that_never_comes_ends_at_the_clients_limit": FAULTS,
    "a_client_that_waits_as_told_keeps_within_the_quota": QUOTA,
    "a_fetch_loop_with_look_back_passes": LOOP,
    "a_fetch_loop_without_look_back_fails_and_is_told_why": LOOP,
}
OVER_TLS = {"tls_works_with_the_right_authority_only"}


def run(command, stdin=""):
    return subprocess.run(
        [str(word) for word in command], input=stdin, capture_output=True, text=True,
        timeout=PATIENCE_S,
    )


class Serving:
    """`mockxdr serve`, from its first line on."""

    def __init__(self, *arguments):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(programs.mockxdr), "serve", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        net = threading.Timer(PATIENCE_S, self.process.kill)
        net.start()
        try:
            first = self.process.stdout.readline()
            self.url = json.loads(first)["url"]
        except ValueError as error:
            said = self.said()
            self.close()
            raise AssertionError(f"no first line: {first!r}, {said}") from error
        finally:
            net.cancel()

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def stop(self):
        """Its exit code after SIGTERM."""
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()


class ClientCase(unittest.TestCase):
    command = None  # what starts the client

    def setUp(self):
        if shutil.which(self.command[0]) is None:
            self.fail(f"{self.command[0]} is not installed; ./ci/install-deps installs it")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, world, *options):
        keys = self.folder / "keys.json"
        keys.write_text(json.dumps(list(KEYS.values())))
        server = Serving(programs.scenarios / world, "--clock", "manual", "--api-key-file", keys,
                         *options)
        self.addCleanup(server.close)
        return server

    def make_certificate(self):
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        done = run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate,
        ])
        self.assertEqual(done.returncode, 0, done.stderr)
        return certificate, key

    def run_check(self, name):
        options, certificate = [], None
        if name in OVER_TLS:
            certificate, key = self.make_certificate()
            options = ["--tls-cert", certificate, "--tls-key", key]
        server = self.serve(WORLDS[name], *options)
        given = {"url": server.url, "keys": KEYS, "ca": certificate and str(certificate)}
        done = run([*self.command, name], json.dumps(given))
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}\nmock: {server.said()}")
        self.assertEqual(server.stop(), 0, server.said())
        for key in KEYS.values():
            self.assertNotIn(key["key"], server.said())

    def check_that_a_failing_check_is_noticed(self):
        """A wrong world must not pass: pages_are_read_to_the_end knows how many there are."""
        server = self.serve(RESTRICTED)
        given = {"url": server.url, "keys": KEYS, "ca": None}
        done = run([*self.command, "pages_are_read_to_the_end"], json.dumps(given))
        self.assertNotEqual(done.returncode, 0, "the check passed against another world")

    def check_that_all_are_listed(self):
        listed = run([*self.command, "--list"])
        self.assertEqual(sorted(listed.stdout.split()), sorted(WORLDS), listed.stderr)


class PythonClient(ClientCase):
    command = [sys.executable, "-B", str(HERE / "python" / "check.py")]


class NodeClient(ClientCase):
    command = ["node", str(HERE / "node" / "check.mjs")]


def add_tests(case):
    for name in WORLDS:
        setattr(case, f"test_{name}", lambda self, name=name: self.run_check(name))
    case.test_every_check_of_the_client_is_run = ClientCase.check_that_all_are_listed
    case.test_a_check_can_fail = ClientCase.check_that_a_failing_check_is_noticed


add_tests(PythonClient)
add_tests(NodeClient)


def main():
    global programs
    parser = argparse.ArgumentParser(description="runs clients in other languages")
    parser.add_argument("--mockxdr", required=True, type=Path, help="the program")
    parser.add_argument("--scenarios", required=True, type=Path, help="the folder of scenarios")
    programs, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
