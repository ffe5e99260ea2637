#!/usr/bin/env python3
"""Drives fetch-incidents as a user does: every command, its output, exit codes and files.

usage: fetch_test.py --mockxdr PATH --fetch-incidents PATH --scenarios DIR [unittest arguments]

Exit code 0 if all passed, 1 if not.
"""

import contextlib
import datetime
import json
import os
import pty
import signal
import subprocess

import driver
from driver import HISTORY, PATIENCE_S, TEST_KEY, Case, Done, http_reply, programs, run, scenario

ALL = ["1", "2", "3"]


class Fetcher(Case):
    """What the tests of fetch-incidents share."""

    def setUp(self):
        super().setUp()
        self.key = self.write("key", TEST_KEY)
        self.last_run = self.folder / "last-run.json"
        self.store = self.folder / "incidents.db"

    def access(self, url):
        return ["--url", url, "--api-key-id", "1", "--api-key-file", self.key]

    def fetch(self, *arguments, **options):
        return run(programs.fetch_incidents, *arguments, **options)

    def run_once(self, url, *arguments, **options):
        """The pipe form: the incidents come out as one JSON array."""
        return self.fetch(
            "run", *self.access(url), "--last-run", self.last_run, *arguments, **options)

    def run_lines(self, url, *arguments, **options):
        return self.run_once(url, "--out", "ndjson", *arguments, **options)

    def run_store(self, url, *arguments, **options):
        return self.fetch("run", *self.access(url), "--store", self.store, *arguments, **options)

    def try_out(self, url, *arguments, **options):
        return self.fetch("test", *self.access(url), *arguments, **options)

    def ids(self, done):
        self.assertEqual((done.code, done.err), (0, ""))
        return [incident["dbotMirrorId"] for incident in json.loads(done.out)]

    def stored(self, *arguments):
        """The ids of the store, the oldest first."""
        done = self.fetch("incidents", "list", "--store", self.store, "--json", *arguments)
        self.assertEqual((done.code, done.err), (0, ""))
        return [incident["id"] for incident in reversed(json.loads(done.out))]

    def history(self, *arguments):
        done = self.fetch("history", "--store", self.store, "--json", *arguments)
        self.assertEqual((done.code, done.err), (0, ""))
        return json.loads(done.out)

    def untouched(self):
        """Remembers the last-run file; a call of what it returns checks that it is the same."""
        def state():
            if not self.last_run.exists():
                return None
            status = self.last_run.stat()
            return self.last_run.read_bytes(), status.st_ino, status.st_mtime_ns

        before = state()

        def check():
            self.assertEqual(state(), before)
            self.assertEqual(
                list(self.folder.glob("last-run.json?*")), [], "a file is left beside it"
            )

        return check


class WrongUse(Fetcher):
    def test_fetch_incidents_refuses_wrong_arguments(self):
        good = {
            "--url": self.nobody(), "--api-key-id": "1", "--api-key-file": self.key,
            "--store": self.store,
        }
        for change, word in [
            ({"--url": None}, "--url"),
            ({"--api-key-id": None}, "--api-key-id"),
            ({"--last-run": self.last_run}, "--store"),
            ({"--out": "ndjson"}, "--last-run"),
            ({"--assume-emitted": ""}, "--last-run"),
            ({"--max-requests": "0"}, "--max-requests"),
            ({"--max-requests": "3", "--policy": "current"}, "--max-requests"),
            ({"--status": "new,resolved_auto"}, "--status"),
            ({"--alert-source": ""}, "--alert-source"),
            ({"--incident-id": ""}, "--incident-id"),
            ({"--retries": "-1"}, "--retries"),
            ({"--key-level": "expert"}, "--key-level"),
            ({"--connect-timeout": "0s"}, "--connect-timeout"),
            ({"--read-timeout": "10"}, "--read-timeout"),
            ({"--total-timeout": "2h"}, "--total-timeout"),
            ({"--created-after": "soon"}, "--created-after"),
            ({"--created-after": "2024-01-02", "--created-before": "2024-01-01"},
             "--created-after"),
            ({"--modified-after": "2024-01-02", "--modified-before": "2024-01-01"},
             "--modified-after"),
            ({"--ca-file": self.folder / "none.pem", "--url": "https://127.0.0.1"}, "none.pem"),
            ({"--unknown": "1"}, "--unknown"),
            ({"--url": "garbage"}, "garbage"),
            ({"--url": "ftp://example.com"}, "ftp://example.com"),
            ({"--url": "http://"}, "http://"),
            ({"--look-back": "soon"}, "--look-back"),
            ({"--look-back": "15"}, "--look-back"),
            ({"--look-back": "-5m"}, "--look-back: '-5m' is less than 0"),
            ({"--limit": "0"}, "--limit: '0' is less than 1"),
            ({"--limit": "-1"}, "--limit: '-1' is less than 1"),
            ({"--limit": "many"}, "--limit"),
            ({"--limit": "010"}, "'010' is no whole number"),
            ({"--max-requests": "99999999999999999999"}, "too large"),
            ({"--first-fetch": "nonsense"}, "nonsense"),
            ({"--policy": "perfect"}, "perfect"),
            ({"--policy": "documented", "--look-back": "90s"}, "look_back"),
            ({"--starred": "maybe"}, "--starred"),
            ({"--page-cap": "0"}, "--page-cap"),
            ({"--timeout": "0"}, "--timeout"),
        ]:
            with self.subTest(change):
                named = {**good, **change}.items()
                arguments = [part for pair in named if pair[1] is not None
                             for part in pair if part != ""]
                self.assert_refused(self.fetch("run", *arguments), word)
                self.assertEqual(list(self.folder.iterdir()), [self.key], "a file is left")
        self.assert_refused(run(programs.fetch_incidents), "subcommand")

    def test_a_url_with_an_impossible_port_is_wrong_use(self):
        for port in ("notaport", "99999", ""):
            with self.subTest(port):
                url = f"http://127.0.0.1:{port}"
                self.assert_refused(self.try_out(url, "--limit", 50), url)

    def test_commands_about_a_store_need_one(self):
        for command in (["history"], ["incidents", "list"], ["incidents", "show", "1"],
                        ["last-run", "show"]):
            with self.subTest(command):
                done = self.fetch(*command, "--store", self.store)
                self.assertIn(done.code, (1, 2))
                self.assert_refused(done, str(self.store), code=done.code)
                self.assertFalse(self.store.exists())

    def test_a_last_run_file_that_is_not_there_is_named(self):
        done = self.fetch("last-run", "show", "--last-run", self.last_run)
        self.assert_refused(done, str(self.last_run), "there is no last run yet")

    def test_an_unknown_command_is_answered_with_the_commands(self):
        self.assert_refused(self.fetch("frobnicate"), "frobnicate", "watch", "last-run")
        self.assert_refused(self.fetch("incidents"), "subcommand")


