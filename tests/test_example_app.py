"""The example: its pages and its API are as they were, and every widget draws data at first sight."""

from __future__ import annotations

import csv
import itertools
import re
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import example_app
from example_app import analytics, hello, store

ROOT = Path(example_app.__file__).parent
ORIGIN = "https://pro.openbb.co"
KEY = "a-key-of-the-tests"
WIDGETS = {
    "api_performance",
    "macro_inflation",
    "oil_and_prices",
    "overview_briefing",
    "overview_headlines",
    "prices_candles",
    "prices_comparison",
    "prices_history",
    "prices_years",
    "risk_correlation",
    "risk_drawdowns",
}


@pytest.fixture
def service() -> Flask:
    return example_app.create_app({"TESTING": True, "OPENBB_API_KEYS": KEY})


@pytest.fixture
def visitor(service: Flask) -> FlaskClient:
    """Somebody without a key, on the service's own pages."""
    return service.test_client()


@pytest.fixture
def workspace(service: Flask) -> FlaskClient:
    """Workspace as its user configured it."""
    client = service.test_client()
    client.environ_base.update({"HTTP_ORIGIN": ORIGIN, "HTTP_X_API_KEY": KEY})
    return client


def flat(params: list[Any]) -> list[dict[str, Any]]:
    return [param for row in params for param in (row if isinstance(row, list) else [row])]


def wire_value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def ask(client: FlaskClient, widget: dict[str, Any], **changes: Any) -> Any:
    """Ask for a widget as Workspace does: defaults sent, nothing empty, placeholders filled in."""
    values = {param["paramName"]: param.get("value") for param in flat(widget.get("params", []))} | changes
    query = {name: wire_value(value) for name, value in values.items() if value not in (None, "", [], False, 0)}
    for name in re.findall(r"{(\w+)}", widget["endpoint"]):
        widget = widget | {"endpoint": widget["endpoint"].replace(f"{{{name}}}", query.pop(name))}
    if widget["type"] in {"chart", "markdown"}:
        query.setdefault("theme", "dark")
    return client.get("/" + widget["endpoint"].strip("/"), query_string=query)


def manifest(client: FlaskClient) -> dict[str, Any]:
    return client.get("/widgets.json").get_json()


def check_table(widget: dict[str, Any], body: Any) -> None:
    rows = body[widget["data"]["dataKey"]] if "dataKey" in widget.get("data", {}) else body
    assert len(rows) > 1
    assert all(list(row) == list(rows[0]) for row in rows)
    assert all(not isinstance(cell, dict | list) for row in rows for cell in row.values())
    shown = [column["field"] for column in widget["data"]["table"]["columnsDefs"]]
    assert set(shown) <= set(rows[0])


def check_chart(widget: dict[str, Any], body: Any) -> None:
    assert body["layout"]["paper_bgcolor"] == "#151518"
    for trace in body["data"]:
        points = trace.get("z") or trace.get("y") or trace["close"]
        assert isinstance(points, list)
        assert any(point is not None for point in points)


def check_metric(widget: dict[str, Any], body: Any) -> None:
    assert [list(figure) for figure in body] == [["label", "value", "delta"]] * 5


def check_markdown(widget: dict[str, Any], body: Any) -> None:
    assert body.splitlines()[:3] == [
        "# 2018 in the markets",
        "",
        "- **S&P 500** went from 2,673.61 to 2,506.85 points (-6.24 %), between 2,351.10 and 2,930.75.",
    ]


CHECKS = {"table": check_table, "chart": check_chart, "metric": check_metric, "markdown": check_markdown}


