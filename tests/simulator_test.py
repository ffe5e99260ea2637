#!/usr/bin/env python3
"""Drives the commands of the simulator as a user does: what they print, write and exit with.

usage: simulator_test.py --mockxdr PATH --fetch-incidents PATH --scenarios DIR [unittest arguments]

Exit code 0 if all passed, 1 if not.
"""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import unittest

import driver
from driver import Case, mockxdr, programs

SMALL = ["--schedules", "3000"]


class Simulator(Case):
    """What these tests share."""

    def finds_nothing(self, *arguments):
        done = mockxdr(*arguments)
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.out

    def found_file(self, policy, *arguments):
        """The scenario that exploring a policy leaves behind."""
        folder = self.folder / f"found-{policy}"
        done = mockxdr("explore", "--policy", policy, *SMALL, "--save", folder, *arguments)
        self.assertIn(done.code, (10, 11, 12), done.out + done.err)
        (file,) = folder.iterdir()
        return file, done


class Explore(Simulator):
    def test_a_finding_is_titled_by_what_happens_first(self):
        file, _ = self.found_file("documented")
        spec = json.loads(file.read_text())
        words = re.fullmatch(
            r"documented emits (\S+) again in run (\d+)( and \d+ more)?", spec["title"])
        self.assertTrue(words, spec["title"])
        played = json.loads(mockxdr("replay", file, "--policy", "documented", "--json").out)
        (runs,) = [one["runs"] for one in played[0]["incidents"]
                   if one["id"] == words[1]]
        self.assertEqual(runs[1], int(words[2]))

    def test_complete_is_clean_and_every_situation_is_met(self):
        out = self.finds_nothing("explore", "--schedules", "40000")
        self.assertIn("nothing found", out)
        self.assertNotIn("BELOW", out)
        self.assertIn("policy     complete, seed 1", out)

    def test_the_same_seed_shows_the_same_bytes(self):
        runs = [mockxdr("explore", *SMALL, "--seed", "9") for _ in range(2)]
        self.assertEqual(runs[0].out, runs[1].out)
        self.assertNotEqual(runs[0].out, mockxdr("explore", *SMALL, "--seed", "10").out)
        self.assertEqual(mockxdr("explore", *SMALL, "--seed", "9", "--no-recheck").out, runs[0].out)

    def test_what_is_found_is_small_explained_and_can_be_replayed(self):
        for policy in ("documented", "current"):
            file, done = self.found_file(policy)
            self.assertRegex(done.out, r"schedule \d+ fails; made smaller in \d+ tries")
            self.assertIn("one change that saves it", done.out)
            spec = json.loads(file.read_text())
            self.assertLessEqual(len(spec["incidents"]), 3)
            self.assertLessEqual(spec["fetch"]["runs"], 3)
            self.assertRegex(
                spec["source"], rf"^found by mockxdr explore, policy {policy}, seed 1, schedule \d+")
            again = mockxdr("replay", file, "--policy", policy, "--policy", "complete")
            self.assertEqual(again.code, 0, again.out)
            self.assertIn("as expected", again.out)

    def test_the_line_that_repeats_a_failure_repeats_it(self):
        _, done = self.found_file("current")
        line = re.search(r"again     mockxdr (.*)", done.out).group(1)
        again = mockxdr(*line.split())
        self.assertIn(again.code, (10, 11, 12))
        for line in (r"schedule \d+ fails", r"(?m)^(LOST|DUPLICATED|LATE) .*"):
            self.assertIn(re.search(line, done.out).group(0), again.out)

    def test_the_finding_of_a_later_shard_is_repeated_alone(self):
        done = mockxdr("explore", "--policy", "current", "--schedules", "40000", "--shard", "2/2")
        number = re.search(r"schedule (\d+) fails", done.out).group(1)
        self.assertGreaterEqual(int(number), 20000)
        line = re.search(r"again     mockxdr (.*)", done.out).group(1)
        again = mockxdr(*line.split())
        self.assertEqual(again.code, 10)
        self.assertIn(f"schedule {number} fails", again.out)
        self.assertIn("schedules  1   runs", again.out)
        self.assert_refused(mockxdr("explore", "--only", "3", "--shard", "1/2"), "--only")

    def test_a_share_of_few_schedules_is_not_held_to_a_floor(self):
        few = mockxdr("explore", "--policy", "complete", "--schedules", "10")
        self.assertEqual((few.code, "BELOW" in few.out), (0, False))
        # The published revisions know no request budget.
        many = mockxdr("explore", "--policy", "current", "--schedules", "20000")
        self.assertRegex(many.out, r"a request budget is spent +0\.0% +5% +BELOW")

    def test_a_seed_is_no_negative_number(self):
        for words in (["explore", "--seed", "-1"], ["zoo", "--seed=-1"]):
            self.assert_refused(mockxdr(*words), "--seed", "'-1' is less than 0")
        for number in ("-1", str(2**64 - 1)):
            self.assert_refused(mockxdr("explore", "--only", number), "--only", "not in range")

    def test_columns_are_as_wide_as_the_longest_name(self):
        file = programs.scenarios / "lookback/later-than-look-back.json"
        for command in ("replay", "compare"):
            done = mockxdr(command, file, "--policy", "ids-live-half-a-look-back",
                           "--policy", "complete")
            owed = {line.index("owed") if "owed" in line else re.search(r"(?<= )2 ", line).start()
                    for line in done.out.splitlines()[:3]}
            self.assertEqual(len(owed), 2, done.out)  # of the head, and of both rows alike

    def test_what_cannot_be_saved_is_told_before_the_work(self):
        blocked = self.write("blocked", "a file") / "folder"
        for words in (["explore", "--policy", "current", *SMALL], ["prove", "--policy", "current"]):
            done = mockxdr(*words, "--save", blocked)
            self.assertEqual((done.code, done.out), (1, ""))
            self.assertIn("cannot be written", done.err)
        done = mockxdr("zoo", "--trials", "1", "--quick", "--save", blocked / "scores.json")
        self.assertEqual((done.code, done.out), (1, ""))

    def test_a_broken_fetcher_is_explained_and_can_be_played_again(self):
        file, done = self.found_file("first-page-only")
        self.assertEqual(done.code, 10)
        replay = re.search(r"replay    mockxdr (.*)", done.out).group(1)
        again = mockxdr(*replay.split())
        self.assertEqual((again.code, " not judged" in again.out), (0, True))
        why = mockxdr("explain", file, "--policy", "first-page-only")
        self.assertIn("\nlost ", why.out)
        table = mockxdr("compare", file, "--policy", "first-page-only", "--over", "direct")
        self.assertRegex(table.out, r"first-page-only +\d+ +1 ")
        self.assertIn("LOST  incident", done.out)
        self.assertEqual(json.loads(file.read_text())["expect"], {"complete": "clean"})
        self.assertEqual(mockxdr("replay", file).code, 0)

    def test_shards_add_up_to_the_whole(self):
        whole = mockxdr("explore", "--schedules", "60000", "--json")
        files = []
        for part in ("1/2", "2/2"):
            done = mockxdr("explore", "--schedules", "60000", "--shard", part, "--json")
            self.assertEqual(done.code, 0, done.err)
            files.append(self.write(f"{part[0]}.json", done.out))
        sum_of = mockxdr("explore", "--json", "--summary", *files)
        self.assertEqual(sum_of.code, 0, sum_of.err)
        parts, all_of_it = json.loads(sum_of.out), json.loads(whole.out)
        for result in (parts, all_of_it):
            del result["shard"]
        self.assertEqual(parts, all_of_it)
        text = mockxdr("explore", "--summary", *files)
        self.assertIn("schedules  60,000", text.out)
        self.assertIn("policy     complete, seed 1, shard sum of 2\n", text.out)
        other = self.write("7.json", mockxdr("explore", "--seed", "7", "--schedules", "60000",
                                             "--json", "--no-recheck").out)
        text = mockxdr("explore", "--summary", *files, other)
        self.assertIn("policy     complete, seed 1 and 1 more, shard sum of 3\n", text.out)

    def test_results_that_do_not_belong_together_are_refused(self):
        one = self.write("one.json", mockxdr("explore", *SMALL, "--json").out)
        other = self.write(
            "other.json", mockxdr("explore", *SMALL, "--policy", "complete-modified", "--json").out)
        for files, words in (
            ([one, one], ["one.json:1", "stands twice"]),
            ([one, other], ["other.json:1", "policy complete-modified"]),
            ([one, self.write("half.json", mockxdr(
                "explore", "--schedules", "20000", "--shard", "1/2", "--json").out)],
             ["half.json:1", "campaign of 20000"]),
            ([self.write("seed.json", one.read_text().replace('"seed": "1"', '"seed": "x"'))],
             ["seed.json:1", "no number"]),
            ([self.write("sum.json", mockxdr("explore", "--summary", one, "--json").out)],
             ["sum.json:1", "it is a sum itself", "give the results"]),
            ([self.write("count.json", re.sub(r'"runs": \d+', '"runs": -1', one.read_text()))],
             ["count.json:1", "runs is no count"]),
            ([self.write("bad.json", "{}\n")], ["bad.json:1", "version"]),
            ([self.write("text.json", "schedules\n")], ["text.json:1"]),
            ([self.write("empty.json", "\n")], ["no result"]),
            ([self.folder / "none.json"], ["none.json"]),
        ):
            self.assert_refused(mockxdr("explore", "--summary", *files), *words)

    def test_a_shard_without_schedules_is_no_success(self):
        done = mockxdr("explore", *SMALL, "--shard", "2/2")
        self.assertEqual(done.code, 13)
        self.assertIn("no schedule was played", done.err)
        self.assertNotIn("nothing found", done.out)

    def test_missing_shards_are_told(self):
        one = self.write("1.json", mockxdr(
            "explore", "--schedules", "20000", "--shard", "1/2", "--json").out)
        done = mockxdr("explore", "--summary", one)
        self.assertEqual(done.code, 13)
        self.assertIn("seed 1 has 1 of 2 shards", done.err)
        self.assertNotIn("nothing found", done.out)

    def test_parts_of_different_campaigns_are_refused(self):
        files = [self.write(f"{part}.json", mockxdr(
            "explore", "--schedules", count, "--shard", f"{part}/2", "--json").out)
            for part, count in ((1, "40000"), (2, "60000"))]
        self.assert_refused(mockxdr("explore", "--summary", *files), "2.json:1", "60000")

    def test_a_sum_names_the_shards_that_are_missing(self):
        line = mockxdr("explore", "--schedules", "20000", "--json").out
        part = self.write("1.json", line.replace('"1/1"', '"2/3"'))
        done = mockxdr("explore", "--summary", part)
        self.assertEqual(done.code, 13)
        self.assertIn("has 1 of 3 shards; missing: 1/3, 3/3\n", done.err)
        many = self.write("1.json", line.replace('"1/1"', '"1/99999"'))
        self.assertIn("11/99999 and more\n", mockxdr("explore", "--summary", many).err)
        for shard in ("1/x", "9/3", "1"):
            part = self.write("1.json", line.replace('"1/1"', f'"{shard}"'))
            self.assert_refused(mockxdr("explore", "--summary", part), "1.json:1", "is no shard")

    def test_a_sum_names_the_failure_and_how_to_repeat_it(self):
        one = self.write("1.json", mockxdr(
            "explore", "--policy", "current", "--schedules", "20000", "--json").out)
        done = mockxdr("explore", "--summary", one)
        self.assertEqual(done.code, 10)
        self.assertRegex(done.out, r"schedule \d+ fails\nagain     mockxdr explore --policy current")

    def test_json_and_a_folder_leave_the_scenario_as_well(self):
        folder = self.folder / "both"
        done = mockxdr("explore", "--policy", "current", *SMALL, "--json", "--save", folder)
        self.assertEqual(done.code, 10)
        self.assertEqual(len(list(folder.iterdir())), 1)
        self.assertEqual(json.loads(done.out)["policy"], "current")

    def test_the_line_to_copy_is_quoted(self):
        folder = self.folder / "it's here"
        done = mockxdr("explore", "--policy", "current", *SMALL, "--save", folder)
        (file,) = folder.iterdir()
        line = re.search(r"^replay +(mockxdr .*)$", done.out, re.MULTILINE).group(1)
        self.assertEqual(shlex.split(line)[2], str(file))

    def test_a_signal_ends_it_with_what_was_played(self):
        for arguments, told in (((), r"\A(policy     complete, seed 1\n.*)?\Z"), (("--json",), r"\A\Z")):
            running = subprocess.Popen(
                [programs.mockxdr, "explore", "--for", "1h", *arguments],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # It listens to signals once it has a second process.
            children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children")
            while not children.read_text():
                self.assertIsNone(running.poll())
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=300)
            self.assertEqual(running.returncode, 1, err)
            self.assertRegex(out, re.compile(told, re.DOTALL))
            self.assertRegex(err, r"\Astopped by a signal after \d+ schedules")

    def test_a_time_limit_ends_it(self):
        out = self.finds_nothing("explore", "--for", "200ms", "--no-recheck")
        self.assertIn("nothing found", out)

    def test_wrong_arguments_are_refused(self):
        for arguments, words in (
            (["--policy", "compleet"],
             ["no fetcher 'compleet'", "did you mean complete?", "complete, complete-modified"]),
            (["--policy", "no-dedupe"], ["did you mean no-dedup?", "mockxdr zoo --list"]),
            (["--seed", "18446744073709551616"], ["--seed", "too large"]),
            (["--seed", "010"], ["--seed", "'010' is no whole number"]),
            (["--seed", ""], ["--seed", "no whole number"]),
            (["--seed", "-1"], ["--seed", "'-1' is less than 0"]),
            (["--only", "0x10"], ["--only", "'0x10' is no whole number"]),
            (["--save", ""], ["--save", "empty"]),
            (["--shard", "3/2"], ["--shard", "3/2"]),
            (["--shard", "x"], ["--shard", "i/n"]),
            (["--schedules", "0"], ["--schedules"]),
            (["--for", "soon"], ["--for", "soon"]),
            (["--for", "1s", "--schedules", "5"], ["--for"]),
            (["--for", "0s"], ["--for", "more than 0s"]),
            (["--for", "200000d"], ["--for"]),
            (["--summary"], ["--summary"]),
            (["--summary", "x.json", "--seed", "2"], ["--summary"]),
            (["--summary", self.write("none.jsonl", "\n")], ["none.jsonl", "no result"]),
            (["--summary", self.write("other.json", '{\n  "a": 1\n}\n')],
             ["other.json:1", "explore --json"]),
            (["--summary", "/dev/zero"], ["/dev/zero", "File too large"]),
        ):
            self.assert_refused(mockxdr("explore", *arguments), *words)

    def test_a_folder_that_cannot_be_written_fails(self):
        blocked = self.write("blocked", "")
        done = mockxdr("explore", "--policy", "documented", *SMALL, "--save", blocked / "x")
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertIn("blocked", done.err)


