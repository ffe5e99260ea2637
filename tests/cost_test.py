#!/usr/bin/env python3
"""What the simulator and a run over HTTP may cost at most, in instructions.

valgrind counts them alike whatever else the machine does. No time is looked at.

usage: cost_test.py --valgrind PATH --simulator PATH/bench_simulator --fetcher PATH/bench_fetcher

A goal is a rate, or a time, on one core (bench/README.md has what was measured). A part fails when
it takes more than four times the instructions of its goal, at INSTRUCTIONS_S of them a second: so
many the simulator does on a server's core of 2024. Starting is taken away: each part runs with a
small and a large amount. Exit code 0 if all are within their bounds, else 1.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import namedtuple

INSTRUCTIONS_S = 10e9
SLACK = 4

# `inside`: only what this function of the bench takes, with all that it calls, counts.
Part = namedtuple("Part", "name bench small large unit goal_s inside", defaults=[None])
PARTS = [
    Part("run of the core", "simulator", ["every", "500"], ["every", "2500"], "runs", 1 / 10e6,
         "void (anonymous namespace)::play_all<*"),
    Part("seeded fetch run", "simulator", ["seeded", "500"], ["seeded", "2500"], "runs", 1 / 10e6),
    Part("exhaustive fetch run", "simulator", ["proof", "2", "1"], ["proof", "3", "2"], "runs",
         1 / 25e6),
    Part("finding, made small", "simulator", ["shrink", "1"], ["shrink", "4"], "findings", 50e-3),
    # Three quarters of its time are the system's, which valgrind does not see.
    Part("run over loopback HTTP", "fetcher", ["200", "100"], ["1200", "100"], "runs",
         1 / 6000 / 4),
]


def counted(valgrind, bench, what, unit, inside=None):
    """How many of its unit a run of the bench does, and in how many instructions."""
    only = [f"--toggle-collect={inside}"] if inside else []
    done = subprocess.run(
        [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *only, bench, *what],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    total = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
    if done.returncode != 0 or not total:
        raise RuntimeError(f"{' '.join(what)}: {done.stderr}")
    return json.loads(done.stdout)[unit], int(total.group(1))


def run(part, amount, benches):
    if part.bench == "simulator":
        return counted(benches["valgrind"], benches["simulator"], amount, part.unit, part.inside)
    with tempfile.TemporaryDirectory() as folder:
        return counted(benches["valgrind"], benches["fetcher"], [folder, *amount], part.unit)


def cost_of(part, benches):
    few, start = run(part, part.small, benches)
    many, end = run(part, part.large, benches)
    if many <= few:
        raise RuntimeError(f"{part.name}: {many} are no more than {few}")
    if not 0 < start < end:
        raise RuntimeError(f"{part.name}: {start} and {end} instructions, was nothing counted?")
    return (end - start) / (many - few)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--valgrind", required=True)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--fetcher", required=True)
    benches = vars(parser.parse_args())
    failed = 0
    for part in PARTS:
        cost = cost_of(part, benches)
        most = SLACK * part.goal_s * INSTRUCTIONS_S
        within = cost <= most
        failed += not within
        print(f"{part.name:24} {cost:15,.0f} instructions, at most {most:15,.0f}"
              f"  {'ok' if within else 'TOO MANY'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
