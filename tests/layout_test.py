#!/usr/bin/env python3
"""Checks the rules of the sources that no compiler checks.

usage: layout_test.py --root REPO

Prints each violation as file:line: what is wrong, and a last line `N files, M violations`. Before
that, each rule is tried on a small tree that violates it: a check that cannot fail is an error.
Exit code 0 if there is no violation, 1 if there is one, or if nothing was checked.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

PARTS = ("xdr", "fetcher", "mockxdr", "harness")
MOST_LINES = 400

# What must not agree with the fetcher's windows by knowing them.
ORACLES = {
    *(Path("harness/src", f"{name}.cpp") for name in ("oracle", "verdict", "live_verdict")),
    *(Path("harness/src/sim", f"{name}.cpp")
      for name in ("judge", "life", "omniscient", "situations")),
    Path("harness/include/harness/sim/server.hpp"),
}
WINDOW_CODE = [
    Path("fetcher/include/fetcher", f"{name}.hpp")
    for name in ("sweep", "collected", "millisecond", "lookback", "published")
]

# What makes a result depend on more than the arguments.
IMPURE = re.compile(
    r"system_clock|steady_clock|::now\(\)|<thread>|<mutex>|<fstream>|<iostream>|\bgetenv\b"
    r"|std::rand\b|random_device|_distribution\b|unordered_"
)
COMMENT_OR_LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
JSON_COMMENT_OR_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)

Violation = namedtuple("Violation", "file line what")


def without_comments(text, pattern=COMMENT_OR_LITERAL):
    """The text with comments blanked; lines keep their numbers."""

    def blank(match):
        found = match.group(0)
        return re.sub(r"[^\n]", " ", found) if found.startswith(("//", "/*")) else found

    return pattern.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Tree:
    """The files of a repository, by path from its root."""

    def __init__(self, root):
        self.root = root
        self.code = sorted(
            path
            for folder in (*PARTS, "tests", "bench")
            for path in self.files(folder, ".cpp", ".hpp")
        )
        self.sources = [path for path in self.code if path.parts[0] in PARTS]
        self.headers = {path for path in self.sources if path.suffix == ".hpp"}
        self.cores = [
            path
            for path in self.sources
            if path.parts[0] == "xdr" or path.parts[1] in ("src", "include")
        ]

    def files(self, folder, *endings):
        found = (self.root / folder).rglob("*")
        return [
            path.relative_to(self.root)
            for path in found
            if path.is_file() and path.name.endswith(endings)
        ]

    def text(self, path):
        return (self.root / path).read_text("utf-8", "replace")

    def matches(self, path, pattern):
        """Lines and texts that match outside comments."""
        text = without_comments(self.text(path))
        return [(line_of(text, match.start()), match.group(0)) for match in pattern.finditer(text)]

    def includes(self, path):
        text = without_comments(self.text(path))
        return [(line_of(text, match.start()), match.group(1)) for match in INCLUDE.finditer(text)]

    def cmake(self, folder):
        file = self.root / folder / "CMakeLists.txt"
        text = file.read_text("utf-8") if file.is_file() else ""
        return re.sub(r"#[^\n]*", "", text)


def calls(cmake, name):
    """The arguments of each call of a CMake function, split at blanks."""
    return [found.split() for found in re.findall(rf"\b{name}\s*\(([^)]*)\)", cmake)]


def unnamed_tests(tree):
    cmake = tree.cmake("tests")
    named = {word for arguments in calls(cmake, r"\w+") for word in arguments}
    for arguments in calls(cmake, "add_suite"):
        named |= {f"{arguments[0]}/{word}" for word in arguments[1:]}
    for path in tree.files("tests", "_test.cpp"):
        if path.relative_to("tests").as_posix() not in named:
            yield Violation(path, 1, "not named in tests/CMakeLists.txt, so it never runs")


def unnamed_sources(tree):
    for part in PARTS:
        cmake = tree.cmake(part)
        named = {word for arguments in calls(cmake, r"\w+") for word in arguments}
        public = {
            word
            for arguments in calls(cmake, "target_sources")
            if "FILE_SET" in arguments
            for word in arguments[arguments.index("FILE_SET") :]
        }
        for path in tree.files(part, ".cpp"):
            if path.relative_to(part).as_posix() not in named:
                yield Violation(path, 1, f"not named in {part}/CMakeLists.txt")
        for folder in ("include", "shell/include"):
            for path in tree.files(f"{part}/{folder}", ".hpp"):
                if path.relative_to(part).as_posix() not in public:
                    yield Violation(path, 1, f"in no FILE_SET of {part}/CMakeLists.txt")


def expensive_includes(tree):
    for path in tree.sources:
        is_wire = path.name.startswith("wire") and path.suffix == ".cpp"
        for line, name in tree.includes(path):
            if name.startswith("nlohmann/") and not is_wire:
                yield Violation(path, line, f"{name}: only wire*.cpp may include it")
            if name == "httplib.h" and "shell" not in path.parts:
                yield Violation(path, line, f"{name}: only files under shell/ may include it")


def wrong_way_includes(tree):
    forbidden = {
        "xdr": ("fetcher", "mockxdr", "harness"),
        "fetcher": ("mockxdr", "harness"),
        "mockxdr": ("fetcher", "harness"),
        "harness": (),
    }
    for path in tree.sources:
        for line, name in tree.includes(path):
            for part in forbidden[path.parts[0]]:
                if f"/{part}/" in f"/{name}":
                    yield Violation(path, line, f"{name}: {path.parts[0]} must not know {part}")


def reached(tree, path, seen):
    """All headers of the project that a file includes, directly or not."""
    for _, name in tree.includes(path):
        part = name.split("/")[0]
        for header in (Path(part, "include", name), path.parent / name, Path("harness/src", name)):
            if header in seen or not (header in tree.headers or header in WINDOW_CODE):
                continue
            seen.add(header)
            if header in tree.headers:
                reached(tree, header, seen)
    return seen


def oracles_that_know_the_fetcher(tree):
    windows = set(WINDOW_CODE)
    for path in tree.sources:
        if path not in ORACLES:
            continue
        for found in sorted(windows & reached(tree, path, set())):
            yield Violation(path, 1, f"{found}: an oracle must not reach the fetcher's windows")


def shells_in_cores(tree):
    shells = {
        path.relative_to(f"{part}/shell/include").as_posix()
        for part in PARTS
        for path in tree.files(f"{part}/shell/include", ".hpp")
    }
    for path in tree.cores:
        for line, name in tree.includes(path):
            outside = name.split("/")[0] in ("httplib.h", "CLI", "spdlog")
            if outside or name in shells or "/shell/" in f"/{name}":
                yield Violation(path, line, f"{name}: a core must not include it")


def impure_cores(tree):
    for path in tree.cores:
        for line, found in tree.matches(path, IMPURE):
            yield Violation(path, line, f"{found}: a core is pure, take it as an argument")


def unwanted_words(tree):
    leftover = re.compile(r"\b(?:TODO|FIXME)\b")
    build = [*tree.root.glob("CMakeLists.txt"), *tree.root.glob("*/CMakeLists.txt")]
    scripts = [path for path in (tree.root / "ci").rglob("*") if path.is_file()]
    for path in [*tree.code, *(path.relative_to(tree.root) for path in build + scripts)]:
        text = tree.text(path)
        for match in leftover.finditer(text):
            yield Violation(path, line_of(text, match.start()), f"{match.group(0)}: do it or not")
    for path in tree.code:
        for line, found in tree.matches(path, re.compile(r"using\s+namespace\s+std\s*;")):
            yield Violation(path, line, f"{found} hides what a name means")
    for path in tree.files("tests", ".cpp"):
        for line, found in tree.matches(path, re.compile(r"\w*sleep\w*")):
            yield Violation(path, line, f"{found}: a test waits for an event, not for a time")


def clang_format():
    return shutil.which("clang-format-14") or shutil.which("clang-format")


def unformatted(tree):
    program = clang_format()
    for path in tree.code if program else []:
        done = subprocess.run(
            [program, str(tree.root / path)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        )
        wanted = done.stdout.decode("utf-8", "replace").split("\n")
        found = tree.text(path).split("\n")
        if done.returncode != 0:
            yield Violation(path, 1, done.stderr.decode("utf-8", "replace").strip())
        elif wanted != found:
            pairs = enumerate(zip(wanted, found), 1)
            line = next((line for line, (a, b) in pairs if a != b), min(len(wanted), len(found)))
            yield Violation(path, line, "clang-format writes it in another way")


def sourceless_scenarios(tree):
    for path in sorted(tree.files("scenarios", ".json")):
        if path.name.endswith(".schema.json"):
            continue
        try:
            scenario = json.loads(without_comments(tree.text(path), JSON_COMMENT_OR_TEXT))
        except ValueError as error:
            yield Violation(path, getattr(error, "lineno", 1), f"not JSON: {error}")
            continue
        source = scenario.get("source") if isinstance(scenario, dict) else None
        if not isinstance(source, str) or not source.strip():
            yield Violation(path, 1, "it has no source: where does the case come from?")


def long_files(tree):
    for path in tree.sources:
        lines = len(tree.text(path).splitlines())
        if lines > MOST_LINES:
            yield Violation(path, lines, f"{lines} lines, {MOST_LINES} at most")


RULES = (
    unnamed_tests, unnamed_sources, expensive_includes, wrong_way_includes,
    oracles_that_know_the_fetcher, shells_in_cores,
    impure_cores, unwanted_words, unformatted, sourceless_scenarios, long_files,
)


def violations(root):
    tree = Tree(root)
    return [violation for rule in RULES for violation in rule(tree)]


# The self-check: a tree without fault, and changes of it that each break one rule.

PART_CMAKE = (
    "add_library(x src/a.cpp) # src/forgotten.cpp\n"
    "target_sources(x PUBLIC FILE_SET HEADERS\n  FILES include/{part}/a.hpp)\n"
)
SOUND = {
    ".clang-format": "BasedOnStyle: Google\n",
    "ci/test": "echo\n",
    "scenarios/a.json": '{ "source": "a // page" } // why\n',
    "tests/CMakeLists.txt": "add_suite(fetcher SOURCES a_test.cpp) # mockxdr/a_test.cpp\n",
    "tests/fetcher/a_test.cpp": "// sleep\n#include <nlohmann/json.hpp>\nint test;\n",
    "fetcher/src/wire_a.cpp": "#include <nlohmann/json.hpp>\n",
    **{f"{part}/CMakeLists.txt": PART_CMAKE.format(part=part) for part in PARTS},
    **{f"{part}/src/a.cpp": "/* getenv */ int a = 1'000;  // <thread>\n" for part in PARTS},
    **{f"{part}/include/{part}/a.hpp": "#pragma once\n" for part in PARTS},
    "fetcher/CMakeLists.txt": PART_CMAKE.format(part="fetcher").replace(
        "x src", "x src/wire_a.cpp src"
    ),
    "mockxdr/CMakeLists.txt": PART_CMAKE.format(part="mockxdr").replace(
        "a.hpp", "a.hpp shell/include/mockxdr/server.hpp"
    ),
    "mockxdr/shell/include/mockxdr/server.hpp": "#include <httplib.h>\n",
    "harness/src/a.cpp": '#include "fetcher/a.hpp"\n\n#include "mockxdr/a.hpp"\n',
    "harness/src/windows.hpp": '#include "fetcher/collected.hpp"\n',
    "harness/include/harness/b.hpp": '#include "windows.hpp"\n',
    "harness/CMakeLists.txt": PART_CMAKE.format(part="harness").replace(
        "a.hpp", "a.hpp include/harness/b.hpp"
    ),
}
# A rule, the file that is written, its text, and the line that must be named.
BROKEN = [
    (unnamed_tests, "tests/fetcher/b_test.cpp", "int b;\n", 1),
    (unnamed_tests, "tests/mockxdr/a_test.cpp", "int b;\n", 1),
    *((unnamed_sources, f"{part}/src/forgotten.cpp", "int b;\n", 1) for part in PARTS),
    (unnamed_sources, "fetcher/include/fetcher/b.hpp", "#pragma once\n", 1),
    (unnamed_sources, "mockxdr/shell/include/mockxdr/b.hpp", "#pragma once\n", 1),
    (expensive_includes, "fetcher/src/a.cpp", "\n#include <nlohmann/json.hpp>\n", 2),
    (expensive_includes, "fetcher/src/wire.hpp", "#include <nlohmann/json_fwd.hpp>\n", 1),
    (expensive_includes, "mockxdr/src/a.cpp", "#include <httplib.h>\n", 1),
    *(
        (wrong_way_includes, f"{part}/src/a.cpp", f'#include "{other}/a.hpp"\n', 1)
        for part, other in (
            ("fetcher", "mockxdr"), ("fetcher", "harness"), ("mockxdr", "fetcher"),
            ("mockxdr", "harness"), ("xdr", "fetcher"), ("xdr", "mockxdr"), ("xdr", "harness"),
            ("fetcher", "../mockxdr"),
        )
    ),
    (wrong_way_includes, "mockxdr/shell/a.hpp", '#include "harness/a.hpp"\n', 1),
    (oracles_that_know_the_fetcher, "harness/src/oracle.cpp", '#include "fetcher/sweep.hpp"\n', 1),
    (oracles_that_know_the_fetcher, "harness/src/verdict.cpp", '#include "windows.hpp"\n', 1),
    (oracles_that_know_the_fetcher, "harness/src/sim/judge.cpp", '#include "harness/b.hpp"\n', 1),
    *(
        (shells_in_cores, "harness/src/a.cpp", f"int a;\n#include <{name}>\n", 2)
        for name in ("httplib.h", "CLI/CLI.hpp", "spdlog/spdlog.h", "mockxdr/server.hpp")
    ),
    (shells_in_cores, "harness/include/harness/a.hpp", "#include <CLI/CLI.hpp>\n", 1),
    *(
        (impure_cores, file, f"// not here\n{text}\n", 2)
        for file in ("xdr/src/a.cpp", "fetcher/include/fetcher/a.hpp", "harness/src/a.cpp")
        for text in (
            "using C = std::chrono::system_clock;", "using C = std::chrono::steady_clock;",
            "auto a = C::now();", "#include <thread>", "#include <mutex>", "#include <fstream>",
            "#include <iostream>", 'auto a = std::getenv("A");', "int a = std::rand();",
            "std::random_device a;", "std::uniform_int_distribution a;",
            "std::unordered_map<int, int> a;",
        )
    ),
    (unwanted_words, "xdr/src/a.cpp", "int a;  // TODO: more\n", 1),
    (unwanted_words, "tests/CMakeLists.txt", SOUND["tests/CMakeLists.txt"] + "# FIXME\n", 2),
    (unwanted_words, "ci/test", "# TODO\n", 1),
    (unwanted_words, "tests/fetcher/a_test.cpp", "int a;\nusing namespace std;\n", 2),
    (unwanted_words, "tests/fetcher/a_test.cpp", "void a() { sleep_for(1); }\n", 1),
    (unformatted, "tests/fetcher/a_test.cpp", "int a;\nint   b;\n", 2),
    (sourceless_scenarios, "scenarios/deep/b.json", '{ "title": "no source" }\n', 1),
    (sourceless_scenarios, "scenarios/deep/b.json", '{ "source": " " }\n', 1),
    (sourceless_scenarios, "scenarios/deep/b.json", '{\n "source": }\n', 2),
    (long_files, "harness/src/a.cpp", "int a();\n" * (MOST_LINES + 1), MOST_LINES + 1),
]


def write_tree(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def found_in(files, rules):
    with tempfile.TemporaryDirectory() as folder:
        write_tree(Path(folder), files)
        tree = Tree(Path(folder))
        return [violation for rule in rules for violation in rule(tree)]


def self_check():
    """What is wrong with the checks themselves."""
    wrong = [f"the sound tree is refused: {found}" for found in found_in(SOUND, RULES)]
    untried = set(RULES) - {rule for rule, *_ in BROKEN}
    wrong += [f"no tree violates {rule.__name__}" for rule in untried]
    for rule, file, text, line in BROKEN:
        if rule is unformatted and not clang_format():
            continue
        found = [(str(one.file), one.line) for one in found_in({**SOUND, file: text}, [rule])]
        if found != [(file, line)]:
            tried = f"{text[:60]!r} as {file}"
            wrong.append(f"{rule.__name__} finds {found} in {tried}, expected line {line}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="checks the layout of the sources")
    parser.add_argument("--root", required=True, type=Path, help="the repository")
    root = parser.parse_args().root

    wrong = self_check()
    for what in wrong:
        print(f"self-check: {what}")
    if not clang_format():
        print("note: there is no clang-format here, the form of the sources is not checked")
    found = violations(root)
    found += [
        Violation(path, 1, "tests/layout_test.py names it, and it is not there")
        for path in (*ORACLES, *WINDOW_CODE)
        if not (root / path).is_file()
    ]
    for violation in found:
        print(f"{violation.file}:{violation.line}: {violation.what}")
    files = len(Tree(root).sources)
    if files == 0:
        print(f"{root}: there are no sources")
    print(f"{files} files, {len(found)} violations")
    return 0 if files and not found and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
