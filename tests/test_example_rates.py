"""The example's exchange rates: a source over HTTP that is slow, broken, talks nonsense, and then works again.

A stub on loopback stands for it. What the widgets show when all is well is proved in ``example_proofs``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from example_workspace import KEY, ORIGIN, Workspace, flat
from flask import Flask
from rates_stub import RATES, RatesStub

import example_app
from example_app.rates import RatesError, Source

WIDGETS = ["fx_rates", "fx_history", "fx_converter"]
NOBODY = "http://127.0.0.1:1/v1"
"""Nobody listens on port 1."""
LONG = 60.0
"""Seconds in which a good answer surely comes, however busy the machine is."""


@pytest.fixture
def stub() -> Iterator[RatesStub]:
    with RatesStub().running() as server:
        yield server


@pytest.fixture
def service(stub: RatesStub) -> Flask:
    return example_app.create_app(
        {"TESTING": True, "OPENBB_API_KEYS": KEY, "RATES_URL": stub.url, "RATES_TIMEOUT": LONG}
    )


@pytest.fixture
def workspace(service: Flask) -> Workspace:
    return Workspace(service)


def wait_briefly(service: Flask, stub: RatesStub, moods: list[Any]) -> None:
    """Give up soon on an answer that does not come."""
    if "slow" in moods:
        service.extensions["rates"] = Source(stub.url, timeout=2)


@pytest.mark.parametrize(
    ("moods", "asked", "what"),
    [
        ([500, 500], 2, "answered with the status 500"),
        ([503, 502], 2, "answered with the status 502"),
        ([404], 1, "answered with the status 404"),
        (["garbage"], 1, "answered with something other than JSON"),
        (["wrong"], 1, "answered with something other than rates"),
        (["slow", "slow"], 2, "did not answer in time"),
        (["cut", "cut"], 2, "cannot be reached"),
    ],
    ids=["500", "503 and 502", "404", "garbage", "wrong", "slow", "cut"],
)
def test_a_failure_is_one_readable_sentence(
    stub: RatesStub, service: Flask, workspace: Workspace, moods: list[Any], asked: int, what: str
) -> None:
    stub.moods = moods
    wait_briefly(service, stub, moods)
    answer = workspace.ask("fx_rates")
    assert answer.status_code == 503
    assert answer.get_json() == {"detail": f"Exchange rates are missing: 127.0.0.1 {what}. Try again in a minute."}
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert len(stub.asked) == asked


@pytest.mark.parametrize("mood", [500, 503, "slow", "cut"])
def test_a_second_try_may_help(stub: RatesStub, service: Flask, workspace: Workspace, mood: Any) -> None:
    stub.moods = [mood]
    wait_briefly(service, stub, [mood])
    assert {row["currency"]: row["rate"] for row in workspace.body("fx_rates")} == RATES
    assert stub.asked == ["/v1/latest?base=EUR"] * 2


@pytest.mark.parametrize("widget_id", WIDGETS)
def test_without_a_network_each_widget_says_so(widget_id: str) -> None:
    workspace = Workspace(example_app.create_app({"TESTING": True, "OPENBB_API_KEYS": KEY, "RATES_URL": NOBODY}))
    answer = workspace.ask(widget_id)
    assert answer.status_code == 503
    # Workspace tests a new backend by calling every widget, and passes over errors that hold this word.
    assert "missing" in answer.get_json()["detail"]
    assert workspace.ask("overview_headlines").status_code == 200


def test_a_backend_without_a_network_passes_workspaces_connection_test(tmp_path: Path) -> None:
    file = str(tmp_path / "clients.sqlite")
    workspace = Workspace(example_app.create_app({"OPENBB_API_KEYS": KEY, "RATES_URL": NOBODY, "DATABASE": file}))
    # Every widget is called: with the dashboard's own ticker, and an omni widget with this question.
    typed: dict[str, dict[str, Any]] = {"desk_ask": {"prompt": "test validation query"}}
    failures = {}
    for widget_id, widget in workspace.widgets.items():
        tickers = [param["paramName"] for param in flat(widget.get("params", [])) if param["type"] == "ticker"]
        answer = workspace.ask(widget_id, **dict.fromkeys(tickers, "AAPL"), **typed.get(widget_id, {}))
        if answer.status_code not in (200, 405, 422) and "missing" not in answer.get_json()["detail"]:
            failures[widget_id] = answer.get_data(as_text=True)
    assert failures == {}


def test_a_name_that_is_not_found_is_a_failure_like_others() -> None:
    with pytest.raises(RatesError, match=r"rates\.invalid cannot be reached"):
        Source("http://rates.invalid/v1", timeout=1).latest("EUR")


def test_a_source_that_failed_is_left_alone_for_a_while(stub: RatesStub, workspace: Workspace) -> None:
    stub.moods = ["garbage"]
    answers = [workspace.ask(widget_id) for widget_id in WIDGETS]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert len({answer.get_json()["detail"] for answer in answers}) == 1
    assert len(stub.asked) == 1


def test_it_is_asked_again_after_the_pause(stub: RatesStub, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    source = Source(stub.url, timeout=LONG, pause=30)
    stub.moods = ["garbage"]
    with pytest.raises(RatesError):
        source.latest("EUR")
    with pytest.raises(RatesError):
        source.latest("EUR")
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert source.latest("EUR")[1] == RATES
    assert len(stub.asked) == 2


def test_a_good_answer_is_kept(stub: RatesStub, workspace: Workspace) -> None:
    first, second = (workspace.ask("fx_rates") for _ in range(2))
    other = workspace.ask("fx_rates", base="USD")
    assert [answer.status_code for answer in (first, second, other)] == [200] * 3
    assert (second.headers["Age"], second.get_data()) == ("0", first.get_data())
    assert stub.asked == ["/v1/latest?base=EUR", "/v1/latest?base=USD"]


def test_a_failure_is_not_kept(stub: RatesStub, workspace: Workspace, service: Flask) -> None:
    stub.moods = ["garbage"]
    assert workspace.ask("fx_rates").status_code == 503
    service.extensions["rates"] = Source(stub.url, timeout=LONG)
    assert workspace.ask("fx_rates").status_code == 200


def test_a_history_without_rates_is_a_failure(stub: RatesStub, workspace: Workspace) -> None:
    stub.moods = ["wrong"]
    answer = workspace.ask("fx_history")
    assert answer.status_code == 503
    assert "something other than rates" in answer.get_json()["detail"]


def test_no_rate_in_the_period_is_told(stub: RatesStub, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "history", lambda self, *names, **days: {})
    answer = workspace.ask("fx_history", start="2018-12-29", end="2018-12-30")
    assert answer.get_json() == {"detail": "Rates between 2018-12-29 and 2018-12-30 are missing."}


def test_a_currency_without_a_rate_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "latest", lambda self, base: ("2018-12-31", {"USD": 1.1}))
    answer = workspace.ask("fx_converter", quote="CHF")
    assert (answer.status_code, answer.get_json()) == (404, {"detail": "The rate of CHF is missing."})


def test_the_converter_knows_its_own_currency(workspace: Workspace) -> None:
    assert workspace.body("fx_converter", base="USD", quote="USD")["value"] == "1,000.00 USD"
