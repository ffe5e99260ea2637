#!/usr/bin/env python3
"""Executes the documentation: the fences of README.md and docs/**/*.md.

usage: docs_test.py --mockxdr PATH --fetch-incidents PATH --root REPO
       docs_test.py --self-test

```jsonc    a complete scenario. It is written to the document's scratch folder, under the name
            that a line `<!-- file: NAME.json -->` right before the fence gives, and must pass
            `mockxdr validate`.
```json     must parse.
```console  is run line by line. `$ command` goes to bash; lines that end in \\ go on. The lines up
            to the next `$ ` are its exact output, stdout and stderr together, except that … within
            a line stands for any text, a line of nothing but … for any number of lines, and
            blank lines at the end do not count. One bash serves a whole document, so variables
            and servers in the background last from fence to fence; what is left is ended with it.
```text, ```cpp, ```cmake are not run. Any other language is an error.

The scratch folder holds `scenarios`; both programs are on the PATH. A line
`<!-- not run: REASON -->` right before a fence keeps it from being run, for the reasons below.

Prints file:line and the difference for each failure, and a last line `N passed, M failed`. Exit
code 0 if all passed, 1 if anything failed or no command was run. The self-test comes first.
"""

import argparse
import difflib
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import namedtuple
from pathlib import Path

