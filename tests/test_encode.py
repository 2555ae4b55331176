"""shape/encode.py: how each value looks in JSON, and where it says that one has no form."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import ipaddress
import itertools
import json
import math
import types
import typing
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape.encode import MAX_DEPTH, dumps, scalar_text
from flask_openbb.shape.encoded import Encoded

SAFE = 2**53 - 1
BIG = 2**60


def refuse_constant(name):
    raise AssertionError(f"{name} is no JSON")


def strict(text):
    return json.loads(text.decode("utf-8"), parse_constant=refuse_constant)


@dataclasses.dataclass
class Point:
    x: typing.Any
    _hidden: int = 0


class Pair(typing.NamedTuple):
    a: int
    b: int


class Side(enum.Enum):
    BUY = "buy"
    FEE = Decimal("1.5")


class Level(enum.IntEnum):
    HIGH = BIG


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Real(float):
    pass


class Own:
    def __json__(self):
        return {"own": Decimal(1)}


class Broken:
    def __json__(self):
        raise RuntimeError("secret")


class Ouroboros:
    def __json__(self):
        return self


class Trace:
    def to_plotly_json(self):
        return {"type": "scatter", "x": np.array([1])}


class Zone(dt.tzinfo):
    def utcoffset(self, when):
        raise RuntimeError("no offset")


STRUCT = np.array([(1, "a")], dtype=[("x", "i8"), ("y", "U1")])
UTC = dt.timezone.utc

VALUES = [
    ("None", None, "null"),
    ("bool", True, "true"),
    ("int", SAFE, "9007199254740991"),
    ("negative int", -SAFE, "-9007199254740991"),
    ("first unsafe int", SAFE + 1, '"9007199254740992"'),
    ("int of 60 bits", -BIG, f'"-{BIG}"'),
    ("int of 70 bits", 2**70, f'"{2**70}"'),
    ("IntEnum", Level.HIGH, f'"{BIG}"'),
    ("float", 0.1, "0.1"),
    ("NaN", math.nan, "null"),
    ("Infinity", math.inf, "null"),
    ("-Infinity", -math.inf, "null"),
    ("text", "é", '"é"'),
    ("text subclass", Text("a"), '"a"'),
    ("int subclass", Whole(1), "1"),
    ("float subclass", Real(1.5), "1.5"),
    ("NaN of a subclass", Real("nan"), "null"),
    ("Decimal", Decimal("1.10"), "1.1"),
    ("whole Decimal", Decimal(10), "10.0"),
    ("Decimal a float cannot hold", Decimal("0.12345678901234567890"), '"0.12345678901234567890"'),
    ("Decimal beyond float", Decimal("1E+400"), '"1E+400"'),
    ("Decimal as an id", Decimal(SAFE + 2), '"9007199254740993"'),
    ("Decimal NaN", Decimal("NaN"), "null"),
    ("Decimal sNaN", Decimal("sNaN"), "null"),
    ("Decimal Infinity", Decimal("-Infinity"), "null"),
    ("naive datetime", dt.datetime(2024, 1, 31, 9, 30), '"2024-01-31T09:30:00"'),
    ("datetime with offset", dt.datetime(2024, 1, 31, tzinfo=UTC), '"2024-01-31T00:00:00+00:00"'),
    ("date", dt.date(2024, 1, 31), '"2024-01-31"'),
    ("time", dt.time(9, 30), '"09:30:00"'),
    ("time with offset", dt.time(9, 30, tzinfo=UTC), '"09:30:00+00:00"'),
    ("timedelta", dt.timedelta(minutes=1), "60"),
    ("timedelta of a fraction", dt.timedelta(milliseconds=1500), "1.5"),
    ("UUID", uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    ("Enum", Side.BUY, '"buy"'),
    ("Enum of Decimal", Side.FEE, "1.5"),
    ("list", [1, [2]], "[1,[2]]"),
    ("tuple", (1, 2), "[1,2]"),
    ("set", {3, 1, 2}, "[1,2,3]"),
    ("mixed set", frozenset({1, "a"}), '[1,"a"]'),
    ("deque", collections.deque([1]), "[1]"),
    ("range", range(2), "[0,1]"),
    ("dict", {"b": 1, "a": 2}, '{"b":1,"a":2}'),
    ("mapping", types.MappingProxyType({"a": 1}), '{"a":1}'),
    ("keys", {7: 1, None: 2, True: 3, 2.5: 4}, '{"7":1,"null":2,"true":3,"2.5":4}'),
    ("text subclass key", {Text("a"): 1}, '{"a":1}'),
    ("dataclass", Point(1), '{"x":1}'),
    ("nested dataclass", {"p": [Point(Point(Decimal(1)))]}, '{"p":[{"x":{"x":1.0}}]}'),
    ("NamedTuple", Pair(1, 2), '{"a":1,"b":2}'),
    ("__json__", [Own()], '[{"own":1.0}]'),
    ("to_plotly_json", Trace(), '{"type":"scatter","x":[1]}'),
    ("np.int64", np.int64(5), "5"),
    ("np.int64 beyond 2^53", np.int64(BIG), f'"{BIG}"'),
    ("np.float64", np.float64(0.1), "0.1"),
    ("np.float32", np.float32(0.5), "0.5"),
    ("np.float16", np.float16(2), "2.0"),
    ("np.longdouble", np.longdouble(3), "3.0"),
    ("np NaN", np.float32("nan"), "null"),
    ("np.bool", np.bool_(True), "true"),
    ("np.str", np.str_("a"), '"a"'),
    ("np.datetime64 day", np.datetime64("2024-01-31"), '"2024-01-31"'),
    ("np.datetime64 ns", np.datetime64("2024-01-31T00:00:00", "ns"), '"2024-01-31T00:00:00"'),
    (
        "np.datetime64 real ns",
        np.datetime64("2024-01-31T00:00:00.123456789", "ns"),
        '"2024-01-31T00:00:00.123456789"',
    ),
    ("np NaT", np.datetime64("NaT", "ns"), "null"),
    ("np.timedelta64", np.timedelta64(1500, "ms"), "1.5"),
    ("np.timedelta64 NaT", np.timedelta64("NaT", "ns"), "null"),
    ("np.void", STRUCT[0], '{"x":1,"y":"a"}'),
    ("array of ints", np.array([1, 2]), "[1,2]"),
    ("array of bytes of ints", np.array([1, 2], dtype="u1"), "[1,2]"),
    ("array of ints beyond 2^53", np.array([1, BIG]), f'[1,"{BIG}"]'),
    ("array of big endian", np.array([1, 2], dtype=">i4"), "[1,2]"),
    ("array of floats", np.array([0.5, np.nan, np.inf]), "[0.5,null,null]"),
    ("array of narrow floats", np.array([0.1], dtype="f4"), "[0.10000000149011612]"),
    ("array of wide floats", np.array([0.5], dtype=np.longdouble), "[0.5]"),
    ("array of bools", np.array([True]), "[true]"),
    ("array of text", np.array(["a"]), '["a"]'),
    ("array of objects", np.array([1, "a", None], dtype=object), '[1,"a",null]'),
    ("array of dates", np.array(["2024-01-31", "NaT"], dtype="M8[ns]"), '["2024-01-31T00:00:00",null]'),
    ("array of records", STRUCT, '[{"x":1,"y":"a"}]'),
    ("array, transposed", np.array([[1, 2], [3, 4]]).T, "[[1,3],[2,4]]"),
    ("array, empty", np.zeros((0, 2)), "[]"),
    ("array, no dimension", np.array(3), "3"),
    ("array of a date, no dimension", np.array("2024-01-31", dtype="M8[D]"), '"2024-01-31"'),
    ("array, masked", np.ma.array([1, 2], mask=[False, True]), "[1,null]"),
    ("masked", np.ma.masked, "null"),
    ("pd.Timestamp", pd.Timestamp("2024-01-31", tz="Europe/Berlin"), '"2024-01-31T00:00:00+01:00"'),
    ("pd.NaT", pd.NaT, "null"),
    ("pd.NA", pd.NA, "null"),
    ("pd.Timedelta", pd.Timedelta("90s"), "90"),
    ("pd.Period", pd.Period("2024-01"), '"2024-01"'),
    ("pd.Interval", pd.Interval(0, 1), '"(0, 1]"'),
    ("Series", pd.Series([1.0, None]), "[1.0,null]"),
    ("Series of times", pd.Series([pd.Timestamp("2024-01-31")]), '["2024-01-31T00:00:00"]'),
    ("Categorical", pd.Categorical(["a"]), '["a"]'),
    ("DataFrame", pd.DataFrame({"a": [1]}), '[{"a":1}]'),
]


@pytest.mark.parametrize(("value", "text"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])
def test_values(value, text):
    assert dumps(value).decode() == text
    strict(dumps(value))


@pytest.mark.parametrize(("value", "text"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])
def test_the_slow_way_writes_the_same(value, text):
    # An unsafe int makes orjson refuse the whole answer.
    assert dumps({"a": [BIG, value]}).decode() == f'{{"a":["{BIG}",{text}]}}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (BIG, str(BIG)),
        (2**64, str(2**64)),
        (-(2**63), str(-(2**63))),
        ([-(2**63) - 1, 2**63, 1], f"[{-(2**63) - 1},{2**63},1]"),
        (np.array([BIG]), f"[{BIG}]"),
    ],
    ids=str,
)
def test_big_ints_as_numbers(value, text):
    assert dumps(value, big_ints=False).decode() == text


ADVICE = "which has no JSON form"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), "The answer holds an object, which has no JSON form. Return text, a number, a list"),
        ([{"a": 1}, {"a": object()}], r"Row 1 \(counted from 0\), column 'a' holds an object"),
        ([[1], [2, object()]], r"Row 1 \(counted from 0\), \[1\] holds an object"),
        ([{"a": [1, object()]}], r"Row 0 \(counted from 0\), column 'a', \[1\] holds an object"),
        ([1, object()], r"Row 1 \(counted from 0\) holds an object"),
        ({"r": [{"a": object()}]}, r"\['r'\]\[0\]\['a'\] holds an object"),
        ({"r": {1: object()}}, r"\['r'\]\['1'\] holds an object"),
        ({"k" * 99: object()}, r"\['k{59}…'\] holds an object"),
        (b"secret", "The answer holds bytes: JSON has text only. Decode it, or send base64"),
        (bytearray(b"secret"), "holds a bytearray: JSON"),
        (np.bytes_(b"secret"), "holds bytes: JSON"),
        (iter([1]), "holds a list_iterator, which can be read only once. Make it a list"),
        (1j, "holds a complex"),
        (np.complex128(1), "holds a complex128"),
        (np.array([1j]), r"Row 0 .* holds a complex"),
        (np.void(b"secret"), "holds a void"),
        (int, "holds the class int"),
        (Side, "holds the class Side"),
        (Broken(), "holds a Broken, whose conversion to JSON failed with RuntimeError"),
        (np.timedelta64(1, "Y"), "holds a timedelta64, whose conversion to JSON failed with"),
        ("\ud800", "holds text that is not valid Unicode"),
        ({"\ud800": 1}, r"\['\\ud800'\] holds text that is not valid Unicode"),
        ({1: 1, "1": 2}, r"\['1'\] is the text of two keys of one mapping. Rename one"),
        (10**5000, "holds an int with too many digits"),
        ([dt.time(9, tzinfo=Zone())], r"Row 0 .* holds a time, whose conversion to JSON failed with RuntimeError"),
        (Ouroboros(), "is nested more than 254 levels deep, or contains itself"),
    ],
    ids=[
        "object", "row and column", "row and item", "cell and item", "item", "path", "text key", "long key", "bytes",
        "bytearray", "np.bytes_", "iterator", "complex", "np.complex", "np complex array", "np.void", "class",
        "Enum class", "__json__ raises", "np years", "surrogate", "surrogate key", "duplicate key",
        "digits", "tzinfo", "self",
    ],
)  # fmt: skip
def test_what_has_no_form_is_named_by_place_and_type(value, message):
    with pytest.raises(EncodeError, match=message) as caught:
        dumps(value)
    assert isinstance(caught.value, ShapeError)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", [list, dict])
def test_cycles_are_refused(kind):
    knot: typing.Any = kind()
    if kind is list:
        knot.append(knot)
    else:
        knot["a"] = knot
    with pytest.raises(EncodeError, match="contains itself"):
        dumps(knot)


def nest(levels, leaf):
    for _ in range(levels):
        leaf = [leaf]
    return leaf


def test_depth():
    assert dumps(nest(MAX_DEPTH, 1)) == b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH
    with pytest.raises(EncodeError, match="nested more than 254 levels"):
        dumps(nest(5000, 1))
    with pytest.raises(EncodeError, match="cannot be written as JSON: Recursion limit"):
        dumps(nest(MAX_DEPTH, []))


def test_a_nearly_full_stack_is_an_encode_error_too():
    def deep(levels):
        return dumps(nest(MAX_DEPTH, BIG)) if levels == 0 else deep(levels - 1)

    def deepest():
        for levels in itertools.count(700, 100):
            deep(levels)

    with pytest.raises(EncodeError, match="nested too deeply"):
        deepest()


def test_a_fragment_is_the_users_own_json():
    import orjson

    assert dumps([orjson.Fragment(b"1"), BIG]) == b'[1,"%d"]' % BIG


def test_polars_series_and_frame():
    polars = pytest.importorskip("polars")
    assert dumps([polars.Series([1, None]), polars.DataFrame({"a": [1]})]) == b'[[1,null],[{"a":1}]]'


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (None, ""), (math.nan, ""), (True, "true"), (1.5, "1.5"), (BIG, str(BIG)), (Side.BUY, "buy")],
    ids=str,
)
def test_scalar_text(value, text):
    assert scalar_text(value) == text


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.decimals()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.timedeltas()
    | st.uuids()
    | st.builds(np.float64, st.floats())
    | st.builds(np.int64, st.integers(-(2**63), 2**63 - 1))
)
JSONABLE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.builds(Point, inner)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(JSONABLE)
def test_every_answer_is_strict_json(value):
    strict(dumps(value))


def same(value, parsed):
    if isinstance(value, dict):
        return list(value) == list(parsed) and all(same(value[key], parsed[key]) for key in value)
    if isinstance(value, list):
        return len(value) == len(parsed) and all(map(same, value, parsed))
    if isinstance(value, float) and not math.isfinite(value):
        return parsed is None
    if type(value) is int and abs(value) > SAFE:
        return parsed == str(value)
    return type(value) is type(parsed) and value == parsed


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_plain_values_come_back_unchanged(value):
    assert same(value, strict(dumps(value)))


@settings(max_examples=100, deadline=None)
@given(st.decimals())
def test_no_decimal_loses_a_digit(value):
    parsed = json.loads(dumps(value))
    if value.is_finite():
        assert Decimal(repr(parsed) if isinstance(parsed, float) else parsed) == value
    else:
        assert parsed is None


@pytest.mark.parametrize(
    ("value", "exact", "number", "string"),
    [
        (Decimal("1.10"), "1.1", "1.1", '"1.10"'),
        (Decimal(10), "10.0", "10.0", '"10"'),
        (Decimal("0.1234567890123456789"), '"0.1234567890123456789"', "0.12345678901234568", '"0.1234567890123456789"'),
        (Decimal("1E-400"), '"1E-400"', "0.0", '"1E-400"'),
        (Decimal("1E+400"), '"1E+400"', '"1E+400"', '"1E+400"'),
        (Decimal(SAFE + 2), f'"{SAFE + 2}"', f'"{SAFE + 2}"', f'"{SAFE + 2}"'),
        (Decimal(BIG), f'"{BIG}"', f'"{BIG}"', f'"{BIG}"'),
        (Decimal(2**53), "9007199254740992.0", "9007199254740992.0", '"9007199254740992"'),
        (Decimal("NaN"), "null", "null", "null"),
        (Decimal("-Infinity"), "null", "null", "null"),
    ],
    ids=str,
)  # fmt: skip
def test_decimals(value, exact, number, string):
    for mode, text in (("exact", exact), ("number", number), ("string", string)):
        assert json.loads(dumps([value], decimals=mode)) == json.loads(f"[{text}]")
        assert dumps({"a": [value, BIG]}, decimals=mode) == dumps({"a": [json.loads(text), BIG]})


def test_unknown_ways_of_writing_decimals_are_refused():
    with pytest.raises(ShapeError, match=r"decimals='float' is not known\. Use one of: exact, number, string"):
        dumps(1, decimals="float")


def test_encoded_rows_are_their_text():
    encoded = Encoded(b'[{"a":1}]', 1)
    assert dumps(encoded) == b'[{"a":1}]'
    assert dumps({"results": encoded, "n": 1}) == b'{"results":[{"a":1}],"n":1}'
    assert dumps({"results": encoded, "n": BIG}) == b'{"results":[{"a":1}],"n":"%d"}' % BIG


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ipaddress.ip_address("10.0.0.1"), "10.0.0.1"),
        (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
        (ipaddress.ip_interface("::1/64"), "::1/64"),
    ],
    ids=["address", "network", "interface"],
)
def test_addresses_are_text(value, text):
    assert json.loads(dumps({"a": value})) == {"a": text}
