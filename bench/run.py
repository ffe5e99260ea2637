#!/usr/bin/env python3
"""Measures mockxdr against floors that are run in turns with it, and prints Markdown tables.

usage: run.py BUILD_FOLDER [--quick] [--only PART]... [--update FILE]

BUILD_FOLDER holds harness/mockxdr and, in bench/, bench_floor, bench_fetcher and bench_simulator;
wrk and nginx are installed. Everything listens on the loopback device and ends with this script.
--update puts the tables into a Markdown file, between the two comments that mark their place. Exit
code 0 if all was measured, whether or not a goal was met; 1 if anything failed, such as a single
reply that was no success.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

import servers
import worlds

CONNECTIONS = 16
Plan = namedtuple("Plan", "rounds seconds starts big explicit requests")
FULL = Plan(rounds=5, seconds=5, starts=20, big=1_000_000, explicit=100_000, requests=1_000_000)
QUICK = Plan(rounds=3, seconds=1, starts=5, big=100_000, explicit=10_000, requests=50_000)
SMALL = 1000

Sample = namedtuple("Sample", "rate cpu_us p99_ms")
Contestant = namedtuple("Contestant", "name server port load")


def say(text):
    print(text, file=sys.stderr, flush=True)


def shoot(port, load, seconds):
    """One run of wrk; what it counted. Throws if a single reply was no success."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s",
         str(Path(__file__).parent / "get_incidents.lua"), f"http://127.0.0.1:{port}", "--",
         load.body, str(load.bound_ms), str(load.bounds), load.encoding],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 60,
    )
    try:
        counted = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}") from error
    if counted["refused"] or counted["broken"] or not counted["requests"]:
        raise RuntimeError(f"no number is made from errors: {counted}")
    return counted


def measure(contestant, seconds):
    before_s = contestant.server.cpu_s()
    counted = shoot(contestant.port, contestant.load, seconds)
    used_s = contestant.server.cpu_s() - before_s
    return Sample(
        rate=counted["requests"] / counted["duration_us"] * 1e6,
        cpu_us=used_s / counted["requests"] * 1e6,
        p99_ms=counted["p99_us"] / 1000,
    )


def compete(contestants, plan):
    """The median sample of each, by name. They take turns, so that a busy moment of the machine
    does not fall on one of them alone."""
    samples = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        shoot(contestant.port, contestant.load, 1)  # warm
    for number in range(plan.rounds):
        for contestant in contestants:
            sample = measure(contestant, plan.seconds)
            samples[contestant.name].append(sample)
            say(f"  round {number + 1}, {contestant.name}: {sample.rate:.0f} requests/s, "
                f"{sample.cpu_us:.1f} us CPU")
    return {name: Sample(*map(statistics.median, zip(*found))) for name, found in samples.items()}