class Pipe(Fetcher):
    """Without a store: a last run file, and one JSON array a run on stdout."""

    def test_incidents_come_out_once(self):
        url = self.serve().url
        first = self.run_once(url)
        self.assertEqual(self.ids(first), ["1", "2", "3"])
        incident = json.loads(first.out)[0]
        self.assertEqual(
            list(incident), ["name", "occurred", "details", "severity", "dbotMirrorId", "rawJSON"]
        )
        raw = json.loads(incident["rawJSON"])
        self.assertEqual(raw["incident_id"], "1")
        self.assertEqual(raw["description"], "mail opened")
        self.assertEqual(incident["name"], "XDR Incident 1 - mail opened")
        self.assertEqual(incident["details"], "mail opened")
        self.assertRegex(incident["occurred"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z\Z")
        occurred = datetime.datetime.fromisoformat(incident["occurred"])
        self.assertEqual(round(occurred.timestamp() * 1000), raw["creation_time"])
        self.assertEqual(self.run_once(url), Done(0, "[]\n", ""))

    def test_a_limit_spreads_incidents_over_runs(self):
        url = self.serve().url
        runs = [self.ids(self.run_once(url, "--limit", 2)) for _ in range(3)]
        self.assertEqual(runs, [["1", "2"], ["3"], []])

    def test_the_last_run_is_replaced_in_one_step(self):
        url = self.serve().url
        self.run_once(url, "--limit", 1)
        json.loads(self.last_run.read_text())
        self.assertEqual(self.last_run.stat().st_mode & 0o777, 0o600)
        before = self.last_run.stat().st_ino
        with open(self.last_run, "rb") as old:
            text = old.read()
            self.run_once(url, "--limit", 1)
            old.seek(0)
            self.assertEqual(old.read(), text, "the old file was written to")
        self.assertNotEqual(self.last_run.stat().st_ino, before)
        self.assertEqual(list(self.folder.glob("last-run.json*")), [self.last_run])

    def test_a_dry_run_shows_the_same_and_saves_nothing(self):
        url = self.serve().url
        check = self.untouched()
        dry = self.run_once(url, "--limit", 1, "--dry-run")
        check()
        self.assertEqual(dry, self.run_once(url, "--limit", 1))
        check = self.untouched()
        self.assertEqual(self.ids(self.run_once(url, "--dry-run")), ["2", "3"])
        check()
        self.assertEqual(self.ids(self.run_once(url)), ["2", "3"])

    def test_a_failing_server_changes_nothing(self):
        self.run_once(self.serve().url, "--limit", 1)
        check = self.untouched()
        html = b"<html>\n<body>bad gateway</body>\n</html>\n"
        lines = b'{"reply": {"err_code": 500, "err_msg": "one\\ntwo\\u001b[2J", "err_extra": null}}'
        for name, reply in [
            ("not HTTP", b"\x00\xff garbage \n\n"),
            ("nothing", b""),
            ("not JSON", http_reply(200, b"hello")),
            ("an empty body", http_reply(200, b"")),
            ("no reply in it", http_reply(200, b"{}")),
            ("a list", http_reply(200, b'{"reply": []}')),
            ("incidents are text", http_reply(200, b'{"reply": {"total_count": 1, "result_count": '
                                                   b'1, "incidents": "many"}}')),
            ("a cut body", http_reply(200, b'{"reply": {"total_count": 0, "result_count": 0, '
                                           b'"incidents": []}}', 9999)),
            ("500", http_reply(500, html)),
            ("500 with several lines", http_reply(500, lines)),
            ("503 without a body", http_reply(503, b"")),
            ("a redirect", http_reply(302, b"")),
        ]:
            with self.subTest(name):
                done = self.run_once(self.fake(reply), "--timeout", 20, "--retries", 0)
                self.assert_refused(done, code=1)
                check()

    def test_a_server_that_is_not_there_or_says_nothing_changes_nothing(self):
        self.run_once(self.serve().url, "--limit", 1)
        check = self.untouched()
        url = self.nobody()
        done = self.run_once(url, "--retries", 0)
        self.assert_refused(done, url.split("/")[2], code=1)
        check()
        done = self.run_once(self.fake(None), "--timeout", 1, "--retries", 0)
        self.assert_refused(done, code=1)
        check()

    def test_who_asks_for_json_gets_it_whatever_is_wrong(self):
        url = self.serve().url
        self.assertEqual(self.try_out(url, "--limit", 50, "--json").out, '{"ok":true}\n')
        for arguments in (["--limit", 201], [], ["--limit", 50, "--look-back", "banana"]):
            with self.subTest(arguments):
                done = self.try_out(url, *arguments, "--json")
                self.assertEqual(done.code, 2)
                answer = json.loads(done.out)
                self.assertFalse(answer["ok"])
                self.assertIn("--l", answer["error"])

    def test_a_wrong_key_is_met_with_advice(self):
        check = self.untouched()
        server = self.serve()
        self.key.write_text("a-wrong-secret")
        done = self.run_once(server.url)
        self.assert_refused(done, "401", "check the key", "clock", code=1)
        self.assertNotIn("secret", done.err)
        check()

    def test_an_advanced_key_is_hashed(self):
        keys = self.write("keys.json", json.dumps(
            [{"id": "7", "key": "an-advanced-key", "level": "advanced"}]))
        server = self.serve(HISTORY, "--api-key-file", keys)
        self.key.write_text("an-advanced-key")
        access = ["--url", server.url, "--api-key-id", "7", "--api-key-file", self.key]
        fetched = ["run", *access, "--last-run", self.last_run]
        self.assertEqual(self.ids(self.fetch(*fetched, "--key-level", "advanced")), ALL)
        self.last_run.unlink()
        check = self.untouched()
        self.assert_refused(self.fetch(*fetched), "401", "that it is a standard key", code=1)
        check()

    def test_a_certificate_must_be_trusted(self):
        certificate, key = self.folder / "cert.pem", self.folder / "cert-key.pem"
        made = run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)
        self.assertEqual(made.code, 0, made.err)
        server = self.serve(HISTORY, "--tls-cert", certificate, "--tls-key", key)
        self.assertTrue(server.url.startswith("https://"))
        check = self.untouched()
        self.assert_refused(self.run_once(server.url), "not trusted", "CA", code=1)
        check()
        self.assertEqual(self.ids(self.run_once(server.url, "--ca-file", certificate)), ALL)
        missing = self.run_once(server.url, "--ca-file", self.folder / "none.pem")
        self.assert_refused(missing, "none.pem", code=missing.code)
        self.assertNotEqual(missing.code, 0)

    def test_a_key_must_be_there(self):
        url = self.serve().url
        no_file = [
            "run", "--url", url, "--api-key-id", "1", "--last-run", self.last_run
        ]
        done = run(programs.fetch_incidents, *no_file)
        self.assert_refused(done, "--api-key-file", "XDR_API_KEY")
        self.assert_refused(run(programs.fetch_incidents, *no_file, key=""), "XDR_API_KEY")
        self.assertEqual(
            self.ids(run(programs.fetch_incidents, *no_file, key=TEST_KEY)), ["1", "2", "3"]
        )
        self.key.write_text("\n")
        self.assert_refused(self.run_once(url), "key", "no key")
        self.key.unlink()
        self.assert_refused(self.run_once(url), "key", "No such file")

    def test_a_key_file_goes_before_the_environment(self):
        self.assertEqual(len(self.ids(self.run_once(self.serve().url, key="wrong"))), 3)

    def test_a_folder_is_no_key_file(self):
        self.key.unlink()
        self.key.mkdir()
        self.assert_refused(self.run_once(self.serve().url), str(self.key))

    def test_a_line_end_in_the_environment_is_not_part_of_the_key(self):
        done = run(
            programs.fetch_incidents, "test", "--url", self.serve().url, "--api-key-id", "1",
            "--limit", "50", "--timeout", "5", key=TEST_KEY + "\n",
        )
        self.assertEqual(done, Done(0, "ok\n", ""))

    def test_a_corrupt_last_run_is_refused_and_kept(self):
        url = self.serve().url
        self.run_once(url)
        whole = self.last_run.read_text()
        for text in ("", "{", "[]", "null", "garbage", whole[: len(whole) // 2],
                     '{"frontier": 1}', '{"last_fetch": "yesterday"}'):
            with self.subTest(text):
                self.last_run.write_text(text)
                check = self.untouched()
                self.assert_refused(self.run_once(url), str(self.last_run))
                check()

    def test_a_last_run_of_another_policy_is_refused_and_kept(self):
        url = self.serve().url
        names = ("complete", "complete-modified", "documented", "cursor-latest")
        for wrote in names:
            for reads in names:
                if reads == wrote:
                    continue
                with self.subTest(f"{wrote}, then {reads}"):
                    self.last_run.unlink(missing_ok=True)
                    self.ids(self.run_once(url, "--policy", wrote))
                    check = self.untouched()
                    done = self.run_once(url, "--policy", reads)
                    self.assert_refused(done, "another policy")
                    check()

    def test_a_last_run_that_cannot_be_saved_stops_a_run_before_it_emits(self):
        url = self.serve().url
        (self.folder / "folder").mkdir()
        (self.folder / "blocked.new").mkdir()
        file = self.write("file", "")
        for place in (self.folder / "none" / "a.json", self.folder / "folder", file / "a.json",
                      self.folder / "blocked", ""):
            with self.subTest(str(place).removeprefix(str(self.folder))):
                done = run(
                    programs.fetch_incidents, "run", "--url", url, "--api-key-id", "1",
                    "--api-key-file", self.key, "--last-run", place, cwd=self.folder,
                )
                self.assertEqual(done.out, "")
                self.assertIn(done.code, (1, 2))
                self.assert_refused(done, str(place), code=done.code)

    def test_incidents_that_cannot_be_written_are_not_marked_as_fetched(self):
        url = self.serve().url
        check = self.untouched()
        with open("/dev/full", "wb") as full:
            done = self.run_once(url, stdout=full)
        self.assertNotEqual(done.code, 0)
        self.assert_line(done.err)
        check()
        read, write = os.pipe()
        os.close(read)
        try:
            done = self.run_once(url, stdout=write)
        finally:
            os.close(write)
        self.assertNotEqual(done.code, 0)
        self.assert_line(done.err)
        check()

    def test_incidents_for_a_closed_stdout_are_not_marked_as_fetched(self):
        server = self.serve()
        check = self.untouched()
        done = run(
            "sh", "-c", 'exec "$0" "$@" >&-', programs.fetch_incidents, "run", "--url", server.url,
            "--api-key-id", "1", "--api-key-file", self.key, "--last-run", self.last_run,
        )
        self.assertNotEqual(done.code, 0)
        self.assert_line(done.err)
        check()

    def test_queries_reach_the_server(self):
        url = self.serve().url
        for query, ids in [
            ([], ["1", "2", "3"]),
            (["--status", "new"], ["1"]),
            (["--status", "new", "--status", "resolved_auto"], ["1", "3"]),
            (["--starred", "true"], ["1"]),
            (["--starred", "false"], ["2", "3"]),
            (["--alert-source", "PAN NGFW"], ["2"]),
            (["--alert-source", "PAN NGFW", "--alert-source", "XDR BIOC"], ["2", "3"]),
            (["--description", "PROCESS"], ["3"]),
            (["--status", "new", "--description", "scan"], []),
            (["--first-fetch", "90 minutes"], ["3"]),
            (["--page-cap", "1"], ["1", "2", "3"]),
            (["--incident-id", "2"], ["2"]),
            (["--incident-id", "3", "--incident-id", "1"], ["1", "3"]),
            (["--created-after", "2000-01-01"], ["1", "2", "3"]),
            (["--created-before", "2000-01-01T00:00:00Z"], []),
            (["--modified-after", "2000-01-01"], ["1", "2", "3"]),
            (["--modified-before", "2000-01-01"], []),
        ]:
            with self.subTest(query):
                self.assertEqual(self.ids(self.run_once(url, "--dry-run", *query)), ids)

    def test_a_final_slash_of_the_url_does_no_harm(self):
        self.assertEqual(len(self.ids(self.run_once(self.serve().url + "/"))), 3)


class TestButton(Fetcher):
    def test_all_is_well(self):
        url = self.serve().url
        for limit in (1, 50, 200):
            self.assertEqual(self.try_out(url, "--limit", limit), Done(0, "ok\n", ""))

    def test_a_limit_is_demanded_and_bounded(self):
        url = self.serve().url
        self.assert_refused(self.try_out(url), "--limit", "200")
        for limit in (201, 0, -1):
            with self.subTest(limit):
                self.assert_refused(self.try_out(url, "--limit", limit), "--limit", str(limit))

    def test_wrong_parameters_are_found(self):
        url = self.serve().url
        self.assert_refused(self.try_out(url, "--limit", 50, "--look-back", "soon"), "--look-back")
        done = self.try_out(url, "--limit", 50, "--first-fetch", "nonsense")
        self.assert_refused(done, "nonsense")
        self.assert_refused(self.try_out("garbage", "--limit", 50), "garbage")

    def test_a_wrong_key_is_met_with_advice(self):
        url = self.serve().url
        self.key.write_text("a-wrong-secret")
        done = self.try_out(url, "--limit", 50)
        self.assert_refused(done, "401", "check the key", code=1)
        self.assertNotIn("secret", done.err)

    def test_a_server_that_is_not_there_is_named(self):
        url = self.nobody()
        self.assert_refused(self.try_out(url, "--limit", 50), url, code=1)

    def test_an_answer_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.try_out(self.serve().url, "--limit", 50, stdout=full).code, 1)

    def test_json_says_the_same(self):
        url = self.serve().url
        done = self.try_out(url, "--limit", 50, "--json")
        self.assertEqual(done, Done(0, '{"ok":true}\n', ""))
        url = self.nobody()
        done = self.try_out(url, "--limit", 50, "--json")
        self.assertEqual(done.code, 1)
        result = json.loads(done.out)
        self.assertEqual(result["ok"], False)
        self.assertIn(url, result["error"])


class Environment(Fetcher):
    """Variables stand in for flags."""

    def with_variables(self, url, command, *arguments, **variables):
        access = {"XDR_URL": url, "XDR_API_KEY_ID": "1", "XDR_API_KEY_LEVEL": "standard"}
        return self.fetch(
            command, *arguments, key=TEST_KEY, variables={**access, "XDR_LIMIT": "2", **variables})

    def test_they_are_read(self):
        url = self.serve().url
        self.assertEqual(self.with_variables(url, "test"), Done(0, "ok\n", ""))
        self.assertEqual(self.with_variables(url, "test", XDR_API_KEY_ID="2").code, 1)
        done = self.with_variables(url, "run", "--last-run", self.last_run)
        self.assertEqual(self.ids(done), ALL[:2])

    def test_a_flag_goes_before_them(self):
        url = self.serve().url
        done = self.with_variables(url, "run", "--last-run", self.last_run, "--limit", 1)
        self.assertEqual(self.ids(done), ALL[:1])
        done = self.with_variables(url, "test", "--api-key-id", 1, XDR_API_KEY_ID="2")
        self.assertEqual(done, Done(0, "ok\n", ""))

    def test_a_command_does_not_mind_those_of_others(self):
        self.assertEqual(self.run_store(self.serve().url).code, 0)
        done = self.with_variables("", "history", "--store", self.store, XDR_LIMIT="abc")
        self.assertEqual((done.code, done.err), (0, ""))

    def test_a_refused_value_is_named_by_its_variable(self):
        for variable, value in [
            ("XDR_LIMIT", "abc"), ("XDR_LIMIT", "0"), ("XDR_API_KEY_LEVEL", "high"),
            ("XDR_URL", "nonsense"), ("XDR_LOOK_BACK", "soon"), ("XDR_LOOK_BACK", "-5m"),
            ("XDR_FIRST_FETCH", "soon"), ("XDR_POLICY", "compleet"),
        ]:
            done = self.with_variables(
                self.serve().url, "run", "--last-run", self.last_run, **{variable: value})
            self.assert_refused(done, variable + ": ", value)
            self.assertNotIn("--", done.err)
        done = self.with_variables(self.serve().url, "test", "--limit=abd", XDR_LIMIT="abc")
        self.assert_refused(done, "--limit: 'abd'")


class Stored(Fetcher):
    """The default: incidents, last run and history in one SQLite file."""

    def test_incidents_are_kept_once_and_a_summary_is_printed(self):
        url = self.serve().url
        done = self.run_store(url)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"\A3 incidents, 1 request, \d+\w+\n\Z")
        self.assertEqual(self.stored(), ALL)
        self.assertRegex(self.run_store(url).out, r"\A0 incidents, ")
        self.assertEqual(self.stored(), ALL)

    def test_the_store_is_incidents_db_in_the_working_directory(self):
        url = self.serve().url
        self.assertEqual(self.fetch("run", *self.access(url), cwd=self.folder).code, 0)
        self.assertTrue(self.store.exists())
        self.assertEqual(self.stored(), ALL)

    def test_json_is_the_record_of_the_run(self):
        done = self.run_store(self.serve().url, "--json")
        self.assertEqual((done.code, done.err), (0, ""))
        record = json.loads(done.out)
        self.assertEqual(record["emitted"], ALL)
        self.assertEqual(
            (record["requests"], record["policy"], record["message"]), (1, "complete", "Completed"))

    def test_history_has_the_documented_columns(self):
        url = self.serve().url
        self.run_store(url, "--limit", 2)
        self.run_store(url, "--limit", 2)
        done = self.fetch("history", "--store", self.store)
        self.assertEqual((done.code, done.err), (0, ""))
        head, second, first = done.out.splitlines()
        for word in ("run", "pulled at", "duration", "window", "requests", "incidents", "message",
                     "source ids"):
            self.assertIn(word, head)
        self.assertRegex(first, r"\A1 .* Completed +1, 2\Z")
        self.assertRegex(second, r"\A2 .* Completed +3\Z")
        newest, oldest = self.history()
        self.assertEqual((oldest["run"], oldest["emitted"]), (1, ["1", "2"]))
        self.assertEqual((newest["run"], newest["emitted"]), (2, ["3"]))
        self.assertRegex(oldest["window"], r"\A\d{4}-\d\d-\d\dT.*Z \.\.\Z")
        self.assertEqual([record["run"] for record in self.history("--limit", 1)], [2])

    def test_a_run_that_fails_keeps_nothing_but_its_error(self):
        url = self.serve().url
        self.run_store(url, "--limit", 1)
        before = self.fetch("last-run", "show", "--store", self.store).out
        nobody = self.nobody()
        done = self.run_store(nobody, "--retries", 0)
        self.assert_refused(done, "it emitted and saved nothing", nobody, code=1)
        self.assertEqual(self.fetch("last-run", "show", "--store", self.store).out, before)
        self.assertEqual(self.stored(), ["1"])
        failure = self.history()[0]
        self.assertRegex(failure["message"], rf"\AError: POST {nobody}/public_api/")
        self.assertEqual((failure["emitted"], failure["run"]), ([], 2))
        table = self.fetch("history", "--store", self.store).out.splitlines()
        self.assertIn("Error: POST ", table[1])
        self.assertRegex(self.run_store(url).out, r"\A2 incidents, ")
        self.assertEqual(self.stored(), ALL)

    def test_a_failed_run_has_a_record_in_json_too(self):
        done = self.run_store(self.nobody(), "--retries", 0, "--json")
        self.assertEqual(done.code, 1)
        self.assertTrue(json.loads(done.out)["message"].startswith("Error: POST "))
        self.assert_line(done.err)

    def test_a_failure_part_way_emits_nothing(self):
        rows = [{"id": str(i), "created": f"-{i}m"} for i in range(1, 6)]
        text = scenario(incidents=rows, faults=[{"request": 3, "reply": {"status": 500}}])
        url = self.serve(text).url
        done = self.run_store(url, "--page-cap", 2, "--retries", 0)
        self.assert_refused(done, "500", code=1)
        self.assertEqual(self.stored(), [])
        self.assertEqual(self.history()[0]["requests"], 3)
        self.assertRegex(self.run_store(url).out, r"\A5 incidents, ")

    def test_a_dry_run_shows_the_incidents_and_makes_no_store(self):
        url = self.serve().url
        self.assertEqual(self.ids(self.run_store(url, "--dry-run")), ALL)
        self.assertFalse(self.store.exists())
        self.run_store(url, "--limit", 1)
        self.assertEqual(self.ids(self.run_store(url, "--dry-run")), ["2", "3"])
        self.assertEqual((self.stored(), len(self.history())), (["1"], 1))

    def test_a_dry_run_knows_what_the_store_has(self):
        for policy in ("complete", "complete-modified"):
            url = self.serve().url
            store = ["--store", self.folder / f"{policy}.db"]
            arguments = ["run", *self.access(url), *store, "--policy", policy]
            self.assertEqual(self.fetch(*arguments).code, 0)
            reset = self.fetch("last-run", "set", *store, "--policy", policy, stdin=b"{}")
            self.assertEqual(reset.code, 0, reset.err)
            shown = self.fetch(*arguments, "--dry-run")
            self.assertEqual((shown.code, json.loads(shown.out)), (0, []), shown.err)

    def test_a_backlog_is_drained_at_one_go(self):
        rows = [{"id": str(i), "created": f"-{60 - i}m"} for i in range(1, 12)]
        url = self.serve(scenario(incidents=rows)).url
        done = self.run_store(url, "--until-drained", "--limit", 3, "--first-fetch", "2h")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"\A11 incidents, \d+ requests, 4 runs, ")
        self.assertEqual(self.stored(), [str(i) for i in range(1, 12)])
        self.assertRegex(self.run_store(url, "--until-drained").out, r"\A0 incidents, .* 1 run, ")

    def test_a_backlog_is_drained_within_a_budget_of_requests(self):
        rows = [{"id": str(i), "created": f"-{60 - i}m"} for i in range(1, 12)]
        url = self.serve(scenario(incidents=rows)).url
        done = self.run_store(url, "--until-drained", "--limit", 3, "--max-requests", 1,
                              "--page-cap", 2, "--first-fetch", "2h", "--json")
        self.assertEqual((done.code, done.err), (0, ""))
        records = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual({record["requests"] for record in records}, {1})
        self.assertEqual(self.stored(), [str(i) for i in range(1, 12)])

    def test_draining_ends_at_a_failure(self):
        done = self.run_store(self.nobody(), "--until-drained", "--retries", 0)
        self.assert_refused(done, "it emitted and saved nothing", code=1)
        self.assertEqual(len(self.history()), 1)

    def test_what_the_runs_before_a_failed_one_saved_is_told(self):
        url = self.serve(scenario(
            incidents=[{"id": str(n), "created": f"-{n}m"} for n in (1, 2, 3)],
            faults=[{"request": 2, "reply": {"status": 403}}])).url
        done = self.run_store(url, "--until-drained", "--limit", 1)
        self.assertEqual(done.code, 1)
        self.assertIn("it emitted and saved nothing", done.err)
        self.assertIn("before it 1 run emitted and saved 1 incident", done.err)
        self.assertEqual(self.stored(), ["3"])

    def test_a_store_of_another_policy_is_refused_by_name(self):
        url = self.serve().url
        self.run_store(url)
        done = self.run_store(url, "--policy", "documented")
        self.assert_refused(done, str(self.store), "another policy")

    def test_progress_is_for_terminals(self):
        url = self.serve().url
        try:
            ours, theirs = pty.openpty()
        except OSError as none:
            self.skipTest(f"this machine has no terminals to give: {none}")
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            done = subprocess.run(
                [programs.fetch_incidents, "run", *self.access(url), "--store", self.store],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
                timeout=PATIENCE_S,
            )
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # how a terminal says that nobody is there
                while more := terminal.read(4096):
                    shown += more
        self.assertEqual(done.returncode, 0)
        self.assertRegex(
            shown.decode(), r"\A\r\[#{20}\] 100%  3 incidents  1 request .*\x1b\[K\r\x1b\[K\Z")

    def test_extra_data_goes_into_the_raw_incident(self):
        alert = {"alert_id": "7", "name": "odd"}
        text = scenario(incidents=[
            {"id": "1", "created": "-1h", "alerts": [alert], "network_artifacts": [],
             "file_artifacts": []},
            {"id": "2", "created": "-30m"}])
        url = self.serve(text).url
        self.assertEqual(self.run_store(url, "--extra-data", "--first-fetch", "2h").code, 0)
        done = self.fetch("incidents", "show", "1", "--store", self.store)
        raw = json.loads(json.loads(done.out)["rawJSON"])
        self.assertEqual([alert["alert_id"] for alert in raw["alerts"]], ["7"])
        self.assertEqual((raw["network_artifacts"], raw["file_artifacts"]), ([], []))
        self.assertEqual(raw["incident_id"], "1")
        self.assertEqual(self.history()[0]["requests"], 3)


