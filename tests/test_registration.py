"""Every way to declare a widget, asked over HTTP."""

import functools
import re
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

import pytest
from flask import Blueprint, Flask, abort, jsonify, request
from flask.views import MethodView, View
from marshmallow import Schema, fields
from werkzeug.routing import BaseConverter

from flask_openbb import Column, Grid, ManifestError, OpenBB, Param, RegistrationError, UnknownKindError

ROWS = [{"day": "2026-01-02", "close": 1.5}]


def test_route_outside(app, openbb, client, manifest):
    @app.get("/hello_world")
    @openbb.markdown(name="Hello World", category="Hello World", grid=(12, 4))
    def hello_world(name: Annotated[str, Param(label="Name", description="Enter your name")] = ""):
        """A simple markdown widget that displays Hello World."""
        return f"# Hello World {name}"

    assert manifest() == {
        "hello_world": {
            "name": "Hello World",
            "description": "A simple markdown widget that displays Hello World.",
            "category": "Hello World",
            "type": "markdown",
            "endpoint": "hello_world",
            "gridData": {"w": 12, "h": 4},
            "params": [
                {
                    "paramName": "name",
                    "type": "text",
                    "label": "Name",
                    "description": "Enter your name",
                    "value": "",
                    "show": True,
                }
            ],
        }
    }
    assert client.get("/hello_world?name=Ada").get_json() == "# Hello World Ada"
    assert client.get("/hello_world").get_json() == "# Hello World "


def test_route_inside_as_the_docs_write_it(app, openbb, client, manifest):
    entry = {"name": "Old Style", "type": "metric", "endpoint": "old_style", "gridData": {"w": 5, "h": 5}}

    @openbb.register_widget(entry)
    @app.get("/old_style")
    def old_style():
        return {"label": "Users", "value": "1,234", "delta": "12.5"}

    assert manifest() == {"old_style": {**entry, "description": "Old Style"}}
    assert client.get("/old_style").get_json() == {"label": "Users", "value": "1,234", "delta": "12.5"}


def test_views_stay_what_they_were(app, openbb):
    @app.get("/prices")
    @openbb.table
    def prices():
        return ROWS

    assert prices() is ROWS


@pytest.mark.parametrize(
    ("rule", "endpoint"),
    [
        ("/stock/<symbol>", "stock/{symbol}"),
        ("/stock/<string(length=2):symbol>", "stock/{symbol}"),
        ("/stock/<path:symbol>/rows", "stock/{symbol}/rows"),
    ],
    ids=["plain", "converter", "path"],
)
def test_converters_become_placeholders(app, openbb, client, manifest, rule, endpoint):
    @app.get(rule)
    @openbb.table(id="stock")
    def stock(symbol: str):
        return [{"symbol": symbol}]

    widget = manifest()["stock"]
    assert widget["endpoint"] == endpoint
    assert [param["paramName"] for param in widget["params"]] == ["symbol"]
    assert client.get("/" + endpoint.replace("{symbol}", "AA")).get_json() == [{"symbol": "AA"}]


def test_excel_asks_placeholders_literally(app, openbb, client):
    @app.get("/number/<int:number>")
    @openbb.table
    def number(number: int, scale: float = 1):
        return [{"number": number * scale}]

    assert client.get("/number/%7Bnumber%7D?number=3&scale=2").get_json() == [{"number": 6.0}]
    missing = client.get("/number/{number}")
    assert missing.status_code == 422
    assert "number" in missing.get_json()["detail"]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 405), ("DELETE", 418), ("OPTIONS", 200)])
def test_only_the_widgets_method_asks_placeholders(app, openbb, client, method, status):
    asked = []

    @app.get("/rows/<symbol>")
    @openbb.table
    def rows(symbol: str):
        asked.append(request.method)
        return ROWS

    @app.delete("/rows/<symbol>")
    def delete(symbol):
        return symbol, 418

    assert client.open("/rows/{symbol}?symbol=A", method=method).status_code == status
    assert asked == (["HEAD"] if method == "HEAD" else [])