# The host service


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Markets at the close of 31 December 2018"),
        ("/instruments/SP500", "2,506.85"),
        ("/instruments/vix", "CBOE Volatility Index"),
        ("/static/style.css", ".card"),
    ],
)
def test_pages_stay_open_and_unmarked(visitor: FlaskClient, path: str, words: str) -> None:
    with visitor.get(path, headers={"Origin": ORIGIN}) as answer:
        assert answer.status_code == 200
        assert words in answer.get_data(as_text=True)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_page_of_unknown_instrument(visitor: FlaskClient) -> None:
    answer = visitor.get("/instruments/AAPL")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_api_lists_instruments(visitor: FlaskClient) -> None:
    body = visitor.get("/api/instruments").get_json()
    assert [item["symbol"] for item in body] == ["SP500", "NASDAQ", "VIX", "WTI"]
    assert body[0] == {"symbol": "SP500", "name": "S&P 500", "market": "equity", "unit": "points"}


def test_api_prices(visitor: FlaskClient) -> None:
    answer = visitor.get("/api/prices/wti?start=2018-12-27&end=2018-12-31")
    assert answer.get_json() == {
        "symbol": "WTI",
        "results": [{"date": "2018-12-27", "close": 44.48}, {"date": "2018-12-28", "close": 45.15}],
    }
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("path", "status"), [("/api/prices/AAPL", 404), ("/api/prices/VIX?start=soon", 400)])
def test_api_errors(visitor: FlaskClient, path: str, status: int) -> None:
    answer = visitor.get(path)
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]


def test_exposed_api_view_keeps_its_answer(visitor: FlaskClient) -> None:
    answer = visitor.get("/api/performance", headers={"Origin": ORIGIN})
    assert answer.get_json()[0] == {
        "symbol": "SP500",
        "name": "S&P 500",
        "last": {"date": "2018-12-31", "close": 2506.85},
        "change": {"day": 0.85, "month": -9.18, "year": -6.24},
        "range": {"low": 2351.1, "high": 2930.75},
    }
    assert "Access-Control-Allow-Origin" not in answer.headers


# Workspace


def test_manifest_names_every_widget(workspace: FlaskClient) -> None:
    assert set(manifest(workspace)) == WIDGETS


@pytest.mark.parametrize("widget_id", sorted(WIDGETS))
def test_widget_draws_data_at_first_sight(workspace: FlaskClient, widget_id: str) -> None:
    widget = manifest(workspace)[widget_id]
    answer = ask(workspace, widget)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    CHECKS[widget["type"]](widget, answer.get_json())


@pytest.mark.parametrize("widget_id", sorted(WIDGETS))
def test_widget_is_described(workspace: FlaskClient, widget_id: str) -> None:
    widget = manifest(workspace)[widget_id]
    assert widget["description"].endswith(".")
    assert {"name", "category", "gridData"} <= set(widget)
    assert {"theme", "raw"}.isdisjoint(param["paramName"] for param in flat(widget.get("params", [])))


@pytest.mark.parametrize("widget_id", sorted(WIDGETS))
def test_options_endpoints_answer(workspace: FlaskClient, widget_id: str) -> None:
    params = flat(manifest(workspace)[widget_id].get("params", []))
    values = {param["paramName"]: param.get("value") for param in params}
    for param in params:
        if "optionsEndpoint" not in param:
            continue
        sent = {
            name: values[value[1:]] if value.startswith("$") else value
            for name, value in param.get("optionsParams", {}).items()
        }
        offered = workspace.get("/" + param["optionsEndpoint"].strip("/"), query_string=sent).get_json()
        chosen = param["value"] if isinstance(param["value"], list) else str(param["value"]).split(",")
        assert set(chosen) <= {option["value"] for option in offered}


def test_options_depend_on_market(workspace: FlaskClient) -> None:
    def labels(market: str) -> list[str]:
        return [option["label"] for option in workspace.get(f"/widgets/symbols?market={market}").get_json()]

    assert labels("equity") == ["S&P 500", "NASDAQ Composite"]
    assert labels("commodity") == ["Crude oil (WTI)"]
    assert len(labels("all")) == 4


