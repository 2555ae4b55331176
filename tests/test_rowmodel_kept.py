"""rowmodel/kept.py: statements are kept, but not for ever, and none that is large."""

import gc

import pytest
import sqlalchemy as sa
from rowmodel_data import made, rows_of

from flask_openbb.rowmodel import Counts, answer, export, narrow, parse_request
from flask_openbb.rowmodel.kept import LARGEST, STATEMENT, Kept, weight_of
from flask_openbb.rowmodel.plan import Groups, Leaves, Measure
from flask_openbb.rowmodel.request import EVERYTHING, And, Compare, OneOf, Or, TextMatch


def test_the_one_longest_unused_goes_first():
    kept, made_of = Kept(most=30), []

    def get(shape, weight=10):
        return kept.get(shape, lambda: made_of.append(shape) or object(), lambda: weight)

    first = get("a")
    assert get("a") is first
    get("b")
    get("c")
    get("a")
    get("d")  # and b goes
    assert made_of == ["a", "b", "c", "d"]
    assert get("a") is first
    get("b")
    assert made_of == ["a", "b", "c", "d", "b"]
    assert kept.weight == 30
    get("heavy", 25)
    assert kept.weight == 25
    get("a")
    assert made_of[-1] == "a"


def test_what_is_too_large_is_made_each_time():
    kept = Kept()
    assert kept.get("x", object, lambda: LARGEST + 1) is not kept.get("x", object, lambda: LARGEST + 1)
    assert kept.weight == 0
    assert kept.get("x", object, lambda: LARGEST) is kept.get("x", object, lambda: LARGEST)


def test_a_shape_made_twice_at_once_weighs_once():
    kept = Kept()
    inner = kept.get("x", lambda: kept.get("x", lambda: "inner", lambda: 10) + " outer", lambda: 10)
    assert inner == "inner outer"
    assert kept.weight == 10


def test_weights():
    price, many = Compare("price", "eq", 1), OneOf("desk", tuple("abc"))
    assert weight_of(EVERYTHING, 8) == 19
    assert weight_of(And((price, Or((many, TextMatch("desk", "contains", "x"))))), 8) == 23
    measures = (Measure("price", "sum"), Measure("price", "avg"))
    assert weight_of(price, 8, Groups("desk", price, measures, (), 0, 10)) == 27
    assert weight_of(price, 8, Leaves(price, (), 0, 10)) == 19


def test_no_total_of_a_large_filter_is_kept():
    counts = Counts()
    for size, total in ((LARGEST - STATEMENT, 7), (LARGEST, None)):
        plan = Leaves(OneOf("desk", tuple(range(size))), (), 0, 10)
        counts.put("source", plan, 7)
        assert counts.get("source", plan) == total


def sets(sizes):
    return [
        {"filterModel": {"desk": {"filterType": "set", "values": [f"v{n}" for n in range(size)]}}} for size in sizes
    ]


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_sets_of_many_lengths_leave_nothing_large_behind(engine):
    with made(engine, rows_of(20)) as source:
        for body in sets([1, 2, 2, 3]):
            answer(source, parse_request(body, source.columns))
        kept = source.engine._kept
        small = kept.weight
        assert small == sum(10 + len(source.columns) + size for size in (1, 2, 3))
        for body in sets(range(2_000, 2_020)):
            answer(source, parse_request(body, source.columns))
            assert list(export(source, parse_request(body, source.columns))) == []
        assert kept.weight == small
        gc.collect()
        if engine == "duckdb":
            assert len(source.engine._compiled) == len(kept._held)
        else:
            assert len(source.engine.bind._compiled_cache) < 10


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_what_narrows_a_source_shares_its_bound(engine):
    with made(engine, rows_of(20)) as source:
        table = source.engine.relation.selectable
        one, other = (narrow(source, sa.select(table).where(table.c.desk == desk)) for desk in ("fx", "rates"))
        assert [row["desk"] for row in answer(one, parse_request({}, one.columns)).rows].count("rates") == 0
        assert [row["desk"] for row in answer(other, parse_request({}, other.columns)).rows].count("fx") == 0
        assert one.engine._kept is other.engine._kept is source.engine._kept
        assert len(source.engine._kept._held) == 2
