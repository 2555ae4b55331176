"""``limit=``: rows cut, and the header that says so."""

import logging
import sqlite3
from collections import deque

import numpy
import pandas
import polars
import pytest
from flask import jsonify

from flask_openbb.shape.limit import Truncation, cut

ROWS = [{"a": 1}, {"a": 2}, {"a": 3}]


class Sized(list):
    """A list of another class."""


def query():
    return sqlite3.connect(":memory:").execute("SELECT 1 AS a UNION SELECT 2 UNION SELECT 3")


def generated():
    yield from ROWS


SOURCES = {
    "list": lambda: list(ROWS),
    "tuple": lambda: tuple(ROWS),
    "subclass": lambda: Sized(ROWS),
    "deque": lambda: deque(ROWS),
    "generator": generated,
    "iterator": lambda: iter(ROWS),
    "cursor": query,
    "pandas": lambda: pandas.DataFrame(ROWS),
    "indexed": lambda: pandas.DataFrame(ROWS).set_index(pandas.Index([2, 1, 0])),
    "Series": lambda: pandas.DataFrame(ROWS).a,
    "polars": lambda: polars.DataFrame(ROWS),
    "LazyFrame": lambda: polars.DataFrame(ROWS).lazy(),
    "columns": lambda: {"a": numpy.array([1, 2, 3])},
    "records": lambda: numpy.array([(1,), (2,), (3,)], dtype=[("a", int)]),
}
LAZY = {"generator", "iterator", "cursor", "LazyFrame"}


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_first_rows_of_every_source(app, openbb, client, name, limit):
    app.add_url_rule("/w", "w", openbb.table(limit=limit)(lambda: SOURCES[name]()))
    answer = client.get("/w")
    assert [row["a"] for row in answer.get_json()] == [1, 2, 3][:limit]
    total = "unknown" if name in LAZY else 3
    expected = f"rows={limit}; total={total}" if limit < 3 else None
    assert answer.headers.get("X-OpenBB-Truncated") == expected


@pytest.mark.parametrize(
    ("view", "options", "body"),
    [
        (lambda: {"results": ROWS, "meta": {"n": 3}}, {"data_key": "results"}, {"results": ROWS[:1], "meta": {"n": 3}}),
        (lambda: {"a": {"b": ROWS}}, {"data_key": "a.b"}, {"a": {"b": ROWS[:1]}}),
        (lambda: ROWS, {"data_key": "results"}, {"results": ROWS[:1]}),
        (lambda: {"results": ROWS}, {}, ROWS[:1]),
        (lambda: jsonify(ROWS), {}, ROWS[:1]),
        (lambda: (ROWS, 203, {"X-Mine": "1"}), {}, ROWS[:1]),
    ],
    ids=["envelope", "deep", "wrapped", "guessed", "jsonify", "tuple"],
)
def test_rows_are_cut_where_they_are(app, openbb, client, view, options, body):
    app.add_url_rule("/w", "w", openbb.table(limit=1, **options)(view))
    answer = client.get("/w")
    assert answer.get_json() == body
    assert answer.headers["X-OpenBB-Truncated"] == "rows=1; total=3"
    assert ROWS == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize(
    ("view", "body", "status"),
    [
        (lambda: {"a": 1, "b": 2}, [{"a": 1, "b": 2}], 200),
        (lambda: [], [], 200),
        (lambda: ({"detail": "no"}, 404), {"detail": "no"}, 404),
    ],
    ids=["one row", "none", "error"],
)
def test_nothing_to_cut(app, openbb, client, view, body, status):
    app.add_url_rule("/w", "w", openbb.table(limit=1)(view))
    answer = client.get("/w")
    assert (answer.status_code, answer.get_json()) == (status, body)
    assert "X-OpenBB-Truncated" not in answer.headers


@pytest.mark.parametrize("value", [5, "text", b"bytes", None, {"a": 1}], ids=repr)
def test_what_is_no_rows_is_left_to_the_shaper(value):
    assert cut(value, 1) == (value, None)


def test_a_generator_is_read_one_row_further_and_closed():
    read, closed = [], []

    def rows():
        try:
            for number in range(1_000_000):
                read.append(number)
                yield {"a": number}
        finally:
            closed.append(True)

    assert cut(rows(), 3) == ([{"a": 0}, {"a": 1}, {"a": 2}], Truncation(3, None))
    assert (len(read), closed) == (4, [True])


def test_the_header_reaches_the_page(app, openbb, client):
    app.add_url_rule("/w", "w", openbb.table(limit=1)(lambda: ROWS))
    answer = client.get("/w", headers={"Origin": "https://pro.openbb.co"})
    assert answer.headers["Access-Control-Expose-Headers"] == "X-OpenBB-Truncated"


def test_a_kept_answer_still_says_so(app, openbb, client):
    app.add_url_rule("/w", "w", openbb.table(limit=1, cache=60)(lambda: ROWS))
    assert [client.get("/w").headers["X-OpenBB-Truncated"] for _ in range(2)] == ["rows=1; total=3"] * 2


def test_it_is_logged_once(app, openbb, client, caplog):
    app.add_url_rule("/w", "w", openbb.table(limit=1)(lambda: ROWS))
    with caplog.at_level(logging.INFO, logger="flask_openbb"):
        for _ in range(3):
            client.get("/w")
    assert [record.message for record in caplog.records] == [
        "Widget 'w': rows were cut (rows=1; total=3), and X-OpenBB-Truncated says so."
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"limit": 0}, "limit=0 is not a number of rows. Give a whole number, 1 or more"),
        ({"limit": True}, "limit=True is not"),
        ({"limit": "9"}, "limit='9' is not"),
        ({"limit": 9, "type": "metric"}, "limit= cuts the rows of tables; a 'metric' widget has none"),
        ({"limit": 9, "shape": False}, "limit= cuts the rows of tables; with shape=False nobody counts them"),
        ({"limit": 9, "record_path": "a"}, "with record_path= or lists='explode' they are made of what it counts"),
        ({"limit": 9, "lists": {"a": "explode"}}, "with record_path= or lists='explode'"),
    ],
    ids=["zero", "bool", "text", "metric", "unshaped", "record_path", "explode"],
)
def test_a_wrong_limit_is_a_fault(app, openbb, options, said):
    app.add_url_rule("/w", "w", openbb.widget(**options)(lambda: ROWS))
    with pytest.raises(ValueError, match=said):
        openbb.validate(app)
