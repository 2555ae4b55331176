"""One test for each rule of the wire contract that no other file tests on its own, its id naming section and rule.

Sections: 1 connecting, 2 URLs and requests, 3 widget keys, 6 Excel. The other rules have theirs in ``test_lint*``
(keys, types, verdicts), ``test_cors*`` and ``test_auth*`` (the door), ``test_dispatch`` and ``test_views`` (requests,
answers), ``test_registration`` (URLs).
"""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import marshmallow
import pytest
from marshmallow import fields

from flask_openbb import ManifestError, OpenBB, Param
from flask_openbb.manifest.lint import lint_widgets

E, W = "error", "warning"
BARE = {"name": "W", "description": "A widget.", "endpoint": "w"}


def said(manifest: Any, *, level: str = "") -> list[tuple[Any, ...]]:
    """What was said, of one severity or of all: ``(widget, path)`` or ``(severity, path)``."""
    faults = lint_widgets(manifest)
    if level:
        return [(fault.widget, fault.path) for fault in faults if fault.severity == level]
    return [(fault.severity, fault.path) for fault in faults]


# -- 1. Connecting ----------------------------------------------------------------------------------------------------

KNOWN_KEYS = {
    **{"name": "W", "showTitle": True, "description": "d", "category": "c", "subCategory": "s", "schemaName": "s"},
    **{"source": "s", "widgetId": "x", "widgetType": "x", "endpoint": "w", "fileEndpoint": "f", "wsEndpoint": "ws"},
    **{
        "params": [],
        "groupById": "g",
        "data": {},
        "type": "table",
        "defaultViz": "table",
        "gridData": {"w": 20, "h": 9},
    },
    **{"staleTime": 5000, "refetchInterval": 5000, "dataUpdateDisplay": "0 10 * * *", "runButton": True},
    **{"disableRetrievalForCopilot": True, "copilotParseAs": "structured", "inputType": "t", "raw": True},
    **{"exportable": True, "storage": {}, "mcp_tool": {"mcp_server": "s", "tool_id": "t"}, "searchCategory": "s"},
}


@pytest.mark.parametrize("key", KNOWN_KEYS, ids="s1-known-key-{}".format)
def test_a_known_key_is_never_called_unknown(key: str) -> None:
    faults = lint_widgets({"w": {**BARE, key: KNOWN_KEYS[key]}})
    assert [fault for fault in faults if fault.severity == E or "does not know this key" in fault.message] == []


@pytest.mark.parametrize("document", ["widgets", "apps", "templates", "agents"], ids="s1-{}.json-below-base-url".format)
def test_the_manifests_move_with_the_prefix(make_app, document):
    app = make_app(OPENBB_URL_PREFIX="/workspace")
    OpenBB(app)
    client = app.test_client()
    assert client.get(f"/workspace/{document}.json").status_code == 200
    assert client.head(f"/workspace/{document}.json").status_code == 200
    assert client.get(f"/{document}.json").status_code == 404


@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"], ids="s1-one-bad-app-{}".format)
def test_one_bad_app_does_not_take_the_others_with_it_unseen(make_app, on_invalid):
    app = make_app(OPENBB_ON_INVALID=on_invalid)
    openbb = OpenBB(app)
    app.add_url_rule("/text", "text", openbb.markdown(lambda: "x"))
    openbb.app("Good", tabs={"Main": ["text"]})
    openbb.app("Bad", tabs={"Main": ["text"]}, id="not-custom")
    answer = app.test_client().get("/apps.json")
    if on_invalid == "raise":
        assert answer.status_code == 500
        with pytest.raises(ManifestError, match=r"apps\.json 'Bad' id: .*test_contract\.py:\d+"):
            openbb.validate(app)
    else:
        assert [each["name"] for each in answer.get_json()] == ["Good"]