def test_nested_blueprints_with_prefixes(app, openbb, client, manifest):
    parent = Blueprint("parent", __name__, url_prefix="/parent")
    child = Blueprint("child", __name__, url_prefix="/child")

    @child.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    parent.register_blueprint(child)
    app.register_blueprint(parent)
    assert {id: widget["endpoint"] for id, widget in manifest().items()} == {"parent_child_rows": "parent/child/rows"}
    assert client.get("/parent/child/rows").get_json() == ROWS


def test_one_blueprint_registered_twice_is_two_widgets(app, openbb, client, manifest):
    bp = Blueprint("bp", __name__)

    @bp.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    app.register_blueprint(bp, name="v1", url_prefix="/v1")
    app.register_blueprint(bp, name="v2", url_prefix="/v2")
    assert {id: widget["endpoint"] for id, widget in manifest().items()} == {"v1_rows": "v1/rows", "v2_rows": "v2/rows"}


@pytest.mark.parametrize("on_class", [False, True], ids=["method", "class"])
def test_method_views(app, openbb, client, manifest, on_class):
    class Prices(MethodView):
        def get(self, symbol: str = "AAPL"):
            """Prices of one symbol."""
            return [{"symbol": symbol}]

        def post(self):
            return {"saved": request.get_json()}

    if on_class:
        openbb.table(Prices)
    else:
        Prices.get = openbb.table(Prices.get)
    app.add_url_rule("/prices", view_func=Prices.as_view("prices"))
    widget = manifest()["prices"]
    assert (widget["name"], widget["description"]) == ("Prices", "Prices of one symbol.")
    assert client.get("/prices?symbol=MSFT").get_json() == [{"symbol": "MSFT"}]
    assert client.post("/prices", json=[1]).get_json() == {"saved": [1]}
    assert "Access-Control-Allow-Origin" not in client.post("/prices", json=[], headers={"Origin": "x://y"}).headers


class Plain(View):
    def dispatch_request(self, symbol: str = "AAPL"):
        """Prices of one symbol."""
        return [{"symbol": symbol}]


class Lower(MethodView):
    methods = ["get"]
    init_every_request = False

    def get(self, symbol: str = "AAPL"):
        """Prices of one symbol."""
        return [{"symbol": symbol}]


@pytest.mark.parametrize("base", [Plain, Lower])
@pytest.mark.parametrize("where", ["method", "class", "view"])
@pytest.mark.parametrize("bare", [True, False], ids=["undecorated", "decorated"])
def test_class_based_views_of_every_make(app, openbb, client, manifest, base, where, bare):
    def without_wraps(view):
        return lambda **values: view(**values)

    namespace = {"decorators": [] if bare else [without_wraps]}
    if where == "method":
        name = "get" if base is Lower else "dispatch_request"
        inner = getattr(base, name)

        @functools.wraps(inner)
        def method(self, symbol: str = "AAPL"):
            return inner(self, symbol)

        namespace[name] = openbb.table(method)
    cls = type("Prices", (base,), namespace)
    if where == "class":
        openbb.table(cls)
    view = cls.as_view("prices")
    app.add_url_rule("/prices", view_func=openbb.table(view) if where == "view" else view)
    widget = manifest()["prices"]
    assert (widget["description"], widget["params"][0]["paramName"]) == ("Prices of one symbol.", "symbol")
    assert client.get("/prices?symbol=MSFT").get_json() == [{"symbol": "MSFT"}]


def test_a_partial_is_described_by_its_function(app, openbb, client, manifest):
    def all_prices(market, symbol: str = "AAPL"):
        """Prices of one market."""
        return [{"market": market, "symbol": symbol}]

    app.add_url_rule("/us", "us", openbb.table(functools.partial(all_prices, "US")))
    widget = manifest()["us"]
    assert (widget["name"], widget["description"]) == ("All Prices", "Prices of one market.")
    assert [param["paramName"] for param in widget["params"]] == ["symbol"]
    assert client.get("/us?symbol=MSFT").get_json() == [{"market": "US", "symbol": "MSFT"}]


def test_async_views(app, openbb, client):
    @app.get("/rows")
    @openbb.table
    async def rows(n: int = 1):
        return ROWS * n

    assert client.get("/rows?n=2").get_json() == ROWS * 2


