"""What the extension costs before the first request: ``python -m benchmarks.startup [--runs N] [--widgets N]``.

Owns the import time and memory of flask_openbb over those of flask, and the time from a fresh app of 1,000 widgets
to its first ``/widgets.json``. Each number is the median of runs in fresh interpreters, which take turns. Nothing
here is a test: the exit code is 0 whether or not a target is met.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from statistics import median

from .servers import ROOT

IMPORT_MILLISECONDS = 120
IMPORT_MEGABYTES = 15
BUILD_MILLISECONDS = 500

_IMPORT = """
import os, time
began, used = time.perf_counter(), time.process_time()
import {module}
took, used = time.perf_counter() - began, time.process_time() - used
pages = int(open("/proc/self/statm").read().split()[1])
print(took * 1e3, used * 1e3, pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
"""

_BUILD = """
import time
from benchmarks.ours import many_widgets
began = time.perf_counter()
app = many_widgets({count})
declared, used = time.perf_counter(), time.process_time()
answer = app.test_client().get("/widgets.json")
asked, used = time.perf_counter(), time.process_time() - used
assert answer.status_code == 200 and len(answer.get_json()) == {count}, answer.get_data(as_text=True)[:500]
print(declared - began, asked - declared, used)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="fresh interpreters for each import (15)")
    parser.add_argument("--widgets", type=int, default=1_000, help="widgets of the manifest (1000)")
    options = parser.parse_args(arguments)
    build = _BUILD.format(count=options.widgets)
    with tempfile.TemporaryDirectory() as bytecode:
        _run(build, bytecode)
        flask, ours = [], []
        for _ in range(options.runs):
            flask.append(_run(_IMPORT.format(module="flask"), bytecode))
            ours.append(_run(_IMPORT.format(module="flask_openbb"), bytecode))
        built = [_run(build, bytecode) for _ in range(max(3, options.runs // 3))]
    print(f"{'':<46} {'flask':>8} {'ours':>8} {'more':>8}  target")
    (wall, cpu, memory), (our_wall, our_cpu, our_memory) = _medians(flask), _medians(ours)
    _row("import, ms", wall, our_wall, IMPORT_MILLISECONDS)
    _row("import, ms of processor time", cpu, our_cpu, IMPORT_MILLISECONDS)
    _row("memory after the import, MB", memory, our_memory, IMPORT_MEGABYTES)
    declared, asked, used = _medians(built)
    _row(f"first /widgets.json of {options.widgets} widgets, ms", 0, asked * 1e3, BUILD_MILLISECONDS)
    _row("the same, ms of processor time", 0, used * 1e3, BUILD_MILLISECONDS)
    print(f"(declaring their views and routes took {declared * 1e3:.0f} ms before)")
    return 0


def _row(what: str, flask: float, ours: float, most: float) -> None:
    verdict = "met" if ours - flask <= most else "MISSED"
    print(f"{what:<46} {flask:8.1f} {ours:8.1f} {ours - flask:8.1f}  <= {most} {verdict}")


def _medians(runs: Sequence[Sequence[float]]) -> list[float]:
    return [median(column) for column in zip(*runs, strict=True)]


def _run(code: str, bytecode: str) -> list[float]:
    """Run code in a fresh interpreter that keeps its compiled modules in a folder, as an installed package has them."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return [float(number) for number in said.stdout.split()]


if __name__ == "__main__":
    sys.exit(main())