def test_price_history(workspace: FlaskClient) -> None:
    answer = ask(workspace, manifest(workspace)["prices_history"], start="2018-12-28")
    assert answer.get_json() == [
        {
            "date": "2018-12-31",
            "open": 2498.94,
            "high": 2509.24,
            "low": 2482.82,
            "close": 2506.85,
            "volume": 3442870000,
        },
        {
            "date": "2018-12-28",
            "open": 2498.77,
            "high": 2520.27,
            "low": 2472.89,
            "close": 2485.74,
            "volume": 3702620000,
        },
    ]


def test_series_without_open_has_the_same_columns(workspace: FlaskClient) -> None:
    rows = ask(workspace, manifest(workspace)["prices_history"], symbol="VIX", interval="month").get_json()
    assert len(rows) == 12
    assert rows[0] == {
        "date": "2018-12-31",
        "open": None,
        "high": None,
        "low": None,
        "close": 25.42,
        "volume": None,
    }


def test_exposed_widget_is_flat(workspace: FlaskClient) -> None:
    row = ask(workspace, manifest(workspace)["api_performance"]).get_json()[0]
    assert row == {
        "symbol": "SP500",
        "name": "S&P 500",
        "last_date": "2018-12-31",
        "last_close": 2506.85,
        "change_day": 0.85,
        "change_month": -9.18,
        "change_year": -6.24,
        "range_low": 2351.1,
        "range_high": 2930.75,
    }


def test_yearly_returns(workspace: FlaskClient) -> None:
    rows = ask(workspace, manifest(workspace)["prices_years"]).get_json()
    assert [(row["year"], row["change"]) for row in rows] == [
        ("2014", 11.39),
        ("2015", -0.73),
        ("2016", 9.54),
        ("2017", 19.42),
        ("2018", -6.24),
    ]


def test_inflation_keeps_its_envelope(workspace: FlaskClient) -> None:
    body = ask(workspace, manifest(workspace)["macro_inflation"], months=1).get_json()
    assert body == {
        "results": [{"month": "2018-11-01", "index": 259.481, "change": 2.24}],
        "meta": {"unit": "1982-1984 = 100", "source": "FRED: CPILFESL"},
    }


def test_raw_figures_behind_a_chart(workspace: FlaskClient) -> None:
    rows = ask(workspace, manifest(workspace)["prices_comparison"], compare="VIX", raw=True).get_json()
    assert rows[0] == {"symbol": "VIX", "date": "2018-01-02", "value": 100.0}


def test_chart_follows_the_theme(workspace: FlaskClient) -> None:
    body = ask(workspace, manifest(workspace)["prices_candles"], theme="light").get_json()
    assert body["layout"]["paper_bgcolor"] == "#ffffff"
    assert [trace["type"] for trace in body["data"]] == ["candlestick", "scatter", "bar"]


def test_switches_reach_the_view(workspace: FlaskClient) -> None:
    widget = manifest(workspace)["prices_candles"]
    answer = workspace.get("/" + widget["endpoint"], query_string={"volume": "false", "interval": "week"})
    assert [trace["type"] for trace in answer.get_json()["data"]] == ["candlestick", "scatter"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/widgets/prices/history?symbol=AAPL", 404),
        ("/widgets/prices/history?interval=year", 422),
        ("/widgets/prices/history?start=soon", 422),
        ("/widgets/prices/candles?window=1", 422),
        ("/widgets/overview/briefing?year=2013", 422),
        ("/widgets/prices/years/AAPL", 404),
        ("/widgets/prices/candles?start=2030-01-01", 200),
        ("/widgets/risk/drawdowns?start=2030-01-01", 200),
        ("/widgets/prices/comparison?start=2030-01-01", 200),
    ],
)
def test_wrong_values_are_answered(workspace: FlaskClient, path: str, status: int) -> None:
    answer = workspace.get(path)
    assert answer.status_code == status
    assert status == 200 or "\n" not in answer.get_json()["detail"]