def test_a_decorator_between_route_and_widget(app, openbb, client, manifest):
    def shout(view):
        @functools.wraps(view)
        def wrapper(*args, **kwargs):
            return view(*args, **kwargs).upper()

        return wrapper

    @app.get("/text")
    @shout
    @openbb.markdown
    def text(word: str = "a"):
        return word

    assert manifest()["text"]["params"][0]["paramName"] == "word"
    assert client.get("/text?word=b").get_json() == "B"


def test_several_widgets_on_one_view(app, openbb, client, manifest):
    @app.get("/rows")
    @openbb.metric(id="as_metric")
    @openbb.table(id="as_table")
    def rows():
        return [{"label": "Users", "value": 1}]

    assert {id: widget["endpoint"] for id, widget in manifest().items()} == {
        "as_table": "rows",
        "as_metric": "openbb/widgets/as_metric",
    }
    assert client.get("/rows").get_json() == [{"label": "Users", "value": 1}]
    assert client.get("/openbb/widgets/as_metric").get_json() == [{"label": "Users", "value": 1}]


def test_options_given_as_a_view(app, openbb, client, manifest):
    bp = Blueprint("lists", __name__, url_prefix="/lists")

    @bp.get("/symbols")
    @openbb.options
    def symbols():
        return ["AAPL", ("Microsoft", "MSFT"), {"label": "Alphabet", "value": "GOOG"}]

    @app.get("/prices")
    @openbb.table
    def prices(symbol: Annotated[str, Param(options=symbols)] = "AAPL"):
        return [{"symbol": symbol}]

    app.register_blueprint(bp)
    [param] = manifest()["prices"]["params"]
    assert (param["type"], param["optionsEndpoint"], param["value"]) == ("endpoint", "lists/symbols", "AAPL")
    labels = [option["label"] if isinstance(option, dict) else option for option in client.get("/lists/symbols").json]
    assert labels == ["AAPL", "Microsoft", "Alphabet"]


def test_exposed_views_answer_both_callers(app, openbb, client, manifest):
    bp = Blueprint("reports", __name__, url_prefix="/reports")
    asked = []

    @bp.before_request
    def note():
        asked.append(request.endpoint)

    @bp.get("/pnl/<desk>")
    def pnl(desk):
        """Profit and loss of a desk."""
        return jsonify(results=[{"desk": desk, "book": {"pnl": 1.5, "year": request.args.get("year")}}], count=1)

    app.register_blueprint(bp)
    openbb.expose("reports.pnl", type="table", data_key="results", params=[Param("year", options=["2025", "2026"])])

    widget = manifest()["reports_pnl"]
    assert widget["endpoint"] == "openbb/widgets/reports_pnl"
    assert widget["description"] == "Profit and loss of a desk."
    assert widget["data"]["dataKey"] == "results"
    assert {param["paramName"] for param in widget["params"]} == {"desk", "year"}
    flat = {"results": [{"desk": "fx", "book_pnl": 1.5, "book_year": "2026"}], "count": 1}
    assert client.get("/openbb/widgets/reports_pnl?desk=fx&year=2026").get_json() == flat
    assert asked == ["reports.pnl"]
    plain = client.get("/reports/pnl/fx?year=2026", headers={"Origin": "https://pro.openbb.co"})
    assert plain.get_json() == {"results": [{"desk": "fx", "book": {"pnl": 1.5, "year": "2026"}}], "count": 1}
    assert not [name for name, _ in plain.headers if name.startswith("Access-Control")]
    refused = client.get("/openbb/widgets/reports_pnl?desk=fx&year=1999")
    assert refused.status_code == 422


class Day(BaseConverter):
    def to_python(self, value):
        return date.fromisoformat(value)

    def to_url(self, value):
        return value.isoformat()


@pytest.fixture
def exposed(app, openbb):
    """A guarded report by desk, beside a public view that a desk's name may lead to."""
    app.url_map.converters["day"] = Day
    reports = Blueprint("reports", __name__, url_prefix="/reports")

    @reports.before_request
    def login():
        if request.headers.get("X-Login") != "yes":
            abort(401)

    @reports.get("/<desk>")
    def pnl(desk):
        return jsonify([{"desk": desk, "path": request.path, "full": request.full_path}])

    @reports.get("/day/<day:day>")
    def daily(day):
        return jsonify([{"day": day.isoformat()}])

    app.register_blueprint(reports)
    app.add_url_rule("/reports/health", "health", lambda: "ok")
    app.add_url_rule("/reports/<desk>/logo", "logo", lambda desk: "logo")
    openbb.expose("reports.pnl")
    openbb.expose("reports.daily")
    return app.test_client()


