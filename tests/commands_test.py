#!/usr/bin/env python3
"""Drives mockxdr and fetch-incidents as a user does: arguments, output, exit codes, files.

usage: commands_test.py --mockxdr PATH --fetch-incidents PATH --scenarios DIR [unittest arguments]

Exit code 0 if all passed, 1 if not.
"""

import json
import shlex

import driver
from driver import START, Case, Done, mockxdr, programs, run, scenario

SUBCOMMANDS = [
    ("mockxdr", "serve"), ("mockxdr", "replay"), ("mockxdr", "validate"),
    ("fetch_incidents", "run"), ("fetch_incidents", "watch"), ("fetch_incidents", "test"),
    ("fetch_incidents", "history"), ("fetch_incidents", "incidents"),
    ("fetch_incidents", "last-run"), ("fetch_incidents", "lookback-trace"),
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
            (["replay", file, "--contract", ""], "--contract"),
            (["repaly", file], "choose serve, replay, validate, explore, prove, zoo, compare, "),
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

    def test_what_is_not_there_hides_nothing_of_the_rest(self):
        wrong = self.write("wrong.json", scenario(strat=START))
        done = mockxdr("validate", self.folder / "none", wrong)
        self.assertEqual(done.code, 2)
        self.assertIn("no such file", done.err)
        self.assertIn(f"{wrong}:", done.err)

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