class Prove(Simulator):
    def test_a_clean_scope_is_told_with_its_dimensions(self):
        out = self.finds_nothing("prove", "--incidents", "2", "--polls", "2")
        self.assertIn("no counterexample up to 2 incidents and 2 polls", out)
        for word in ("index delay", "match delay", "page cap", "each poll"):
            self.assertIn(word, out)

    def test_the_names_that_were_left_out_change_nothing(self):
        reduced = self.finds_nothing("prove", "--incidents", "2", "--polls", "2")
        full = self.finds_nothing("prove", "--incidents", "2", "--polls", "2", "--full")
        stands_for = re.search(r"which stand for ([\d,]+)", reduced).group(1)
        self.assertIn(f"schedules  {stands_for}, which stand for {stands_for}", full)

    def test_published_revisions_are_refuted(self):
        for policy in ("documented", "current"):
            folder = self.folder / policy
            done = mockxdr("prove", "--policy", policy, "--save", folder)
            self.assertEqual(done.code, 10, done.out)
            self.assertIn("REFUTED at 2 incidents and 3 polls", done.out)
            (file,) = folder.iterdir()
            self.assertIn("mockxdr prove", json.loads(file.read_text())["source"])
            self.assertEqual(mockxdr("replay", file, "--policy", policy).code, 0)

    def test_a_scope_that_is_none_is_refused(self):
        self.assert_refused(mockxdr("prove", "--incidents", "0"), "--incidents")
        self.assert_refused(mockxdr("prove", "--polls", "7"), "--polls")


