"""shape/flatten.py: nested rows become flat ones and no leaf is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import typing
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape.flatten import MAX_DEPTH, flatten


@dataclasses.dataclass
class Venue:
    code: str
    country: str


class Range(typing.NamedTuple):
    low: float
    high: float


DAY = dt.date(2024, 1, 31)

CASES = [
    ("nothing", [], []),
    ("empty row", [{}], [{}]),
    ("flat", [{"a": 1, "b": "x"}], [{"a": 1, "b": "x"}]),
    ("nested", [{"a": {"b": {"c": 1}, "d": 2}, "e": 3}], [{"a_b_c": 1, "a_d": 2, "e": 3}]),
    ("later keys", [{"a": 1}, {"b": 2, "a": 3}], [{"a": 1, "b": None}, {"a": 3, "b": 2}]),
    ("empty mapping", [{"a": {}, "b": 1}], [{"a": None, "b": 1}]),
    ("null, then mapping", [{"a": None}, {"a": {"b": 1}}], [{"a_b": None}, {"a_b": 1}]),
    ("mapping, then null", [{"a": {"b": 1}}, {"a": None}], [{"a_b": 1}, {"a_b": None}]),
    ("NaN, then mapping", [{"a": float("nan")}, {"a": {"b": 1}}], [{"a_b": None}, {"a_b": 1}]),
    ("empty, then mapping", [{"a": {}}, {"a": {"b": 1}}], [{"a_b": None}, {"a_b": 1}]),
    ("null below", [{"a": {"b": None}}, {"a": {"b": {"c": 1}}}], [{"a_b_c": None}, {"a_b_c": 1}]),
    ("only nulls", [{"a": None}, {"a": {}}], [{"a": None}, {"a": None}]),
    ("mapping of nulls", [{"a": None}, {"a": {"b": None}}], [{"a_b": None}, {"a_b": None}]),
    (
        "scalar, null and mapping",
        [{"a": 1}, {"a": None}, {"a": {"b": 2}}],
        [{"a": 1, "a_b": None}, {"a": None, "a_b": None}, {"a": None, "a_b": 2}],
    ),
    ("keys", [{1: "x", "a": {None: 1, DAY: 2}}], [{"1": "x", "a_null": 1, "a_2024-01-31": 2}]),
    ("tuple keys", [{("a", "b"): 1}], [{"a_b": 1}]),
    (
        "records",
        [{"v": Venue("X", "US"), "r": Range(1, 2)}],
        [{"v_code": "X", "v_country": "US", "r_low": 1, "r_high": 2}],
    ),
    ("flat, another order", [{"a": 1, "b": 2}, {"b": 3, "a": 4}], [{"a": 1, "b": 2}, {"a": 4, "b": 3}]),
    ("flat, other keys", [{1: "x"}, {1: "y"}], [{"1": "x"}, {"1": "y"}]),
    ("list of text", [{"a": ["x", "y"]}], [{"a": "x, y"}]),
    ("list of scalars", [{"a": [1, None, True, 1.5, "x"]}], [{"a": "1, , true, 1.5, x"}]),
    ("list of values", [{"a": (DAY, Decimal("1.10"), 2**60, float("nan"))}], [{"a": f"2024-01-31, 1.1, {2**60}, "}]),
    ("list of one text", [{"a": [""]}], [{"a": None}]),
    ("empty list", [{"a": []}], [{"a": None}]),
    ("set", [{"a": {"y", "x"}}], [{"a": "x, y"}]),
    ("array", [{"a": np.array([1, 2]), "b": pd.Series([1.5])}], [{"a": "1, 2", "b": "1.5"}]),
    ("list of mappings", [{"a": [{"b": 1}, {"b": None}]}], [{"a": '[{"b":1},{"b":null}]'}]),
    ("list of records", [{"a": [Range(1, 2)]}], [{"a": '[{"low":1,"high":2}]'}]),
    ("list of lists", [{"a": [[1, 2], []]}], [{"a": "[[1,2],[]]"}]),
    ("frame", [{"a": pd.DataFrame({"b": [1]})}], [{"a": '[{"b":1}]'}]),
    ("other values", [{"a": DAY, "b": b"x", "c": np.int64(1)}], [{"a": DAY, "b": b"x", "c": np.int64(1)}]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "flat"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_flatten(rows, flat):
    found = flatten(rows)
    assert found == flat
    assert [list(row) for row in found] == [list(row) for row in flat]


@pytest.mark.parametrize(
    ("cell", "text"),
    [([], "[]"), (["x", "y"], '["x","y"]'), ([1, None], "[1,null]"), ([{"b": 1}], '[{"b":1}]')],
    ids=str,
)
def test_lists_as_json(cell, text):
    assert flatten([{"a": cell}], lists="json") == [{"a": text}]


def test_separator():
    assert flatten([{"a": {"b": 1}, ("c", "d"): 2}], sep="__") == [{"a__b": 1, "c__d": 2}]


def test_whole_columns_keep_hover_cards_and_sparklines():
    rows = [
        {"card": {"value": 1, "markdown": "m"}, "p": {"spark": [1, 2], "x": {"y": 1}}},
        {"card": None, "p": {"spark": None}},
    ]
    assert flatten(rows, whole={"card", "p_spark"}) == [
        {"card": {"value": 1, "markdown": "m"}, "p_spark": [1, 2], "p_x_y": 1},
        {"card": None, "p_spark": None, "p_x_y": None},
    ]


@pytest.mark.parametrize(
    ("rows", "first", "second"),
    [
        ([{"a": {"b": 1}, "a_b": 2}], "a.b", "a_b"),
        ([{"a_b": 2}, {"a": {"b": 1}}], "a_b", "a.b"),
        ([{"a": {"b_c": 1}, "a_b": {"c": 1}}], "a.b_c", "a_b.c"),
        ([{"a": {1: "x", "1": "y"}}], "a.1 (int)", "a.1"),
        ([{"a_b": None}, {"a": {"b": None}}], "a_b", "a.b"),
    ],
    ids=["row", "rows", "depth", "types", "nulls"],
)
def test_two_paths_to_one_name_are_refused(rows, first, second):
    with pytest.raises(ShapeError) as caught:
        flatten(rows)
    assert f"{first!r} and {second!r}. Rename one of them" in str(caught.value)


def nest(levels, leaf):
    for _ in range(levels):
        leaf = {"k": leaf}
    return leaf


def test_depth_and_cycles():
    assert flatten([nest(MAX_DEPTH, 1)]) == [{"_".join("k" * MAX_DEPTH): 1}]
    knot: dict[str, typing.Any] = {}
    knot["k"] = knot
    for row in (nest(MAX_DEPTH + 2, 1), nest(9000, 1), knot):
        with pytest.raises(
            ShapeError, match=r"'k\.k\.k\.k\.k'… is nested more than 100 levels deep, or contains itself"
        ):
            flatten([row])


@pytest.mark.parametrize("bad", [object(), b"secret", "\ud800"], ids=["object", "bytes", "surrogate"])
def test_a_list_without_json_form_is_named(bad):
    with pytest.raises(EncodeError, match=r"the list in column 'a\.b' has no JSON form") as caught:
        flatten([{"a": {"b": [1, bad]}}])
    assert "secret" not in str(caught.value)


def test_a_list_that_contains_itself_is_refused():
    knot: list[typing.Any] = []
    knot.append(knot)
    with pytest.raises(EncodeError, match="the list in column 'a' has no JSON form"):
        flatten([{"a": knot}])


@pytest.mark.parametrize("sep", [".", "a.b", "", None, 1], ids=repr)
def test_bad_separators_are_refused_with_the_reason(sep):
    with pytest.raises(ShapeError, match="which is a path to stock AG Grid and a letter to Workspace"):
        flatten([], sep=sep)


def test_unknown_ways_of_writing_lists_are_refused():
    with pytest.raises(ShapeError, match=r"lists='glue' is not known\. Use one of: join, json, index, explode, keep"):
        flatten([], lists=typing.cast("typing.Any", "glue"))
    with pytest.raises(ShapeError, match="lists='glue' for column 'a' is not known"):
        flatten([], lists={"a": typing.cast("typing.Any", "glue")})


def test_rows_are_not_changed():
    rows = [{"a": {"b": [1]}}, {}]
    flatten(rows)
    assert rows == [{"a": {"b": [1]}}, {}]


# Keys without "_" make every path's name unique.
KEYS = st.text(alphabet="abcdé .", min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
TREES = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8), max_size=4
)


def leaves(tree, above=()):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield "_".join((*above, key)), value


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES, max_size=5))
def test_no_leaf_is_lost_and_none_is_invented(rows):
    flat = flatten(rows)
    assert len(flat) == len(rows)
    for tree, row in zip(rows, flat, strict=True):
        found = {name: value for name, value in row.items() if value is not None}
        assert found == {name: value for name, value in leaves(tree) if value is not None}
        assert list(row) == list(flat[0])


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_the_leaves_of_one_row_keep_their_order(tree):
    names = [name for name, _ in leaves(tree)]
    assert [name for name in flatten([tree])[0] if name in names] == names


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=4))
def test_flat_rows_stay_as_they_are(rows):
    flat = flatten(rows)
    assert flatten(flat) == flat


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES | st.lists(LEAVES, max_size=2), min_size=1, max_size=4))
def test_structured_lists_are_json_of_themselves(cell):
    assume(any(isinstance(item, (dict, list)) for item in cell))
    (row,) = flatten([{"a": cell}])
    again = json.loads(row["a"])
    assert len(again) == len(cell)
    assert [type(item) for item in again if isinstance(item, (dict, list))] == [
        type(item) for item in cell if isinstance(item, (dict, list))
    ]


# Lists, depth and selection

LISTS = [
    ("index", "index", [{"t": ["x", "y"]}, {"t": ["z"]}], [{"t_0": "x", "t_1": "y"}, {"t_0": "z", "t_1": None}]),
    ("index of mappings", "index", [{"t": [{"p": 1}, {"q": 2}]}], [{"t_0_p": 1, "t_1_q": 2}]),
    ("index of lists", "index", [{"t": [[1, 2], 3]}], [{"t_0_0": 1, "t_0_1": 2, "t_1": 3}]),
    ("index, empty", "index", [{"t": []}, {"t": [1]}], [{"t_0": None}, {"t_0": 1}]),
    ("index, only empty", "index", [{"t": [], "a": 1}], [{"t": None, "a": 1}]),
    ("index, null", "index", [{"t": None}, {"t": [1]}], [{"t_0": None}, {"t_0": 1}]),
    ("index, scalar", "index", [{"t": 5}, {"t": [1]}], [{"t": 5, "t_0": None}, {"t": None, "t_0": 1}]),
    ("index, mapping of ints", "index", [{"t": [1]}, {"t": {0: 2}}], [{"t_0": 1}, {"t_0": 2}]),
    ("explode", "explode", [{"a": 1, "t": ["x", "y"]}], [{"a": 1, "t": "x"}, {"a": 1, "t": "y"}]),
    (
        "explode mappings",
        "explode",
        [{"a": 1, "t": [{"p": 1}, {"q": {"r": 2}}]}],
        [{"a": 1, "t_p": 1, "t_q_r": None}, {"a": 1, "t_p": None, "t_q_r": 2}],
    ),
    (
        "explode, empty and null",
        "explode",
        [{"t": []}, {"t": None}, {"t": [1, 2]}, {"t": 5}],
        [{"t": None}, {"t": None}, {"t": 1}, {"t": 2}, {"t": 5}],
    ),
    (
        "explode side by side",
        "explode",
        [{"t": [1, 2], "u": ["x", "y"], "v": []}],
        [{"t": 1, "u": "x", "v": None}, {"t": 2, "u": "y", "v": None}],
    ),
    (
        "explode in mappings",
        "explode",
        [{"a": {"t": [{"u": [1, 2]}, {"u": [3]}]}}],
        [{"a_t_u": 1}, {"a_t_u": 2}, {"a_t_u": 3}],
    ),
    ("explode lists", "explode", [{"t": [[1, 2], (3,)]}], [{"t": "1, 2"}, {"t": "3"}]),
    ("keep", "keep", [{"t": [1, {"a": [2]}]}, {"t": []}], [{"t": [1, {"a": [2]}]}, {"t": []}]),
    ("json", "json", [{"t": [1]}, {"t": "x"}], [{"t": "[1]"}, {"t": "x"}]),
    (
        "by column",
        {"t": "index", "a_u": "keep", "v": "json"},
        [{"t": [1], "a": {"u": [2]}, "v": [3], "w": [4, 5]}],
        [{"t_0": 1, "a_u": [2], "v": "[3]", "w": "4, 5"}],
    ),
    ("by column and the rest", {"t": "join", "*": "json"}, [{"t": [1], "u": [2]}], [{"t": "1", "u": "[2]"}]),
]


@pytest.mark.parametrize(("lists", "rows", "flat"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_lists(lists, rows, flat):
    found = flatten(rows, lists=lists)
    assert found == flat
    assert [list(row) for row in found] == [list(row) for row in flat]


def test_lists_that_cannot_be_exploded_together():
    with pytest.raises(
        ShapeError, match=r"the lists 't' and 'a\.u' of one row have 1 and 2 items, and cannot be exploded side by side"
    ):
        flatten([{"t": [1], "a": {"u": [1, 2]}}], lists="explode")


@pytest.mark.parametrize("lists", ["index", "explode", "json", "join"])
def test_a_list_in_itself_ends(lists):
    knot: list[typing.Any] = [1]
    knot.append(knot)
    with pytest.raises(EncodeError, match=r"in column 'a.* has no JSON form"):
        flatten([{"a": knot}], lists=lists)


def test_collisions_of_items_name_both_paths():
    with pytest.raises(ShapeError, match=r"two paths give the column 't_0': 't\.0 \(int\)' and 't_0'"):
        flatten([{"t": [1], "t_0": 2}], lists="index")


@pytest.mark.parametrize(
    ("depth", "flat"),
    [
        (1, {"a": '{"b":{"c":{"d":1}},"e":2}', "f": 3, "t": '[{"g":1}]'}),
        (2, {"a_b": '{"c":{"d":1}}', "a_e": 2, "f": 3, "t_0": '{"g":1}'}),
        (3, {"a_b_c": '{"d":1}', "a_e": 2, "f": 3, "t_0_g": 1}),
        (4, {"a_b_c_d": 1, "a_e": 2, "f": 3, "t_0_g": 1}),
        (None, {"a_b_c_d": 1, "a_e": 2, "f": 3, "t_0_g": 1}),
    ],
    ids=str,
)
def test_max_depth(depth, flat):
    row = {"a": {"b": {"c": {"d": 1}}, "e": 2}, "f": 3, "t": [{"g": 1}]}
    assert flatten([row], max_depth=depth, lists="index") == [flat]


def test_a_deep_value_without_json_form_is_named():
    with pytest.raises(EncodeError, match=r"the value in column 'a\.b' has no JSON form"):
        flatten([{"a": {"b": {"c": b"x"}}}], max_depth=2)


@pytest.mark.parametrize("depth", [0, -1, 101, True, 1.0, "2"], ids=repr)
def test_wrong_depths(depth):
    with pytest.raises(ShapeError, match=rf"max_depth={depth!r} is not a number of levels\. Use an int from 1 to 100"):
        flatten([], max_depth=depth)


WIDE = [{"a": {"b": 1}, "c": 2, "d": 3}, {"e": 4}]


@pytest.mark.parametrize(
    ("select", "first"),
    [
        (["d", "a_b"], {"d": 3, "a_b": 1}),
        (("c",), {"c": 2}),
        ({"price": "a_b", "c": "d"}, {"price": 1, "c": 3}),
        (["d", "*"], {"d": 3, "a_b": 1, "c": 2, "e": None}),
        ({"*": "*", "first": "a_b"}, {"c": 2, "d": 3, "e": None, "first": 1}),
        ({"x": "c", "y": "c"}, {"x": 2, "y": 2}),
        (["c", "unknown"], {"c": 2, "unknown": None}),
    ],
    ids=str,
)
def test_select(select, first):
    found = flatten(WIDE, select=select)[0]
    assert found == first
    assert list(found) == list(first)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ([], r"select=\[\] names no columns"),
        ("a", "select='a' names no columns"),
        ([1], r"select=\[1\] names no columns"),
        ({"a": None}, "names no columns"),
        (5, "select=5 names no columns"),
        (["a", "b", "a"], "select= names 'a' twice"),
        ({"*": "a"}, r"renames '\*', which stands for all other columns"),
        ({"a": "*"}, r"renames '\*'"),
        ({"c": "a_b", "*": "*"}, "the columns 'a_b' and 'c' would both be called 'c'"),
    ],
    ids=repr,
)
def test_wrong_selections(select, message):
    with pytest.raises(ShapeError, match=message):
        flatten(WIDE, select=select)


def test_whole_is_a_collection():
    with pytest.raises(ShapeError, match="whole='a' is text"):
        flatten([], whole="a")


@settings(max_examples=100, deadline=None)
@given(st.lists(TREES | st.dictionaries(KEYS, st.lists(LEAVES, max_size=3), max_size=3), max_size=4))
def test_index_loses_no_item(rows):
    for tree, row in zip(rows, flatten(rows, lists="index"), strict=True):
        expected = {}
        for name, value in leaves(tree):
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            expected |= {name if place is None else f"{name}_{place}": item for place, item in items}
        found = {name: value for name, value in row.items() if value is not None}
        assert found == {name: value for name, value in expected.items() if value is not None}
