#!/usr/bin/env python3
"""Drives mockxdr and fetch-incidents as a user does: arguments, output, exit codes, files.

usage: commands_test.py --mockxdr PATH --fetch-incidents PATH --scenarios DIR [unittest arguments]

Exit code 0 if all passed, 1 if not.
"""

import datetime
import json
import os
import shlex

import driver
from driver import START, TEST_KEY, Case, Done, http_reply, mockxdr, programs, run, scenario

SUBCOMMANDS = [
    ("mockxdr", "serve"), ("mockxdr", "replay"), ("mockxdr", "validate"),
    ("fetch_incidents", "run"), ("fetch_incidents", "test"),
    ("fetch_incidents", "lookback-trace"),
]


class Help(Case):
    def test_each_program_explains_itself_and_its_exit_codes(self):
        for program in ("mockxdr", "fetch_incidents"):
            with self.subTest(program):
                done = run(getattr(programs, program), "--help")
                self.assertEqual((done.code, done.err), (0, ""))
                self.assertIn("exit codes:", done.out)
                for owner, command in SUBCOMMANDS:
                    self.assertEqual(owner == program, f"\n  {command} " in done.out, command)

    def test_each_subcommand_explains_itself_with_an_example_and_its_exit_codes(self):
        for program, command in SUBCOMMANDS:
            with self.subTest(f"{program} {command}"):
                done = run(getattr(programs, program), command, "--help")
                self.assertEqual((done.code, done.err), (0, ""))
                self.assertRegex(done.out, r"examples?:")
                self.assertIn("exit codes:", done.out)

    def test_each_program_and_each_subcommand_has_a_version(self):
        whole = run(programs.mockxdr, "--version")
        self.assertEqual((whole.code, whole.err), (0, ""))
        self.assertRegex(whole.out, r"\A\d+\.\d+\.\d+\n\Z")
        self.assertEqual(run(programs.fetch_incidents, "--version"), whole)
        for program, command in SUBCOMMANDS:
            with self.subTest(f"{program} {command}"):
                self.assertEqual(run(getattr(programs, program), command, "--version"), whole)

    def test_the_help_of_replay_names_every_policy(self):
        out = mockxdr("replay", "--help").out
        for name in ("complete", "complete-modified", "documented", "current", "cursor-latest",
                     "cursor-now"):
            self.assertRegex(out, rf"\b{name}\b")