class Zoo(Simulator):
    def test_every_broken_fetcher_is_caught(self):
        done = mockxdr("zoo", "--trials", "3", "--quick")
        self.assertEqual(done.code, 0, done.out)
        self.assertGreaterEqual(len(done.out.splitlines()), 26)
        self.assertTrue(done.out.splitlines()[1].startswith("no-dedup "), "the canary is first")

    def test_a_score_that_got_worse_fails(self):
        scores = self.folder / "scores.json"
        arguments = ["zoo", "--trials", "3", "--quick"]
        self.assertEqual(mockxdr(*arguments, "--save", scores).code, 0)
        self.assertEqual(mockxdr(*arguments, "--baseline", scores).code, 0)
        better = json.loads(scores.read_text())
        self.assertEqual((better["seed"], better["trials"]), ("1", 3))
        better["mean_schedules"]["settles-by-this-run"] = 1.5
        better["mean_schedules"]["long-gone"] = 1
        done = mockxdr(*arguments, "--baseline", self.write("better.json", json.dumps(better)))
        self.assertEqual(done.code, 15, done.out)
        self.assertRegex(done.out, "WORSE     settles-by-this-run is caught after .* schedules, "
                                   r"and was after 1\.5 \(3 trials, seed 1\)")
        self.assertIn("WORSE     long-gone is not in the zoo any more", done.out)

    def test_scores_go_through_links_and_into_pipes(self):
        arguments = ["zoo", "--trials", "1", "--quick", "--save"]
        behind, link, pipe = (self.folder / name for name in ("behind.json", "link", "pipe"))
        link.symlink_to(behind)
        self.assertEqual(mockxdr(*arguments, link).code, 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual(json.loads(behind.read_text())["trials"], 1)
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            self.assertEqual(mockxdr(*arguments, pipe).code, 0)
            self.assertEqual(os.read(reader, 1_000_000).decode(), behind.read_text())
        finally:
            os.close(reader)
        self.assertTrue(pipe.is_fifo())
        out = mockxdr(*arguments, "/dev/stdout").out
        self.assertIn(behind.read_text(), out)
        with open(self.folder / "redirected", "wb") as file:
            mockxdr(*arguments, "/dev/stdout", stdout=file)
        self.assertEqual((self.folder / "redirected").read_text(), out)

    def test_a_pipe_that_nobody_reads_is_an_error(self):
        os.mkfifo(self.folder / "pipe")
        done = mockxdr("zoo", "--trials", "1", "--quick", "--save", self.folder / "pipe")
        self.assertEqual(done.code, 1)
        self.assertIn("pipe: cannot be written", done.err)

    def test_a_baseline_of_other_trials_or_members_is_told(self):
        largest = str(2**64 - 1)
        scores = self.folder / "scores.json"
        done = mockxdr("zoo", "--trials", "1", "--quick", "--seed", largest, "--save", scores)
        self.assertEqual(done.code, 0)
        spec = json.loads(scores.read_text())
        del spec["mean_schedules"]["exclusive-sweep"]
        spec["mean_schedules"] = {name: 5000.0 for name in spec["mean_schedules"]}
        done = mockxdr("zoo", "--trials", "3", "--quick",
                       "--baseline", self.write("other.json", json.dumps(spec)))
        self.assertEqual(done.code, 0, done.out)
        self.assertIn(f"1 trials with seed {largest}, this is of 3 with seed 1", done.err)
        self.assertIn("exclusive-sweep is not in", done.err)

    def test_a_baseline_that_is_none_is_refused(self):
        for text, why in [
                ('{"seed": "1", "trials": 3, "mean_schedules": {"no-dedup": "soon"}}', "no-dedup"),
                ('{"seed": "1", "trials": 3, "mean_schedules": {"no-dedup": -1}}', "no-dedup"),
                ('{"seed": "1", "trials": 3}', "mean_schedules"),
                ('{"seed": "1", "trials": 5000000000, "mean_schedules": {}}', "trials"),
                ('{"seed": "1", "mean_schedules": {}}', "trials"),
                ('{"seed": "one", "trials": 3, "mean_schedules": {}}', "seed"),
                ('{"trials": 3}', "seed"), ("[]", "object")]:
            bad = self.write("bad.json", text)
            self.assert_refused(mockxdr("zoo", "--baseline", bad), "bad.json", why)


class Compare(Simulator):
    def test_policies_stand_beside_each_other(self):
        done = mockxdr("compare", programs.scenarios / "lookback")
        self.assertEqual(done.code, 0, done.err)
        last = done.out.splitlines()[-4:]
        self.assertEqual([line.split()[:2] for line in last],
                         [["all", policy] for policy in
                          ("documented", "current", "complete", "complete-modified")])
        lost = [int(line.split()[3]) for line in last]
        self.assertGreater(lost[0], 0)
        self.assertEqual(lost[2:], [0, 0])

    def test_http_shows_the_same(self):
        file = programs.scenarios / "lookback/indexed-after-a-newer-one.json"
        self.assertEqual(mockxdr("compare", file).out, mockxdr("compare", file, "--over", "http").out)

    def test_what_is_not_there_is_refused(self):
        self.assert_refused(mockxdr("compare", self.folder / "none.json"), "none.json")
        file = programs.scenarios / "lookback/indexed-after-a-newer-one.json"
        self.assert_refused(
            mockxdr("compare", file, "--policy", "xyz"), "no fetcher 'xyz'; policies are complete,")


class Explain(Simulator):
    def test_contradictions_are_refused(self):
        file = programs.scenarios / self.FILE
        self.assert_refused(
            mockxdr("explain", file, "--incident", "102", "--min-look-back"), "--incident")
        self.assert_refused(mockxdr("explain", file, "--incident", ""), "--incident", "empty")
        self.assert_refused(mockxdr("zoo", "--list", "--baseline", file), "--list")

    FILE = "lookback/known-incident-fills-the-answer.json"

    def test_a_loss_is_explained_with_what_would_have_saved_it(self):
        done = mockxdr("explain", programs.scenarios / self.FILE, "--policy", "documented")
        self.assertEqual(done.code, 0, done.err)
        self.assertLessEqual(len(done.out.splitlines()), 25)
        for text in ("beyond the page: rank 2 of 2", "limit 1 -> 2", "102 indexed <= 30s late",
                     "changes that do not help", "changes that only excuse"):
            self.assertIn(text, done.out)

    def test_the_smallest_settings_are_found(self):
        done = mockxdr("explain", programs.scenarios / self.FILE, "--policy", "documented",
                       "--min-look-back")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("has all that it owes once and in time: none up to 2h (limit 1)", done.out)
        self.assertIn("smallest limit with which it does: 2 (look_back 1m)", done.out)
        self.assertNotIn("more does not always help", done.out)
        busy = programs.scenarios / "lookback/busy-minute-hides-a-late-one.json"
        done = mockxdr("explain", busy, "--policy", "current", "--min-look-back")
        self.assertIn("limit with which it does: 1 (look_back 10m)\nthe file has more", done.out)

    def test_where_nothing_failed_nothing_is_explained(self):
        done = mockxdr("explain", programs.scenarios / self.FILE)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("complete loses and repeats nothing", done.out)
        one = mockxdr("explain", programs.scenarios / self.FILE, "--incident", "102")
        self.assertEqual((one.code, one.out), (0, "102 is once\n"))
        self.assert_refused(
            mockxdr("explain", programs.scenarios / self.FILE, "--incident", "7"), "incident '7'")


class Promote(Simulator):
    def promote(self, file, *arguments, **options):
        return mockxdr("promote", file, "--folder", self.folder / "library", *arguments, **options)

    def test_a_scenario_that_was_found_joins_the_library(self):
        file, _ = self.found_file("current")
        done = self.promote(file, "--name", "late-one", "--title", "a late one is fetched once")
        self.assertEqual(done.code, 0, done.err)
        target = self.folder / "library/late-one.json"
        self.assertEqual(done.out, f"{target}\n")
        spec = json.loads(target.read_text())
        self.assertEqual(spec["title"], "a late one is fetched once")
        self.assertEqual(spec["source"], json.loads(file.read_text())["source"])
        self.assertEqual(spec["expect"]["complete"], "clean")
        self.assertNotEqual(spec["expect"]["current"], "clean")
        policies = [word for name in spec["expect"] for word in ("--policy", name)]
        self.assertEqual(mockxdr("replay", target, *policies).code, 0)
        again = self.promote(file, "--name", "late-one", "--title", "again")
        self.assert_refused(again, "late-one.json", "choose another --name")

    def test_a_scenario_that_is_there_under_another_name_is_not_promoted(self):
        file, _ = self.found_file("current")
        (self.folder / "library").mkdir()
        self.assertEqual(self.promote(file, "--name", "first", "--title", "one").code, 0)
        again = self.promote(file, "--name", "second", "--title", "two")
        self.assert_refused(again, "the library has this scenario", "library/first.json")
        self.assertFalse((self.folder / "library/second.json").exists())
        self.assertEqual(self.promote(self.changed(file), "--name", "third", "--title", "x").code, 0)
        (self.folder / "library/broken.json").write_text("{")
        done = self.promote(file, "--name", "fourth", "--title", "x")
        self.assert_refused(done, "broken.json: is in the library and cannot be read", "mend it")

    def changed(self, file):
        spec = json.loads(file.read_text())
        spec["fetch"]["runs"] += 1
        return self.write("changed.json", json.dumps(spec))

    def test_what_complete_fails_in_must_be_mended_first(self):
        # A Date that is ahead of the clock that stamps incidents blinds the guard of the future.
        text = driver.scenario(
            server={"clock": [{"from": "1m", "offset": "2m"}]},
            fetch={"every": "1m", "runs": 3, "limit": 1, "first_fetch": "1h"},
            incidents=[{"id": "1", "created": "0s", "stamped_ahead": "1h"},
                       {"id": "2", "created": "2m1ms"}])
        done = self.promote(self.write("spec.json", text), "--name", "x", "--title", "y")
        self.assert_refused(done, "complete: lost", "2", "mend the policy first")
        self.assertFalse((self.folder / "library").exists())

    def test_what_cannot_fail_is_not_promoted(self):
        text = driver.scenario(
            fetch={"every": "1m", "runs": 5, "first_fetch": "1h"}, vacuous=True,
            incidents=[{"id": "1", "created": "1s", "indexed_after": "1h"}])
        done = self.promote(self.write("spec.json", text), "--name", "x", "--title", "y")
        self.assert_refused(done, "nothing is owed")
        self.assertFalse((self.folder / "library").exists())

    def test_what_the_revisions_do_with_half_a_minute_is_as_written(self):
        text = driver.scenario(
            fetch={"every": "1m", "runs": 5, "look_back": "30s", "first_fetch": "1h"},
            incidents=[{"id": "1", "created": "1s"}])
        done = self.promote(self.write("spec.json", text), "--name", "x", "--title", "y")
        self.assertEqual(done.code, 0, done.err)
        target = self.folder / "library/x.json"
        expected = json.loads(target.read_text())["expect"]
        policies = [word for name in expected for word in ("--policy", name)]
        done = mockxdr("replay", target, *policies)
        self.assertEqual(done.code, 0, done.out)

    def test_what_is_told_to_nobody_is_not_promoted(self):
        file, _ = self.found_file("current")
        with open("/dev/full", "wb") as full:
            done = self.promote(file, "--name", "x", "--title", "y", stdout=full)
        self.assertEqual(done.code, 1)
        self.assertFalse((self.folder / "library" / "x.json").exists())
        self.assertEqual(self.promote(file, "--name", "x", "--title", "y").code, 0)

    def test_a_fault_that_no_schedule_has_is_not_promoted_as_another(self):
        text = driver.scenario(faults=[{"request": 1, "reply": {"delay": "1s"}}])
        done = self.promote(self.write("spec.json", text), "--name", "x", "--title", "y")
        self.assert_refused(done, "delay of 1s", "by hand")
        self.assertFalse((self.folder / "library" / "x.json").exists())

    def test_a_file_that_would_lose_something_is_not_promoted(self):
        text = driver.scenario(incidents=[
            {"id": "101", "created": "10s", "fields": {"severity": "high"}, "absent": ["users"]}])
        done = self.promote(self.write("spec.json", text), "--name", "x", "--title", "y")
        self.assert_refused(done, "by hand")
        self.assertFalse((self.folder / "library/x.json").exists())

    def test_what_the_file_expects_must_hold_and_is_kept(self):
        wrong = driver.scenario(incidents=[{"id": "101", "created": "10s"}],
                                expect={"documented": {"lost": ["101"]}})
        done = self.promote(self.write("wrong.json", wrong), "--name", "x", "--title", "y")
        self.assert_refused(done, "documented: ", "101", "correct what the file expects")
        self.assertFalse((self.folder / "library").exists())
        right = driver.scenario(incidents=[{"id": "101", "created": "10s"}],
                                expect={"cursor-latest": "clean"})
        done = self.promote(self.write("right.json", right), "--name", "x", "--title", "y")
        self.assertEqual(done.code, 0, done.err)
        expected = json.loads((self.folder / "library/x.json").read_text())["expect"]
        self.assertEqual(expected["cursor-latest"], "clean")

    def test_names_and_files_are_checked(self):
        long = self.promote(self.found_file("current")[0], "--name", "x" * 300, "--title", "y")
        self.assertEqual(long.code, 1)
        self.assertIn("cannot be reached: File name too long", long.err)
        file, _ = self.found_file("current")
        self.assert_refused(self.promote(file, "--name", "../x", "--title", "y"), "--name")
        self.assert_refused(self.promote(file, "--name", "x"), "--title")
        self.assert_refused(self.promote(file, "--name", "x", "--title", "  "), "--title", "empty")
        self.assert_refused(
            self.promote(self.folder / "none.json", "--name", "x", "--title", "y"), "none.json")


if __name__ == "__main__":
    driver.main("drives the commands of the simulator as a user does")
