"""manifest/example_columns.py: columns from the dtypes of a frame, or from some rows."""

import datetime as dt
import decimal
import enum
import typing
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flask_openbb.errors import RegistrationError
from flask_openbb.manifest.columns import columns_from
from flask_openbb.manifest.example_columns import columns_of_frame
from flask_openbb.manifest.specs import Column
from flask_openbb.shape.flatten import flatten
from flask_openbb.shape.rows import to_rows

TEXT = ("text", "category", None)
NUMBER = ("number", "series", None)
INT = ("number", "series", "int")
PLAIN_INT = ("number", "series", "none")
FLAG = ("boolean", "category", None)
DAY = ("dateString", "time", None)
OPEN = (None, None, None)

DATE = dt.date(2024, 1, 31)
NOON = dt.datetime(2024, 1, 31, 12)
BIG = 2**53


class Side(enum.Enum):
    BUY = "buy"


class Quote(typing.NamedTuple):
    bid: float


@dataclass
class Bar:
    close: float
    quote: Quote


def told(columns):
    return {column.field: (column.cell_data_type, column.chart_data_type, column.formatter_fn) for column in columns}


PANDAS = {
    "bool": ([True], bool, FLAG), "boolean": ([True, None], "boolean", FLAG), "int64": ([1], "int64", INT),
    "UInt8": ([1, None], "UInt8", INT), "float64": ([1.5], "float64", NUMBER), "Float32": ([1.5], "Float32", NUMBER),
    "big": ([BIG, 1], "int64", TEXT), "big Int64": ([BIG, None], "Int64", TEXT), "str": (["a"], "str", TEXT),
    "string": (["a"], "string", TEXT), "category": (["a"], "category", TEXT),
    "category of ints": ([1], pd.CategoricalDtype([1, 2]), INT), "datetime": ([NOON], "datetime64[ns]", TEXT),
    "datetime tz": ([NOON], "datetime64[ns, UTC]", TEXT), "timedelta": ([dt.timedelta(1)], "timedelta64[ns]", NUMBER),
    "period": (["2024-01"], "period[M]", TEXT), "interval": ([pd.Interval(0, 1)], None, TEXT),
    "sparse": ([1.5], "Sparse[float]", NUMBER), "sparse int": ([1], "Sparse[int]", INT),
    "arrow": ([1], "int64[pyarrow]", INT), "arrow text": (["a"], "string[pyarrow]", TEXT),
    "arrow decimal": ([decimal.Decimal(1)], pd.ArrowDtype(pa.decimal128(5, 2)), NUMBER),
    "dates": ([DATE, None], object, DAY), "mixed": ([1, "a"], object, TEXT),
    "numbers": ([1, 1.5, None], object, NUMBER),
    "nothing": ([None, float("nan"), pd.NA], object, OPEN), "decimals": ([decimal.Decimal(1)], object, NUMBER),
    "enum": ([Side.BUY], object, TEXT), "lists": ([[1]], object, TEXT), "numpy ints": ([np.int64(1)], object, INT),
    "big object": ([BIG], object, TEXT), "no ints": ([], "int64", INT), "no Ints": ([None], "Int64", INT),
}  # fmt: skip


@pytest.mark.parametrize(("values", "dtype", "types"), PANDAS.values(), ids=PANDAS)
def test_pandas(values, dtype, types):
    frame = pd.DataFrame({"v": pd.Series(values, dtype=dtype)})
    assert told(columns_of_frame(frame)) == {"v": types}


POLARS = {
    "bool": (pl.Boolean, FLAG), "int": (pl.Int64, INT), "uint": (pl.UInt8, INT), "int128": (pl.Int128, INT),
    "float": (pl.Float32, NUMBER), "decimal": (pl.Decimal(10, 2), NUMBER), "date": (pl.Date, DAY),
    "datetime": (pl.Datetime, TEXT), "zoned": (pl.Datetime("us", "UTC"), TEXT), "time": (pl.Time, TEXT),
    "duration": (pl.Duration, NUMBER), "string": (pl.String, TEXT), "categorical": (pl.Categorical, TEXT),
    "enum": (pl.Enum(["a"]), TEXT), "list": (pl.List(pl.Int64), TEXT), "array": (pl.Array(pl.Int64, 2), TEXT),
    "null": (pl.Null, OPEN), "object": (pl.Object, OPEN),
}  # fmt: skip


@pytest.mark.parametrize(("dtype", "types"), POLARS.values(), ids=POLARS)
def test_polars(dtype, types):
    assert told(columns_of_frame(pl.DataFrame(schema={"v": dtype}))) == {"v": types}
    if dtype is pl.Object:  # which a Struct cannot hold
        return
    nested = pl.DataFrame(schema={"a": pl.Struct({"b": pl.Struct({"v": dtype})})})
    assert told(columns_of_frame(nested)) == {"a_b_v": types}