class WrongUse(Case):
    def test_mockxdr_refuses_wrong_arguments(self):
        file = self.write("a.json", scenario())
        for arguments, word in [
            ([], "subcommand"),
            (["serve"], "file"),
            (["replay"], "path"),
            (["validate"], "path"),
            (["replay", "--unknown", file], "--unknown"),
            (["serve", file, "--unknown"], "--unknown"),
            (["serve", file, file], "a.json"),
            (["serve", file, "--clock", "fast"], "--clock"),
            (["serve", file, "--clock", "0x"], "--clock"),
            (["serve", file, "--clock", "-5x"], "--clock"),
            (["serve", file, "--clock", "1.5x"], "--clock"),
            (["serve", file, "--clock", "60"], "--clock"),
            (["serve", file, "--clock", "60xx"], "--clock"),
            (["serve", file, "--clock", "99999999999999999999x"], "--clock"),
            (["serve", file, "--port", "65536"], "--port"),
            (["serve", file, "--port", "http"], "--port"),
            (["replay", file, "--over", "pigeon"], "--over"),
            (["replay", file, "--policy", "perfect"], "perfect"),
            (["replay", file, "--contract", "social"], "--contract"),
        ]:
            with self.subTest(" ".join(map(str, arguments))):
                self.assert_refused(mockxdr(*arguments), word)

    def test_an_unknown_subcommand_is_named(self):
        self.assert_refused(mockxdr("frobnicate"), "frobnicate")

    def test_a_wrong_choice_is_answered_with_the_choices(self):
        file = self.write("a.json", scenario())
        self.assert_refused(mockxdr("replay", file, "--policy", "x"), "complete", "cursor-now")
        self.assert_refused(mockxdr("replay", file, "--contract", "x"), "reach", "window")
        self.assert_refused(mockxdr("replay", file, "--over", "x"), "http", "direct")

    def test_fetch_incidents_refuses_wrong_arguments(self):
        key = self.write("key", TEST_KEY)
        last_run = self.folder / "last-run.json"
        good = {
            "--url": self.nobody(), "--api-key-id": "1", "--api-key-file": key,
            "--last-run": last_run,
        }
        for change, word in [
            ({"--url": None}, "--url"),
            ({"--api-key-id": None}, "--api-key-id"),
            ({"--last-run": None}, "--last-run"),
            ({"--unknown": "1"}, "--unknown"),
            ({"--url": "garbage"}, "garbage"),
            ({"--url": "ftp://example.com"}, "ftp://example.com"),
            ({"--url": "http://"}, "http://"),
            ({"--look-back": "soon"}, "--look-back"),
            ({"--look-back": "15"}, "--look-back"),
            ({"--look-back": "-5m"}, "look_back"),
            ({"--limit": "0"}, "limit"),
            ({"--limit": "many"}, "--limit"),
            ({"--first-fetch": "nonsense"}, "nonsense"),
            ({"--policy": "perfect"}, "perfect"),
            ({"--policy": "documented", "--look-back": "90s"}, "look_back"),
            ({"--starred": "maybe"}, "--starred"),
            ({"--page-cap": "0"}, "--page-cap"),
            ({"--timeout": "0"}, "--timeout"),
        ]:
            with self.subTest(change):
                named = {**good, **change}.items()
                arguments = [part for pair in named if pair[1] is not None for part in pair]
                self.assert_refused(run(programs.fetch_incidents, "run", *arguments), word)
                self.assertFalse(last_run.exists())
        self.assert_refused(run(programs.fetch_incidents), "subcommand")


    def test_a_url_with_an_impossible_port_is_wrong_use(self):
        key = self.write("key", TEST_KEY)
        for port in ("notaport", "99999", ""):
            with self.subTest(port):
                url = f"http://127.0.0.1:{port}"
                done = run(
                    programs.fetch_incidents, "test", "--url", url, "--api-key-id", "1",
                    "--api-key-file", key, "--limit", "50",
                )
                self.assert_refused(done, url)


class Validate(Case):
    def test_a_valid_file_is_called_valid(self):
        file = self.write("a.json", scenario())
        self.assertEqual(mockxdr("validate", file), Done(0, f"{file}: valid\n", ""))

    def test_a_folder_stands_for_its_scenarios_in_order(self):
        (self.folder / "deep").mkdir()
        files = [self.write(name, scenario()) for name in ("a.json", "b.json", "deep/a.json")]
        self.write("scenario.schema.json", "{}")
        self.write("notes.txt", "no scenario")
        done = mockxdr("validate", self.folder)
        self.assertEqual(done, Done(0, "".join(f"{file}: valid\n" for file in files), ""))

    def test_every_shipped_scenario_is_valid(self):
        done = mockxdr("validate", programs.scenarios)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertGreater(done.out.count(": valid\n"), 10)

    def test_a_typo_is_named_with_its_line_and_column(self):
        text = scenario().replace("indexed_after", "indexd_after")
        line = next(i for i, at in enumerate(text.split("\n"), 1) if "indexd_after" in at)
        column = text.split("\n")[line - 1].index('"indexd_after"') + 1
        file = self.write("a.json", text)
        done = mockxdr("validate", file)
        self.assert_refused(done, "indexd_after", "indexed_after", "/incidents/0/indexd_after")
        self.assertTrue(done.err.startswith(f"{file}:{line}:{column}: "), done.err)

    def test_each_wrong_file_is_reported_and_the_right_ones_too(self):
        wrong = [self.write(f"wrong-{i}.json", scenario(strat=START)) for i in range(2)]
        right = self.write("right.json", scenario())
        done = mockxdr("validate", wrong[0], right, wrong[1])
        self.assertEqual((done.code, done.out), (2, f"{right}: valid\n"))
        lines = done.err.splitlines()
        self.assertEqual(len(lines), 2)
        for file, line in zip(wrong, lines):
            self.assertTrue(line.startswith(f"{file}:"), line)

    def test_what_is_not_there_is_refused(self):
        (self.folder / "empty").mkdir()
        self.assert_refused(mockxdr("validate", self.folder / "a.json"), "a.json", "no such file")
        self.assert_refused(mockxdr("validate", self.folder / "empty"), "empty", "no scenario")
        self.assert_refused(mockxdr("validate", self.write("a.json", "")), "a.json:1:1: ")

    def test_print_gives_json_without_comments(self):
        file = self.write("a.json", f"// a comment\n{scenario()}\n/* and another */")
        done = mockxdr("validate", "--print", file)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(json.loads(done.out), json.loads(scenario()))


