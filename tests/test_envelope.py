"""shape/envelope.py: the path of data_key, and the guess where none was declared."""

from __future__ import annotations

import pytest

from flask_openbb.shape import envelope


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("results", ("results",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", "0", "b")),
        ("a['b.c'][\"d\"]", ("a", "b.c", "d")),
        ("", ()),
        ("..", ()),
    ],
    ids=repr,
)
def test_parse(path, steps):
    assert envelope.parse(path) == steps


@pytest.mark.parametrize(
    ("answer", "path", "steps"),
    [
        ({"a": 1}, "a", ("a",)),
        ({"a": {"b": 1}}, "a.b", ("a", "b")),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", ("a.b",)),
        ({"a": [{"b": 1}]}, "a[0].b", ("a", "0", "b")),
        ({"a": ({"b": 1},)}, "a.0.b", ("a", "0", "b")),
        ({"a": []}, "a[0]", None),
        ({"a": [1]}, "a.b", None),
        ({"a": 1}, "a.b", None),
        ({"a": None}, "a.b", None),
        ({}, "a", None),
    ],
    ids=repr,
)
def test_locate(answer, path, steps):
    assert envelope.locate(answer, path) == steps


def test_replace_copies_the_path_and_keeps_what_lies_beside_it():
    meta = {"n": 1}
    answer = {"meta": meta, "a": [{"b": 1, "meta": meta}, meta]}
    found = envelope.replace(answer, ("a", "0", "b"), str)
    assert found == {"meta": meta, "a": [{"b": "1", "meta": meta}, meta]}
    assert answer == {"meta": meta, "a": [{"b": 1, "meta": meta}, meta]}
    assert found["meta"] is meta
    assert found["a"][1] is meta


def test_wrap():
    assert envelope.wrap([1], "a.b") == {"a": {"b": [1]}}


ROWS = [{"x": 1}]


@pytest.mark.parametrize(
    ("answer", "guessed"),
    [
        ({"results": ROWS, "count": 1}, ("results", ["results"])),
        ({"results": ROWS, "warnings": ROWS}, ("results", ["results", "warnings"])),
        ({"data": ROWS, "items": ROWS}, (None, ["data", "items"])),
        ({"prices": ROWS}, ("prices", ["prices"])),
        ({"prices": ROWS, "meta": {}, "errors": [], "next": None}, ("prices", ["prices"])),
        ({"symbol": "A", "trades": ROWS}, (None, ["trades"])),
        ({"bids": ROWS, "asks": ROWS}, (None, ["bids", "asks"])),
        ({"results": [], "meta": {}}, ("results", [])),
        ({"results": [], "data": []}, (None, [])),
        ({"prices": [], "meta": {}}, (None, [])),
        ({"a": 1, "tags": ["x"]}, (None, [])),
        ({}, (None, [])),
    ],
    ids=str,
)
def test_guess(answer, guessed):
    assert envelope.guess(answer) == guessed