ARROW = {
    "bool": (pa.bool_(), FLAG), "int": (pa.int32(), INT), "float": (pa.float64(), NUMBER),
    "half": (pa.float16(), NUMBER), "decimal": (pa.decimal128(5, 2), NUMBER), "date": (pa.date32(), DAY),
    "timestamp": (pa.timestamp("us", "UTC"), TEXT),
    "time": (pa.time64("us"), TEXT), "duration": (pa.duration("s"), NUMBER), "string": (pa.string(), TEXT),
    "large string": (pa.large_string(), TEXT), "dictionary": (pa.dictionary(pa.int8(), pa.string()), TEXT),
    "list": (pa.list_(pa.int8()), TEXT), "null": (pa.null(), OPEN),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "types"), ARROW.values(), ids=ARROW)
def test_arrow(kind, types):
    assert told(columns_of_frame(pa.schema({"v": kind}).empty_table())) == {"v": types}
    assert told(columns_of_frame(pa.schema({"a": pa.struct({"v": kind})}).empty_table())) == {"a_v": types}


def test_numpy():
    dtype = [("n", "i4"), ("f", "f8"), ("t", "U3"), ("b", "?"), ("d", "M8[D]"), ("m", "M8[s]"), ("s", [("x", "f4")])]
    assert told(columns_of_frame(np.zeros(1, dtype))) == {
        "n": INT, "f": NUMBER, "t": TEXT, "b": FLAG, "d": DAY, "m": TEXT, "s_x": NUMBER
    }  # fmt: skip


ROWS = {
    "mappings": ([{"a": 1, "b": "x"}, {"a": 2.5, "c": DATE}], {"a": NUMBER, "b": TEXT, "c": DAY}),
    "nested": ([{"a": {"b": {"c": True}}}, {"a": None}], {"a_b_c": FLAG}),
    "mixed shapes": ([{"a": {"b": 1}}, {"a": 5}], {"a_b": INT, "a": INT}),
    "records": ([Bar(1.5, Quote(1.0))], {"close": NUMBER, "quote_bid": NUMBER}),
    "times": ([{"t": NOON, "d": dt.timedelta(1), "n": None, "p": pd.Timestamp(NOON)}],
              {"t": TEXT, "d": NUMBER, "n": OPEN, "p": TEXT}),
    "years and ids": ([{"fiscal_year": 2024, "id": 1, "cik": 1, "years": 3}],
                      {"fiscal_year": PLAIN_INT, "id": PLAIN_INT, "cik": PLAIN_INT, "years": INT}),
    "keys": ([{1: True, ("a", "b", ""): 2}], {"1": FLAG, "a_b": INT}),
    "none": ([], {}),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "types"), ROWS.values(), ids=ROWS)
def test_rows(rows, types):
    assert told(columns_of_frame(rows)) == types
    assert told(columns_of_frame(row for row in rows)) == types


FRAMES = {
    "dates": pd.DataFrame({"a": [1]}, index=pd.DatetimeIndex([NOON])),
    "named": pd.DataFrame({"a": [1]}, index=pd.Index([2024], name="year")),
    "numbered": pd.DataFrame({"a": [1]}, index=[7]),
    "levels": pd.DataFrame({("a", "x"): [1], ("a", ""): [2]}, index=pd.MultiIndex.from_tuples([("k", 1)])),
    "pandas nested": pd.DataFrame({"a": [{"b": 1, "c": [1]}]}),
    "polars": pl.DataFrame({"a": [{"b": 1}], "c": [[1]]}),
    "arrow": pa.table({"a": [{"b": 1}], "c": [[1]]}),
    "numpy": np.array([((1,), 2)], [("a", [("b", "i4")]), ("c", "i4")]),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_the_columns_are_the_keys_of_the_rows(frame):
    assert [column.field for column in columns_of_frame(frame)] == list(flatten(to_rows(frame))[0])


def test_an_example_frame_is_a_source_of_columns_and_declared_ones_win():
    frame = pl.DataFrame({"close_price": [1.5], "volume": [1]})
    assert columns_from(frame, overrides=[Column("volume", formatter_fn="none")]) == (
        Column("close_price", header_name="Close Price", cell_data_type="number", chart_data_type="series"),
        Column(
            "volume", header_name="Volume", cell_data_type="number", chart_data_type="series", formatter_fn="none"
        ),
    )  # fmt: skip


def test_a_lazy_frame_is_not_computed():
    frame = pl.LazyFrame({"a": [1]}).map_batches(lambda _: 1 / 0, schema={"a": pl.Int64})
    assert told(columns_of_frame(frame)) == {"a": INT}


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (5, "columns cannot be read from 'int'"),
        ("text", "columns cannot be read from 'str'"),
        ({"a": 1}, "columns cannot be read from 'dict'"),
        ([{}, 5], r"row 1 \(counted from 0\) of the example is 'int', not a record"),
    ],
    ids=["number", "text", "mapping", "rows"],
)
def test_what_shows_no_columns_is_refused(example, message):
    with pytest.raises(RegistrationError, match=message):
        columns_of_frame(example)