def table(title, header, rows):
    lines = [f"### {title}", "", "| " + " | ".join(header) + " |", "| --- " * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def rates(title, results, base, goals):
    """A table of samples with ratios to `base`; `goals` are texts by name."""
    floor = results[base]
    return table(
        title,
        ["", "requests/s", "ratio", "CPU a request", "ratio", "99th percentile", "goal"],
        [
            [name, f"{sample.rate:,.0f}", f"{sample.rate / floor.rate:.2f}",
             f"{sample.cpu_us:.1f} us", f"{sample.cpu_us / floor.cpu_us:.2f}",
             f"{sample.p99_ms:.1f} ms", goals.get(name, "")]
            for name, sample in results.items()
        ],
    )


def replies(build, folder, plan):
    """The page of 100 incidents: as it is, and compressed."""
    file = folder / "page-world.json"
    file.write_text(worlds.repeated(SMALL))
    plain = worlds.since_the_middle(SMALL, bounds=999)
    again = worlds.since_the_middle(SMALL, bounds=1, encoding="gzip")
    other = worlds.since_the_middle(SMALL, bounds=999, encoding="gzip")
    with servers.mockxdr(build, file) as mock:
        page = mock.get(plain)
        (folder / "page.json").write_bytes(page)
        with servers.floor(build, folder / "page.json") as floor, servers.nginx(folder) as nginx:
            for server in (floor, nginx):
                if server.get(plain) != page:
                    raise RuntimeError(f"{server.name} sends other bytes than mockxdr")
            if mock.get(again) != page:
                raise RuntimeError("mockxdr sends other bytes when they are compressed")
            identity = compete([
                Contestant("bare cpp-httplib", floor, floor.port, plain),
                Contestant("mockxdr", mock, mock.port, plain),
                Contestant("nginx", nginx, nginx.port, plain),
            ], plan)
            zipped = compete([
                Contestant("nginx, on the fly", nginx, nginx.gzip_port, again),
                Contestant("mockxdr, one request again and again", mock, mock.port, again),
                Contestant("mockxdr, 999 different requests", mock, mock.port, other),
            ], plan)
    return rates(
        f"A page of 100 incidents, {len(page):,} bytes", identity, "bare cpp-httplib",
        {"mockxdr": "0.80 or more requests/s, 1.25 or less CPU"},
    ) + "\n" + rates(
        "The same page with gzip", zipped, "nginx, on the fly",
        {"mockxdr, one request again and again": "3 or more requests/s"},
    )


def sizes(build, folder, plan):
    """A page of a small world and of a big one."""
    files = {count: folder / f"world-{count}.json" for count in (SMALL, plan.big)}
    for count, file in files.items():
        file.write_text(worlds.repeated(count))
    tables = []
    with servers.mockxdr(build, files[SMALL]) as small, \
            servers.mockxdr(build, files[plan.big]) as big:
        for what, statuses, matches, goal in [
            ("creation_time gte, sort asc", (), 2, "2 or less"),
            ("the same with status in two of five", worlds.STATUSES[:2], 5, "5 or less"),
        ]:
            contestants = []
            for count, server in ((SMALL, small), (plan.big, big)):
                load = worlds.since_the_middle(count, 999, statuses=statuses)
                total = json.loads(server.get(load))["reply"]["total_count"]
                expected = count // 2 * (len(statuses) or 5) // 5
                if total != expected:
                    raise RuntimeError(f"{count} incidents: total_count {total}, not {expected}")
                contestants.append(Contestant(f"{count:,} incidents", server, server.port, load))
            base, other = contestants[0].name, contestants[1].name
            tables.append(rates(
                f"World sizes: {what}", compete(contestants, plan), base, {other: f"CPU {goal}"}
            ))
    return "\n".join(tables)


def loading(build, folder, plan):
    """From the start of the program to the first page, and the memory that is then in use."""
    tiny = folder / "tiny.json"
    tiny.write_text(worlds.repeated(5))
    rows = []
    with servers.mockxdr(build, tiny) as server:
        server.get(worlds.one_row(5))
        tiny_bytes = server.rss_bytes()
    for what, text, count, goal in [
        ("written with repeat", worlds.repeated, plan.big, "3 s, 1,200 bytes"),
        ("each written out", worlds.explicit, plan.explicit, "2 s"),
    ]:
        file = folder / f"load-{count}.json"
        file.write_text(text(count))
        times_s, memory = [], []
        for number in range(min(plan.rounds, 3)):
            with servers.mockxdr(build, file) as server:
                server.get(worlds.one_row(count))
                times_s.append(time.perf_counter() - server.begun_s)
                server.get(worlds.since_the_middle(count, 1, statuses=worlds.STATUSES[:2]))
                memory.append(server.rss_bytes() - tiny_bytes)
            say(f"  {count} incidents {what}, {number + 1}: {times_s[-1]:.2f} s")
        rows.append([
            f"{count:,} incidents, {what}", f"{file.stat().st_size / 1000:,.0f} kB",
            f"{statistics.median(times_s):.2f} s",
            f"{statistics.median(memory) / count:,.0f} bytes", goal,
        ])
    header = ["", "file", "start to first page", "memory an incident", "goal, at most"]
    return table("Loading", header, rows)


def starting(build, folder, plan):
    """A small scenario: how soon it answers, how much memory it takes, and whether that grows."""
    file = folder / "start.json"
    file.write_text(worlds.repeated(50))
    load = worlds.one_row(50)
    times_ms = []
    for _ in range(plan.starts):
        with servers.mockxdr(build, file) as server:
            server.get(load)
            times_ms.append((time.perf_counter() - server.begun_s) * 1000)
            idle = server.rss_bytes()
    with servers.mockxdr(build, file) as server:
        sent = shoot(server.port, load, 1)["requests"]
        while sent < plan.requests // 10:  # the journal fills up
            sent += shoot(server.port, load, 1)["requests"]
        warm, begun = server.rss_bytes(), sent
        while sent < begun + plan.requests:
            sent += shoot(server.port, load, plan.seconds)["requests"]
            say(f"  {sent} requests: {server.rss_bytes() / 1e6:.1f} MB")
        grown = server.rss_bytes() - warm
    return table("Starting and idling", ["", "measured", "goal"], [
        [f"start to first 200, median of {plan.starts}",
         f"{statistics.median(times_ms):.1f} ms (slowest {max(times_ms):.1f} ms)", "20 ms or less"],
        ["memory after the first request", f"{idle / 2**20:.1f} MiB", "16 MB or less"],
        [f"memory after {begun:,} requests", f"{warm / 2**20:.1f} MiB", ""],
        [f"growth over {sent - begun:,} more", f"{grown / 2**20:.1f} MiB", "none"],
    ])


def fetcher(build, folder, plan):
    runs, incidents = plan.requests // 10, plan.big // 10
    done = subprocess.run(
        [build / "bench/bench_fetcher", folder, str(runs), str(incidents)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench_fetcher failed: {done.stderr}")
    found = json.loads(done.stdout)
    return table("The fetcher", ["", "measured", "goal"], [
        ["empty runs over loopback HTTP, server and client, for each second of CPU",
         f"{found['runs'] / found['runs_cpu_s']:,.0f}", "6,000"],
        ["incidents from a reply of 1.5 kB each to SQLite, for each second of CPU",
         f"{found['incidents'] / found['store_cpu_s']:,.0f}", "50,000"],
        ["the same for each second, the disk waited for",
         f"{found['incidents'] / found['store_wall_s']:,.0f}", ""],
        ["state for each id that is kept", f"{found['state_bytes']:.0f} bytes", ""],
    ])


def simulator(build, folder, plan):
    quick = plan.rounds < FULL.rounds
    size = "3" if quick else "4"

    def once(what):
        done = subprocess.run([build / "bench/bench_simulator", *what], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=1200, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"bench_simulator failed: {done.stderr}")
        return json.loads(done.stdout)

    def bench(*what):
        # All that disturbs it makes it slower.
        return min((once(what) for _ in range(3)), key=lambda done: done["seconds"])

    def millions(found, runs="runs"):
        return f"{found[runs] / found['seconds'] / 1e6:.1f} million"

    schedules = 200_000 if quick else 2_000_000
    core = bench("core", str(schedules))
    every = bench("every", str(schedules))
    seeded = bench("seeded", str(schedules))
    published = bench("published", str(schedules // 20))
    proof = bench("proof", size, size)
    shrink = bench("shrink", "20")
    return table("The simulator, for each second of CPU on one core", ["", "measured", "goal"], [
        ["seeded fetch runs, drawing and both oracles included, repetitions counted",
         millions(seeded), ""],
        ["the product's core in the simulated world alone, repetitions counted", millions(core), ""],
        ["the same, every run played, also those that repeat an earlier one", millions(every),
         "10 million"],
        ["seeded fetch runs of a published revision, whose last run is text", millions(published), ""],
        ["exhaustive fetch runs, those that share their past counted each", millions(proof),
         "25 million"],
        ["the same, those that were played only", millions(proof, "played"), ""],
        [f"all schedules up to {size} x {size}", f"{proof['seconds']:.1f} s", "60 s for 4 x 4"],
        ["one finding of settles-by-this-run, found and made small",
         f"{shrink['seconds'] / shrink['findings'] * 1000:.0f} ms", "50 ms"],
    ])


PARTS = {"replies": replies, "sizes": sizes, "loading": loading, "starting": starting,
         "fetcher": fetcher, "simulator": simulator}


def machine():
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    return f"{len(os.sched_getaffinity(0))} of: {model[0] if model else 'unknown processor'}"


def update(file, text):
    begin, end = "<!-- figures: ./ci/bench writes them -->\n", "<!-- end of figures -->\n"
    before, found, rest = file.read_text().partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise RuntimeError(f"{file} does not say where the figures belong: {begin}{end}")
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def main():
    parser = argparse.ArgumentParser(description="measures mockxdr against floors")
    parser.add_argument("build", type=Path, metavar="BUILD_FOLDER")
    parser.add_argument("--quick", action="store_true", help="small and rough, in a minute")
    parser.add_argument("--only", action="append", choices=PARTS, help="some parts only")
    parser.add_argument("--update", type=Path, help="put the tables into this file, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are closed
    plan = QUICK if options.quick else FULL
    tables = [f"Processors: {machine()}. {'A quick run.' if options.quick else ''}".strip() + "\n"]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name in options.only or PARTS:
            say(name)
            tables.append(PARTS[name](options.build.resolve(), Path(folder), plan))
    text = "\n".join(tables)
    print(text, end="")
    if options.update:
        update(options.update, text)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"bench: {error}")
