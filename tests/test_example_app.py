"""The example: its pages and its API are as they were, and its doors, apps, settings and data are in order.

What each widget answers is in ``test_example_widgets.py``, what happens when the source of exchange rates fails in
``test_example_rates.py``.
"""

from __future__ import annotations

import csv
import http.client
import itertools
import json
import re
import runpy
import ssl
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from example_workspace import KEY, ORIGIN, Workspace, flat
from flask import Flask
from flask.testing import FlaskClient
from servers import Gunicorn

import example_app
from example_app import analytics, hello, store
from flask_openbb.web.certificates import write_certificate

ROOT = Path(example_app.__file__).parent


@pytest.fixture
def service() -> Flask:
    return example_app.create_app({"TESTING": True, "OPENBB_API_KEYS": KEY})


@pytest.fixture
def visitor(service: Flask) -> FlaskClient:
    """Somebody without a key, on the service's own pages."""
    return service.test_client()


@pytest.fixture
def workspace(service: Flask) -> Workspace:
    """Workspace as its user configured it."""
    return Workspace(service)


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


def test_options_depend_on_market(workspace: Workspace) -> None:
    def labels(market: str) -> list[str]:
        return [option["label"] for option in workspace.client.get(f"/widgets/symbols?market={market}").get_json()]

    assert labels("equity") == ["S&P 500", "NASDAQ Composite"]
    assert labels("commodity") == ["Crude oil (WTI)"]
    assert len(labels("all")) == 4


def test_price_history(workspace: Workspace) -> None:
    answer = workspace.ask("prices_history", start="2018-12-28")
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


def test_series_without_open_has_the_same_columns(workspace: Workspace) -> None:
    rows = workspace.ask("prices_history", symbol="VIX", interval="month").get_json()
    assert len(rows) == 12
    assert rows[0] == {
        "date": "2018-12-31",
        "open": None,
        "high": None,
        "low": None,
        "close": 25.42,
        "volume": None,
    }


def test_exposed_widget_is_flat(workspace: Workspace) -> None:
    row = workspace.ask("api_performance").get_json()[0]
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


def test_inflation_keeps_its_envelope(workspace: Workspace) -> None:
    body = workspace.ask("macro_inflation", months=1).get_json()
    assert body == {
        "results": [{"month": "2018-11-01", "index": 259.481, "change": 2.24}],
        "meta": {"unit": "1982-1984 = 100", "source": "FRED: CPILFESL"},
    }


def test_raw_figures_behind_a_chart(workspace: Workspace) -> None:
    rows = workspace.ask("prices_comparison", compare="VIX", raw=True).get_json()
    assert rows[0] == {"symbol": "VIX", "date": "2018-01-02", "value": 100.0}


def test_chart_follows_the_theme(workspace: Workspace) -> None:
    body = workspace.ask("prices_candles", theme="light").get_json()
    assert body["layout"]["paper_bgcolor"] == "#ffffff"
    assert [trace["type"] for trace in body["data"]] == ["candlestick", "scatter", "bar"]


