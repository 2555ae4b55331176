"""Rows to JSON without a server, as ratios: ``python -m benchmarks.shape [--rounds N] [--rows N] [--only CASE]``.

Owns the cases, the memory of a stream, and their table. Everything is compared with ``orjson.dumps`` of the same rows
already flat, in the same process: the contestants take turns within each round, in reverse order every second round,
and the ratio is the median of the rounds' ratios. Times are the processor's, of all threads, which hardly depend on
what else the machine does. Nothing here is a test: the exit code is 0 whether or not a target is met.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from flask_openbb.shape.bodies import Shaping, table
from flask_openbb.shape.encode import dumps
from flask_openbb.shape.layout import Layout
from flask_openbb.shape.stream import dump_rows

from .data import ROWS, Row, flat_rows, nested_rows

SHAPING = Shaping("rows")
STREAMED = 1_000_000
MOST_MEMORY = 64.0
"""Megabytes that a stream of :data:`STREAMED` rows may take."""


@dataclass(frozen=True)
class Case:
    """One way from rows to JSON."""

    name: str
    title: str
    run: Callable[[], Any]
    most: float | None = None
    """How many times orjson's time it may take; None where no target is set."""
    base: str = "orjson"
    """The case it is compared with."""


def prices(count: int = ROWS) -> list[Row]:
    """Rows with long numbers and another place for the mapping, as a price service has them."""
    draw = random.Random(7).random
    return [
        {
            "id": number,
            "symbol": f"S{number % 500:03d}",
            "name": f"Company {number}",
            "price": {"open": 100 * draw(), "high": 100 * draw(), "low": 100 * draw(), "close": 100 * draw()},
            "volume": number * 13,
        }
        for number in range(count)
    ]


def naive(rows: Sequence[Row]) -> list[Row]:
    """What one writes first: recursion, and then all columns for every row."""

    def walk(row: Row, above: str) -> Iterator[tuple[str, Any]]:
        for key, value in row.items():
            if isinstance(value, dict):
                yield from walk(value, f"{above}{key}_")
            else:
                yield above + key, value

    flat = [dict(walk(row, "")) for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    return [{name: row.get(name) for name in names} for row in flat]


def cases(count: int) -> list[Case]:
    """The contestants; those whose library is missing are left out."""
    nested, flat, dear = nested_rows(count), flat_rows(count), prices(count)
    dear_flat = naive(dear)
    gappy = [row if number % 10 else {**row, "price": None} for number, row in enumerate(nested)]
    lacking = [row if number % 10 else {**row, "trade": {"volume": 1}} for number, row in enumerate(nested)]
    tagged = [{**row, "tags": ["a", "b"]} for row in nested]
    big = [{**row, "id": 2**60 + number} for number, row in enumerate(nested)]
    braces = [{**row, "day": "{[]}"} for row in nested]
    mixed = [row if number % 100 else {**row, "price": 1.5} for number, row in enumerate(nested)]

    def ours(rows: Any) -> bytes:
        return dumps(table(rows, SHAPING))

    found = [
        Case("orjson", "orjson.dumps, rows already flat", lambda: orjson.dumps(flat)),
        Case("flat", "flat rows, every row checked", lambda: ours(flat), 2.0),
        Case("nested", "nested rows, flattened and checked", lambda: ours(nested), 3.0),
        Case("orjson-prices", "orjson.dumps, long numbers", lambda: orjson.dumps(dear_flat)),
        Case("flat-prices", "flat rows, long numbers", lambda: ours(dear_flat), 2.0, "orjson-prices"),
        Case("prices", "nested rows, long numbers", lambda: ours(dear), 3.0, "orjson-prices"),
        Case("generator", "nested rows from a generator", lambda: b"".join(table(iter(nested), SHAPING))),
        Case("nulls", "one mapping in ten is null", lambda: ours(gappy)),
        Case("lacking", "one mapping in ten lacks a key", lambda: ours(lacking)),
        Case("lists", "a column of lists", lambda: ours(tagged)),
        Case("ids", "a column of ints beyond 2^53", lambda: ours(big)),
        Case("braces", "a column of text with brackets", lambda: ours(braces)),
        Case("mixed", "one row in a hundred of another shape", lambda: ours(mixed)),
        Case("naive", "naive recursion, then orjson", lambda: orjson.dumps(naive(nested))),
    ]
    if importlib.util.find_spec("pandas"):
        import pandas as pd  # noqa: PLC0415 - it may be missing

        def by_pandas() -> str:
            return str(pd.json_normalize(nested, sep="_").to_json(orient="records"))

        found.append(Case("pandas", "pandas.json_normalize + to_json", by_pandas))
    if importlib.util.find_spec("polars"):
        import polars as pl  # noqa: PLC0415 - it may be missing

        def by_polars() -> str:
            frame = pl.json_normalize(nested, separator="_", infer_schema_length=None)
            return frame.write_json()

        def by_polars_structs() -> str:
            frame = pl.DataFrame(nested)
            for name in ("price", "trade"):
                frame = frame.with_columns(pl.col(name).name.prefix_fields(f"{name}_")).unnest(name)
            return frame.write_json()

        found.append(Case("polars", "polars.json_normalize + write_json", by_polars))
        found.append(Case("polars-structs", "polars.DataFrame, unnest + write_json", by_polars_structs))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and print their table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shape", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="rounds (21)")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of each answer ({ROWS:,})")
    parser.add_argument("--only", action="append", metavar="CASE", help="may be repeated; 'memory' is one")
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.stream is not None:
        print(_stream(options.stream))
        return 0
    every = cases(options.rows)
    _compare(every)
    chosen = [case for case in every if not options.only or case.name in options.only]
    bases = {case.base for case in chosen}
    run = [case for case in every if case in chosen or case.name in bases]
    if run:
        _report(run, _measure(run, options.rounds))
    if not options.only or "memory" in options.only:
        _report_memory()
    return 0