class Incidents(Fetcher):
    def setUp(self):
        super().setUp()
        self.run_store(self.serve().url)

    def test_a_list_has_the_newest_first(self):
        done = self.fetch("incidents", "list", "--store", self.store)
        self.assertEqual((done.code, done.err), (0, ""))
        head, *lines = done.out.splitlines()
        self.assertEqual(head.split(), ["id", "occurred", "fetched", "run", "name"])
        self.assertEqual([line.split()[0] for line in lines], ["3", "2", "1"])
        self.assertTrue(lines[0].endswith(" 1    XDR Incident 3 - odd process"), lines[0])

    def test_a_list_is_cut_into_pages(self):
        self.assertEqual(self.stored("--limit", 2), ["2", "3"])
        self.assertEqual(self.stored("--limit", 2, "--skip", 2), ["1"])
        self.assertEqual(self.stored("--skip", 3), [])
        done = self.fetch("incidents", "list", "--store", self.store, "--skip", -1)
        self.assert_refused(done, "--skip: '-1' is less than 0")

    def test_one_incident_is_shown_as_it_was_emitted(self):
        done = self.fetch("incidents", "show", "2", "--store", self.store)
        self.assertEqual((done.code, done.err), (0, ""))
        incident = json.loads(done.out)
        self.assertEqual(
            list(incident), ["name", "occurred", "details", "severity", "dbotMirrorId", "rawJSON"])
        self.assertEqual(incident["dbotMirrorId"], "2")
        done = self.fetch("incidents", "show", "2", "--store", self.store, "--json")
        whole = json.loads(done.out)
        self.assertEqual((whole["id"], whole["run"], whole["incident"]), ("2", 1, incident))

    def test_an_incident_that_is_not_there_is_named(self):
        self.assert_refused(self.fetch("incidents", "show", "9", "--store", self.store), "'9'")

    def test_what_cannot_be_written_is_no_success(self):
        for command in (["incidents", "list"], ["incidents", "show", "1"], ["history"],
                        ["last-run", "show"]):
            with self.subTest(command), open("/dev/full", "wb") as full:
                done = self.fetch(*command, "--store", self.store, stdout=full)
                self.assertEqual(done.code, 1, done)
                self.assert_line(done.err)


