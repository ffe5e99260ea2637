#!/usr/bin/env python3
"""Holds scenario.schema.json against the reader of scenario files.

usage: schema_test.py --mockxdr PATH --schema FILE --valid DIR... --broken DIR

Every scenario under --valid must pass `mockxdr validate` and the schema. Every file under --broken
must be refused with the errors that its first lines name, and by the schema if they say so:

    // error: 5:20: what is wrong; what to do      one line for each error, in order
    // schema: rejects                             or: cannot tell (why)

The schema reads no comments, so it is given what `mockxdr validate --print` prints. Exit code 0 if
everything passed, 1 if anything failed or nothing was checked.
"""

import argparse
import itertools
import json
import subprocess
import sys
from pathlib import Path

import jsonschema

ERROR = "// error: "
SCHEMA = "// schema: "
NOT_JSON = "cannot tell (not JSON)"


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, problem):
        """Counts one check; `problem` is None or what is wrong."""
        if problem is None:
            self.passed += 1
            return
        self.failed += 1
        print(f"{name}: {problem}")


def call(mockxdr, *arguments):
    """Runs the command; returns its exit code, stdout and stderr as text."""
    done = subprocess.run(
        [mockxdr, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    return done.returncode, *(out.decode("utf-8", "replace") for out in (done.stdout, done.stderr))


def scenario_files(folder):
    files = sorted(folder.rglob("*.json"))
    return [file for file in files if not file.name.endswith(".schema.json")]


def schema_errors(validator, text):
    """One line for each error, the most telling first."""
    found = sorted(validator.iter_errors(json.loads(text)), key=jsonschema.exceptions.relevance)
    return [
        f"{error.message} (at /{'/'.join(map(str, error.absolute_path))})" for error in found[::-1]
    ]


def wrong_with_schema(schema):
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return f"not a draft 2020-12 schema: {error.message}"
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return None if schema.get("$schema") == dialect else f"its $schema is not {dialect}"


def wrong_with_valid(mockxdr, validator, file):
    code, _, err = call(mockxdr, "validate", file)
    if code != 0:
        return f"validate ends with {code}: {err.strip()}"
    code, printed, err = call(mockxdr, "validate", "--print", file)
    if code != 0:
        return f"validate --print ends with {code}: {err.strip()}"
    errors = schema_errors(validator, printed)
    return f"the schema rejects it: {errors[0]}" if errors else None


def header(file):
    """The error lines and the schema line that a broken file begins with."""
    errors, schema = [], None
    for line in file.read_text("utf-8", "replace").split("\n"):
        if line.startswith(ERROR):
            errors.append(line[len(ERROR) :])
        elif line.startswith(SCHEMA):
            schema = line[len(SCHEMA) :]
        else:
            break
    return errors, schema


def first_difference(found, expected):
    pairs = itertools.zip_longest(found.splitlines(), expected.splitlines(), fillvalue="nothing")
    return next((f"{a!r}, expected {b!r}" for a, b in pairs if a != b), "it with other line ends")


def wrong_with_broken(mockxdr, validator, file):
    errors, verdict = header(file)
    if not errors:
        return f"no line at its top begins with '{ERROR}'"
    if verdict != "rejects" and not (verdict or "").startswith("cannot tell ("):
        return f"'{SCHEMA}rejects' or '{SCHEMA}cannot tell (why)' must follow its errors"
    code, _, err = call(mockxdr, "validate", file)
    if code != 2:
        return f"validate ends with {code}, expected 2"
    expected = "".join(f"{file}:{error}\n" for error in errors)
    if err != expected:
        return f"validate says {first_difference(err, expected)}"
    return wrong_with_opinion(mockxdr, validator, file, verdict)


def wrong_with_opinion(mockxdr, validator, file, verdict):
    _, printed, _ = call(mockxdr, "validate", "--print", file)
    if verdict == NOT_JSON:
        return "validate --print prints something" if printed else None
    if not printed:
        return "validate --print prints nothing"
    rejects = bool(schema_errors(validator, printed))
    if rejects == (verdict == "rejects"):
        return None
    return f"the schema {'rejects' if rejects else 'accepts'} it, its first lines say '{verdict}'"


def main():
    parser = argparse.ArgumentParser(description="checks the schema of scenario files")
    parser.add_argument("--mockxdr", required=True, help="the command to test")
    parser.add_argument("--schema", required=True, type=Path, help="scenario.schema.json")
    parser.add_argument("--valid", required=True, type=Path, nargs="+", help="folders of scenarios")
    parser.add_argument("--broken", required=True, type=Path, help="folder of broken scenarios")
    options = parser.parse_args()

    report = Report()
    schema = json.loads(options.schema.read_text("utf-8"))
    problem = wrong_with_schema(schema)
    report.check(options.schema, problem)
    if problem is None:
        validator = jsonschema.Draft202012Validator(schema)
        for folder in options.valid:
            files = scenario_files(folder)
            if not files:
                report.check(folder, "there is no scenario in this folder")
            for file in files:
                report.check(file, wrong_with_valid(options.mockxdr, validator, file))
        files = scenario_files(options.broken)
        if not files:
            report.check(options.broken, "there is no scenario in this folder")
        for file in files:
            report.check(file, wrong_with_broken(options.mockxdr, validator, file))
    print(f"{report.passed} passed, {report.failed} failed")
    return 0 if report.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