REASONS = ("needs root", "installs packages", "builds the project", "would take long")
NOT_RUN = ("text", "cpp", "cmake")
ANY = "…"
PATIENCE_S = 120  # a safety net; commands of the documentation take a second

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*([^`\s]*).*$")
REMARK = re.compile(r"^\s*<!--\s*(file|not run):\s*(.*?)\s*-->\s*$")

Fence = namedtuple("Fence", "line language lines file reason")
Command = namedtuple("Command", "line text expected")


class Report:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.commands = 0

    def check(self, place, problem):
        """Counts one check; `problem` is None or what is wrong."""
        if problem is None:
            self.passed += 1
        else:
            self.failures.append((place, problem))


class Session:
    """One bash that runs command after command."""

    def __init__(self, folder, path):
        keep = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
        self.bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env={**keep, "PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, command):
        """The output of a command, or None if bash ended or took too long."""
        end = f"end-{uuid.uuid4()}"
        quoted = command.replace("'", "'\\''")
        # The mark is sent from inside bash's own line, and $? is what it was for the next command.
        mark = f"(exit_code=$?; printf '\\n%s\\n' {end}; exit $exit_code)"
        line = f"eval '{quoted}' </dev/null\n{mark}\n"
        try:
            self.bash.stdin.write(line.encode())
            self.bash.stdin.flush()
        except BrokenPipeError:
            return None
        return self.read_until(f"\n{end}\n".encode())

    def read_until(self, mark):
        output = b""
        deadline = time.monotonic() + PATIENCE_S
        while mark not in output:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.bash.stdout], [], [], left)[0]:
                return None
            more = os.read(self.bash.stdout.fileno(), 65536)
            if not more:
                return None
            output += more
        return output[: output.index(mark)].decode("utf-8", "replace")

    def close(self):
        """Ends bash and all that it started; its group is there until bash is waited for."""
        try:
            os.killpg(self.bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.bash.wait()
        self.bash.stdin.close()
        self.bash.stdout.close()


def fences(text):
    """The fences of a document, and the remarks that stand before none."""
    found, stray = [], []
    remark, opened = None, None  # a remark is (line, kind, value)
    for number, line in enumerate(text.split("\n"), 1):
        match = FENCE.match(line)
        if opened:
            indent, mark, start, language, lines, before = opened
            if match and match[2].startswith(mark) and line.strip() == match[2]:
                kind, value = before[1:] if before else (None, None)
                found.append(
                    Fence(start, language, lines, value if kind == "file" else None,
                          value if kind == "not run" else None)
                )
                opened = None
            else:
                lines.append(line[indent:] if not line[:indent].strip() else line)
        elif match:
            opened = (len(match[1]), match[2], number, match[3], [], remark)
            remark = None
        elif line.strip():
            if remark:
                stray.append(remark[0])
            said = REMARK.match(line)
            remark = (number, said[1], said[2]) if said else None
    if remark:
        stray.append(remark[0])
    if opened:
        stray.append(opened[2])
    return found, stray


def commands(fence):
    """The commands of a console fence; None as text for output before the first."""
    found = []
    goes_on = False
    for number, line in enumerate(fence.lines, fence.line + 1):
        if goes_on:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
        elif line.startswith("$ "):
            found.append(Command(number, line[2:], []))
        elif found:
            found[-1].expected.append(line)
        elif line.strip():
            found.append(Command(number, None, [line]))
        goes_on = (goes_on or line.startswith("$ ")) and line.endswith("\\")
    return found


def without_blank_end(lines):
    lines = list(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def difference(expected, found):
    """None if the output is the one expected, else both, line by line."""
    expected, found = without_blank_end(expected), without_blank_end(found)
    pattern = ""
    for line in expected:
        if line.strip() == ANY:
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += r"[^\n]*?".join(map(re.escape, line.split(ANY))) + r"\n"
    if re.fullmatch(pattern, "".join(f"{line}\n" for line in found)):
        return None
    lines = difflib.unified_diff(expected, found, "expected", "found", lineterm="", n=1)
    return "the output differs\n" + "\n".join(f"    {line}" for line in lines)


class Document:
    """A document, its scratch folder and its bash."""

    def __init__(self, file, root, programs, report):
        self.file = file
        self.name = file.relative_to(root).as_posix()
        self.root = root
        self.programs = programs
        self.report = report

    def run(self):
        found, stray = fences(self.file.read_text("utf-8"))
        for line in stray:
            self.report.check(f"{self.name}:{line}", "this stands before no complete fence")
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder) / "scratch"
            scratch.mkdir()
            (scratch / "scenarios").symlink_to(self.root / "scenarios")
            self.session = Session(scratch, f"{self.programs}:{os.environ.get('PATH', os.defpath)}")
            try:
                for fence in found:
                    self.fence(fence, scratch)
            finally:
                self.session.close()

    def fence(self, fence, scratch):
        place = f"{self.name}:{fence.line}"
        if fence.reason is not None:
            if not fence.reason.startswith(REASONS):
                reasons = ", ".join(REASONS)
                self.report.check(
                    place, f"'{fence.reason}' is no reason not to run it, only: {reasons}"
                )
        elif fence.file is not None and fence.language != "jsonc":
            self.report.check(place, "only a jsonc fence can be a file")
        elif fence.language == "jsonc":
            self.report.check(place, self.wrong_with_scenario(fence, scratch))
        elif fence.language == "json":
            self.report.check(place, wrong_with_json(fence))
        elif fence.language == "console":
            self.console(fence)
        elif fence.language not in NOT_RUN:
            self.report.check(place, f"a fence of the unknown language '{fence.language}'")

    def wrong_with_scenario(self, fence, scratch):
        name = fence.file or f"sample-at-line-{fence.line}.json"
        if not re.fullmatch(r"[\w-][\w.-]*\.json", name):
            return f"'{name}' is no name of a file, write NAME.json"
        (scratch / name).write_text("\n".join(fence.lines) + "\n", "utf-8")
        done = subprocess.run(
            [self.programs / "mockxdr", "validate", name],
            cwd=scratch, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S,
        )
        said = done.stderr.decode("utf-8", "replace").strip()
        return None if done.returncode == 0 else f"validate ends with {done.returncode}: {said}"

    def console(self, fence):
        wanted = commands(fence)
        if not wanted:
            self.report.check(f"{self.name}:{fence.line}", "no line begins with '$ '")
        for command in wanted:
            place = f"{self.name}:{command.line}"
            if command.text is None:
                self.report.check(place, "output before the first line with '$ '")
                continue
            self.report.commands += 1
            output = self.session.run(command.text)
            if output is None:
                self.report.check(place, f"bash ended or got stuck at: {command.text}")
                return
            problem = difference(command.expected, output.split("\n"))
            self.report.check(place, problem and f"$ {command.text}: {problem}")


def wrong_with_json(fence):
    try:
        json.loads("\n".join(fence.lines))
    except ValueError as error:
        return f"not JSON: {error}"
    return None


def run_documents(root, mockxdr, fetch_incidents):
    report = Report()
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    with tempfile.TemporaryDirectory() as folder:
        programs = Path(folder)
        (programs / "mockxdr").symlink_to(mockxdr.resolve())
        (programs / "fetch-incidents").symlink_to(fetch_incidents.resolve())
        for file in files:
            if file.is_file():
                Document(file, root, programs, report).run()
            else:
                report.check(file.name, "there is no such file")
    if report.commands == 0:
        report.check(root.name, "no document has a command to run")
    return report


# The self-test: documents, the number of checks that pass, and the places that must be named.

STUB = """#!/bin/sh
if grep -q broken "$2"; then echo "$2: broken" >&2; exit 2; fi
echo "$2: valid"
"""
SOUND = [
    "```console", "$ echo one; echo two >&2", "one", "two", "$ (exit 3)", "$ echo $?", "3", "```"
]
TRIALS = [
    ("sound output passes", SOUND, 3, []),
    ("wrong output is found", ["```console", "$ echo one", "two", "```"], 0, [2]),
    ("missing output is found", ["```console", "$ true", "one", "```"], 0, [2]),
    ("surplus output is found", ["```console", "$ printf 'a\\nb\\n'", "a", "```"], 0, [2]),
    ("a blank at the end of a line is found", ["```console", "$ echo 'a '", "a", "```"], 0, [2]),
    ("… stands for text", ["```console", "$ echo a1b2c", "a…b…", "```"], 1, []),
    ("… stands for text within the line only",
     ["```console", "$ printf 'a\\nb\\n'", "a…b", "```"], 0, [2]),
    ("… stands for lines, and for none",
     ["```console", "$ seq 5", "1", "…", "4", "…", "5", "…", "```"], 1, []),
    ("what follows … is compared", ["```console", "$ seq 5", "…", "4", "```"], 0, [2]),
    ("blank lines at the end do not count",
     ["```console", "$ printf 'a\\n\\n'", "a", "", "", "```"], 1, []),
    ("output without a final newline passes", ["```console", "$ printf a", "a", "```"], 1, []),
    ("lines go on", ["```console", "$ echo a \\", "    b", "a b", "```"], 1, []),
    ("a session lasts",
     ["```console", "$ a='it'\"'\"'s'", "```", "text", "```console", "$ echo $a", "it's", "```"],
     2, []),
    ("commands read nothing", ["```console", "$ cat", "$ echo a", "a", "```"], 2, []),
    ("a syntax error ends no session",
     ["```console", "$ (", "…", "$ echo a", "a", "```"], 2, []),
    ("the end of bash is found", [*SOUND, "```console", "$ exit", "```"], 3, [10]),
    ("a fence in a list loses its indent",
     ["- list", "  ```console", "  $ printf 'a\\n b\\n'", "  a", "   b", "  ```"], 1, []),
    ("output before a command is found", ["```console", "a", "$ true", "```"], 1, [2]),
    ("a fence without commands is found", [*SOUND, "```console", "```"], 3, [9]),
    ("a sample that validates passes, under its name",
     ["<!-- file: a.json -->", "```jsonc", "{}", "```", "```console", "$ cat a.json", "{}",
      "$ mockxdr validate a.json", "a.json: valid", "```"], 3, []),
    ("a sample without a name is checked", [*SOUND, "```jsonc", "broken", "```"], 3, [9]),
    ("a sample that fails is found",
     [*SOUND, "<!-- file: a.json -->", "```jsonc", "broken", "```"], 3, [10]),
    ("a sample is no path", [*SOUND, "<!-- file: ../a.json -->", "```jsonc", "", "```"], 3, [10]),
    ("JSON passes, and is found if it is none",
     [*SOUND, "```json", "[1]", "```", "```json", "[1,]", "```"], 4, [12]),
    ("an unknown language is found", [*SOUND, "```bash", "a", "```"], 3, [9]),
    ("a fence without a language is found", [*SOUND, "```", "a", "```"], 3, [9]),
    ("a fence of tildes is one", [*SOUND, "~~~bash", "a", "~~~"], 3, [9]),
    ("text is not run", [*SOUND, "```text", "$ false", "a", "```"], 3, []),
    ("a listed reason is one",
     [*SOUND, "<!-- not run: needs root -->", "```console", "$ false", "a", "```"], 3, []),
    ("another reason is none",
     [*SOUND, "<!-- not run: later -->", "```console", "$ echo a", "a", "```"], 3, [10]),
    ("a remark before no fence is found", [*SOUND, "<!-- not run: needs root -->", "text"], 3, [9]),
    ("a fence without an end is found", [*SOUND, "```console", "$ true"], 3, [9]),
    ("documents without commands are found", ["text"], 0, [None]),
    ("documents that run nothing are found",
     ["<!-- not run: needs root -->", "```console", "$ true", "```"], 0, [None]),
]


