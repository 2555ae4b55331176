"""The check of URLs: endpoints, placeholders, what the backend serves, and types with needs of their own."""

from typing import Any

import pytest

from flask_openbb.errors import Fault
from flask_openbb.manifest.lint import lint_widgets

E, W, H = "error", "warning", "hint"
BARE = {"name": "W", "description": "A widget.", "endpoint": "w"}


def said(faults: list[Fault]) -> list[tuple[str, tuple[str | int, ...]]]:
    """What was said and where, in the order reported."""
    return [(fault.severity, fault.path) for fault in faults]


def check(**keys: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Check one widget of these keys and the required ones."""
    return said(lint_widgets({"w": {**BARE, **keys}}))


# -- Endpoints -----------------------------------------------------------------------------------

ENDPOINTS = [
    ("http://localhost:8000/x", []),
    ("https://example.com/x/", []),
    ("data:text/plain,x", []),
    ("/", []),
    ("a?b=c", []),
    ("http_stats", [(E, ("endpoint",))]),
    ("httpx://host", [(E, ("endpoint",))]),
    ("http://", [(E, ("endpoint",))]),
    ("stats/", [(W, ("endpoint",))]),
    ("stats/?a=b", [(W, ("endpoint",))]),
    ("", [(W, ("endpoint",))]),
]


@pytest.mark.parametrize(("url", "expected"), ENDPOINTS)
def test_endpoint(url: str, expected: list[Any]) -> None:
    assert check(endpoint=url) == expected


def test_endpoint_fixes() -> None:
    (fault,) = lint_widgets({"w": {**BARE, "endpoint": "http_stats"}})
    assert fault.fix == "Write '/http_stats', or the whole URL."
    (fault,) = lint_widgets({"w": {**BARE, "endpoint": "stats/"}})
    assert fault.fix == "Serve and write 'stats'."


@pytest.mark.parametrize("kind", ["note", "rich_note", "iframe"])
def test_nothing_is_asked_of_notes_and_frames(kind: str) -> None:
    assert said(lint_widgets({"w": {**BARE, "type": kind, "endpoint": ""}}, endpoints=[])) == []


def test_query_in_the_endpoint_shuts_params_out() -> None:
    params = [{"paramName": "x", "type": "text", "show": True}]
    assert check(endpoint="w?a=b", params=params) == [(W, ("endpoint",))]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ([{"paramName": "symbol", "type": "text", "value": "AAPL"}], [(H, ("endpoint",))]),
        ([[{"paramName": "symbol", "type": "text", "value": "AAPL"}]], [(H, ("endpoint",)), (H, ("params",))]),
        ([{"paramName": "symbol", "type": "ticker"}], [(H, ("endpoint",))]),
        ([{"paramName": "symbol", "type": "text"}], [(W, ("endpoint",)), (H, ("endpoint",))]),
        ([{"paramName": "symbl", "type": "text"}], [(E, ("endpoint",)), (H, ("endpoint",))]),
        ([], [(E, ("endpoint",)), (H, ("endpoint",))]),
    ],
    ids=["given", "in a row", "ticker", "empty", "misspelt", "none"],
)
def test_placeholder_in_the_endpoint(params: Any, expected: list[Any]) -> None:
    for param in (entry[0] if isinstance(entry, list) else entry for entry in params):
        param["show"] = True
    assert check(endpoint="stock/{symbol}/bars", params=params) == expected


SERVED = ["stock/{symbol}", "/prices/", "options", "part/config", "part/history", "any/{name}"]
SERVED += [f"udf/{name}" for name in ("config", "search", "symbols", "history")]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"endpoint": "prices"}, []),
        ({"endpoint": "//prices?x=1"}, []),
        ({"endpoint": "https://elsewhere.example/x"}, []),
        ({"endpoint": "price"}, [(E, ("endpoint",), "Did you mean 'prices'?")]),
        ({"endpoint": "zzz"}, [(E, ("endpoint",), "Add the route, or correct the URL.")]),
        ({"endpoint": "zzz", "type": "iframe"}, []),
        ({"endpoint": "udf", "type": "advanced_charting", "data": {"defaultSymbol": "A"}}, []),
        ({"endpoint": "any", "type": "advanced_charting", "data": {"defaultSymbol": "A"}}, []),
        (
            {"endpoint": "part", "type": "advanced_charting", "data": {"defaultSymbol": "A"}},
            [(W, ("endpoint",), "Add routes for part/search, part/symbols, or use openbb.udf().")],
        ),
        (
            {"endpoint": "zzz", "type": "advanced_charting", "data": {"defaultSymbol": "A"}},
            [(E, ("endpoint",), "Add the route, or correct the URL.")],
        ),
    ],
    ids=repr,
)
def test_endpoint_is_served(keys: Any, expected: list[Any]) -> None:
    faults = lint_widgets({"w": {**BARE, **keys}}, endpoints=SERVED)
    assert [(fault.severity, fault.path, fault.fix) for fault in faults] == expected


def test_endpoint_asked_by_post_is_not_looked_for_among_those_served_by_get() -> None:
    faults = lint_widgets({"w": {**BARE, "endpoint": "zzz", "type": "omni"}}, endpoints=SERVED)
    assert said(faults) == [(H, ())]


# -- Types with needs, and what all widgets together show -------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"type": "advanced_charting", "data": {"defaultSymbol": "AAPL"}}, []),
        ({"type": "advanced_charting"}, [(E, ("data", "defaultSymbol"))]),
        (
            {"type": "advanced_charting", "data": {"defaultSymbol": 5}},
            [(E, ("data", "defaultSymbol")), (W, ("data", "defaultSymbol"))],
        ),
        ({"type": "live_grid", "wsEndpoint": "ws"}, []),
        ({"type": "live_grid"}, [(W, ("wsEndpoint",))]),
    ],
    ids=repr,
)
def test_needs_of_a_type(keys: Any, expected: list[Any]) -> None:
    assert check(**keys) == expected


def test_two_widgets_of_one_name() -> None:
    (fault,) = lint_widgets({"a": BARE, "b": BARE})
    assert (fault.severity, fault.widget, fault.value) == (H, None, "W")
    assert "'a', 'b'" in fault.message


@pytest.mark.parametrize("kind", ["html", "pdf", "omni", "ssrm_table", "ssrm_advanced"])
def test_types_excel_cannot_show_are_one_hint(kind: str) -> None:
    (fault,) = lint_widgets({"a": {**BARE, "type": kind}, "b": {**BARE, "name": "B", "type": kind}})
    assert (fault.severity, fault.widget, fault.value) == (H, None, ["a", "b"])
    assert fault.message == f"Excel shows no widgets of these types: {kind}."
