"""Starts the servers that the bench compares, and reads what they use from /proc."""

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

PATIENCE_S = 120  # a safety net, not a measure
ENDPOINT = "/public_api/v1/incidents/get_incidents"
HEADERS = {"Authorization": "mockxdr-test-key", "x-xdr-auth-id": "1"}


class Server:
    """A child process that serves on the loopback device until it is closed."""

    def __init__(self, name, command, port=None):
        """Without a port, it is in the JSON object of the first line on stdout."""
        self.name = name
        self.begun_s = time.perf_counter()
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        try:
            self.port = port or json.loads(self.process.stdout.readline())["port"]
        except ValueError as error:
            self.close()
            raise RuntimeError(f"{name} did not start: {' '.join(map(str, command))}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it by its pid; a server that does not end by itself is killed."""
        self.process.stdin.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()

    def pids(self):
        """Its own and those of its workers."""
        own = self.process.pid
        workers = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, workers)]

    def cpu_s(self):
        """CPU time that it has used so far, user and system, of all threads and workers."""
        ticks = 0
        for pid in self.pids():
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def rss_bytes(self):
        return sum(kilobytes(pid, "VmRSS") for pid in self.pids()) * 1024

    def get(self, load):
        """The body of the reply to one request of that load. Waits until the server is ready."""
        body = load.body.replace("@", str(load.bound_ms))
        give_up = time.monotonic() + PATIENCE_S
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            try:
                connection.request(
                    "POST", ENDPOINT, body, {**HEADERS, "Accept-Encoding": load.encoding}
                )
                reply = connection.getresponse()
                page = reply.read()
                if reply.status == 200:
                    return gzip.decompress(page) if reply.headers["Content-Encoding"] else page
                what = f"status {reply.status}: {page[:200]}"
            except ConnectionRefusedError as error:
                what = str(error)
            finally:
                connection.close()
            if time.monotonic() > give_up or self.process.poll() is not None:
                raise RuntimeError(f"{self.name} has no page: {what}")
            time.sleep(0.0005)


def kilobytes(pid, name):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/{pid}/status has no {name}")


def mockxdr(build, file, *options):
    """Serves a scenario file, with all on that serves the client: keys, journal, verdict."""
    options = ["--keep-start", "--log", "off", *options]
    return Server("mockxdr", [build / "harness" / "mockxdr", "serve", file, *options])


def floor(build, page):
    return Server("bare cpp-httplib", [build / "bench" / "bench_floor", page])


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def nginx(folder):
    """Serves page.json of that folder; `gzip_port` compresses it on the fly."""
    ports = {"identity_port": free_port(), "gzip_port": free_port()}
    fill = {"user": "user root;" if os.getuid() == 0 else "", "folder": folder, **ports}
    text = (Path(__file__).parent / "nginx.conf.in").read_text()
    for word, value in fill.items():
        text = text.replace(f"@{word}@", str(value))
    (folder / "nginx.conf").write_text(text)
    command = ["nginx", "-e", folder / "nginx-error.log", "-c", folder / "nginx.conf"]
    server = Server("nginx", command, ports["identity_port"])
    server.gzip_port = ports["gzip_port"]
    return server
