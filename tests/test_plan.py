"""shape/plan.py through shape/stream.py: the fast way writes what a naive one does, and loses nothing."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import json
import types
import typing
import uuid
from decimal import Decimal
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape import plan
from flask_openbb.shape.encode import Form, dumps
from flask_openbb.shape.flatten import flatten
from flask_openbb.shape.layout import Layout
from flask_openbb.shape.stream import dump_rows, dump_table

PLAIN = Layout()
ROW = {"id": 1, "price": {"open": 1.5, "close": 2.5}, "name": "x", "trade": {"volume": 3, "venue": {"code": "N"}}}
FLAT = {"id": 1, "price_open": 1.5, "price_close": 2.5, "name": "x", "trade_volume": 3, "trade_venue_code": "N"}
MANY = 40


def refuse_constant(name):
    raise AssertionError(f"{name} is no JSON")


def read(text):
    """A strict parser's reading, keys in order."""
    return json.loads(text.decode(), parse_constant=refuse_constant, object_pairs_hook=lambda pairs: pairs)


def written(rows, layout=PLAIN):
    return dump_table(rows, layout).body


def slowly(rows, **options):
    """Row by row, never through a plan."""
    return dumps(flatten(rows, **options))


# The reference


def naive(rows):
    """Flatten the plain way: each leaf under its path, each row all columns."""
    flat = [dict(walk(row)) for row in rows]
    filled = {name for row in flat for name, value in row.items() if value is not None}
    opened = {name for row in rows for name in mappings(row)}
    names = [name for name in dict.fromkeys(chain(*flat)) if name in filled or name not in opened]
    return [{name: row.get(name) for name in names} for row in flat]


def walk(row, above=""):
    for key, value in row.items():
        leaf = [(above + key, None if value == {} else value)]
        yield from walk(value, f"{above}{key}_") if isinstance(value, dict) and value else leaf


def mappings(row, above=""):
    for key, value in row.items():
        if isinstance(value, dict) and value:
            yield above + key
            yield from mappings(value, f"{above}{key}_")


