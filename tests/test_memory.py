"""Memory does not grow with the number of requests, nor with the length of a stream.

``benchmarks.memory`` has the app and the measuring, and runs it for longer.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from servers import Gunicorn

from benchmarks import memory

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads a process's memory from /proc")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[memory.Worker]:
    """The one worker of a gunicorn."""
    options = ["--workers=1", "--threads=1"]
    # So that what is resident is what is held: glibc gives large buffers back at once, and keeps none to use again.
    env = {"MALLOC_MMAP_THRESHOLD_": "131072"}
    server = Gunicorn("benchmarks.memory:create_app()", tmp_path, env=env, options=options)
    try:
        server.wait()
        yield memory.Worker(server.port)
    finally:
        server.stop()


@on_linux
def test_a_worker_stays_as_it_is_for_thirty_large_answers(worker: memory.Worker) -> None:
    samples = memory.series(worker, "nested", rows=50_000, requests=30, warm_up=5, every=1)
    assert memory.growth(samples) < 0.05, samples


@on_linux
def test_a_million_rows_from_a_generator_take_little_memory(worker: memory.Worker) -> None:
    extra, size = memory.streaming(worker, rows=1_000_000)
    assert size > 150_000_000
    assert extra < memory.STREAM_MEGABYTES


@pytest.mark.parametrize(("case", "tolerance"), [("nested", 10), ("stream", 10), ("changing", 300)])
def test_requests_leave_nothing_behind(case: str, tolerance: int) -> None:
    # Counted to the byte, where a resident page hides a small leak; but only what Python allocates.
    client = memory.create_app().test_client()

    def used_after(requests: int) -> int:
        for _ in range(requests):
            answer = client.get(f"/{case}?rows=20")
            assert answer.status_code == 200
            assert len(answer.json) == 20
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        # Caches of what was seen last fill up first, and may then be a little larger in a round; a leak shows in each.
        used = [used_after(requests) for requests in (600, 100, 100, 100)]
    finally:
        tracemalloc.stop()
    rounds = [after - before for before, after in pairwise(used)]
    assert min(rounds) < 100 * tolerance, rounds  # bytes of 100 requests


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        ([50.0] * 20, 0.0),
        ([50.0, 51.0, 49.0, 50.0] * 5, 0.0),
        ([50.0 + number for number in range(20)], 0.288),
        ([50.0] * 10 + [60.0] * 10, 0.2),
        ([50.0, 45.0], -0.1),
    ],
    ids=["flat", "noise", "leak", "step", "two samples"],
)
def test_growth(samples: list[float], found: float) -> None:
    assert memory.growth(samples) == pytest.approx(found, abs=0.001)
