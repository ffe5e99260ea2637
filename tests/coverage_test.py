#!/usr/bin/env python3
"""Looks up the tests that docs/coverage.md names.

usage: coverage_test.py --root REPO
       coverage_test.py --self-test

A row of a table is `| clause | evidence | test |`. Its last cell names one test or more, with
semicolons between, or says `not mocked`, perhaps with a colon and the reason:

    `keys_test`: a nonce may come again; an advanced key needs its nonce; `serve_test`: the log …
    `scenarios/paging/smallest-pages.json`; `scenarios/api/restricted-incidents.json`
    not mocked: any text is a user

`keys_test` is a file of that name anywhere in tests/, in C++ or Python. What follows is the name of
a TEST_CASE; of a method `test_…` of a Python test or a check of clients_test, with blanks for the
underscores. A name without a file before it belongs to the file that was named last in the row.

Prints file:line and what is wrong for each failure, and a last line `N passed, M failed`. Exit code
0 if all passed, 1 if anything failed or there was no row. The self-test comes first.
"""

import argparse
import ast
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

TEST_CASE = re.compile(
    r'\bTEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)'
)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
REFERENCE = re.compile(r"^(?:`([^`]+)`)?(?::\s+)?(.*)$")
EVIDENCE = re.compile(r"\b(page|seen|ours)\b")


def names_in_cpp(text):
    for match in TEST_CASE.finditer(text):
        yield "".join(TEXT.findall(match[1])).replace('\\"', '"').replace("\\\\", "\\")


def names_in_python(text):
    """Of methods that are tests, and of the checks that clients_test.py makes tests of."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.removeprefix("test_").replace("_", " ")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            if [getattr(target, "id", None) for target in node.targets] == ["WORLDS"]:
                yield from (key.value.replace("_", " ") for key in node.value.keys)


def all_tests(root):
    """The names of tests by the name of their file."""
    found = defaultdict(set)
    for file in sorted((root / "tests").rglob("*_test.*")):
        if file.suffix == ".cpp":
            found[file.stem].update(names_in_cpp(file.read_text("utf-8")))
        elif file.suffix == ".py":
            found[file.stem].update(names_in_python(file.read_text("utf-8")))
    return found


def rows(text):
    """Line number and cells of the rows below the heads of tables."""
    in_body = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("|"):
            in_body = False
        elif set(line) <= set("|-: "):
            in_body = True
        elif in_body:
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            yield number, [cell.strip() for cell in cells]


def wrong_with(cells, tests, root):
    """What is wrong with a row, one sentence each."""
    if len(cells) != 3:
        return [f"{len(cells)} cells, expected clause, evidence and test"]
    clause, evidence, cell = cells
    wrong = []
    if not clause:
        wrong.append("no clause")
    if not EVIDENCE.search(evidence):
        wrong.append(f"the evidence '{evidence}' is not page, seen or ours")
    if cell == "not mocked" or re.match(r"not mocked: \S", cell):
        return wrong
    if not cell:
        return [*wrong, "no test is named, and it is not marked 'not mocked'"]
    file = None
    for part in cell.split(";"):
        problem, file = wrong_with_reference(part.strip(), file, tests, root)
        if problem:
            wrong.append(problem)
    return wrong


def wrong_with_reference(part, file, tests, root):
    """What is wrong with one reference or None, and the file that the next ones belong to."""
    named, name = REFERENCE.match(part).groups()
    if named and named.startswith("scenarios/"):
        if name:
            return f"'{name}' after a scenario: semicolons go between references", None
        there = named.endswith(".json") and (root / named).is_file()
        return None if there else f"there is no scenario {named}", None
    file = named or file
    if file is None:
        return f"'{name}' is named without its file", None
    if file not in tests:
        return f"there is no test file {file}", file
    if name in tests[file]:
        return None, file
    return f"{file} has no test named '{name}'", file


def check(root):
    """How many rows are right, and what is wrong as (place, problem)."""
    tests = all_tests(root)
    passed, failures = 0, []
    document = root / "docs" / "coverage.md"
    for number, cells in rows(document.read_text("utf-8")):
        wrong = wrong_with(cells, tests, root)
        failures += [(f"docs/coverage.md:{number}", problem) for problem in wrong]
        passed += not wrong
    if passed + len(failures) == 0:
        failures.append(("docs/coverage.md", "it has no row"))
    return passed, failures


# The self-test: rows of one table, how many are right, and the lines that must be named.

HEAD = ["| clause | evidence | test |", "| --- | --- | --- |"]
CPP = r"""
TEST_CASE("first") {}
TEST_CASE("it has \"quotes\"", "[tag]") {}
TEST_CASE_METHOD(Fixture, "long names "
                          "go on", "[tag]") {}
