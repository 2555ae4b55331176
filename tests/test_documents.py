"""shape/documents.py: rows that sit deep in documents, and what goes with them."""

from __future__ import annotations

import dataclasses
import json
import typing

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import ShapeError
from flask_openbb.shape import bodies
from flask_openbb.shape.bodies import Shaping
from flask_openbb.shape.documents import unfold, unfolding
from flask_openbb.shape.encode import dumps

STATES = [
    {
        "state": "FL",
        "info": {"governor": "S"},
        "counties": [
            {"name": "Dade", "towns": [{"t": 1}, {"t": 2}]},
            {"name": "Broward", "towns": [{"t": 3}]},
        ],
    },
    {"state": "OH", "counties": [{"name": "Summit", "towns": []}, {"name": "Cuyahoga"}]},
]


@dataclasses.dataclass
class Book:
    day: str
    bids: list[typing.Any]


def rows(documents, record_path, meta=(), **options):
    return list(unfold(documents, unfolding(record_path, meta), **options))


@pytest.mark.parametrize(
    ("record_path", "meta", "expected"),
    [
        (
            "counties",
            ["state"],
            [
                {"name": "Dade", "towns": [{"t": 1}, {"t": 2}], "state": "FL"},
                {"name": "Broward", "towns": [{"t": 3}], "state": "FL"},
                {"name": "Summit", "towns": [], "state": "OH"},
                {"name": "Cuyahoga", "state": "OH"},
            ],
        ),
        (
            ["counties", "towns"],
            ["state", ["info", "governor"], ["counties", "name"]],
            [
                {"t": 1, "state": "FL", "info_governor": "S", "counties_name": "Dade"},
                {"t": 2, "state": "FL", "info_governor": "S", "counties_name": "Dade"},
                {"t": 3, "state": "FL", "info_governor": "S", "counties_name": "Broward"},
            ],
        ),
        (["info"], ["state"], [{"governor": "S", "state": "FL"}]),
        (("counties", "towns"), (), [{"t": 1}, {"t": 2}, {"t": 3}]),
    ],
    ids=["one level", "two levels", "a record", "no meta"],
)
def test_unfold(record_path, meta, expected):
    found = rows(STATES, record_path, meta)
    assert found == expected
    assert [list(row) for row in found] == [list(row) for row in expected]


def test_the_terms_are_those_of_pandas():
    documents = STATES[:1]
    meta = ["state", ["counties", "name"]]
    frame = pd.json_normalize(documents, ["counties", "towns"], meta, sep="_")
    assert rows(documents, ["counties", "towns"], meta) == frame.to_dict("records")


@pytest.mark.parametrize(
    ("documents", "record_path", "meta", "expected"),
    [
        ([{"d": 1, "tags": ["x", None]}], "tags", ["d"], [{"tags": "x", "d": 1}, {"tags": None, "d": 1}]),
        ([Book("mon", [{"p": 1}])], "bids", ["day"], [{"p": 1, "day": "mon"}]),
        ([{"r": [{"a": 1}]}, {"r": [{"a": 2}], "m": 5}], "r", ["m"], [{"a": 1, "m": None}, {"a": 2, "m": 5}]),
        ([{"r": [{"a": 1}], "m": None}], "r", [["m", "x"], "m"], None),
        ([{"r": [{"a": 1}], "m": {"x": {"y": 2}}}], "r", ["m"], [{"a": 1, "m": {"x": {"y": 2}}}]),
        ([{"r": None}, {"r": []}, {}], "r", ["m"], []),
        ([], "r", ["m"], []),
    ],
    ids=["scalars", "records", "meta of some", "meta of none", "nested meta", "no rows", "no documents"],
)
def test_documents(documents, record_path, meta, expected):
    if expected is None:
        with pytest.raises(ShapeError, match=r"no document has meta='m\.x'"):
            rows(documents, record_path, meta)
    else:
        assert rows(documents, record_path, meta) == expected


@pytest.mark.parametrize(
    ("documents", "record_path", "meta", "message"),
    [
        (STATES, "countries", (), r"no document has record_path='countries'\. Name the keys as the view returns them"),
        (STATES, "counties", ["stat"], "no document has meta='stat'"),
        (STATES, "state", (), r"record_path='state' leads to a str, not to a list of rows"),
        (STATES, ["counties", "name"], (), r"record_path='counties\.name' leads to a str"),
        ([5], "r", (), "an int stands where record_path='r' expects a record with that key"),
        ([{"r": [1]}], ["r", "s"], (), r"an int stands where record_path='r\.s' expects"),
        ([{"r": [{"m": 1}], "m": 2}], "r", ["m"], "the key 'm' of a row and the meta path 'm' give one column"),
        ([{"r": [1]}], "r", [["a", "b"], "a_b"], "two meta paths give one column"),
    ],
    ids=["path", "meta", "scalar", "deep scalar", "no record", "no record inside", "collision", "meta collision"],
)
def test_what_cannot_be_unfolded(documents, record_path, meta, message):
    with pytest.raises(ShapeError, match=message):
        rows(documents, record_path, meta)


@pytest.mark.parametrize(
    ("record_path", "meta", "message"),
    [
        (None, ["a"], r"meta=\['a'\] needs record_path="),
        ("a", "b", "meta='b' is not a list"),
        ("a", 5, "meta=5 is not a list"),
        ("", (), "record_path='' is no path"),
        ([], (), r"record_path=\[\] is no path"),
        ([1], (), r"record_path=\[1\] is no path"),
        ("a", [[]], r"meta=\[\] is no path"),
        (5, (), "record_path=5 is no path"),
    ],
    ids=repr,
)
def test_wrong_options(record_path, meta, message):
    with pytest.raises(ShapeError, match=f"^Widget 'w': {message}"):
        Shaping("w", record_path=record_path, meta=meta)


def test_a_table_of_documents():
    shaping = Shaping("w", record_path=["counties"], meta=["state", ["info", "governor"]], lists="json")
    expected = [
        {"name": "Dade", "towns": '[{"t":1},{"t":2}]', "state": "FL", "info_governor": "S"},
        {"name": "Broward", "towns": '[{"t":3}]', "state": "FL", "info_governor": "S"},
    ]
    assert json.loads(dumps(bodies.table(STATES[0], shaping))) == expected
    assert json.loads(dumps(bodies.table([STATES[0]], shaping))) == expected
    keyed = Shaping("w", data_key="d", record_path="counties", select=["name"])
    assert json.loads(dumps(bodies.table({"d": STATES, "n": 1}, keyed))) == {
        "d": [{"name": "Dade"}, {"name": "Broward"}, {"name": "Summit"}, {"name": "Cuyahoga"}],
        "n": 1,
    }
    with pytest.raises(ShapeError, match=r"^Widget 'w': no document has record_path='x'"):
        bodies.table(STATES, Shaping("w", record_path="x"))


def test_documents_are_not_changed():
    before = repr(STATES)
    rows(STATES, ["counties", "towns"], ["state"])
    assert repr(STATES) == before


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"m": st.integers(), "r": st.lists(st.fixed_dictionaries({"a": st.integers()}))}))
)
def test_every_row_is_found_again_with_its_document(documents):
    assert rows(documents, "r", ["m"] if any(document["r"] for document in documents) else []) == [
        {**row, "m": document["m"]} for document in documents for row in document["r"]
    ]