# The door


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json", "/widgets/overview/headlines", "/widgets/symbols"])
@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"X-API-KEY": "wrong"}, 403)], ids=["none", "wrong"])
def test_key_is_asked_for(visitor: FlaskClient, path: str, headers: dict[str, str], status: int) -> None:
    answer = visitor.get(path, headers={"Origin": ORIGIN, **headers})
    assert answer.status_code == status
    assert answer.get_json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_exposed_widget_asks_for_the_key(service: Flask, workspace: FlaskClient) -> None:
    widget = manifest(workspace)["api_performance"]
    answer = ask(service.test_client(), widget)
    assert answer.status_code == 401


def test_preflight_needs_no_key(visitor: FlaskClient) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-api-key",
    }
    answer = visitor.options("/widgets/overview/headlines", headers=asked)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_demonstration_key_is_loud(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    key = example_app.config.DEMONSTRATION_KEY
    monkeypatch.setattr(example_app.config, "OPENBB_API_KEYS", key)
    client = example_app.create_app().test_client()
    assert "demonstration key" in caplog.text
    assert client.get("/widgets.json", headers={"X-API-KEY": key}).status_code == 200
    assert client.get("/widgets.json").status_code == 401


def test_blank_key_does_not_open_the_door() -> None:
    with pytest.raises(ValueError, match="OPENBB_API_KEYS"):
        example_app.create_app({"OPENBB_API_KEYS": ""})


# The app


def test_app_places_known_widgets(workspace: FlaskClient) -> None:
    (layout,) = workspace.get("/apps.json").get_json()
    placed = [item["i"] for tab in layout["tabs"].values() for item in tab["layout"]]
    assert layout["name"] == "Market overview"
    assert sorted(placed) == sorted(WIDGETS)
    mentioned = re.findall(r"@\[id:(\w+)]", " ".join(layout["prompts"]))
    assert set(mentioned) <= WIDGETS


def test_check_finds_nothing(service: Flask) -> None:
    result = service.test_cli_runner().invoke(args=["openbb", "check", "--strict"])
    assert result.exit_code == 0, result.output
    assert "11 valid widgets, 1 valid apps: 0 errors, 0 warnings" in result.output


# Hello World


def test_hello() -> None:
    client = hello.app.test_client()
    widget = manifest(client)["hello_world"]
    assert (widget["name"], widget["type"], widget["gridData"]) == (
        "Hello World",
        "markdown",
        {"w": 12, "h": 4},
    )
    assert ask(client, widget, name="Ada").get_json() == "# Hello World Ada"
    assert [list(tab["tabs"]) for tab in client.get("/apps.json").get_json()] == [["hello"]]


def test_secure_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBB_API_KEYS", "old,new")
    client = hello.secure_app().test_client()
    answers = [client.get("/hello_world", headers=headers) for headers in ({}, {"X-API-KEY": "bad"})]
    assert [answer.status_code for answer in answers] == [401, 403]
    for key in ("old", "new"):
        answer = client.get("/hello_world?name=Ada", headers={"X-API-KEY": key})
        assert answer.get_json() == "# Hello World Ada, safely"


def test_secure_hello_without_a_key_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBB_API_KEYS", raising=False)
    with pytest.raises(ValueError, match="OPENBB_API_KEYS"):
        hello.secure_app()


# The server's settings


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, {"bind": "127.0.0.1:7779", "workers": 2, "certfile": None, "keyfile": None}),
        ({"PORT": "8001"}, {"bind": "127.0.0.1:8001"}),
        ({"BIND": "0.0.0.0:80", "PORT": "8001"}, {"bind": "0.0.0.0:80"}),
        (
            {"CERTFILE": "localhost.pem", "KEYFILE": "k.pem"},
            {"certfile": "localhost.pem", "keyfile": "k.pem"},
        ),
    ],
    ids=["defaults", "port", "bind", "https"],
)
def test_gunicorn_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], expected: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PORT", "BIND", "WEB_CONCURRENCY", "THREADS", "CERTFILE", "KEYFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert {name: settings[name] for name in expected} == expected


# The data