def test_keys_come_from_a_dotenv_file_that_flask_reads(tmp_path: Path) -> None:
    service = (
        "from flask import Flask\nfrom flask_openbb import OpenBB\n"
        "app = Flask(__name__)\nopenbb = OpenBB(app)\n"
        "app.add_url_rule('/x', 'x', openbb.markdown(lambda: 'x'))\n"
    )
    (tmp_path / "service.py").write_text(service)
    (tmp_path / ".env").write_text("OPENBB_API_KEYS=one,two\n")
    command = [sys.executable, "-m", "flask", "--app", "service", "openbb", "routes"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[1].split()[:5] == ["x", "markdown", "GET", "/x", "ApiKeyAuth"]
    (tmp_path / ".env").write_text("OPENBB_API_KEYS=' , '\n")
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert "no usable key" in refused.stdout + refused.stderr


# -- 2. URLs and requests ---------------------------------------------------------------------------------------------


class Falsy(marshmallow.Schema):
    whole = fields.Integer(load_default=0)
    real = fields.Float(load_default=0.0)
    flag = fields.Boolean(load_default=False)
    text = fields.String(load_default="")


@pytest.mark.parametrize("source", ["annotations", "schema"])
@pytest.mark.parametrize(
    ("name", "default"),
    [("whole", 0), ("real", 0.0), ("flag", False), ("text", "")],
    ids=["s2-zero", "s2-zero-float", "s2-false", "s2-empty-text"],
)
def test_a_falsy_default_reaches_the_view_though_nothing_is_sent(app, openbb, client, manifest, source, name, default):
    def annotated(whole: int = 0, real: float = 0.0, flag: bool = False, text: str = ""):
        return [repr_of(locals())]

    def plain(whole, real, flag, text):
        return [repr_of(locals())]

    def repr_of(got):
        return {key: repr(value) for key, value in got.items() if key != "repr_of"}

    view = openbb.table(annotated) if source == "annotations" else openbb.table(params=Falsy)(plain)
    app.add_url_rule("/x", "x", view)
    [param] = [param for param in manifest()["x"]["params"] if param["paramName"] == name]
    assert param["value"] == default
    assert client.get("/x").get_json()[0][name] == repr(default)
    assert client.get(f"/x?{name}=").get_json()[0][name] == repr(default)


def test_s2_a_ticker_takes_the_dashboards_symbol(app, openbb, client, manifest):
    @app.get("/quote")
    @openbb.table
    def quote(symbol: Annotated[str, Param(type="ticker")] = "AAPL"):
        return [{"symbol": symbol}]

    [param] = manifest()["quote"]["params"]
    assert (param["type"], param["value"]) == ("ticker", "AAPL")
    assert client.get("/quote?symbol=BRK.B").get_json() == [{"symbol": "BRK.B"}]


def test_s2_options_params_arrive_at_the_options_view(app, openbb, client, manifest):
    @app.get("/symbols")
    @openbb.options
    def symbols(market: str = "US"):
        return [f"{market}1"]

    @app.get("/quote")
    @openbb.table
    def quote(
        market: str = "US", symbol: Annotated[str, Param(options=symbols, options_params={"market": "$market"})] = ""
    ):
        return []

    param = manifest()["quote"]["params"][1]
    assert (param["optionsEndpoint"], param["optionsParams"]) == ("symbols", {"market": "$market"})
    assert client.get("/symbols?market=DE").get_json() == [{"label": "DE1", "value": "DE1"}]


def test_s2_a_file_viewer_posts_a_list_under_the_params_name(app, openbb, client):
    @app.post("/files")
    @openbb.widget(type="multi_file_viewer")
    def files(paper: Annotated[list[str], Param(type="endpoint", options="/list", roles=["fileSelector"])] = ["a,b"]):
        return {name: f"https://papers.example/{name}.pdf" for name in paper}

    answer = client.post("/files", json={"paper": ["a,b", "c"]})
    assert [item["url"] for item in answer.get_json()] == [
        "https://papers.example/a,b.pdf",
        "https://papers.example/c.pdf",
    ]
    assert client.post("/files", json={}).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"startRow": 5, "endRow": 9}, ["DE", 5, 9]),
        ({}, ["DE", 0, 100]),
        ({"startRow": 0, "endRow": 9, "rowGroupCols": [{"id": "a"}], "filterModel": {}}, ["DE", 0, 9]),
    ],
    ids=["s2-ssrm-range", "s2-ssrm-empty-body", "s2-ssrm-row-model"],
)
def test_a_row_model_posts_its_params_in_the_query(app, openbb, client, body, expected):
    @app.post("/rows")
    @openbb.widget(type="ssrm_table", params=[Param("market", value="US")])
    def rows(market: str = "US", startRow: int = 0, endRow: int = 100):
        return {"rowData": [market, startRow, endRow], "rowCount": 1}

    answer = client.post("/rows?market=DE&theme=dark", json=body)
    assert answer.get_json() == {"rowData": expected, "rowCount": 1}


# -- 3. Widget keys ---------------------------------------------------------------------------------------------------


def test_s3_rows_of_params_are_lists_and_what_they_leave_out_follows(app, openbb, manifest):
    @app.get("/x")
    @openbb.table(params=[[Param("b"), Param("a")], Param("c"), [Param("e")]])
    def x(a: int = 1, b: str = "", c: bool = False, d: str = "", e: str = ""):
        return []

    rows = manifest()["x"]["params"]
    names = [[each["paramName"] for each in row] if isinstance(row, list) else row["paramName"] for row in rows]
    assert names == [["b", "a"], "c", ["e"], "d"]


@pytest.mark.parametrize("key", ["name", "description", "endpoint"])
@pytest.mark.parametrize("kind", ["note", "iframe", "youtube"], ids="s3-required-in-{}".format)
def test_required_keys_are_so_even_where_nothing_is_fetched(kind: str, key: str) -> None:
    widget = {name: value for name, value in {**BARE, "type": kind}.items() if name != key}
    assert said({"w": widget}) == [(E, (key,))]


