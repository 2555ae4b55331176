"""shape/news.py: articles that the client can format, sort and search, whatever the source wrote."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import ShapeError
from flask_openbb.shape.news import iso_date, newsfeed
from flask_openbb.shape.shaping import Shaping

PLAIN = Shaping("w")
ARTICLE = {"title": "T", "date": "2024-01-02T03:04:05", "author": "A", "excerpt": "E", "body": "# B"}
SHORT = {"title": "T", "date": date(2024, 1, 2)}
FILLED = {"title": "T", "date": "2024-01-02T00:00:00", "author": "", "excerpt": "", "body": ""}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05"),
        (datetime(2024, 1, 2, 3, 4, 5, 678901), "2024-01-02T03:04:05.678"),
        (datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2024-01-01T22:00:00+00:00"),
        (date(2024, 1, 2), "2024-01-02T00:00:00"),
        (pd.Timestamp("2024-01-02 03:04:05.123456789"), "2024-01-02T03:04:05.123"),
        (pd.Timestamp("2024-01-02", tz="America/New_York"), "2024-01-02T05:00:00+00:00"),
        (np.datetime64("2024-01-02T03:04:05.123456789"), "2024-01-02T03:04:05.123"),
        (np.datetime64("2024-01-02"), "2024-01-02T00:00:00"),
        ("2024-01-02", "2024-01-02T00:00:00"),
        ("2024-01-02 03:04", "2024-01-02T03:04:00"),
        ("2024-01-02T03:04.5", "2024-01-02T03:04:00.500"),
        (" 2024-01-02T03:04:05Z ", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05.1234567Z", "2024-01-02T03:04:05.123+00:00"),
        ("2024-01-02T03:04:05 +0530", "2024-01-01T21:34:05+00:00"),
        ("Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02T03:04:05+00:00"),
        (1704164645, "2024-01-02T03:04:05+00:00"),
        (1704164645123, "2024-01-02T03:04:05.123+00:00"),
        (1704164645.5, "2024-01-02T03:04:05.500+00:00"),
        (np.int64(1704164645), "2024-01-02T03:04:05+00:00"),
    ],
    ids=repr,
)
def test_dates(value, text):
    assert iso_date(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "yesterday", "", "2024-13-01", "2024-01-02T25:00", "02/01/2024", "2024-01-02T03:04:05+99:99", True, None,
        float("nan"), float("inf"), 10**30, pd.NaT, np.datetime64("NaT", "ns"), [], {}, b"2024-01-02", timedelta(1),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "x" * 500,
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_what_is_no_date_is_refused(value):
    with pytest.raises(ShapeError, match=r"is not a date\. Give a datetime, a date, text in ISO 8601") as caught:
        iso_date(value)
    assert len(str(caught.value)) < 250


@settings(max_examples=100, deadline=None)
@given(st.datetimes(timezones=st.none() | st.timezones()) | st.dates())
def test_every_date_is_written_so_that_it_reads_the_same(value):
    try:
        text = iso_date(value)
    except ShapeError:  # beyond the years of UTC
        return
    assert iso_date(text) == text
    assert datetime.fromisoformat(text).utcoffset() in (None, timedelta(0))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40) | st.floats() | st.integers())
def test_no_value_breaks_it(value):
    try:
        assert datetime.fromisoformat(iso_date(value)) is not None
    except ShapeError as error:
        assert "is not a date" in str(error)


@pytest.mark.parametrize(
    ("value", "shaping", "body"),
    [
        ([ARTICLE], PLAIN, [ARTICLE]),
        ([{**ARTICLE, "url": "u"}], PLAIN, [{**ARTICLE, "url": "u"}]),
        ([SHORT], PLAIN, [FILLED]),
        (SHORT, PLAIN, [FILLED]),
        (iter([SHORT]), PLAIN, [FILLED]),
        ([], PLAIN, []),
        ([{**SHORT, "author": ["A", "B"], "excerpt": None}], PLAIN, [{**FILLED, "author": "A, B"}]),
        (pd.DataFrame([{**SHORT, "author": float("nan")}]), PLAIN, [FILLED]),
        ({"results": [SHORT], "next": "u"}, PLAIN, [FILLED]),
        ({"articles": [SHORT]}, PLAIN, [FILLED]),
        ({"results": [SHORT], "next": "u"}, Shaping("w", data_key="results"), {"results": [FILLED], "next": "u"}),
        ([SHORT], Shaping("w", data_key="results"), {"results": [FILLED]}),
    ],
    ids=[
        "whole", "more keys", "short", "one", "iterator", "none", "authors", "frame", "envelope", "odd envelope",
        "data_key", "bare under data_key",
    ],
)  # fmt: skip
def test_newsfeed(value, shaping, body):
    assert newsfeed(value, shaping) == body


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "the view returned None. Return a list of articles"),
        ("text", "the view returned a str, not articles"),
        (["text"], r"article 0 \(counted from 0\) is a str"),
        ([ARTICLE, {"date": "2024-01-02"}], r"article 1 \(counted from 0\) has no 'title'"),
        ([{"title": "", "date": "2024-01-02"}], "has no 'title'"),
        ([{"title": "T"}], "has no 'date'"),
        ([{"title": "T", "date": None}], "has no 'date'"),
        ([{"title": "T", "date": "soon"}], r"the date of article 0 \(counted from 0\): 'soon' is not a date"),
        ([{**ARTICLE, "body": ["x"]}], r"the body of article 0 \(counted from 0\) is a list. Give it as text"),
        ([{**ARTICLE, "author": [1]}], "the author of article 0"),
        ([{**ARTICLE, "title": 5}], "the title of article 0"),
    ],
    ids=[
        "none", "text", "scalar", "no title", "empty title", "no date", "null date", "date", "body", "author", "title",
    ],
)  # fmt: skip
def test_newsfeed_refuses(value, message):
    with pytest.raises(ShapeError, match=f"^Widget 'w': .*{message}"):
        newsfeed(value, PLAIN)


def test_newsfeed_over_http(app, openbb, client, manifest):
    @app.get("/news")
    @openbb.newsfeed
    def news(limit: int = 1):
        return [{"title": "T", "date": 1704164645, "body": "b"}] * limit

    assert manifest()["news"]["type"] == "newsfeed"
    article = {"title": "T", "date": "2024-01-02T03:04:05+00:00", "author": "", "excerpt": "", "body": "b"}
    assert client.get("/news?limit=2").get_json() == [article, article]