class Lines(Fetcher):
    """--out ndjson and the batch that is pending."""

    def lines(self, done):
        self.assertEqual((done.code, done.err), (0, ""))
        return [json.loads(line) for line in done.out.splitlines()]

    def numbers(self, done):
        return [(line["batch"], line["index"], line["of"], line["dbotMirrorId"])
                for line in self.lines(done)]

    def broken_pipe(self, url, *arguments):
        """A run whose reader is gone."""
        read, write = os.pipe()
        os.close(read)
        try:
            return self.run_lines(url, *arguments, stdout=write)
        finally:
            os.close(write)

    def test_each_line_says_its_batch(self):
        url = self.serve().url
        self.assertEqual(self.numbers(self.run_lines(url, "--limit", 2)),
                         [(1, 1, 2, "1"), (1, 2, 2, "2")])
        self.assertEqual(self.numbers(self.run_lines(url, "--limit", 2)), [(2, 1, 1, "3")])
        self.assertEqual(self.run_lines(url), Done(0, "", ""))
        self.assertNotIn("pending", self.last_run.read_text())

    def test_what_a_reader_may_have_missed_comes_again_line_for_line(self):
        url = self.serve().url
        dry = self.run_lines(url, "--limit", 2, "--dry-run").out
        done = self.broken_pipe(url, "--limit", 2)
        self.assertEqual(done.code, 1)
        self.assert_line(done.err)
        self.assertNotIn("saved nothing", done.err)
        pending = json.loads(self.last_run.read_text())["pending"]
        self.assertEqual((pending["batch"], pending["ids"]), (1, ["1", "2"]))
        again = self.run_lines(url, "--limit", 2)
        self.assertTrue(again.out.startswith(dry))
        self.assertEqual(self.numbers(again), [(1, 1, 2, "1"), (1, 2, 2, "2"), (2, 1, 1, "3")])
        self.assertNotIn("pending", self.last_run.read_text())

    def test_a_run_killed_while_it_emits_leaves_its_batch_pending(self):
        # More than a pipe holds, so that it waits for a reader that reads nothing.
        rows = [{"id": str(i), "created": "-1h", "fields": {"description": "x" * 3000}}
                for i in range(1, 101)]
        url = self.serve(scenario(incidents=rows)).url
        process = subprocess.Popen(
            [programs.fetch_incidents, "run", *map(str, self.access(url)), "--last-run",
             self.last_run, "--out", "ndjson", "--limit", "100", "--first-fetch", "2h"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )
        with process.stdout:
            first = process.stdout.readline()
            process.kill()
            process.wait()
        self.assertEqual(json.loads(first)["index"], 1)
        done = self.run_lines(url, "--limit", 100)
        numbers = self.numbers(done)
        self.assertEqual(numbers, [(1, i, 100, number[3]) for i, number in enumerate(numbers, 1)])
        self.assertEqual(len({number[3] for number in numbers}), 100)
        self.assertEqual(done.out.splitlines()[0], first.decode().rstrip("\n"))

    def test_a_pending_batch_can_be_skipped(self):
        url = self.serve().url
        self.broken_pipe(url, "--limit", 2)
        done = self.run_lines(url, "--assume-emitted")
        self.assertEqual(self.numbers(done), [(2, 1, 1, "3")])

    def test_a_pending_batch_is_not_lost_in_an_array(self):
        url = self.serve().url
        self.broken_pipe(url)
        check = self.untouched()
        self.assert_refused(self.run_once(url), str(self.last_run), "pending", "--assume-emitted")
        check()

    def test_a_dry_run_shows_a_pending_batch_and_keeps_it(self):
        url = self.serve().url
        self.broken_pipe(url, "--limit", 2)
        check = self.untouched()
        dry = self.run_lines(url, "--dry-run")
        check()
        self.assertEqual(dry, self.run_lines(url))

    def test_a_dry_run_does_with_a_pending_batch_what_a_run_does(self):
        url = self.serve().url
        self.broken_pipe(url, "--limit", 2)
        check = self.untouched()
        self.assertEqual(
            self.run_once(url, "--dry-run"), self.run_once(url))
        self.assert_refused(self.run_once(url, "--dry-run"), "pending", "--assume-emitted")
        dry = self.run_lines(url, "--dry-run", "--assume-emitted")
        check()
        self.assertEqual(dry, self.run_lines(url, "--assume-emitted"))
        self.assertEqual(self.numbers(dry), [(2, 1, 1, "3")])

    def test_a_pending_batch_that_is_broken_is_refused_and_kept(self):
        url = self.serve().url
        for text in ('{"pending": 1}', '{"pending": {"batch": 1}}',
                     '{"pending": {"batch": 1, "ids": ["1"], "lines": [], "next": {}}}'):
            with self.subTest(text):
                self.last_run.write_text(text)
                check = self.untouched()
                self.assert_refused(self.run_lines(url), str(self.last_run), "/pending")
                check()

    def test_a_policy_without_batch_numbers_is_refused(self):
        url = self.serve().url
        self.assert_refused(self.run_lines(url, "--policy", "documented"), "--out", "json")

    def test_records_go_to_stderr(self):
        done = self.run_lines(self.serve().url, "--json")
        self.assertEqual(done.code, 0)
        self.assertEqual(len(done.out.splitlines()), 3)
        self.assertEqual(json.loads(done.err)["emitted"], ALL)


class LastRun(Fetcher):
    def show(self, *arguments):
        done = self.fetch("last-run", "show", "--store", self.store, *arguments)
        self.assertEqual((done.code, done.err), (0, ""))
        return json.loads(done.out)

    def set(self, text, *arguments):
        return self.fetch("last-run", "set", "--store", self.store, *arguments, stdin=text.encode())

    def test_what_is_shown_can_be_set_elsewhere(self):
        url = self.serve().url
        self.run_store(url, "--limit", 2)
        for form in ("json", "xsoar"):
            with self.subTest(form):
                shown = self.fetch(
                    "last-run", "show", "--store", self.store, "--format", form).out
                done = self.fetch("last-run", "set", "--last-run", self.last_run, "--format", form,
                                  stdin=shown.encode())
                self.assertEqual(done, Done(0, shown, ""))
                self.assertEqual(self.ids(self.run_once(url)), ["3"])

    def test_the_xsoar_form_is_text_all_over(self):
        self.run_store(self.serve().url)
        plain, xsoar = self.show(), self.show("--format", "xsoar")
        self.assertEqual(list(plain), list(xsoar))
        self.assertEqual({type(value) for value in xsoar.values()}, {str})
        self.assertEqual(json.loads(xsoar["seen"]), plain["seen"])

    def test_the_published_revisions_speak_it_too(self):
        self.run_store(self.serve().url, "--policy", "documented")
        xsoar = self.show("--format", "xsoar")
        self.assertEqual({type(value) for value in xsoar.values()}, {str})
        self.assertEqual(xsoar["limit"], "50")
        done = self.set(json.dumps({**xsoar, "limit": "7"}), "--format", "xsoar", "--policy",
                        "documented")
        self.assertEqual(done.code, 0)
        self.assertEqual(self.show()["limit"], 7)

    def test_an_empty_one_starts_afresh(self):
        url = self.serve().url
        self.run_store(url)
        self.assertEqual(self.set("{}"), Done(0, "{}\n", ""))
        self.assertEqual(self.run_store(url).code, 0)
        self.assertEqual(self.stored(), ALL, "the store knows ids")

    def test_a_bad_one_is_refused_before_anything_changes(self):
        self.run_store(self.serve().url)
        before = self.show()
        for text, word in [("", "JSON"), ("[]", "object"), ('{"frontier": "soon"}', "stdin"),
                           ('{"time": "2024-01-01T00:00:00"}', "another policy"),
                           ('{"last_fetch": 1}', "another policy")]:
            with self.subTest(text):
                self.assert_refused(self.set(text), "stdin", word)
                self.assertEqual(self.show(), before)
        self.assert_refused(self.set("{}", self.folder / "none"), "none")
        self.assert_refused(self.set("{}", "--policy", "perfect"), "perfect")
        self.assert_refused(self.set("[]", "--format", "xsoar"), "stdin", "object")

    def test_a_file_is_read_by_name(self):
        file = self.write("state.json", "{}")
        self.assertEqual(self.set("garbage", file).code, 0)
        self.assertEqual(self.show(), {})


class Watch(Fetcher):
    def start(self, url, *arguments):
        """`watch` in the background, every second."""
        process = subprocess.Popen(
            [programs.fetch_incidents, "watch", *map(str, self.access(url)), "--every", "1s",
             *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

        def close():
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=PATIENCE_S)

        self.addCleanup(close)
        return process

    def test_it_runs_again_and_again(self):
        url = self.serve().url
        process = self.start(url, "--store", self.store, "--runs", 3, "--limit", 2)
        out, err = process.communicate(timeout=PATIENCE_S)
        self.assertEqual((process.returncode, err), (0, b""))
        self.assertEqual(len(out.splitlines()), 2, "an idle run says nothing")
        self.assertEqual([record["emitted"] for record in self.history()],
                         [[], ["3"], ["1", "2"]])
        times = [datetime.datetime.fromisoformat(record["started"]) for record in self.history()]
        self.assertGreater((times[0] - times[2]).total_seconds(), 1.5)

    def test_a_signal_ends_it_after_the_run_in_hand(self):
        url = self.serve().url
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process = self.start(url, "--store", self.store, "--json")
                self.assertEqual(json.loads(process.stdout.readline())["message"], "Completed")
                process.send_signal(number)
                self.assertEqual(process.communicate(timeout=PATIENCE_S)[1], b"")
                self.assertEqual(process.returncode, 0)

    def test_a_second_signal_does_not_kill_it(self):
        process = self.start(self.serve().url, "--store", self.store, "--json")
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0)

    def test_a_second_one_is_told_who_holds_the_last_run_whatever_it_calls_it(self):
        url = self.serve().url
        link = self.folder / "link.json"
        link.symlink_to(self.last_run.name)
        process = self.start(url, "--last-run", self.last_run)
        process.stdout.readline()
        done = self.fetch("run", *self.access(url), "--last-run", link, "--out", "ndjson")
        self.assert_refused(done, str(self.last_run), str(process.pid), "watch", code=1)
        self.assertTrue(link.is_symlink())

    def test_a_signal_cuts_the_wait_between_tries_short(self):
        faults = [{"request": 1, "reply": {"status": 429, "retry_after": "50s"}}]
        server = self.serve(scenario(faults=faults))
        process = self.start(server.url, "--store", self.store)
        while "get_incidents" not in server.stderr() and process.poll() is None:
            pass
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(self.history()[0]["message"].startswith("Error: "), self.history())

    def test_a_run_that_fails_is_told_and_the_next_one_comes(self):
        url = self.serve(scenario(
            incidents=[{"id": "1", "created": "-1h"}],
            faults=[{"request": 1, "reply": {"status": 500}}])).url
        process = self.start(
            url, "--store", self.store, "--runs", 2, "--retries", 0, "--first-fetch", "2h")
        err = process.communicate(timeout=PATIENCE_S)[1].decode()
        self.assertEqual(process.returncode, 0)
        self.assert_line(err)
        self.assertIn("500", err)
        good, bad = self.history()
        self.assertEqual((good["message"], good["emitted"]), ("Completed", ["1"]))
        self.assertTrue(bad["message"].startswith("Error: "))

    def test_the_last_of_its_runs_decides(self):
        process = self.start(self.nobody(), "--store", self.store, "--runs", 1, "--retries", 0)
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 1)

    def test_a_second_one_is_told_who_holds_the_store(self):
        url = self.serve().url
        process = self.start(url, "--store", self.store, "--json")
        process.stdout.readline()
        done = self.run_store(url)
        self.assert_refused(done, str(self.store), str(process.pid), "watch", code=1)
        self.assertEqual(self.stored(), ALL, "reading goes on")

    def test_it_goes_on_after_it_was_killed(self):
        url = self.serve().url
        process = self.start(url, "--store", self.store, "--json", "--limit", 2)
        process.stdout.readline()
        process.kill()
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(self.run_store(url).code, 0)
        self.assertEqual(self.stored(), ALL)

    def test_lines_flow_down_a_pipe(self):
        url = self.serve().url
        process = self.start(url, "--last-run", self.last_run, "--limit", 1)
        lines = [json.loads(process.stdout.readline()) for _ in range(3)]
        self.assertEqual([(line["batch"], line["dbotMirrorId"]) for line in lines],
                         [(1, "1"), (2, "2"), (3, "3")])
        process.terminate()
        self.assertEqual(process.communicate(timeout=PATIENCE_S), (b"", b""))
        self.assertEqual(process.returncode, 0)

    def test_a_pipe_that_broke_ends_it(self):
        url = self.serve().url
        process = self.start(url, "--last-run", self.last_run)
        process.stdout.close()
        process.stdout = None
        process.communicate(timeout=PATIENCE_S)
        self.assertIn(process.returncode, (0, 1))

    def test_odd_intervals_are_refused(self):
        for every in ("0s", "10", "2d", "soon"):
            with self.subTest(every):
                done = self.fetch("watch", *self.access(self.nobody()), "--store", self.store,
                                  "--every", every)
                self.assert_refused(done, "--every")
                self.assertFalse(self.store.exists())


if __name__ == "__main__":
    driver.main("drives fetch-incidents as a user does")