@pytest.mark.parametrize("desk", ["fx", "a b", "50%", "a%20b", "\u00fc", "a?b=1", "A&B", "{desk}", ".."])
def test_values_of_an_exposed_view_arrive_as_they_are(exposed, desk):
    query = urlencode({"desk": desk})
    [row] = exposed.get(f"/openbb/widgets/reports_pnl?{query}", headers={"X-Login": "yes"}).get_json()
    assert row == {"desk": desk, "path": f"/reports/{desk}", "full": f"/reports/{desk}?{query}"}


@pytest.mark.parametrize("desk", ["health", "a/logo", "a/b", "/fx"])
@pytest.mark.parametrize("login", ["yes", "no"])
def test_a_value_that_leads_to_another_view_is_refused(exposed, desk, login):
    answer = exposed.get("/openbb/widgets/reports_pnl", query_string={"desk": desk}, headers={"X-Login": login})
    assert answer.status_code == 404
    assert "Nothing is found" in answer.get_json()["detail"]


@pytest.mark.parametrize(("day", "status"), [("2026-01-02", 200), ("yesterday", 404)])
def test_a_converter_that_makes_objects_is_exposed(exposed, day, status):
    answer = exposed.get(f"/openbb/widgets/reports_daily?day={day}", headers={"X-Login": "yes"})
    assert answer.status_code == status
    if status == 200:
        assert answer.get_json() == [{"day": day}]


@pytest.mark.parametrize("path", ["/openbb/widgets/pnl", "/inside/rows", "/inside/stock/{symbol}?symbol=A"])
def test_a_login_hook_that_goes_by_the_path_holds_everywhere(app, openbb, client, path):
    @app.before_request
    def login():
        if request.path.startswith("/inside/") and request.path.endswith(("/pnl", "/rows/", "/A")):
            abort(401)

    app.add_url_rule("/inside/pnl", "pnl", lambda: jsonify(ROWS))
    openbb.expose("pnl")
    app.add_url_rule("/inside/rows/", "rows", openbb.table(lambda: ROWS))
    app.add_url_rule("/inside/stock/<symbol>", "stock", openbb.table(lambda symbol: ROWS))
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("prefix", ["", "/openbb-backend"], ids=["root", "prefix"])
def test_a_rule_with_a_slash_is_served_both_ways(make_app, prefix):
    app = make_app(OPENBB_URL_PREFIX=prefix)
    openbb = OpenBB(app)

    @app.get(prefix + "/rows/")
    @openbb.table
    def rows():
        return ROWS

    client = app.test_client()
    assert client.get(prefix + "/widgets.json").get_json()["rows"]["endpoint"] == "rows"
    assert client.get(prefix + "/rows").get_json() == ROWS
    assert client.get(prefix + "/rows/").get_json() == ROWS
    preflight = client.options(
        prefix + "/rows",
        headers={"Origin": "https://pro.openbb.co", "Access-Control-Request-Method": "GET"},
    )
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"


def test_views_outside_the_prefix_are_asked_under_it(make_app):
    app = make_app(OPENBB_URL_PREFIX="/workspace")
    openbb = OpenBB(app)

    @app.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    client = app.test_client()
    assert client.get("/widgets.json").status_code == 404
    assert client.get("/workspace/widgets.json").get_json()["rows"]["endpoint"] == "openbb/widgets/rows"
    assert client.get("/workspace/openbb/widgets/rows").get_json() == ROWS
    assert client.get("/rows").get_json() == ROWS


def test_a_lang_code_pulled_from_the_url(app, openbb, client):
    """Flask's own pattern of url_value_preprocessor must survive."""
    bp = Blueprint("bp", __name__, url_prefix="/<lang>")

    @bp.url_value_preprocessor
    def pull(endpoint, values):
        request.lang = values.pop("lang")

    @bp.get("/text")
    @openbb.markdown
    def text():
        return request.lang

    app.register_blueprint(bp)
    assert client.get("/de/text").get_json() == "de"
    assert client.get("/{lang}/text?lang=fr").get_json() == "fr"