// "no test"
"""
PYTHON = """
WORLDS = {"a_check": 1}
class Case:
    def test_one_thing(self): pass
    def helper(self): pass
"""
TRIALS = [
    ("a test is found", ["| a | page | `x_test`: first |"], 1, []),
    ("quotes and long names are read",
     ['| a | page | `x_test`: it has "quotes"; long names go on |'], 1, []),
    ("a method of a Python test is found", ["| a | seen | `y_test`: one thing |"], 1, []),
    ("a check is found", ["| a | ours | `y_test`: a check |"], 1, []),
    ("a file counts until the next one",
     ["| a | ours | `y_test`: a check; one thing; `x_test`: first |"], 1, []),
    ("a scenario is found", ["| a | ours | `scenarios/a/b.json`; `x_test`: first |"], 1, []),
    ("what is not mocked needs no test",
     ["| a | page | not mocked |", "| b | page | not mocked: too large |"], 2, []),
    ("an escaped bar ends no cell", [r"| a \| b | page | not mocked |"], 1, []),
    ("text and heads are no rows", ["", "text | more", "| name | other |", "| --- | --- |",
                                    "| a | page | not mocked |"], 1, []),
    ("a name that no test has is found", ["| a | page | `x_test`: second |"], 0, [3]),
    ("a part of a name is not enough", ["| a | page | `x_test`: long names |"], 0, [3]),
    ("text that is no test is found", ["| a | page | `x_test`: no test |"], 0, [3]),
    ("a helper is no test", ["| a | page | `y_test`: helper |"], 0, [3]),
    ("a second name that no test has is found",
     ["| a | page | `x_test`: first; second |"], 0, [3]),
    ("a test of another file is found", ["| a | page | `y_test`: first |"], 0, [3]),
    ("an unknown file is found", ["| a | page | `z_test`: first |"], 0, [3]),
    ("a file alone is not enough", ["| a | page | `x_test` |"], 0, [3]),
    ("an unknown scenario is found", ["| a | page | `scenarios/a/c.json` |"], 0, [3]),
    ("a folder of scenarios is found", ["| a | page | `scenarios/a` |"], 0, [3]),
    ("a name after a scenario has no file",
     ["| a | page | `scenarios/a/b.json`; first |"], 0, [3]),
    ("a cell without a test is found", ["| a | page | |"], 0, [3]),
    ("a remark is no test", ["| a | page | a fault can send it |"], 0, [3]),
    ("'the same' is no test",
     ["| a | page | `x_test`: first |", "| b | page | the same |"], 1, [4]),
    ("unknown evidence is found", ["| a | hearsay | `x_test`: first |"], 0, [3]),
    ("a missing cell is found", ["| a | `x_test`: first |"], 0, [3]),
    ("a document without rows is found", [], 0, [None]),
]


def try_rows(lines):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in [("docs/coverage.md", "\n".join([*HEAD, *lines]) + "\n"),
                           ("tests/a/x_test.cpp", CPP), ("tests/y_test.py", PYTHON),
                           ("scenarios/a/b.json", "{}")]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        passed, failures = check(root)
        return passed, [
            int(place.split(":")[1]) if ":" in place else None for place, _ in failures
        ]


def self_test():
    """What is wrong with this script."""
    wrong = []
    for name, lines, passed, places in TRIALS:
        found = try_rows(lines)
        if found != (passed, places):
            wrong.append(f"{name}: {found} passed and failed, expected {(passed, places)}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="looks up the tests that docs/coverage.md names")
    parser.add_argument("--self-test", action="store_true", help="try this script, nothing else")
    parser.add_argument("--root", type=Path, help="the repository")
    options = parser.parse_args()
    if not options.self_test and not options.root:
        parser.error("--root is required")

    wrong = self_test()
    for what in wrong:
        print(f"self-test: {what}")
    if options.self_test:
        print(f"{len(TRIALS) - len(wrong)} passed, {len(wrong)} failed")
        return 1 if wrong else 0
    passed, failures = check(options.root.resolve())
    for place, problem in failures:
        print(f"{place}: {problem}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if wrong or failures else 0


if __name__ == "__main__":
    sys.exit(main())