class Replay(Case):
    def test_a_clean_scenario_ends_with_0(self):
        file = self.write("a.json", scenario())
        done = mockxdr("replay", file)
        self.assertEqual((done.code, done.err), (0, ""))
        header, row, summary = done.out.splitlines()
        self.assertEqual(
            header.split(),
            "scenario policy owed once lost duplicated late excused unexpected verdict".split(),
        )
        self.assertEqual(row.split(), [str(file), "complete", *"2200000", "clean"])
        self.assertEqual(summary, "1 replay: all as expected")

    def test_an_unexpected_loss_is_explained_and_ends_with_10(self):
        file = self.write("a.json", scenario(expect={"cursor-now": "clean"}))
        done = mockxdr("replay", file, "--policy", "complete", "--policy", "cursor-now")
        self.assertEqual((done.code, done.err), (10, ""))
        self.assertIn("NOT AS EXPECTED\n2 replays: 1 not as expected\n", done.out)
        self.assertIn("\nlost 101: created 2024-01-01T12:00:10Z, indexed 2m later\n", done.out)
        self.assertRegex(done.out, r"run +at +window +rows +what became of it\n")
        self.assertRegex(done.out, r"\n +1 .* not indexed yet, by 1m10s\n")
        self.assertRegex(done.out, r"\n +3 .* before the window by 1m50s\n")
        self.assertIn("  lost, and not expected to be: 101\n", done.out)
        self.assertIn(f"  repeat: mockxdr replay {file} --policy cursor-now\n", done.out)

    def test_the_repeat_command_can_be_pasted_into_a_shell(self):
        file = self.write("a scenario's name.json", scenario(expect={"cursor-now": "clean"}))
        done = mockxdr("replay", file, "--policy", "cursor-now")
        self.assertEqual(done.code, 10)
        repeat = next(line for line in done.out.splitlines() if "repeat: " in line)
        words = shlex.split(repeat.split("repeat: ")[1])
        self.assertEqual(words[0], "mockxdr")
        self.assertEqual(mockxdr(*words[1:]), done)

    def test_an_expected_loss_ends_with_0(self):
        file = self.write("a.json", scenario(expect={"cursor-now": {"lost": ["101"]}}))
        done = mockxdr("replay", file, "--policy", "cursor-now")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn(" as expected\n1 replay: all as expected\n", done.out)

    def test_a_loss_that_did_not_happen_ends_with_10(self):
        file = self.write("a.json", scenario(expect={"complete": {"lost": ["102"]}}))
        done = mockxdr("replay", file)
        self.assertEqual(done.code, 10)
        self.assertIn("expected to be lost, and is not: 102\n", done.out)

    def test_duplicates_end_with_11(self):
        text = scenario(
            fetch={"every": "1m", "runs": 6, "look_back": "0s", "first_fetch": "1h"},
            incidents=[{"id": "101", "created": "10s"}, {"id": "102", "created": "3m30s"}],
            expect={"documented": "clean"},
        )
        done = mockxdr("replay", self.write("a.json", text), "--policy", "documented")
        self.assertEqual((done.code, done.err), (11, ""))
        self.assertIn("  duplicated, and not expected to be: 101, 102\n", done.out)
        self.assertRegex(done.out, r"\nduplicated 101: created ")

    def test_a_wrong_set_of_excused_ends_with_12(self):
        file = self.write("a.json", scenario(expect={"complete": {"excused": ["102"]}}))
        self.assertEqual(mockxdr("replay", file).code, 12)

    def test_a_scenario_that_owes_nothing_ends_with_13_unless_it_says_so(self):
        nothing = [{"id": "101", "created": "-3d"}]
        done = mockxdr("replay", self.write("a.json", scenario(incidents=nothing)))
        self.assertEqual((done.code, done.err), (13, ""))
        self.assertIn("nothing was owed: this scenario cannot fail\n", done.out)
        file = self.write("b.json", scenario(incidents=nothing, vacuous=True))
        self.assertEqual(mockxdr("replay", file).code, 0)

    def test_a_fault_that_does_not_fire_ends_with_13(self):
        faults = [{"request": 9999, "reply": {"status": 500}}]
        done = mockxdr("replay", self.write("a.json", scenario(faults=faults)))
        self.assertEqual((done.code, done.err), (13, ""))
        self.assertIn("fault 0 (at /faults/0) never fired\n", done.out)

    def test_the_worst_exit_code_wins(self):
        lost = self.write("lost.json", scenario(expect={"cursor-now": "clean"}))
        faults = [{"request": 9999, "reply": {"status": 500}}]
        vacuous = self.write("vacuous.json", scenario(faults=faults))
        both = ["--policy", "complete", "--policy", "cursor-now"]
        self.assertEqual(mockxdr("replay", vacuous, lost, *both).code, 10)

    def test_json_holds_the_verdict_on_every_incident(self):
        file = self.write("a.json", scenario(expect={"cursor-now": "clean"}))
        done = mockxdr(
            "replay", file, "--json", "--policy", "complete", "--policy", "cursor-now"
        )
        self.assertEqual((done.code, done.err), (10, ""))
        clean, lossy = json.loads(done.out)
        self.assertEqual(
            list(clean),
            ["scenario", "title", "policy", "contract", "runs", "requests", "owed", "lost",
             "duplicated", "late", "excused", "unexpected", "judged", "as_expected", "differences",
             "exit", "incidents"],
        )
        self.assertEqual(clean["scenario"], str(file))
        self.assertEqual((clean["policy"], clean["contract"]), ("complete", "reach"))
        self.assertEqual((clean["exit"], clean["as_expected"], clean["lost"]), (0, True, []))
        self.assertEqual((lossy["policy"], lossy["contract"]), ("cursor-now", "window"))
        self.assertEqual((lossy["exit"], lossy["as_expected"], lossy["lost"]), (10, False, ["101"]))
        self.assertEqual(lossy["differences"], ["lost, and not expected to be: 101"])
        self.assertEqual(
            lossy["incidents"],
            [{"id": "101", "class": "lost", "owed": True, "runs": []},
             {"id": "102", "class": "once", "owed": True, "runs": [1]}],
        )

    def test_both_ways_to_the_server_print_the_same(self):
        folder = programs.scenarios / "lookback"
        both = ["--policy", "complete", "--policy", "documented", "--explain", "--trace"]
        http_ = mockxdr("replay", folder, "--over", "http", *both)
        direct = mockxdr("replay", folder, "--over", "direct", *both)
        self.assertEqual(http_.code, 0)
        self.assertGreater(len(http_.out.splitlines()), 20)
        self.assertEqual(http_, direct)
        self.assertEqual(http_, mockxdr("replay", folder, *both))

    def test_a_trace_shows_every_run_and_request(self):
        file = self.write("a.json", scenario())
        out = mockxdr("replay", file, "--trace", "--policy", "cursor-now").out
        self.assertTrue(out.startswith(f"{file}, policy cursor-now\nrun 1 at 2024-01-01T12:01:00Z"))
        self.assertRegex(out, r"\n  request 1 at 2024-01-01T12:01:00Z .*: 1 of 1: 102\n")
        self.assertIn("\n  emitted 1: 102\n  saved ", out)
        self.assertIn("\nrun 6 (drain) at ", out)

    def test_each_policy_has_a_row(self):
        names = [
            "complete", "complete-modified", "documented", "current", "cursor-latest", "cursor-now"
        ]
        file = self.write("a.json", scenario())
        done = mockxdr("replay", file, *(part for name in names for part in ("--policy", name)))
        rows = [line.split()[1] for line in done.out.splitlines() if line.startswith(str(file))]
        self.assertEqual(rows[: len(names)], names)
        self.assertIn("6 replays: 1 as expected, 5 not judged\n", done.out)
        self.assertEqual(done.code, 0)

    def test_another_contract_is_reported_and_not_judged(self):
        file = self.write("a.json", scenario(expect={"complete": {"lost": ["101"]}}))
        done = mockxdr("replay", file, "--contract", "window")
        self.assertEqual(done.code, 0)
        self.assertIn("not judged\n1 replay: 1 not judged\n", done.out)

    def test_nothing_is_played_if_one_file_is_missing_or_broken(self):
        right = self.write("right.json", scenario())
        broken = self.write("broken.json", scenario(strat=START))
        self.assert_refused(mockxdr("replay", right, self.folder / "a.json"), "a.json")
        self.assert_refused(mockxdr("replay", right, broken), f"{broken}:", "strat", "start")
        self.assert_refused(mockxdr("replay", self.write("c.json", "{")), "c.json:1:")
        (self.folder / "empty").mkdir()
        self.assert_refused(mockxdr("replay", self.folder / "empty"), "no scenario")

    def test_a_verdict_that_cannot_be_written_is_no_success(self):
        file = self.write("a.json", scenario())
        for command in (["replay", file], ["replay", file, "--json"], ["validate", file]):
            with self.subTest(command[0]), open("/dev/full", "wb") as full:
                done = mockxdr(*command, stdout=full)
                self.assertEqual(done.code, 1, done)
                self.assert_line(done.err)