def test_one_view_with_a_default_in_one_of_its_rules(app, openbb, client, manifest):
    @app.get("/page/", defaults={"number": 1})
    @app.get("/page/<int:number>")
    @openbb.table
    def page(number: int, size: int = 10):
        return [{"number": number, "size": size}]

    assert manifest()["page"]["endpoint"] == "page/{number}"
    for path, number in (("/page", 1), ("/page/", 1), ("/page/1", 1), ("/page/3", 3), ("/page/{number}?number=4", 4)):
        joint = "&" if "?" in path else "?"
        assert client.get(f"{path}{joint}size=5").get_json() == [{"number": number, "size": 5}]


def test_a_query_never_overrules_the_url(app, openbb, client):
    @app.get("/level", defaults={"level": "public"})
    @app.get("/level/of/<level>")
    @openbb.table(endpoint="level")
    def level(level: str = "none"):
        return [{"level": level}]

    assert client.get("/level?level=secret").get_json() == [{"level": "public"}]
    assert client.get("/level/of/mine?level=secret").get_json() == [{"level": "mine"}]


@pytest.mark.parametrize("root", ["", "/mounted"])
def test_a_slash_is_added_below_a_mount_point_too(app, openbb, client, root):
    @app.get("/r\u00e4te/<name>/")
    @openbb.table
    def rate(name: str):
        return [{"name": name}]

    assert client.get("/r\u00e4te/a b%", base_url=f"http://localhost{root}").get_json() == [{"name": "a b%"}]


FAULTS = {
    "no route": ("has no route", "'@openbb.table'"),
    "wrong method": ("Workspace asks 'omni' with POST", "methods=['POST']"),
    "duplicate": ("Two declarations have the id 'same'", "id='...'"),
    "unknown endpoint": ("expose() names an endpoint this app does not have", "Did you mean 'first'?"),
    "options": ("options=not_options is not an options view", "@openbb.options"),
    "http endpoint": ("http_stats", "http"),
}


def faulty(app, openbb):
    @openbb.table
    def unrouted():
        return ROWS

    @app.get("/omni")
    @openbb.widget(type="omni")
    def omni():
        return ""

    @app.get("/first")
    @openbb.table(id="same")
    def first():
        return ROWS

    @app.get("/second")
    @openbb.table(id="same")
    def second():
        return ROWS

    @app.get("/third")
    def not_options():
        return []

    @app.get("/fourth")
    @openbb.table
    def fourth(symbol: Annotated[str, Param(options=not_options)] = "A"):
        return ROWS

    @app.get("/http_stats")
    @openbb.table
    def http_stats():
        return ROWS

    openbb.expose("frst")
    return unrouted


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_reported_together_with_their_place(app, openbb, fault):
    faulty(app, openbb)
    with pytest.raises(ManifestError) as raised:
        openbb.validate(app)
    said = [str(found) for found in raised.value.faults]
    matching = [text for text in said if all(part in text for part in FAULTS[fault])]
    assert len(matching) == 1, "\n".join(said)
    assert "test_registration.py:" in matching[0]


class Rude:
    """A policy that fails as the routes are bound."""

    def __call__(self, credentials):
        return None

    def resolve(self, env):
        raise RuntimeError("no such vault")


