"""Whether memory stays flat: ``python -m benchmarks.memory [--requests N] [--rows N] [--stream N] [--only CASE]``.

Owns the app whose answers are measured, one gunicorn worker's resident memory while it gives them, and its peak while
it streams a million rows from a generator. Linux only: both are read from ``/proc``. The exit code is 0 whether or
not a target is met; ``tests/test_memory.py`` holds a smaller load to the same targets.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import http.client
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from flask import Flask, Response, request

from flask_openbb import OpenBB

from .data import Row, nested_rows
from .servers import serving

CASES = ("bare", "nested", "stream", "changing")
"""Paths of :func:`create_app` that take ``rows``; the first is no widget."""
GROWTH = 0.03
"""Most that the last quarter of a series may be above the first, as a share of it."""
STREAM_MEGABYTES = 64
"""Most that streaming a million rows may take."""
WARM_UP = 10
EVERY = 10

_PART = 1_000
_READ = 1 << 16
_TIMEOUT = 120  # seconds


def create_app() -> Flask:
    """Tables of new rows at every request; each answer names its process in ``X-Worker``."""
    app = Flask("memory")
    openbb = OpenBB(app)
    requests = count()

    @app.get("/bare")
    def bare() -> Response:
        """Nested rows as they are, without the extension."""
        return Response(orjson.dumps(nested_rows(int(request.args["rows"]))), mimetype="application/json")

    @app.get("/nested")
    @openbb.table
    def nested(rows: int = 10) -> list[Row]:
        """Nested rows, as a list."""
        return nested_rows(rows)

    @app.get("/stream")
    @openbb.table
    def stream(rows: int = 10) -> Iterator[Row]:
        """Nested rows, from a generator."""
        return generated(rows)

    @app.get("/changing")
    @openbb.table
    def changing(rows: int = 10) -> list[Any]:
        """Rows whose class and columns no other request has."""
        name = f"column_{next(requests)}"
        record = dataclasses.make_dataclass("Record", [name, "price"])
        return [record(number, {name: number / 8}) for number in range(rows)]

    @app.after_request
    def name_worker(response: Response) -> Response:
        response.headers["X-Worker"] = str(os.getpid())
        return response

    return app


def generated(rows: int) -> Iterator[Row]:
    """Yield nested rows, of which only a part exists at a time."""
    for start in range(0, rows, _PART):
        yield from nested_rows(min(_PART, rows - start))


class Worker:
    """A process that answers on a port, asked one request at a time.

    :param port: Of a server on loopback with one worker process of one thread.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._proc = Path("/proc", self.ask("nested", rows=1)[0])

    def ask(self, path: str, *, rows: int) -> tuple[str, int]:
        """Ask once and read the answer to its end without keeping it.

        :return: Id of the process, and the size of the answer in bytes.
        :raises RuntimeError: If it is no 200.
        """
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
        with contextlib.closing(asking):
            asking.request("GET", f"/{path}?rows={rows}")
            answer = asking.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"/{path}?rows={rows} answered {answer.status}: {answer.read(500)!r}")
            size = 0
            while part := answer.read(_READ):
                size += len(part)
            return answer.headers["X-Worker"], size

    def resident(self) -> float:
        """Megabytes it has in memory once the last answer is put away."""
        # The last byte is read before the worker lets go of the body; with one thread, not before the next answer.
        self.ask("nested", rows=1)
        return self._status("VmRSS")

    def peak(self) -> float:
        """Megabytes it had at most since :meth:`forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Let the peak begin with what is resident now. Source: proc_pid_clear_refs(5)."""
        self._proc.joinpath("clear_refs").write_text("5")

    def _status(self, name: str) -> float:
        lines = self._proc.joinpath("status").read_text().splitlines()
        line = next(line for line in lines if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024 / 1e6


def series(
    worker: Worker, path: str, *, rows: int, requests: int, warm_up: int = WARM_UP, every: int = EVERY
) -> list[float]:
    """Ask again and again, after a warm-up.

    :return: Megabytes resident after every so many requests.
    """
    for _ in range(warm_up):
        worker.ask(path, rows=rows)
    samples = []
    for number in range(1, requests + 1):
        worker.ask(path, rows=rows)
        if number % every == 0:
            samples.append(worker.resident())
    return samples


def growth(samples: Sequence[float]) -> float:
    """Tell how much the median of the last quarter is above that of the first, as a share of it."""
    size = max(1, len(samples) // 4)
    return median(samples[-size:]) / median(samples[:size]) - 1


def streaming(worker: Worker, *, rows: int) -> tuple[float, int]:
    """Read rows from a generator once, after a very small answer of the same kind.

    :return: Megabytes at the peak above those resident before, and the size of the answer in bytes.
    """
    worker.ask("stream", rows=10)
    before = worker.resident()
    worker.forget_peak()
    _, size = worker.ask("stream", rows=rows)
    return worker.peak() - before, size


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the series."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=200, help="requests of each case, after a warm-up (200)")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of each answer (100000)")
    parser.add_argument("--stream", type=int, default=1_000_000, help="rows of the one long stream (1000000)")
    parser.add_argument("--only", action="append", choices=CASES, help="a case to measure; repeatable (all)")
    options = parser.parse_args(arguments)
    with serving("memory", threads=1) as server:
        extra, size = streaming(Worker(server.port), rows=options.stream)
    verdict = "met" if extra <= STREAM_MEGABYTES else "MISSED"
    print(f"{options.stream} rows from a generator, {size / 1e6:.0f} MB of JSON")
    print(f"  {extra:.1f} MB more than before at the peak  <= {STREAM_MEGABYTES} {verdict}", flush=True)
    for case in options.only or CASES:
        with serving("memory", threads=1) as server:
            samples = series(Worker(server.port), case, rows=options.rows, requests=options.requests)
        print(f"{case}: {options.requests} requests of {options.rows} rows, MB after every {EVERY}")
        print("  " + " ".join(f"{sample:.0f}" for sample in samples))
        verdict = "met" if growth(samples) <= GROWTH else "MISSED"
        print(f"  {growth(samples):+.1%} from the first quarter to the last  <= {GROWTH:.0%} {verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
