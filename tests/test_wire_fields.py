"""Strict fields, near misses and URLs: what the tables of the lint tests do not reach."""

import difflib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from flask_openbb.manifest.near_misses import closest, did_you_mean
from flask_openbb.manifest.urls import is_mistaken, placeholders, same_url, taken_as_absolute
from flask_openbb.manifest.wire_fields import Number, Problem, Text, is_number, json_type


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "a boolean"),
        (1.5, "a number"),
        ("", "a string"),
        ([], "a list"),
        ((), "a list"),
        ({}, "an object"),
        (b"", "bytes"),
    ],
)
def test_json_type(value: Any, name: str) -> None:
    assert json_type(value) == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (-2.5, True), (True, False), ("1", False), (float("nan"), False), (10**400, False), (None, False)],
)
def test_is_number(value: Any, expected: bool) -> None:
    assert is_number(value) is expected


def test_a_problem_carries_what_is_allowed_and_the_fix() -> None:
    with pytest.raises(ValidationError) as caught:
        Number(low=1000).deserialize(5)
    (problem,) = caught.value.messages
    assert isinstance(problem, Problem)
    assert (str(problem), problem.allowed, problem.fix) == ("The number is too small.", (), "Use at least 1000.")
    with pytest.raises(ValidationError, match="A string is wanted here, not a number"):
        Text().deserialize(5)


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("refecthInterval", "refetchInterval"),
        ("refetch_interval", "refetchInterval"),
        ("SUBCATEGORY", "subCategory"),
        ("sub", ""),
        ("", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_closest(word: Any, near: str) -> None:
    known = ["refetchInterval", "subCategory", "name"]
    assert closest(word, known) == near
    assert did_you_mean(word, known, otherwise="No.") == (f"Did you mean {near!r}?" if near else "No.")


WORD = st.text("abc12", min_size=1, max_size=9)


@given(WORD, st.lists(WORD, max_size=30))
def test_closest_is_what_difflib_puts_first(word: str, known: list[str]) -> None:
    assert closest(word, known) == next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.75)), "")


@pytest.mark.parametrize(
    ("url", "absolute", "mistaken"),
    [
        ("http://a", True, False),
        ("https://a/b", True, False),
        ("data:x", True, False),
        ("http_stats", True, True),
        ("https:/a", True, True),
        ("/http_stats", False, False),
        ("stats", False, False),
    ],
)
def test_urls_taken_as_absolute(url: str, absolute: bool, mistaken: bool) -> None:
    assert (taken_as_absolute(url), is_mistaken(url)) == (absolute, mistaken)


def test_url_parts() -> None:
    assert placeholders("a/{b}/{c_d}?e={f}") == ["b", "c_d", "f"]
    assert [same_url(url) for url in ("/a//b/", "a/b?c=/d", "", "/")] == ["a/b", "a/b", "", ""]