@pytest.mark.parametrize(
    ("file", "columns", "rows", "first", "last"),
    [
        ("sp500.csv", "date open high low close volume", 1259, "2013-12-31", "2018-12-31"),
        ("nasdaq.csv", "date open high low close volume", 1259, "2013-12-31", "2018-12-31"),
        ("vix.csv", "date close", 1257, "2014-01-03", "2018-12-31"),
        ("wti.csv", "date close", 1256, "2013-12-31", "2018-12-28"),
        ("core_cpi.csv", "date index", 71, "2013-01-01", "2018-11-01"),
    ],
)
def test_data_file(file: str, columns: str, rows: int, first: str, last: str) -> None:
    with (store.DATA / file).open(newline="", encoding="utf-8") as lines:
        header, *body = csv.reader(lines)
    days = [date.fromisoformat(row[0]) for row in body]
    assert header == columns.split()
    assert (len(body), body[0][0], body[-1][0]) == (rows, first, last)
    assert all(old < new for old, new in itertools.pairwise(days))
    assert all(float(cell) > 0 for row in body for cell in row[1:] if cell)
    described = (store.DATA / "README.rst").read_text(encoding="utf-8")
    assert f"``{file}``" in described
    assert f"{first} to {last}" in described


@pytest.mark.parametrize("symbol", ["SP500", "NASDAQ"])
def test_high_and_low_hold_the_day(symbol: str) -> None:
    for quote in store.quotes(symbol):
        assert quote.high is not None
        assert quote.low is not None
        assert quote.open is not None
        assert quote.low <= min(quote.open, quote.close) <= max(quote.open, quote.close) <= quote.high


def test_only_two_volumes_are_missing() -> None:
    missing = [quote.date for symbol in ("SP500", "NASDAQ") for quote in store.quotes(symbol) if quote.volume is None]
    assert missing == [date(2015, 5, 12), date(2018, 1, 9)]


def test_data_is_small() -> None:
    assert sum(file.stat().st_size for file in store.DATA.glob("*.csv")) < 400_000


def test_last_day_is_the_last_on_file() -> None:
    assert max(store.quotes(item.symbol)[-1].date for item in store.instruments()) == store.LAST_DAY


def test_files_are_read_once() -> None:
    first = store.quotes("VIX")[0]
    assert store.quotes("vix")[0] is first
    assert store.core_cpi() is store.core_cpi()


# The arithmetic


def test_moving_average() -> None:
    assert analytics.moving_average([1, 2, 3, 4, 6], 3) == [None, None, 2.0, 3.0, 4.33]
    assert analytics.moving_average([], 3) == []


def test_drawdowns_and_rebased() -> None:
    assert analytics.drawdowns([100, 110, 99, 121]) == [0.0, 0.0, -10.0, 0.0]
    assert analytics.rebased([50, 55, 45]) == [100.0, 110.0, 90.0]


def test_correlation_uses_common_days() -> None:
    left = [store.Quote(date(2018, 1, day), close) for day, close in ((1, 10), (2, 11), (3, 50), (4, 10))]
    right = [store.Quote(date(2018, 1, day), close) for day, close in ((1, 10), (2, 11), (4, 10), (5, 99))]
    assert analytics.correlation(left, right) == 1.0


def test_weeks_join_days() -> None:
    days = [
        store.Quote(date(2018, 12, 28), 2, open=1, high=5, low=1, volume=10),
        store.Quote(date(2018, 12, 31), 4, open=3, high=4, low=2, volume=20),
        store.Quote(date(2019, 1, 2), 6, open=4, high=7, low=3, volume=30),
    ]
    assert analytics.by_period(days, "day") == days
    assert analytics.by_period(days, "week") == [
        days[0],
        store.Quote(date(2019, 1, 2), 6, open=3, high=7, low=2, volume=50),
    ]
    assert [quote.date for quote in analytics.by_period(days, "month")] == [
        date(2018, 12, 31),
        date(2019, 1, 2),
    ]