@pytest.mark.parametrize(
    ("decorate", "says"),
    [
        (lambda bb: bb.table(auth=Rude()), "RuntimeError: no such vault"),
        (lambda bb: bb.table(columns=[5]), r"columns\[0\] is 5. Write Column"),
        (lambda bb: bb.table(grid=(1,)), r"Write grid=\(width, height\)"),
        (lambda bb: bb.table(grid="wide"), r"Write grid=\(width, height\)"),
        (lambda bb: bb.table(extra={"key": object()}), "TypeError"),
        (lambda bb: bb.register_widget({"name": "x", "data": {"table": {"columnsDefs": [5]}}}), "columnsDefs"),
        (
            lambda bb: bb.register_widget(
                {"data": {"table": {"columnsDefs": [{"field": "a", "headerName": "A", "renderFn": 5}]}}}
            ),
            "renderFn",
        ),
    ],
    ids=["policy", "columns", "grid", "grid text", "extra", "entry", "render"],
)
def test_no_declaration_can_take_the_host_or_the_other_widgets_down(make_app, decorate, says):
    app = make_app(OPENBB_ON_INVALID="quarantine")
    openbb = OpenBB(app)
    app.add_url_rule("/bad", "bad", decorate(openbb)(lambda: ROWS))
    app.add_url_rule("/good", "good", openbb.table(lambda: ROWS))
    app.add_url_rule("/plain", "plain", lambda: "plain")
    client = app.test_client()
    assert client.get("/plain").get_data(as_text=True) == "plain"
    assert client.get("/good").get_json() == ROWS
    assert list(client.get("/widgets.json").get_json()) == ["good"]
    errors = [str(fault) for fault in openbb.validate(app) if fault.severity == "error"]
    assert [re.search(says, error) is not None for error in errors if "'bad'" in error] == [True]


def test_unrouted_views_may_be_ignored(make_app):
    app = make_app(OPENBB_UNROUTED="ignore")
    openbb = OpenBB(app)

    @openbb.table
    def elsewhere():
        return ROWS

    openbb.validate(app)
    assert app.test_client().get("/widgets.json").get_json() == {}


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda bb: bb.widget(type="tabel"), UnknownKindError, "Did you mean 'table'?"),
        (lambda bb: bb.table(refetchInterval=1000), RegistrationError, "Did you mean 'refetch_interval'?"),
        (lambda bb: bb.table(catgory="x"), RegistrationError, "Did you mean 'category'?"),
        (lambda bb: bb.options(name="x"), RegistrationError, "no keyword 'name'"),
        (lambda bb: bb.app("x", tabs={}, promts=[]), RegistrationError, "no keyword 'promts'"),
        (lambda bb: bb.register_widget([1]), RegistrationError, "takes one widgets.json entry"),
        (lambda bb: bb.table("not a view"), RegistrationError, "is not a view"),
        (lambda bb: bb.table(len), RegistrationError, "cannot be decorated"),
    ],
    ids=["type", "camel", "typo", "options", "app", "entry", "string", "builtin"],
)
def test_wrong_declarations_say_what_to_write(openbb, use, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(").replace("?", r"\?")):
        use(openbb)


def test_unknown_wire_keys_pass_through_extra(app, openbb, manifest):
    @app.get("/rows")
    @openbb.table(extra={"futureKey": {"a": 1}}, grid=Grid(20, 9, min_w=10), columns=[Column("close")])
    def rows():
        return ROWS

    widget = manifest()["rows"]
    assert widget["futureKey"] == {"a": 1}
    assert widget["gridData"] == {"w": 20, "h": 9, "minW": 10}
    assert widget["data"]["table"]["columnsDefs"] == [{"field": "close", "headerName": "Close"}]


def test_a_factory_may_run_twice_on_one_extension():
    openbb = OpenBB()

    def create_app(word):
        app = Flask("host")
        openbb.init_app(app)

        @app.get("/text")
        @openbb.markdown
        def text():
            return word

        return app

    first, second = create_app("one"), create_app("two")
    for app, word in ((first, "one"), (second, "two")):
        client = app.test_client()
        assert list(client.get("/widgets.json").get_json()) == ["text"]
        assert client.get("/text").get_json() == word


def test_a_widget_that_is_wrong_in_many_ways_says_all_of_them(app, openbb):
    @app.get("/x/<symbol>")
    @openbb.table(columns=["close"], public="no", refetch_interval=5, separator=".")
    def x(symbol: str, a: dict, b: int = "x"):
        return ROWS

    with pytest.raises(ManifestError) as raised:
        openbb.validate(app)
    said = "\n".join(str(fault) for fault in raised.value.faults)
    for part in ("columns[0]", "public='no'", "refetchInterval", "parameter 'a'", "parameter 'b'"):
        assert said.count(part) == 1, said
    assert {fault.location for fault in raised.value.faults} == {raised.value.faults[0].location}


def test_an_endpoint_that_is_not_the_views_is_a_fault(app, openbb):
    @openbb.register_widget({"name": "Prices", "description": "x", "endpoint": "priices"})
    @app.get("/prices")
    def prices():
        return ROWS

    with pytest.raises(ManifestError, match="endpoint is 'priices', but the view answers at 'prices'"):
        openbb.validate(app)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_hosts_own_manifest_is_a_fault(app, before):
    def add():
        app.add_url_rule("/widgets.json", "by_hand", lambda: {})

    if before:
        add()
    openbb = OpenBB(app)
    if not before:
        add()
    with pytest.raises(ManifestError, match=r"a route of its own at '/widgets.json', endpoint 'by_hand'"):
        openbb.validate(app)


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda bb: bb.expose(test_route_outside), "takes the Flask endpoint of a view"),
        (lambda bb: bb.app("A", tabs=["x"]), "maps each tab's name"),
        (lambda bb: bb.app("A", tabs={"m": "prices"}), "maps each tab's name"),
    ],
    ids=["expose", "list", "text"],
)
def test_wrong_calls_say_what_to_write(openbb, use, says):
    with pytest.raises(RegistrationError, match=says):
        use(openbb)


