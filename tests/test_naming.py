"""Labels, and foreign text made safe for a one-line message."""

import pytest

from flask_openbb.manifest.naming import echo, label_from, one_line


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("start_date", "Start Date"),
        ("startDate", "Start Date"),
        ("START_DATE", "Start Date"),
        ("peRatioTTM", "Pe Ratio TTM"),
        ("HTTPStatus", "HTTP Status"),
        ("day1", "Day1"),
        ("kebab-case.name", "Kebab Case Name"),
        ("_private", "Private"),
        ("___", "___"),
        ("", ""),
        ("größe_mm", "Größe Mm"),
    ],
    ids=str,
)
def test_label(name, label):
    assert label_from(name) == label


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand  more", "two lines and more"),
        ("bell\x07 null\x00 bidi\u202e end", "bell null bidi end"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("x" * 11, "x" * 9 + "…"),
        ("x" * 10, "x" * 10),
    ],
    ids=["plain", "lines", "controls", "surrogate", "cut", "fits"],
)
def test_one_line(text, clean):
    assert one_line(text, limit=10 if text[0] == "x" else 300) == clean


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("AAPL", "'AAPL'"),
        ("x" * 1_000_000, "'" + "x" * 39 + "…'"),
        ("a\nb\x00", "'a b'"),
        (None, "None"),
        (True, "True"),
        (1.5, "1.5"),
        (7, "7"),
        (10**5000, "a very large number"),
        ({}, "an object"),
        ([1], "a list"),
        (b"x", "a bytes"),
    ],
    ids=["text", "megabyte", "controls", "none", "bool", "float", "int", "huge", "object", "list", "other"],
)
def test_echo(value, quoted):
    assert echo(value) == quoted
