"""Asks addresses over several connections: by wrk where it is installed, else by this module."""

import http.client
import multiprocessing
import re
import shutil
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

HEADERS = {"Accept-Encoding": "gzip"}
WARMING = 2  # seconds that are not counted
PROCESSES = 2
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}
IN_TURN = """
local paths = { %s }
local turn = 0
request = function()
  turn = turn + 1
  return wrk.format("GET", paths[turn %% #paths + 1])
end
"""


class Measured(NamedTuple):
    """Requests per second, milliseconds to the whole answer, and answers that were no success."""

    rate: float
    p50: float
    p99: float
    failed: int


def load(urls: list[str], seconds: int, connections: int) -> Measured:
    """Ask ``urls`` of one server in turn, over ``connections``, for ``seconds``."""
    ask = _with_wrk if shutil.which("wrk") else _with_python
    ask(urls, WARMING, connections)
    return ask(urls, seconds, connections)


def _with_wrk(urls, seconds, connections) -> Measured:
    paths = ", ".join(f'"{_path(url)}"' for url in urls)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(IN_TURN % paths)
        script.flush()
        said = subprocess.run(
            ["wrk", f"-t{PROCESSES}", f"-c{connections}", f"-d{seconds}s", "--latency",
             "--timeout", "30s", "-H", "Accept-Encoding: gzip", "-s", script.name, urls[0]],
            capture_output=True, text=True, check=True,
        ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = re.search(r"errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return Measured(
        float(rate[1]), *(_milliseconds(said, share) for share in ("50", "99")),
        (int(failed[1]) if failed else 0) + (sum(map(int, errors.groups())) if errors else 0),
    )


def _milliseconds(said, share) -> float:
    number, unit = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m)", said, re.M).groups()
    return float(number) * MILLISECONDS[unit]


def _with_python(urls, seconds, connections) -> Measured:
    per_process = connections // PROCESSES
    with multiprocessing.Pool(PROCESSES) as pool:
        parts = pool.starmap(_process, [(urls, seconds, per_process)] * PROCESSES)
    taken = sorted(ms for part, _failed in parts for ms in part) or [0.0]
    return Measured(
        len(taken) / seconds, taken[len(taken) // 2], taken[int(len(taken) * 0.99)],
        sum(failed for _part, failed in parts),
    )


def _process(urls, seconds, connections) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many were no success."""
    taken, failed, until = [], [], time.monotonic() + seconds

    def ask():
        where = urlsplit(urls[0]).netloc
        connection, turn = http.client.HTTPConnection(where, timeout=30), 0
        while time.monotonic() < until:
            start, turn = time.perf_counter(), turn + 1
            try:
                connection.request("GET", _path(urls[turn % len(urls)]), headers=HEADERS)
                response = connection.getresponse()
                response.read()
                is_success = response.status < 400
            except (OSError, http.client.HTTPException):
                is_success = False
                connection.close()
            (taken if is_success else failed).append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, len(failed)


def _path(url) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