def test_a_view_on_a_subdomain_is_asked_under_the_prefix(make_app):
    app = make_app(SERVER_NAME="desk.example")
    openbb = OpenBB(app)

    @app.get("/rows", subdomain="api")
    @openbb.table
    def rows():
        return ROWS

    client = app.test_client()
    assert client.get("/widgets.json").get_json()["rows"]["endpoint"] == "openbb/widgets/rows"


def test_what_an_exposed_view_takes_is_left_to_it(app, openbb, client, manifest):
    """flask-smorest and APIFlask pass a parsed mapping as the first argument."""

    class Query(Schema):
        year = fields.Integer(load_default=2025)

    def with_args(view):
        @functools.wraps(view)
        def wrapper(**kwargs):
            return view({"year": request.args.get("year", 2025, type=int)}, **kwargs)

        return wrapper

    @app.get("/reports/<desk>")
    @with_args
    def reports(args, desk):
        return [{"desk": desk, **args}]

    openbb.expose("reports", params=Query)
    assert [param["paramName"] for param in manifest()["reports"]["params"]] == ["year", "desk"]
    answer = client.get("/openbb/widgets/reports?desk=fx&year=2026")
    assert answer.get_json() == [{"desk": "fx", "year": 2026}]
    assert client.get("/openbb/widgets/reports?desk=fx&year=soon").status_code == 422


@pytest.mark.parametrize(
    ("column", "write"),
    [
        ("close", "Write Column('close')."),
        ({"field": "close"}, "Write Column('close'), with the keys in snake_case."),
        ({"field": "close", "headerName": "Close"}, "Write Column('close', ...), with the keys in snake_case."),
    ],
)
def test_a_column_that_is_none_is_told_with_what_to_write(app, openbb, column, write):
    @app.get("/prices")
    @openbb.table(columns=[column])
    def prices():
        return ROWS

    with pytest.raises(ManifestError) as raised:
        openbb.validate(app)
    assert write in str(raised.value)


@pytest.mark.parametrize(
    ("options", "label"), [({}, "Open Trades"), ({"name": "Trades"}, "Trades"), ({"id": "other"}, "Open Trades")]
)
def test_a_bare_metric_is_labelled_with_the_name_of_the_manifest(app, openbb, manifest, options, label):
    @app.get("/open")
    @openbb.metric(**options)
    def open_trades():
        return 41

    (entry,) = manifest().values()
    assert entry["name"] == label
    assert app.test_client().get("/open").get_json() == {"label": label, "value": 41}


@pytest.mark.parametrize("option", ["folder", "max_file_size"])
def test_an_option_of_files_is_for_files_alone(app, openbb, option):
    @app.get("/prices")
    @openbb.table(**{option: 5})
    def prices():
        return ROWS

    with pytest.raises(
        ManifestError, match=rf"{option}= is for widgets of type 'pdf', 'multi_file_viewer', 'markdown'"
    ):
        openbb.validate(app)