def test_switches_reach_the_view(workspace: Workspace) -> None:
    path = "/" + workspace.widgets["prices_candles"]["endpoint"]
    answer = workspace.client.get(path, query_string={"volume": "false", "interval": "week"})
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
        ("/widgets/portfolio/lots?holding=VIX", 404),
        ("/widgets/portfolio/value?start=2030-01-01", 200),
        ("/widgets/portfolio/what-if?weights=all", 400),
        ("/widgets/portfolio/what-if?weights=[1]", 400),
        ('/widgets/portfolio/what-if?weights={"AAPL": 1}', 400),
        ('/widgets/portfolio/what-if?weights={"WTI": "much"}', 400),
        ('/widgets/portfolio/what-if?weights={"WTI": -1, "VIX": 2}', 400),
        ('/widgets/portfolio/what-if?weights={"WTI": NaN}', 400),
        ('/widgets/portfolio/what-if?weights={"WTI": 1}&start=2030-01-01', 404),
        ("/widgets/research/news?symbol=AAPL", 404),
        ("/widgets/research/news?count=51", 422),
        ("/widgets/research/document?path=../config.py", 422),
        ("/widgets/research/page?symbol=AAPL", 404),
        ("/widgets/research/video?title=Another", 422),
        ("/widgets/trading/quote?symbol=AAPL", 404),
        ("/widgets/trading/volume?symbol=WTI", 200),
        ("/widgets/trends/ranges?symbol=VIX", 200),
        ("/widgets/fx/history?base=EUR&quote=EUR", 400),
        ("/widgets/fx/history?start=2018-12-31&end=2018-01-01", 400),
        ("/widgets/screens/levels?moves=-2,much", 400),
        ("/widgets/screens/levels?moves=1e9", 400),
        ("/widgets/screens/days?least=101", 422),
        ("/widgets/screens/days?chosen=AAPL", 404),
        ("/widgets/screens/memo?year=then", 200),
        ("/widgets/prices/comparison?start=2030-01-01", 200),
    ],
)
def test_wrong_values_are_answered(workspace: Workspace, path: str, status: int) -> None:
    answer = workspace.client.get(path)
    assert answer.status_code == status
    assert status == 200 or "\n" not in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("widget_id", "param"),
    [("trading_quote", "symbol"), ("research_report", "symbol"), ("portfolio_lots", "holding")],
)
def test_a_ticker_of_workspaces_own_fails_no_connection_test(workspace: Workspace, widget_id: str, param: str) -> None:
    # Workspace calls every widget of a new backend, and passes over errors that hold this word.
    answer = workspace.ask(widget_id, **{param: "AAPL"})
    assert answer.status_code == 404
    assert "missing" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT price FROM sp500", "Column 'price' does not exist there, or is in several tables."),
        (
            "SELECT * FROM quotes",
            "There is no table 'quotes' here. Tables: 'core_cpi', 'nasdaq', 'sp500', 'vix',",
        ),
        ("DELETE FROM sp500", "DELETE cannot be used here: only a SELECT, which may begin by WITH."),
        ("SELECT 1; SELECT 2", "Several statements: send one SELECT at a time."),
        ("SELECT * FROM read_text('/etc/passwd')", "A function in FROM cannot be used here."),
        ("SELECT getenv('OPENBB_API_KEYS')", "The function GETENV is not among those that may be used."),
    ],
    ids=["column", "table", "delete", "two", "file", "environment"],
)
def test_sql_reads_and_does_nothing_else(workspace: Workspace, query: str, error: str) -> None:
    body = workspace.body("screens_sql", query=query)
    assert body["error"].startswith(error)
    assert body["rowData"] == []


def test_the_sql_editor_completes_the_files(workspace: Workspace) -> None:
    tables = workspace.client.get("/table-schemas").get_json()
    assert {"sp500", "nasdaq", "vix", "wti", "core_cpi"} <= set(tables)
    assert {"name": "date", "type": "DATE"} in tables["vix"]["columns"]


# The door


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json", "/widgets/overview/headlines", "/widgets/symbols"])
@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"X-API-KEY": "wrong"}, 403)], ids=["none", "wrong"])
def test_key_is_asked_for(visitor: FlaskClient, path: str, headers: dict[str, str], status: int) -> None:
    answer = visitor.get(path, headers={"Origin": ORIGIN, **headers})
    assert answer.status_code == status
    assert answer.get_json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_exposed_widget_asks_for_the_key(service: Flask, workspace: Workspace) -> None:
    path = workspace.widgets["api_performance"]["endpoint"]
    assert service.test_client().get(f"/{path}").status_code == 401


@pytest.mark.parametrize("widget_id", ["research_report", "research_page"])
def test_what_workspace_asks_without_a_key_is_signed(service: Flask, workspace: Workspace, widget_id: str) -> None:
    stranger = service.test_client()
    signed = workspace.widgets[widget_id]["endpoint"]
    assert stranger.get(f"/{signed}").status_code == 200
    assert stranger.get(f"/{signed.replace('openbb/signed/', 'openbb/signed/x')}").status_code in (401, 403)
    assert stranger.get("/widgets/research/report").status_code == 401


def test_every_worker_signs_alike() -> None:
    secrets = [example_app.create_app({"OPENBB_API_KEYS": key}).config["SECRET_KEY"] for key in ("a", "a", "b")]
    assert secrets[0] == secrets[1] != secrets[2]
    assert example_app.create_app({"OPENBB_API_KEYS": "a", "SECRET_KEY": "own"}).config["SECRET_KEY"] == "own"