def _compare(every: Sequence[Case]) -> None:
    """Make sure that those who do the same work write the same."""
    said = {case.name: json.loads(case.run()) for case in every}
    for name in ("flat", "nested", "generator", "naive", "pandas", "polars-structs"):
        if name in said and said[name] != said["orjson"]:
            raise SystemExit(f"{name} writes something else than the rows.")
    if not said["prices"] == said["flat-prices"] == said["orjson-prices"]:
        raise SystemExit("prices differ.")


def _measure(every: Sequence[Case], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {case.name: [] for case in every}
    for turn in range(rounds):
        for case in every if turn % 2 == 0 else reversed(every):
            gc.collect()
            start = time.process_time()
            case.run()
            times[case.name].append(time.process_time() - start)
    return times


def _report(every: Sequence[Case], times: dict[str, list[float]]) -> None:
    print(f"{'case':<42} {'ms':>7} {'times orjson':>13} {'(quartiles)':>14}  target\n" + "-" * 92)
    for case in every:
        ratios = sorted(mine / base for mine, base in zip(times[case.name], times[case.base], strict=True))
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        verdict = "-"
        if case.most is not None:
            verdict = f"<= {case.most:g} {'met' if median(ratios) <= case.most else 'MISSED'}"
        spread = f"({low:.2f}-{high:.2f})"
        print(
            f"{case.title:<42} {1000 * median(times[case.name]):7.2f} {median(ratios):13.2f} {spread:>14}  {verdict}",
            flush=True,
        )


def _stream(count: int) -> float:
    """Megabytes of memory that writing a generator takes at its highest, in this process."""
    rows = nested_rows(1000)
    sum(map(len, dump_rows(iter(rows[:50]), Layout())))
    before = _peak()
    generator = ({**rows[number % 1000], "id": number} for number in range(count))
    sum(map(len, dump_rows(generator, Layout())))
    return _peak() - before


def _peak() -> float:
    # Not getrusage(): its maximum starts with that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _report_memory() -> None:
    command = [sys.executable, "-m", "benchmarks.shape", "--stream", str(STREAMED)]
    start = time.perf_counter()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    took = time.perf_counter() - start
    verdict = "met" if float(said) <= MOST_MEMORY else "MISSED"
    found = f"{float(said):.1f} MB more, {took:.1f} s  <= {MOST_MEMORY:g} MB {verdict}"
    print(f"\n{STREAMED:,} rows from a generator: {found}")


if __name__ == "__main__":
    sys.exit(main())
