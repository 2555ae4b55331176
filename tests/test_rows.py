"""shape/rows.py: which answers are rows, and which cells are lists."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import sqlite3
import subprocess
import sys
import types
import typing
import uuid

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import ShapeError
from flask_openbb.shape.rows import is_lazy, is_record, iter_records, iter_rows, listing, text_key, to_rows


@dataclasses.dataclass
class Bar:
    symbol: str
    close: float
    _cache: object = None
    venue: typing.ClassVar[str] = "XNAS"


@dataclasses.dataclass(slots=True)
class SlimBar:
    symbol: str


class Quote(typing.NamedTuple):
    symbol: str
    close: float


class Legacy:
    def _asdict(self):
        return {"symbol": "A"}


class Model:
    def model_dump(self):
        return {"symbol": "A"}


class Struct:
    __struct_fields__ = ("symbol",)
    symbol = "A"


class AttrsLike:
    __attrs_attrs__ = (types.SimpleNamespace(name="symbol"), types.SimpleNamespace(name="_seen"))
    symbol = "A"
    _seen = 1


class Color(enum.Enum):
    RED = "red"


class Rootless:
    def model_dump(self):
        return [1]


class FirstPydantic:
    __fields__ = {"symbol": None}
    parse_obj = None

    def dict(self):
        return {"symbol": "A"}


class Dicts:
    def to_dicts(self):
        return [{"symbol": "A"}]


class NoDicts:
    def to_dicts(self):
        return []


def sqlite_rows():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    rows = connection.execute("select 'A' as symbol, 1.5 as close").fetchall()
    connection.close()
    return rows


ONE = [{"symbol": "A", "close": 1.5}]


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ([], []),
        ([{}], [{}]),
        (ONE, ONE),
        (tuple(ONE), ONE),
        (iter(ONE), ONE),
        ((row for row in ONE), ONE),
        (collections.deque(ONE), ONE),
        ({"k": ONE[0]}.values(), ONE),
        (ONE[0], ONE),
        (types.MappingProxyType(ONE[0]), ONE),
        (collections.OrderedDict(ONE[0]), ONE),
        (Bar("A", 1.5), ONE),
        ([Bar("A", 1.5)], ONE),
        ([SlimBar("A")], [{"symbol": "A"}]),
        ([Quote("A", 1.5)], ONE),
        (Quote("A", 1.5), ONE),
        ([Legacy(), Model(), Struct(), AttrsLike(), FirstPydantic()], [{"symbol": "A"}] * 5),
        (Dicts(), [{"symbol": "A"}]),
        (NoDicts(), []),
        (sqlite_rows(), ONE),
        ([{"a": {"b": [1]}}], [{"a": {"b": [1]}}]),
        ([{1: "x", None: "y", ("a", ""): "z", Color.RED: 0}], [{"1": "x", "null": "y", "a": "z", "red": 0}]),
        ([{"a": 1}, {"b": 2}], [{"a": 1}, {"b": 2}]),
    ],
    ids=str,
)
def test_rows(answer, rows):
    assert to_rows(answer) == rows
    assert [list(row) for row in to_rows(rows)] == [list(row) for row in rows]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "None is not rows."),
        ("text", "a str is not rows."),
        (b"text", "bytes is not rows."),
        (5, "an int is not rows."),
        (dict, "the class dict is not rows."),
        ([1], r"row 0 \(counted from 0\) is an int, not a record."),
        ([{}, None], r"row 1 \(counted from 0\) is None, not a record."),
        (["ab"], "row 0 .* is a str"),
        ([[1, 2]], "row 0 .* is a list"),
        ([pd.DataFrame({"a": [1]})], "row 0 .* is a DataFrame"),
        ([Rootless()], r"a Rootless is a model of a list, not of a record\. Return its \.root instead"),
        ([np.void(b"a")], "a numpy void without fields is raw bytes, not a record"),
        ([{1: "x", "1": "y"}], "row 0 .* two keys that are '1' as text"),
    ],
    ids=str,
)
def test_what_is_no_row_is_refused_by_place_and_type(answer, message):
    with pytest.raises(ShapeError, match=message):
        to_rows(answer)


def test_the_message_never_holds_the_value():
    with pytest.raises(ShapeError) as caught:
        to_rows(["secret"])
    assert "secret" not in str(caught.value)


DAYS = pd.date_range("2024-01-01", periods=2, name="date")
FIRST, SECOND = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02")


@pytest.mark.parametrize(
    ("frame", "rows"),
    [
        (pd.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 2}]),
        (pd.DataFrame({"a": []}), []),
        (pd.DataFrame(), []),
        (pd.DataFrame({"a": [1, 2]}, index=DAYS), [{"date": FIRST, "a": 1}, {"date": SECOND, "a": 2}]),
        (pd.DataFrame({"a": [1, 2]}, index=["x", "y"]), [{"index": "x", "a": 1}, {"index": "y", "a": 2}]),
        (pd.DataFrame({"a": [1, 2, 3]})[1:], [{"a": 2}, {"a": 3}]),
        (
            pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([("x", 1)], names=["k", "n"])),
            [{"k": "x", "n": 1, "a": 1}],
        ),
        (pd.DataFrame({("a", "x"): [1], ("a", "y"): [2]}), [{"a_x": 1, "a_y": 2}]),
        (pd.DataFrame({("a", "x"): [1, 2]}, index=DAYS)[:1], [{"date": FIRST, "a_x": 1}]),
        (pd.DataFrame({2024: [1]}), [{"2024": 1}]),
        (
            pd.DataFrame(
                {
                    "f": [1.5, np.nan],
                    "t": [FIRST, pd.NaT],
                    "i": pd.array([1, None], dtype="Int64"),
                    "s": ["x", None],
                    "c": pd.Categorical(["u", None]),
                    "l": [[1, None], {"k": np.nan}],
                }
            ),
            [
                {"f": 1.5, "t": FIRST, "i": 1, "s": "x", "c": "u", "l": [1, None]},
                {"f": None, "t": None, "i": None, "s": None, "c": None, "l": {"k": np.nan}},
            ],
        ),
    ],
    ids=[
        "plain", "no rows", "nothing", "dates", "labels", "slice", "levels", "wide", "wide and dated", "years", "nulls",
    ],
)  # fmt: skip
def test_pandas_frames(frame, rows):
    before = frame.copy()
    assert to_rows(frame) == rows
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "several columns named 'a'"),
        (pd.DataFrame({"date": [1, 2]}, index=DAYS), r"index \('date'\) has the name of a column"),
    ],
    ids=["columns", "index"],
)
def test_frames_whose_names_collide_are_refused(frame, message):
    with pytest.raises(ShapeError, match=message):
        to_rows(frame)


def test_the_separator_joins_the_levels_of_columns():
    assert to_rows(pd.DataFrame({("a", "x"): [1]}), sep="/") == [{"a/x": 1}]


def test_polars_frames():
    polars = pytest.importorskip("polars")
    assert to_rows(polars.DataFrame({"a": [1, None]})) == [{"a": 1}, {"a": None}]


def test_attrs_pydantic_and_msgspec_objects():
    attrs = pytest.importorskip("attrs")
    pydantic = pytest.importorskip("pydantic")
    msgspec = pytest.importorskip("msgspec")
    made = [
        attrs.make_class("A", ["symbol"])("A"),
        pydantic.create_model("P", symbol=(str, ...))(symbol="A"),
        msgspec.defstruct("M", [("symbol", str)])("A"),
    ]
    assert to_rows(made) == [{"symbol": "A"}] * 3


def test_sqlalchemy_rows_results_and_orm_objects():
    sqlalchemy = pytest.importorskip("sqlalchemy")
    orm = pytest.importorskip("sqlalchemy.orm")
    base = orm.declarative_base()
    price = type(
        "Price",
        (base,),
        {
            "__tablename__": "price",
            "symbol": sqlalchemy.Column(sqlalchemy.String, primary_key=True),
            "close": sqlalchemy.Column(sqlalchemy.Float),
        },
    )
    engine = sqlalchemy.create_engine("sqlite://")
    base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(price(symbol="A", close=1.5))
        session.commit()
        query = sqlalchemy.select(price.symbol, price.close)
        assert to_rows(session.execute(query)) == ONE
        assert to_rows(session.execute(query).mappings()) == ONE
        assert to_rows(session.execute(query).all()) == ONE
        assert to_rows(session.execute(query).one()) == ONE
        assert to_rows(session.scalars(sqlalchemy.select(price))) == ONE
    engine.dispose()


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ([1], [1]),
        ((1,), [1]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({1, "a"}, [1, "a"]),
        (range(2), [0, 1]),
        ({"a": 1}.keys(), ["a"]),
        (array.array("i", [1]), [1]),
        (np.array([[1], [2]]), [[1], [2]]),
        (np.array(["2024-01-01"], dtype="datetime64[ns]"), [np.datetime64("2024-01-01", "ns")]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.DataFrame({"a": [1]}), [{"a": 1}]),
        (np.array(1), None),
        (np.float64(1), None),
        ("ab", None),
        (b"ab", None),
        (5, None),
        (None, None),
        ({"a": 1}, None),
        (Quote("A", 1), None),
        (Bar("A", 1), None),
        (iter([1]), None),
        (Color, None),
    ],
    ids=repr,
)
def test_listing(value, items):
    assert listing(value) == items


@pytest.mark.parametrize("value", [5, "a", None, [], Color.RED, Color, Bar, pd.Series([1]), pd.DataFrame()], ids=repr)
def test_what_is_no_record(value):
    assert not is_record(value)


def test_a_generator_is_read_a_row_at_a_time():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield {"n": number}

    for lazily in (iter_rows, iter_records):
        read.clear()
        found = lazily(rows())
        assert read == []
        assert next(found) == {"n": 0}
        assert read == [0]
    with pytest.raises(ShapeError, match="None is not rows"):
        iter_rows(None)


@pytest.mark.parametrize(
    ("value", "lazy"),
    [(iter([]), True), ((row for row in ONE), True), (sqlite3.Cursor, False), ([], False), (ONE[0], False),
     (pd.DataFrame(), False), (None, False)],
    ids=["iterator", "generator", "class", "list", "mapping", "frame", "nothing"],
)  # fmt: skip
def test_is_lazy(value, lazy):
    assert is_lazy(value) is lazy


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("a", "a"),
        (np.str_("a"), "a"),
        (1, "1"),
        (np.int64(1), "1"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (float("nan"), "null"),
        (pd.NaT, "null"),
        (pd.NA, "null"),
        (dt.date(2024, 1, 31), "2024-01-31"),
        (pd.Timestamp("2024-01-31"), "2024-01-31T00:00:00"),
        (decimal.Decimal("1.10"), "1.10"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (Color.RED, "red"),
        (("a", 1, ""), "a/1"),
    ],
    ids=repr,
)
def test_text_key(key, text):
    assert text_key(key, sep="/") == text
    assert type(text_key(key)) is str


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.text(), st.integers() | st.none() | st.lists(st.floats()))))
def test_mappings_with_text_keys_are_the_rows_themselves(rows):
    assert to_rows(rows) == rows
    assert to_rows(iter(rows)) == rows


def test_the_room_imports_no_library_of_the_user():
    heavy = "numpy pandas polars pyarrow plotly sqlalchemy attrs pydantic msgspec"
    code = (
        "import sys, flask_openbb.shape.bodies as b\n"
        "b.table([{'a': {'b': 1}}], b.Shaping('w'))\n"
        f"sys.exit(','.join(set('{heavy}'.split()) & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