def test_a_report_is_kept_for_an_hour(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(example_app.reports, "yearly", lambda *asked: made.append(asked) or b"%PDF-1.4 one")
    answers = [workspace.ask("research_report", year=year) for year in (2017, 2017, 2016)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert made == [("SP500", 2017), ("SP500", 2016)]
    assert "Age" in answers[1].headers


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


# The apps


def test_four_apps_place_every_widget_once(workspace: Workspace) -> None:
    placed = [item["i"] for app in workspace.apps for tab in app["tabs"].values() for item in tab["layout"]]
    assert [app["name"] for app in workspace.apps] == ["Market overview", "Portfolio", "Research", "Operations"]
    # A note of Workspace's own is placed too.
    assert sorted(placed) == sorted([*workspace.widgets, "rich_note"])


def test_a_click_on_a_position_moves_the_purchases(workspace: Workspace) -> None:
    portfolio = workspace.apps[1]
    (group,) = (group for group in portfolio["groups"] if group["paramName"] == "holding")
    assert group == {
        "name": "Group 1",
        "type": "endpointParam",
        "paramName": "holding",
        "widgetIds": ["portfolio_positions", "portfolio_lots"],
        "defaultValue": "NASDAQ",
    }
    placed = portfolio["tabs"]["positions"]["layout"]
    members = [item["i"] for item in placed if group["name"] in item.get("groups", [])]
    assert members == group["widgetIds"]


def test_shared_parameters_move_together(workspace: Workspace) -> None:
    for app in workspace.apps:
        for group in app["groups"]:
            shared = [
                param
                for widget_id in group["widgetIds"]
                for param in flat(workspace.widgets[widget_id]["params"])
                if param["paramName"] == group["paramName"]
            ]
            assert len(shared) == len(group["widgetIds"]) >= 2
            assert len({param["type"] for param in shared}) == 1


def test_pictures_and_agent_of_an_app(workspace: Workspace) -> None:
    market = workspace.apps[0]
    assert market["selected_agent"] == next(iter(workspace.client.get("/agents.json").get_json()))
    pictures = {name: market[name] for name in ("img", "img_dark", "img_light")}
    assert all(picture.startswith("data:image/svg+xml;base64,") for picture in pictures.values())
    assert pictures["img_dark"] != pictures["img_light"]


def test_prompts_mention_known_widgets(workspace: Workspace) -> None:
    prompts = " ".join(prompt for app in workspace.apps for prompt in app["prompts"])
    mentioned = re.findall(r"@\[id:(\w+)]", prompts)
    assert len(mentioned) >= 4
    assert set(mentioned) <= set(workspace.widgets)


@pytest.mark.parametrize("file", ["README.rst", "CHANGES.rst"])
def test_the_number_of_widgets_is_told(workspace: Workspace, file: str) -> None:
    told = re.search(r"(\d+) widgets of every\s+kind", (ROOT.parent / file).read_text(encoding="utf-8"))
    assert told is not None
    assert int(told.group(1)) == len(workspace.widgets)


def test_no_widget_lies_on_another(workspace: Workspace) -> None:
    for app in workspace.apps:
        for tab in app["tabs"].values():
            cells = [
                (column, line)
                for item in tab["layout"]
                for column in range(item["x"], item["x"] + item["w"])
                for line in range(item["y"], item["y"] + item["h"])
            ]
            assert len(cells) == len(set(cells)), tab["name"]
            assert max(column for column, _ in cells) < 40


def test_check_finds_nothing(service: Flask) -> None:
    result = service.test_cli_runner().invoke(args=["openbb", "check", "--strict"])
    assert result.exit_code == 0, result.output
    assert re.search(r"\d+ valid widgets, 4 valid apps.*: 0 errors, 0 warnings", result.output)


# Hello World


def test_hello() -> None:
    client = hello.app.test_client()
    widget = client.get("/widgets.json").get_json()["hello_world"]
    assert (widget["name"], widget["type"], widget["gridData"]) == (
        "Hello World",
        "markdown",
        {"w": 12, "h": 4},
    )
    assert client.get(f"/{widget['endpoint']}?name=Ada").get_json() == "# Hello World Ada"
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


def test_gunicorn_serves_https_where_a_certificate_is_named(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    env = {"CERTFILE": str(certificate), "KEYFILE": str(key), "OPENBB_API_KEYS": KEY}
    server = Gunicorn("example_app:create_app()", tmp_path, env=env, options=[f"--config={ROOT / 'gunicorn.conf.py'}"])
    context = ssl.create_default_context(cafile=str(certificate))
    try:
        with closing(http.client.HTTPSConnection("localhost", server.port, timeout=60, context=context)) as connection:
            connection.request("GET", "/widgets.json", headers={"X-API-KEY": KEY})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
            assert len(json.loads(answer.read())) >= 45
    finally:
        server.stop()


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