@pytest.mark.parametrize(
    "language",
    ["sql", "javascript", "python", "json", "html", "css", "markdown", "xml", "text"],
    ids="s3-language-{}".format,
)
def test_a_language_of_a_text_param(language: str) -> None:
    params = [{"paramName": "p", "type": "text", "show": True, "language": language}]
    assert said({"w": {**BARE, "params": params}}) == []


@pytest.mark.parametrize(
    "kind", ["date", "boolean", "number", "text", "button", "ticker", "tabs", "form"], ids="s3-form-input-{}".format
)
def test_an_input_of_a_form(kind: str) -> None:
    form = {"paramName": "f", "type": "form", "show": True, "endpoint": "save", "method": "POST"}
    params = [{**form, "inputParams": [{"paramName": "i", "type": kind}]}]
    refused = kind in ("ticker", "tabs", "form")
    expected = [(E, ("params", 0, "inputParams", 0, "type"))] if refused else []
    assert said({"w": {**BARE, "params": params}}) == expected


# -- 6. Excel ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def formula(app, openbb, client):
    """A widget as Excel sees it: arguments of a URL, of a signature and of a date, one of them hidden."""

    @app.get("/stock/<symbol>")
    @openbb.table
    def stock(
        symbol: str = "AAPL",
        day: date = date(2026, 1, 2),
        moment: datetime | None = None,
        period: Annotated[str, Param(type="text", show=False)] = "$currentDate-1y",
        limit: int = 5,
    ):
        return [{"day": day, "moment": moment, "period": period}]

    def ask(query: str = ""):
        return client.get("/stock/AAPL" + (f"?{query}" if query else ""))

    return ask


def test_s6_params_are_flat_where_no_rows_were_asked_for(formula, manifest):
    params = manifest()["stock"]["params"]
    assert [param["paramName"] for param in params] == ["symbol", "day", "moment", "period", "limit"]


def test_s6_show_is_explicit(formula, manifest):
    assert [param["show"] for param in manifest()["stock"]["params"]] == [True, True, True, False, True]


def test_s6_show_is_explicit_for_params_of_a_schema(app, openbb, manifest):
    app.add_url_rule("/x", "x", openbb.table(params=Falsy)(lambda **values: []))
    assert [param["show"] for param in manifest()["x"]["params"]] == [True] * 4


@pytest.mark.parametrize("name", ["day", "moment", "period"], ids="s6-literal-default-of-{}".format)
def test_a_hidden_default_is_accepted_as_excel_sends_it(formula, day, name):
    [row] = formula(f"{name}=$currentDate-1y").get_json()
    assert row[name].startswith("2027-02-28")


@pytest.mark.parametrize("sign", ["-", "+"])
@pytest.mark.parametrize("unit", "bhdwymM", ids="s6-unit-{}".format)
def test_every_unit_of_excels_dates_is_understood(formula, unit, sign):
    assert formula(f"day=%24currentDate{'%2B' if sign == '+' else '-'}2{unit}").status_code == 200


@pytest.mark.parametrize("name", ["day", "moment"], ids="s6-blank-{}".format)
def test_a_blank_date_is_absent(formula, name):
    assert formula(f"{name}=").get_json() == formula().get_json()


@pytest.mark.parametrize("rows", [[], [{"a": None}]], ids=["s6-no-rows", "s6-null-cell"])
def test_rows_reach_excel_as_they_are(app, openbb, client, rows):
    app.add_url_rule("/x", "x", openbb.table(lambda: rows))
    assert client.get("/x").get_json() == rows


def test_s6_every_row_has_the_columns_of_all(app, openbb, client):
    app.add_url_rule("/x", "x", openbb.table(lambda: [{"a": 1}, {"a": 2, "b": 3}]))
    assert client.get("/x").get_json() == [{"a": 1, "b": None}, {"a": 2, "b": 3}]


def test_s6_a_null_row_is_never_sent(make_app):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    app.add_url_rule("/x", "x", openbb.table(lambda: [{"a": 1}, None]))
    answer = app.test_client().get("/x")
    assert (answer.status_code, list(answer.get_json())) == (500, ["detail"])


def test_s6_text_columns_are_declared_so_that_they_stay_text(app, openbb, manifest):
    class Bond(marshmallow.Schema):
        cusip = fields.String()
        price = fields.Float()

    app.add_url_rule("/x", "x", openbb.table(columns=Bond)(lambda: [{"cusip": "007", "price": 1.5}]))
    cusip, price = manifest()["x"]["data"]["table"]["columnsDefs"]
    assert (cusip["cellDataType"], cusip["chartDataType"]) == ("text", "category")
    assert price["chartDataType"] == "series"


def test_s6_an_old_formula_keeps_working(formula):
    assert formula("a_param_of_last_year=5&limit=7").status_code == 200


def test_s6_findings_of_a_request_are_a_list_excel_can_read(formula):
    body = formula("limit=x").get_json()
    assert "\n" not in body["detail"]
    assert [sorted(error) for error in body["errors"]] == [["loc", "msg", "type"]]