# Keys without "_" make the name of every path its own.
KEYS = st.text(alphabet="abé{[\"' \\", min_size=1, max_size=2)
TEXTS = st.text(alphabet='ab{}[]",:\\é\u2028\x00', max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
SHAPES = st.dictionaries(
    KEYS, st.recursive(st.none(), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6), max_size=4
)


@st.composite
def like(draw, shape):
    """A row of a shape, now and then without a key, with a null, or with another value in place of a mapping."""
    row = {}
    for key, inner in shape.items():
        fate = draw(st.integers(0, 40))
        if fate == 0:
            continue
        row[key] = draw(LEAVES) if inner is None or fate == 1 else None if fate == 2 else draw(like(inner))
    if draw(st.integers(0, 60)) == 0:
        row[draw(KEYS)] = draw(LEAVES | SHAPES.flatmap(like))
    return row


TABLES = SHAPES.flatmap(lambda shape: st.lists(like(shape), min_size=1, max_size=24))


@settings(max_examples=100, deadline=None)
@given(TABLES)
@example([{"a": {"b": 1}}] * MANY)
@example([{"a": {"b": 1}}] * MANY + [{"a": {"b": {"c": 1}}}])
@example([{"a": {"b": 1}}] * MANY + [{"a": {"b": {}}}])
@example([{"a": {"b": "{"}}] * MANY + [{"a": {"b": "["}}])
@example([{"a": {"b": 1}}] * MANY + [{"a": {"c": 1}}, {"a": None}, {}])
@example([{"a": {"b": 1}, "c": 2}] * MANY + [{"a": {"b": 1}}, {"a": None, "c": 3}])
@example([{"a": 1}] * MANY + [{"b": 1}, {}])
@example([{"a": None}] * MANY + [{"a": {"b": 1}}])
@example([{"a": None, "b": 1}, {"a": None, "c": 1}, {"a": None, "b": {"d": 1}}] + [{"a": {"d": 1}}] * MANY)
@example([{"a": None, "b": {"d": 1}}, {"b": {"c": 1}}, {"c": 1, "a": {"d": 1}, "é": 1}] + [{"a": {"b": 1}}] * MANY)
def test_the_fast_way_is_the_naive_way(rows):
    expected = [list(row.items()) for row in naive(rows)]
    assert read(written(rows)) == expected
    assert written(rows) == slowly(rows)


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_no_leaf_is_lost(rows):
    for row, found in zip(rows, read(written(rows)), strict=True):
        expected = {name: value for name, value in walk(row) if value is not None}
        assert {name: value for name, value in found if value is not None} == expected


# One odd row among many, or one odd value: what the plan must notice.


class Point(typing.NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class Venue:
    code: str


class Text(str):
    __slots__ = ()


class Side(enum.Enum):
    BUY = "buy"


class Level(enum.IntEnum):
    LOW = 1


class Own:
    def __json__(self):
        return {"own": [1]}


class Growing(dict):
    """Would take up any key that is only asked for."""

    def __missing__(self, key):
        self[key] = "invented"
        return self[key]


DAY = dt.date(2024, 1, 31)
NOW = dt.datetime(2024, 1, 31, 9, 30, tzinfo=dt.timezone.utc)

CELLS = [
    ("null", None),
    ("true", True),
    ("zero", 0),
    ("safe int", 2**53 - 1),
    ("unsafe int", 2**53),
    ("negative unsafe int", -(2**53)),
    ("int beyond 64 bits", 2**70),
    ("int subclass", Level.LOW),
    ("float", 0.1),
    ("whole float", 1.0),
    ("small float", 5e-324),
    ("NaN", float("nan")),
    ("Infinity", float("inf")),
    ("-Infinity", float("-inf")),
    ("text", "é"),
    ("empty text", ""),
    ("digits", "00123"),
    ("opening brace", "{"),
    ("closing brace", "}"),
    ("opening bracket", "["),
    ("JSON text", '{"a":[1,{"b":2}]}'),
    ("rows as text", '},{"price":{"open":1'),
    ("quotes", '","price":{"'),
    ("backslash", "\\"),
    ("line separator", "\u2028"),
    ("control character", "\x00"),
    ("emoji", "📈"),
    ("text subclass", Text("a{")),
    ("date", DAY),
    ("datetime", NOW),
    ("naive datetime", dt.datetime(2024, 1, 31)),
    ("time", dt.time(9, 30)),
    ("timedelta", dt.timedelta(minutes=1)),
    ("Decimal", Decimal("1.10")),
    ("long Decimal", Decimal("0.12345678901234567890")),
    ("Decimal NaN", Decimal("NaN")),
    ("UUID", uuid.UUID(int=1)),
    ("Enum", Side.BUY),
    ("empty list", []),
    ("list", [1, 2]),
    ("list of text", ["x", "y"]),
    ("list of big ints", [2**60]),
    ("list of mappings", [{"a": 1}]),
    ("list of lists", [[1], []]),
    ("empty tuple", ()),
    ("tuple", (1, None)),
    ("tuple of mappings", ({"a": 1},)),
    ("set", {3, 1}),
    ("deque", collections.deque([1])),
    ("range", range(2)),
    ("empty mapping", {}),
    ("mapping", {"deep": 1}),
    ("mapping of nulls", {"deep": None}),
    ("deep mapping", {"deep": {"er": [1]}}),
    ("mapping proxy", types.MappingProxyType({"deep": 1})),
    ("default mapping", Growing(deep=1)),
    ("NamedTuple", Point(1, 2)),
    ("dataclass", Venue("N")),
    ("own JSON", Own()),
    ("np.int64", np.int64(5)),
    ("np.int64, big", np.int64(2**60)),
    ("np.float32", np.float32(0.1)),
    ("np.bool", np.bool_(True)),
    ("np.datetime64", np.datetime64("2024-01-31")),
    ("np NaT", np.datetime64("NaT", "ns")),
    ("array", np.array([1, 2])),
    ("empty array", np.array([])),
    ("array of no dimension", np.array(3)),
    ("pd.Timestamp", pd.Timestamp("2024-01-31", tz="Europe/Berlin")),
    ("pd.NaT", pd.NaT),
    ("pd.NA", pd.NA),
    ("Series", pd.Series([1.5])),
    ("DataFrame", pd.DataFrame({"a": [1]})),
]
PLACES = {
    "flat": lambda value: {"a": 1, "b": value},
    "nested": lambda value: {"a": {"b": value, "c": 1}, "d": 1},
    "deep": lambda value: {"a": {"b": {"c": value}}, "d": 1},
    "group": lambda value: {"a": value, "d": 1},
}
OTHERS = {
    "flat": {"a": 1, "b": 2},
    "nested": {"a": {"b": 2, "c": 1}, "d": 1},
    "deep": {"a": {"b": {"c": 2}}, "d": 1},
    "group": {"a": {"b": 2}, "d": 1},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", [case[1] for case in CELLS], ids=[case[0] for case in CELLS])
def test_one_odd_cell(value, place):
    odd, others = PLACES[place](value), [OTHERS[place]] * MANY
    for rows in ([*others, odd, *others], [odd, *others], [odd] * MANY):
        assert written(rows) == slowly(rows)
        read(written(rows))


@pytest.mark.parametrize("lists", ["join", "json", "index", "explode", "keep"])
@pytest.mark.parametrize("value", [case[1] for case in CELLS], ids=[case[0] for case in CELLS])
def test_one_odd_cell_for_each_way_to_write_lists(value, lists):
    rows = [*[OTHERS["nested"]] * MANY, PLACES["nested"](value)]
    assert written(rows, Layout(lists=lists)) == slowly(rows, lists=lists)


ODD_ROWS = {
    "same": ROW,
    "fewer keys": {"id": 2},
    "no key": {},
    "more keys": {**ROW, "late": 1},
    "other key": {**{key: ROW[key] for key in ("id", "price", "trade")}, "nam": "x"},
    "other order": dict(reversed(ROW.items())),
    "group lacks a key": {**ROW, "price": {"open": 1}},
    "group has another key": {**ROW, "price": {"open": 1, "last": 2}},
    "group has one more": {**ROW, "price": {"open": 1, "close": 2, "last": 2}},
    "one more here, one less there": {**ROW, "price": {"open": 1, "close": 2, "last": 3}, "trade": {"volume": 1}},
    "group is null": {**ROW, "price": None},
    "group is a scalar": {**ROW, "price": 5},
    "group is a text of its keys": {**ROW, "price": "open"},
    "group is a list": {**ROW, "price": [1, 2]},
    "group is a list of its keys": {**ROW, "price": ["open", "close"]},
    "group is empty": {**ROW, "price": {}},
    "group is another mapping": {**ROW, "price": types.MappingProxyType({"open": 1, "close": 2})},
    "group grows": {**ROW, "price": Growing(open=1, shut=2)},
    "group in a group is null": {**ROW, "trade": {"volume": 1, "venue": None}},
    "cell is a mapping": {**ROW, "name": {"first": "x"}},
    "key of a subclass": {**{key: ROW[key] for key in ("id", "price", "trade")}, Text("name"): "x"},
    "key that is no text": {**ROW, 5: 1},
    "row grows": Growing(ROW),
    "ordered mapping": collections.OrderedDict(ROW),
    "mapping": types.MappingProxyType(ROW),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD_ROWS.values(), ids=ODD_ROWS)
def test_one_odd_row(odd):
    before = repr(odd)
    for rows in ([*[ROW] * MANY, odd], [odd, *[ROW] * MANY], [*[FLAT] * MANY, odd], [odd] * MANY):
        try:
            expected = slowly(rows)
        except ShapeError as error:
            with pytest.raises(ShapeError, match="two paths") as caught:
                written(rows)
            assert str(caught.value) == str(error)
            continue
        assert written(rows) == expected
    assert repr(odd) == before


def test_a_new_name_may_be_that_of_a_null_which_stands_for_a_mapping():
    rows = [{"a": None, "b": 1}, {"a": {}, "b": 2}, *[{"a": {"c": 3}, "b": 4}] * MANY]
    select = {"a": "b", "*": "*"}
    assert written(rows, Layout(select=select)) == slowly(rows, select=select)
    assert read(written(rows[2:], Layout(select=select)))[0] == [("a", 4), ("a_c", 3)]
    with pytest.raises(ShapeError, match="would both be called 'a'"):
        written([{"a": 1, "b": {"c": 2}}] * MANY, Layout(select={"a": "b_c", "*": "*"}))


def test_more_late_keys_than_a_plan_takes():
    rows = [{"a": {"b": number, f"k{number}": number}} for number in range(1_100)]
    assert written(rows) == slowly(rows)


def test_rows_are_not_changed():
    rows = [{"a": {"b": [1]}, "c": 2**60}, *({"a": {"b": [number]}, "c": number} for number in range(MANY)), {"c": 1}]
    before = repr(rows)
    assert written(rows) == slowly(rows)
    assert repr(rows) == before


@pytest.mark.parametrize(
    "rows",
    [
        [{"a": {"b": 1}, "a_b": 2}] * MANY,
        [{"a": {"b": {"c": 1}}, "a_b": 2}] * MANY,
        [*[{"a": {"b": 1}, "c": 2}] * MANY, {"a": {"b": 1}, "a_b": 2}],
        [*[{"a": {"b": {"c": 1}}, "a_b": 2}] * MANY, {"a": {"b": None}, "a_b": 2}],
    ],
    ids=["row", "group and cell", "later row", "null of a group"],
)
def test_two_paths_to_one_name(rows):
    try:
        expected = slowly(rows)
    except ShapeError as error:
        with pytest.raises(ShapeError) as caught:
            written(rows)
        assert str(caught.value) == str(error)
    else:
        assert written(rows) == expected


@pytest.mark.parametrize(
    "options",
    [
        {"select": ["price_open", "id"]},
        {"select": {"first": "price_open", "*": "*"}},
        {"select": ["*", "id"]},
        {"select": ["none", "id"]},
        {"max_depth": 1},
        {"max_depth": 2},
        {"sep": "/"},
        {"whole": {"price"}},
        {"whole": {"trade_venue"}},
        {"lists": {"tags": "json", "*": "keep"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("odd", ODD_ROWS.values(), ids=ODD_ROWS)
def test_options(options, odd):
    rows = [*[ROW] * MANY, odd, {**ROW, "tags": ["x"]}]
    assert written(rows, Layout(**options)) == slowly(rows, **options)


def test_a_dropped_column_may_hide_a_selected_one():
    rows = [*[{"a": 1, "c": {"d": 1}}] * MANY, {"a": {"b": 2}, "c": {"d": 1}}]
    assert read(written(rows, Layout(select=["a_b"])))[-1] == [("a_b", 2)]


@pytest.mark.parametrize("form", [Form(big_ints=False), Form(decimals="string")], ids=["ints", "decimals"])
def test_forms(form):
    rows = [{"a": {"b": 2**60, "c": Decimal("1.10"), "d": [Decimal("1.10"), 2**60]}}] * MANY
    ten = "1.10" if form.decimals == "string" else "1.1"
    flat = [{"a_b": 2**60, "a_c": Decimal("1.10"), "a_d": f"{ten}, {2**60}"}] * MANY
    assert written(rows, Layout(form=form)) == form.dumps(flat)


@pytest.mark.parametrize("bad", [b"secret", object(), "\ud800", 1j, iter([1])], ids=lambda value: type(value).__name__)
def test_a_cell_without_json_form_is_named(bad):
    rows = [*[ROW] * MANY, {**ROW, "price": {"open": 1, "close": bad}}, ROW]
    with pytest.raises(EncodeError, match=r"Row 40 \(counted from 0\), column 'price_close' holds") as caught:
        written(rows)
    assert "secret" not in str(caught.value)


def test_keys_are_text_and_never_code():
    key = "'] = 1; raise SystemExit #\n\"\\"
    rows = [{key: {key: number, "{x}": 1}, "%s": 2} for number in range(MANY)]
    assert read(written(rows)) == [[(f"{key}_{key}", number), (f"{key}_{{x}}", 1), ("%s", 2)] for number in range(MANY)]


NAMES = ("a b", "", "x", "class", "None", "ﬁ", "fi", "ª", "1", "_", "_x", "__class__", "__dict__", "__debug__", "row")


@pytest.mark.parametrize("count", [MANY, 3])
def test_names_that_no_attribute_can_have(count):
    rows = [{**dict.fromkeys(NAMES, number), "g": dict.fromkeys(NAMES, -number)} for number in range(count)]
    flat = [[(name, number) for name in NAMES] + [(f"g_{name}", -number) for name in NAMES] for number in range(count)]
    assert read(written(rows)) == flat


NULL_FIRST = [
    {"p": None, "a": 1, "t": None, "n": None},
    {"p": None, "a": 1, "t": {"x": 1}, "n": None},
    *[{"p": {"y": 1, "z": 2}, "a": 1, "t": {"x": 1}, "n": None}] * MANY,
    {"p": {"y": 1}, "a": 1, "t": None, "n": None},
]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (NULL_FIRST, ["a", "n", "t_x", "p_y", "p_z"]),
        ([*NULL_FIRST, {"p": {"w": 1}}], ["a", "n", "t_x", "p_y", "p_z", "p_w"]),
        ([*NULL_FIRST, {"p": 5}], ["p", "a", "n", "t_x", "p_y", "p_z"]),
        ([NULL_FIRST[0], *[{"t": {"x": 1}, "p": {"y": 1}, "a": 1}] * MANY], ["a", "n", "t_x", "p_y"]),
        ([{"p": None, "p_y": 1}, *[{"p": {"y": 2}}] * MANY], None),
    ],
    ids=["nulls", "late column", "scalar", "order of the row", "collision"],
)
def test_a_null_in_the_first_row_may_stand_for_a_mapping(rows, names):
    if names is None:
        with pytest.raises(ShapeError, match="two paths give the column 'p_y'"):
            written(rows)
        return
    assert written(rows) == slowly(rows)
    assert [name for name, _ in read(written(rows))[0]] == names


LATER = [
    {"a": 1, "p": {"x": 1}, "t": {"u": {"v": 1}}},
    *[{"a": 1, "p": {"x": 1}, "t": {"u": {"v": 1}}}] * MANY,
    {"p": {"y": 2, "x": None, "b c": 5}, "n": 3.5},
    {"a": None, "p": None, "t": {"u": {"w": "é"}, "class": 4}, "p2": True},
    {"a": 2, "t": {}},
]


def test_keys_that_later_rows_have_and_others_lack(monkeypatch):
    if plan._shells():  # orjson before 3.12 has no limit of nesting, and such rows go row by row
        monkeypatch.setattr("flask_openbb.shape.stream.to_rows", None)
    text = written(LATER)
    assert [name for name, _ in read(text)[0]] == ["a", "p_x", "t_u_v", "p_y", "p_b c", "n", "t_u_w", "t_class", "p2"]
    assert dict(read(text)[-2]) == {
        **dict.fromkeys(["p_x", "p_y", "p_b c", "n", "a", "t_u_v"]),
        **{"t_u_w": "é", "t_class": 4, "p2": True},
    }
    assert text == slowly(LATER)
    parts = chain(LATER * 3, [{"p": {"y": 1}}])
    assert b"".join(dump_rows(parts, PLAIN, part=MANY * 2)) == slowly([*LATER * 3, {"p": {"y": 1}}])


@pytest.mark.parametrize(
    "odd",
    [
        {"q": {"x": 1}},
        {"q": [1]},
        {1: 2},
        {"p": {2: 3}},
        {"p": 5},
        {"p": {"x": 1, "z": [1]}},
        {"p": {"x": 2**60, "z": 1}},
        {"t": {"u": 1}},
        {"p": {"x": {"deep": 1}, "z": 1}},
        {"t": None, "t_u": 5},
        collections.OrderedDict(p={"z": 1}),
        collections.defaultdict(dict, {"p": {"z": 1}}),
    ],
    ids=repr,
)
def test_later_rows_that_go_row_by_row(odd):
    assert written([*LATER, odd]) == slowly([*LATER, odd])
    assert len(odd) == len(dict(odd))


SOME = st.fixed_dictionaries(
    {},
    optional={
        "a": st.none() | st.integers(0, 9),
        "p": st.none()
        | st.fixed_dictionaries({}, optional={"x": st.integers(0, 9), "class": st.none() | st.booleans()}),
        "t": st.fixed_dictionaries(
            {"k": st.just("k")}, optional={"u": st.none() | st.fixed_dictionaries({"v": st.integers(0, 9)})}
        ),
    },
)


@given(st.lists(SOME, min_size=16, max_size=30))
def test_rows_of_any_of_some_keys(rows):
    assert read(written(rows)) == [list(row.items()) for row in naive(rows)]


def test_a_later_key_may_make_two_paths_to_one_name():
    with pytest.raises(ShapeError, match="two paths give the column 'p_x'"):
        written([*LATER, {"p_x": 1}])


def test_wide_rows():
    rows = [{"g": {f"c{number}": number for number in range(1200)}}] * MANY
    assert written(rows) == slowly(rows)


def test_no_rows():
    assert dump_table([], PLAIN).body == b"[]"
    assert dump_table([{}] * 3, PLAIN).body == b"[{},{},{}]"
    assert dump_table([ROW] * 3, PLAIN).rows == 3