class Fetcher(Case):
    """What the tests of fetch-incidents share."""

    def setUp(self):
        super().setUp()
        self.key = self.write("key", TEST_KEY)
        self.last_run = self.folder / "last-run.json"

    def run_once(self, url, *arguments, **options):
        return run(
            programs.fetch_incidents, "run", "--url", url, "--api-key-id", "1",
            "--api-key-file", self.key, "--last-run", self.last_run, *arguments, **options,
        )

    def try_out(self, url, *arguments, **options):
        return run(
            programs.fetch_incidents, "test", "--url", url, "--api-key-id", "1",
            "--api-key-file", self.key, *arguments, **options,
        )

    def ids(self, done):
        self.assertEqual((done.code, done.err), (0, ""))
        return [incident["dbotMirrorId"] for incident in json.loads(done.out)]

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


class Run(Fetcher):
    def test_incidents_come_out_once(self):
        url = self.serve().url
        first = self.run_once(url)
        self.assertEqual(self.ids(first), ["1", "2", "3"])
        incident = json.loads(first.out)[0]
        self.assertEqual(
            list(incident), ["name", "occurred", "details", "dbotMirrorId", "rawJSON"]
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
                self.assert_refused(self.run_once(self.fake(reply), "--timeout", 20), code=1)
                check()

    def test_a_server_that_is_not_there_or_says_nothing_changes_nothing(self):
        self.run_once(self.serve().url, "--limit", 1)
        check = self.untouched()
        url = self.nobody()
        self.assert_refused(self.run_once(url), url.split("/")[2], code=1)
        check()
        self.assert_refused(self.run_once(self.fake(None), "--timeout", 1), code=1)
        check()

    def test_a_wrong_key_is_met_with_advice(self):
        check = self.untouched()
        server = self.serve()
        self.key.write_text("a-wrong-secret")
        done = self.run_once(server.url)
        self.assert_refused(done, "401", "check the key", "clock", code=1)
        self.assertNotIn("secret", done.err)
        check()

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


class Trace(Case):
    def trace(self, text, **options):
        return run(programs.fetch_incidents, "lookback-trace", stdin=text.encode(), **options)

    def test_recorded_answers_are_played_and_raising_is_shown(self):
        steps = [{"now": f"2024-01-01T00:0{i}:00Z", "incidents_res": [
            {"incident_id": "1", "created": created}]}
            for i, created in enumerate(("2024-01-01T00:00:00", None), 1)]
        done = self.trace(json.dumps({
            "revision": "current", "steps": steps,
            "params": {"limit": 5, "look_back": 0, "first_fetch": "1 hour"}}))
        self.assertEqual((done.code, done.err), (0, ""))
        first, second = json.loads(done.out)
        self.assertEqual(first["emitted"], ["1"])
        self.assertEqual(first["last_run"]["time"], "2024-01-01T00:00:00")
        self.assertEqual(second["emitted"], [])  # known, so its odd time is never looked at

    def test_input_of_another_form_is_refused(self):
        self.assert_refused(self.trace("{}"), "/revision")
        self.assert_refused(self.trace(""), "not JSON")

    def test_output_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "wb") as full:
            text = '{"revision": "current", "params": {}, "steps": []}'
            self.assertEqual(self.trace(text, stdout=full).code, 1)


if __name__ == "__main__":
    driver.main("drives both programs as a user does")
