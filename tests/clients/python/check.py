#!/usr/bin/env python3
"""Runs one check of the Python client against a mock that is already there.

usage: check.py --list | check.py NAME <SETUP

SETUP is a JSON object: {"url", "ca": a file or null, "keys": {name: {"id", "key", "level"}}}.
Exit code 0 if the mock behaves.
"""

import json
import sys

import check_endpoints  # noqa: F401, these fill the registry
import check_fetching  # noqa: F401
import check_queries  # noqa: F401
import check_transport  # noqa: F401
from checks import Setup, registry


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(registry))
    elif len(sys.argv) == 2 and sys.argv[1] in registry:
        registry[sys.argv[1]](Setup(json.load(sys.stdin)))
    else:
        sys.exit(f"usage: check.py --list | NAME, one of: {', '.join(registry)}")


if __name__ == "__main__":
    main()