def try_document(lines):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "scenarios").mkdir()
        (root / "README.md").write_text("\n".join(lines) + "\n", "utf-8")
        program = root / "program"
        program.write_text(STUB)
        program.chmod(0o755)
        report = run_documents(root, program, program)
        places = [
            int(place.split(":")[1]) if ":" in place else None for place, _ in report.failures
        ]
        return report.passed, places


def leftover_ends():
    """None if a program that a document leaves in the background ends with it."""
    read, write = os.pipe()
    os.set_inheritable(write, True)
    try:
        name = f"/proc/{os.getpid()}/fd/{write}"
        # The pipe is at its end when nobody holds its other side any more.
        try_document(["```console", f"$ exec 9>{name}; sleep 600 &", "$ echo a >&9", "```"])
    finally:
        os.close(write)
    try:
        data = b""
        while select.select([read], [], [], 30)[0]:
            more = os.read(read, 100)
            if not more:
                return None if data == b"a\n" else f"nothing was started, got {data}"
            data += more
        return "it still runs"
    finally:
        os.close(read)


def self_test():
    """What is wrong with this script."""
    wrong = []
    for name, lines, passed, places in TRIALS:
        found = try_document(lines)
        if found != (passed, places):
            wrong.append(f"{name}: {found} passed and failed, expected {(passed, places)}")
    problem = leftover_ends()
    if problem:
        wrong.append(f"what a document leaves running is ended: {problem}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="runs the documentation")
    parser.add_argument("--self-test", action="store_true", help="try this script, nothing else")
    parser.add_argument("--mockxdr", type=Path, help="the program")
    parser.add_argument("--fetch-incidents", type=Path, help="the program")
    parser.add_argument("--root", type=Path, help="the repository")
    options = parser.parse_args()
    if not options.self_test and not (options.mockxdr and options.fetch_incidents and options.root):
        parser.error("--mockxdr, --fetch-incidents and --root are required")

    wrong = self_test()
    for what in wrong:
        print(f"self-test: {what}")
    if options.self_test:
        print(f"{len(TRIALS) + 1 - len(wrong)} passed, {len(wrong)} failed")
        return 1 if wrong else 0
    report = run_documents(options.root.resolve(), options.mockxdr, options.fetch_incidents)
    for place, problem in report.failures:
        print(f"{place}: {problem}")
    print(f"{report.passed} passed, {len(report.failures)} failed")
    return 1 if wrong or report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
