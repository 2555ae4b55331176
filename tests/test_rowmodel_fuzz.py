"""Every engine answers every request as the plain-Python engine does.

In CI a bounded share. ``ROWMODEL_FUZZ_ROWS``, ``ROWMODEL_FUZZ_REQUESTS`` and ``ROWMODEL_FUZZ_SEED`` choose the size of
the table, the number of requests and the first seed; run as a script the same are arguments, and all engines take
turns: ``python tests/test_rowmodel_fuzz.py --rows 300 --requests 20000 --seed 1``.
"""

import argparse
import contextlib
import json
import os
import time

import pytest
from rowmodel_data import COLUMNS, ENGINES, NOW, RULES, WAREHOUSES, Requests, difference, made, python_source, rows_of

from flask_openbb.rowmodel import Guard, Limits, Rules, answer, parse_request

ROWS = int(os.environ.get("ROWMODEL_FUZZ_ROWS", "120"))
REQUESTS = int(os.environ.get("ROWMODEL_FUZZ_REQUESTS", "300"))
SEED = int(os.environ.get("ROWMODEL_FUZZ_SEED", "0"))
DEEP = Rules(limits=Limits(page=5_000, deep=4))
"""Nearly every page is deep: read from the end that is nearer, its keys first."""


def compare(sources, oracle, rows, seed):
    """Ask all engines one random request; how many rows it had."""
    body = Requests(seed, rows).make()
    request = parse_request(body, COLUMNS, rules=RULES, now=NOW)
    expected = answer(oracle, request, rules=RULES)
    rules = DEEP if seed % 2 else RULES
    for name, source in sources.items():
        try:
            found = difference(expected, answer(source, request, rules=rules, guard=Guard(None)))
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {json.dumps(body)}") from error
        assert found is None, f"{name}, seed {seed}: {json.dumps(body)}\n{found}"
    return len(expected.rows)


@pytest.mark.parametrize(("rows", "requests"), [(0, 40), (1, 40), (ROWS, REQUESTS)], ids=["none", "one", "many"])
@pytest.mark.parametrize("engine", [*ENGINES, *WAREHOUSES])
def test_every_engine_answers_as_plain_python(engine, rows, requests):
    table = rows_of(rows)
    with made(engine, table) as source:
        assert source.columns.names == COLUMNS.names
        oracle = python_source(table)
        answered = [compare({engine: source}, oracle, table, seed) for seed in range(SEED, SEED + requests)]
    # Requests that find nothing prove nothing.
    assert rows < ROWS or sum(map(bool, answered)) > requests / 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engines", nargs="*", default=(*ENGINES, *WAREHOUSES))
    given = parser.parse_args()
    table, began, found = rows_of(given.rows, given.seed), time.monotonic(), 0
    with contextlib.ExitStack() as stack:
        sources = {name: stack.enter_context(made(name, table)) for name in given.engines}
        oracle = python_source(table)
        for seed in range(given.seed, given.seed + given.requests):
            found += bool(compare(sources, oracle, table, seed))
    print(f"{', '.join(given.engines)}: seeds {given.seed} to {seed}, {given.rows} rows: no difference in")
    print(f"{given.requests} requests, {found} of which had rows, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
