"""A feed behind a real app: its URLs, who gets in, what a browser may read, and when it may be declared."""

import asyncio
import logging
from datetime import datetime, timezone

import pytest
from flask import Blueprint, Flask, abort, g, request

from flask_openbb import (
    ApiKeyAuth,
    Bar,
    BearerAuth,
    Credentials,
    DataFrameFeed,
    Identity,
    OpenBB,
    Param,
    RegistrationError,
    RequestError,
    SymbolInfo,
    any_of,
)
from flask_openbb.live.endpoints import ENDPOINTS

ORIGIN = {"Origin": "https://pro.openbb.co"}
KEY = {"X-API-KEY": "k"}
DAY = 86_400
ROWS = [{"date": DAY * n, "open": n, "high": n + 1, "low": n - 1, "close": n, "volume": 1} for n in range(30)]
RANGE = f"symbol=AAPL&resolution=1D&from=0&to={9 * DAY}"
QUERIES = {
    "config": "",
    "symbols": "symbol=AAPL",
    "search": "query=A",
    "history": RANGE,
    "marks": RANGE,
    "timescale_marks": RANGE,
    "time": "",
    "quotes": "symbols=AAPL",
}


def prices():
    return DataFrameFeed(ROWS, symbol="AAPL")


def serve(app, *, auth=None, feed=None, rule="/udf", **options):
    openbb = OpenBB(app, auth=auth)
    openbb.udf(rule, feed or prices(), **options)
    return app.test_client()


def test_every_endpoint_is_known():
    assert list(QUERIES) == list(ENDPOINTS)


def test_the_manifests_entry(make_app):
    client = serve(
        make_app(),
        rule="/desk/equity-prices",
        name="Prices",
        description="Daily prices.",
        category="Equity",
        grid=(30, 20),
        update_frequency=5000,
        params=[Param("symbol", type="ticker", value="AAPL")],
    )
    [(id, entry)] = client.get("/widgets.json").get_json().items()
    assert id == "desk_equity-prices"
    params = entry.pop("params")
    assert [param["paramName"] for param in params] == ["symbol"]
    assert entry == {
        "name": "Prices",
        "description": "Daily prices.",
        "category": "Equity",
        "type": "advanced_charting",
        "endpoint": "desk/equity-prices",
        "gridData": {"w": 30, "h": 20},
        "data": {"defaultSymbol": "AAPL", "updateFrequency": 5000},
    }
    assert client.get("/desk/equity-prices/history?" + RANGE).get_json()["s"] == "ok"


def test_what_is_not_said_is_found(make_app):
    class Feed:
        """Prices of the desk,
        live.

        More.
        """

        symbols = ("MSFT", "AAPL")

        def history(self):
            return []

    entry = serve(make_app(), feed=Feed()).get("/widgets.json").get_json()["udf"]
    assert entry["name"] == "Advanced Chart"
    assert entry["description"] == "Prices of the desk, live."
    assert entry["data"] == {"defaultSymbol": "MSFT"}


@pytest.mark.parametrize(
    ("symbols", "default"),
    [
        ({"AAPL": 1}, "AAPL"),
        ([SymbolInfo("C")], "C"),
        ([{"name": "D"}], "D"),
        ([], None),
        ([5], None),
        (lambda: 1, None),
    ],
    ids=["mapping", "infos", "mappings", "empty", "numbers", "method"],
)
def test_the_default_symbol_of_a_list(app, openbb, symbols, default):
    feed = type("Feed", (), {"history": lambda self: []})()
    feed.symbols = symbols
    openbb.udf("/udf", feed)
    entry = openbb.manifests(app)["widgets"].get("udf")
    assert (entry and entry["data"]["defaultSymbol"]) == default


def test_a_chart_without_a_first_symbol_is_a_fault(app, openbb):
    openbb.udf("/udf", type("Feed", (), {"history": lambda self: []})())
    answer = app.test_client().get("/widgets.json")
    assert answer.status_code == 500
    assert "test_udf_http.py" in answer.get_json()["detail"]
    assert "first symbol" in answer.get_json()["detail"]


@pytest.mark.parametrize("endpoint", QUERIES)
def test_every_endpoint_answers_json_to_a_browser(make_app, endpoint):
    answer = serve(make_app()).get(f"/udf/{endpoint}?{QUERIES[endpoint]}", headers=ORIGIN)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"
    assert answer.get_json() is not None


def test_the_connection_test_passes(make_app):
    answer = serve(make_app()).get("/udf")
    assert (answer.status_code, answer.get_json()["endpoints"]) == (200, list(QUERIES))


@pytest.mark.parametrize("endpoint", QUERIES)
@pytest.mark.parametrize("place", ["own", "prefixed"])
def test_the_door_is_before_every_endpoint(make_app, endpoint, place):
    client = serve(make_app(), auth=ApiKeyAuth(["k"]))
    url = ("/udf" if place == "own" else "/openbb/widgets/udf") + f"/{endpoint}?{QUERIES[endpoint]}"
    for headers, status in ((ORIGIN, 401), ({**ORIGIN, "X-API-KEY": "wrong"}, 403)):
        refused = client.get(url, headers=headers)
        body = refused.get_json()
        assert (refused.status_code, body["s"], body["errmsg"]) == (status, "error", body["detail"])
        assert refused.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"
        assert ("WWW-Authenticate" in refused.headers) is (status == 401)
    admitted = client.get(url, headers={**ORIGIN, **KEY})
    assert admitted.status_code == 200
    assert client.head(url, headers=KEY).status_code == 200
    assert client.head(url).status_code == 401
    assert (
        client.get(url, headers={"Origin": "https://evil.example", **KEY}).headers.get("Access-Control-Allow-Origin")
        is None
    )


@pytest.mark.parametrize("endpoint", [*QUERIES, ""])
def test_preflights_need_no_key(make_app, endpoint):
    client = serve(make_app(), auth=ApiKeyAuth(["k"]))
    answer = client.options(
        f"/udf/{endpoint}".rstrip("/"),
        headers={
            **ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-api-key",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Headers"] == "x-api-key"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


def test_plain_options_tell_the_methods(make_app):
    answer = serve(make_app(), auth=ApiKeyAuth(["k"])).options("/udf/history")
    assert (answer.status_code, sorted(answer.allow)) == (200, ["GET", "HEAD", "OPTIONS"])


@pytest.mark.parametrize(
    "path", ["/udf/other", "/udf/config/more", "/openbb/widgets/udf/other", "/openbb/widgets/x/config"]
)
def test_nothing_else_is_below(make_app, path):
    assert serve(make_app()).get(path).status_code == 404


def test_a_policy_of_its_own_and_a_public_feed(make_app):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    openbb.udf("/strict", prices(), auth=ApiKeyAuth(["boss"]))
    openbb.udf("/open", prices(), public=True)
    client = app.test_client()
    assert client.get("/strict/config", headers=KEY).status_code == 403
    assert client.get("/strict/config", headers={"X-API-KEY": "boss"}).status_code == 200
    assert client.get("/open/config").status_code == 200


def test_the_identity_is_there_for_the_feed(make_app):
    class Feed:
        def history(self):
            return [(0, 1, 1, 1, len(g.openbb_identity.id))]

    client = serve(make_app(), auth=lambda credentials: Identity("anna"), feed=Feed(), default_symbol="X")
    assert client.get("/udf/history?symbol=X&resolution=1D&countback=1").get_json()["c"] == [4.0]


def test_the_policy_is_told_the_widget(make_app):
    seen = []

    def policy(credentials: Credentials):
        seen.append(credentials.widget)
        return Identity("x")

    serve(make_app(), auth=policy).get("/udf/time")
    assert seen == ["udf"]


# -- Credentials that Workspace does not send with a chart's requests: the endpoint is signed -------------------------


def signed(make_app, auth=None):
    client = serve(make_app(SECRET_KEY="s"), auth=auth or ApiKeyAuth(["k"], query="key"))
    return client, client.get("/widgets.json?key=k").get_json()["udf"]["endpoint"]


@pytest.mark.parametrize("endpoint", QUERIES)
def test_a_key_in_the_query_is_signed_into_the_endpoint(make_app, endpoint):
    client, base = signed(make_app)
    assert base.startswith("openbb/signed/")
    answer = client.get(f"/{base}/{endpoint}?{QUERIES[endpoint]}", headers=ORIGIN)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"
    assert answer.get_json() == client.get(f"/udf/{endpoint}?key=k&{QUERIES[endpoint]}").get_json()


@pytest.mark.parametrize("forged", ["x.y.z", "", "a"])
def test_a_forged_signature_opens_nothing(make_app, forged):
    client, base = signed(make_app)
    token = base.split("/")[2]
    answer = client.get(f"/{base.replace(token, forged)}/history?{RANGE}")
    assert answer.status_code in (403, 404)
    assert "t" not in answer.get_json(silent=True, force=True) if answer.is_json else True


def test_a_signature_opens_one_widget_only(make_app):
    app = make_app(SECRET_KEY="s")
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"], query="key"))
    openbb.udf("/one", prices())
    openbb.udf("/two", prices())
    client = app.test_client()
    base = client.get("/widgets.json?key=k").get_json()["one"]["endpoint"]
    assert client.get(f"/{base}/config").status_code == 200
    refused = client.get(f"/{base.replace('/widgets/one', '/widgets/two')}/config")
    assert (refused.status_code, refused.get_json()["s"]) == (403, "error")


def test_a_key_in_a_header_needs_no_signature(make_app):
    client = serve(make_app(), auth=ApiKeyAuth(["k"]))
    assert client.get("/widgets.json", headers=KEY).get_json()["udf"]["endpoint"] == "udf"


def test_no_secret_no_signature_no_manifest(make_app):
    client = serve(make_app(), auth=ApiKeyAuth(["k"], query="key"))
    answer = client.get("/widgets.json?key=k")
    assert (answer.status_code, "SECRET_KEY" in answer.get_json()["detail"]) == (500, True)


def test_several_policies(make_app):
    client = serve(make_app(), auth=any_of(BearerAuth(["t"]), ApiKeyAuth(["k"])))
    assert client.get("/udf/config", headers={"Authorization": "Bearer t"}).status_code == 200
    assert client.get("/udf/config").status_code == 401


# -- Failures ---------------------------------------------------------------------------------------------------------


class Failing:
    def __init__(self, error):
        self.error = error

    def history(self, symbol):
        raise self.error


@pytest.mark.parametrize("debug", [False, True])
def test_a_feed_that_fails_is_logged_and_says_no_more(make_app, caplog, debug):
    app = make_app(DEBUG=debug)
    client = serve(app, feed=Failing(RuntimeError("password=hunter2")), default_symbol="X")
    answer = client.get("/udf/history?symbol=X&resolution=1D&countback=1", headers=ORIGIN)
    assert answer.status_code == 500
    assert answer.get_json() == {
        "s": "error",
        "errmsg": "The feed failed to answer; the server's log says why.",
        "detail": "The feed failed to answer; the server's log says why.",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "The feed Failing failed to answer history." in record.getMessage()
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(("debug", "told"), [(False, "log says why"), (True, "The bars have no close")])
def test_bars_that_are_none_are_told_in_debug_mode(make_app, caplog, debug, told):
    class Feed:
        def history(self):
            return [{"time": 1}]

    client = serve(make_app(DEBUG=debug), feed=Feed(), default_symbol="X")
    assert told in client.get("/udf/history?symbol=X&resolution=1D&countback=1").get_json()["errmsg"]
    assert "The bars have no close" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "errmsg"),
    [
        (KeyError("X"), 404, "unknown_symbol"),
        (LookupError(), 404, "unknown_symbol"),
        (RequestError(429, "Too many."), 429, "Too many."),
        (IndexError(), 500, "The feed failed to answer; the server's log says why."),
    ],
    ids=repr,
)
def test_what_a_feed_may_raise(make_app, error, status, errmsg):
    client = serve(make_app(), feed=Failing(error), default_symbol="X")
    answer = client.get("/udf/history?symbol=X&resolution=1D&countback=1")
    assert (answer.status_code, answer.get_json()["errmsg"]) == (status, errmsg)


def test_a_feed_may_abort(make_app):
    class Feed:
        def history(self):
            abort(403, "Not on\nyour list.")

        def search(self):
            return {}["no symbol"]

        def marks(self):
            return {}["no symbol"]

    client = serve(make_app(), feed=Feed(), default_symbol="X")
    answer = client.get("/udf/history?symbol=X&resolution=1D&countback=1")
    assert (answer.status_code, answer.get_json()["errmsg"]) == (403, "Not on your list.")
    assert client.get("/udf/search?query=X").status_code == 500
    assert client.get(f"/udf/marks?{RANGE}").status_code == 404


def test_a_wrong_request(make_app):
    answer = serve(make_app()).get("/udf/history?symbol=AAPL&resolution=1H")
    assert (answer.status_code, answer.get_json()["s"]) == (422, "error")


# -- Async ------------------------------------------------------------------------------------------------------------


class Async:
    """Every method waits."""

    symbols = ("AAPL",)

    async def history(self, symbol, start, end):
        await asyncio.sleep(0)
        return [Bar(datetime(1970, 1, day, tzinfo=timezone.utc), 1, 2, 0, day) for day in range(1, 9)]

    async def symbol(self, symbol):
        if symbol != "AAPL":
            raise KeyError(symbol)
        return {"name": symbol}

    async def search(self, query):
        return [query]

    def marks(self):
        async def later():
            return [{"id": 1, "time": 0}]

        return later()

    async def time(self):
        return 7


def test_async_feeds(make_app):
    client = serve(make_app(), feed=Async())
    assert client.get("/udf/history?symbol=AAPL&resolution=1D&countback=2&to=9999999").get_json()["c"] == [7, 8]
    assert client.get("/udf/symbols?symbol=X").get_json()["errmsg"] == "unknown_symbol"
    assert client.get("/udf/search?query=a").get_json()[0]["symbol"] == "A"
    assert client.get(f"/udf/marks?{RANGE}").get_json()["id"] == [1]
    assert client.get("/udf/time").get_json() == 7
    assert client.get("/udf/quotes?symbols=AAPL,X").get_json()["d"][1]["s"] == "error"


# -- Where and when feeds are declared --------------------------------------------------------------------------------


def answers(app, path="/udf"):
    return app.test_client().get(f"{path}/time").status_code


def test_before_any_app_and_for_several(make_app):
    openbb = OpenBB()
    openbb.udf("/udf", prices())
    apps = [make_app(), make_app(OPENBB_URL_PREFIX="/backend")]
    for app in apps:
        openbb.init_app(app)
    assert (answers(apps[0]), answers(apps[1])) == (200, 404)
    assert answers(apps[1], "/backend/udf") == 200
    assert apps[1].test_client().get("/backend/widgets.json").get_json()["udf"]["endpoint"] == "udf"


def test_after_init_app(make_app):
    openbb, apps = OpenBB(), [make_app(), make_app()]
    for app in apps:
        openbb.init_app(app)
    openbb.udf("/udf", prices())
    assert [answers(app) for app in apps] == [200, 200]


@pytest.mark.parametrize("first", ["udf", "init_app"])
def test_a_factory_that_runs_again(first):
    openbb = OpenBB()

    def create_app():
        app = Flask("host")
        if first == "init_app":
            openbb.init_app(app)
        openbb.udf("/udf", prices())
        if first == "udf":
            openbb.init_app(app)
        return app

    apps = []
    for _ in range(3):
        apps.append(create_app())
        assert answers(apps[-1]) == 200
    for app in apps:
        assert openbb.validate(app) == ()
        assert answers(app) == 200


def test_after_the_first_request_it_is_too_late(app, openbb):
    app.test_client().get("/widgets.json")
    with pytest.raises(RegistrationError, match="came after the first request to app 'host'"):
        openbb.udf("/udf", prices())
    assert answers(app) == 404
    assert openbb.manifests(app)["widgets"] == {}
    later = Flask("later")
    openbb.init_app(later)
    assert answers(later) == 404


def test_one_url_is_one_feeds(app, openbb):
    openbb.udf("/udf", prices())
    with pytest.raises(RegistrationError, match="serves a feed at '/udf' already"):
        openbb.udf("/udf/", prices())
    assert answers(app) == 200


@pytest.mark.parametrize("rule", ["udf", "", "/", "//", "/udf/<symbol>", "/udf?x", None, 5])
def test_a_rule_that_is_none_is_told(openbb, rule):
    with pytest.raises(RegistrationError, match="is not a URL to serve a feed at"):
        openbb.udf(rule, prices())


def test_other_mistakes_are_told(openbb):
    with pytest.raises(RegistrationError, match="has no method history"):
        openbb.udf("/udf", [1, 2])
    with pytest.raises(RegistrationError, match="Did you mean 'update_frequency'"):
        openbb.udf("/udf", prices(), updateFrequency=5)


def test_an_app_of_apps_json_names_a_chart_by_what_udf_returned(app, openbb):
    chart = openbb.udf("/udf", prices())
    openbb.app("Desk", tabs={"Main": [chart]})
    assert openbb.validate(app) == ()
    assert openbb.manifests(app)["apps"][0]["tabs"]["main"]["layout"][0]["i"] == "udf"


def test_the_views_answer_nobody_who_did_not_come_through_the_door(app, openbb):
    openbb.udf("/udf", prices())
    view = app.view_functions["flask_openbb_udf_udf_below"]
    with app.test_request_context("/udf/config"):
        assert view(part="config").status_code == 404


def test_a_faulty_declaration_serves_nothing(make_app):
    app = make_app(OPENBB_ON_INVALID="quarantine")
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    openbb.udf("/udf", prices(), id="same")
    openbb.udf("/two", prices(), id="same")
    client = app.test_client()
    assert client.get("/udf/config", headers=KEY).status_code == 200
    assert client.get("/two/config", headers=KEY).status_code == 404
    assert client.get("/two/config").status_code == 404
    assert client.get("/two", headers=KEY).status_code == 500


# -- Feeds that a host serves with views of its own --------------------------------------------------------------------


def host_feed(app, openbb, *, exposed=False, **options):
    blueprint = Blueprint("feed", __name__, url_prefix="/own")

    def root():
        return {"root": True}

    if not exposed:
        root = openbb.widget(type="advanced_charting", default_symbol="AAPL", **options)(root)
    blueprint.get("")(root)

    @blueprint.get("/config")
    def config():
        return {"supports_search": True}

    @blueprint.get("/<name>")
    def other(name):
        return {"name": name, "query": request.args.to_dict()}

    app.register_blueprint(blueprint)
    if exposed:
        openbb.expose("feed.root", type="udf", name="Own", description="Own.", default_symbol="AAPL", **options)


def test_the_door_is_before_a_hosts_own_feed_too(make_app):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    host_feed(app, openbb)
    client = app.test_client()
    for path in ("/own", "/own/config", "/own/history?symbol=AAPL"):
        refused = client.get(path, headers=ORIGIN)
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, "https://pro.openbb.co")
        admitted = client.get(path, headers={**ORIGIN, **KEY})
        assert (admitted.status_code, admitted.headers["Access-Control-Allow-Origin"]) == (200, "https://pro.openbb.co")
    assert client.get("/own/history?symbol=AAPL", headers=KEY).get_json() == {
        "name": "history",
        "query": {"symbol": "AAPL"},
    }
    assert "Access-Control-Allow-Origin" not in client.get("/own/elsewhere", headers=ORIGIN).headers
    assert client.get("/own/elsewhere").status_code == 200
    assert openbb.validate(app) == ()


@pytest.mark.parametrize("exposed", [False, True])
def test_a_hosts_own_feed_is_signed_too(make_app, exposed):
    app = make_app(SECRET_KEY="s")
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"], query="key"))
    host_feed(app, openbb, exposed=exposed)
    client = app.test_client()
    [entry] = client.get("/widgets.json?key=k").get_json().values()
    assert client.get(f"/{entry['endpoint']}/config").get_json() == {"supports_search": True}
    assert client.get(f"/{entry['endpoint']}/time?a=1").get_json() == {"name": "time", "query": {"a": "1"}}


@pytest.mark.parametrize("prefix", ["/own", "/openbb/widgets/feed_root"])
def test_a_widget_below_a_chart_keeps_its_own_door(make_app, prefix):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    host_feed(app, openbb)
    app.add_url_rule("/own/time", "strict", openbb.markdown(lambda: "secret", auth=ApiKeyAuth(["boss"]), id="strict"))
    answer = app.test_client().get(f"{prefix}/time", headers=KEY)
    assert answer.status_code in (403, 404)
    assert "secret" not in answer.text


def test_a_part_that_a_host_does_not_serve(make_app):
    app = make_app()
    openbb = OpenBB(app)

    @app.get("/bare")
    @openbb.widget(type="udf", default_symbol="AAPL", id="bare")
    def bare():
        return {}

    @app.get("/bare/config")
    def config():
        return {}

    assert client_status(app, "/openbb/widgets/bare/config") == 200
    assert client_status(app, "/openbb/widgets/bare/history") == 404
    [fault] = openbb.validate(app)
    assert "Add routes for bare/search, bare/symbols, bare/history" in fault.fix


def client_status(app, path):
    return app.test_client().get(path).status_code


def test_the_hosts_hooks_see_a_feeds_requests(make_app):
    app, seen = make_app(), []
    client = serve(app)
    app.before_request(lambda: seen.append(request.path))
    client.get("/udf/time")
    assert seen == ["/udf/time"]


# -- other routes at its URLs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["/udf", "/udf/config", "/udf/history"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_route_of_the_host_at_a_feeds_url_is_told(make_app, rule, first):
    app = make_app(OPENBB_ON_INVALID="quarantine")
    openbb = OpenBB(app)
    if first:
        app.add_url_rule(rule, "own", lambda: "host")
    openbb.udf("/udf", prices())
    if not first:
        app.add_url_rule(rule, "own", lambda: "host")
    [fault] = openbb.validate(app)
    assert (fault.severity, fault.widget) == ("error", "udf")
    assert f"another route at {rule!r}, endpoint 'own'" in fault.message
    assert "test_udf_http.py:" in fault.location
    assert app.test_client().get("/widgets.json").json == {}


def test_other_routes_below_and_beside_a_feed_are_the_hosts(make_app):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    openbb.udf("/udf", prices())
    app.add_url_rule("/udf/about", "about", lambda: "host")
    app.add_url_rule("/udf", "post", lambda: "host", methods=["POST"])
    app.add_url_rule("/<path:page>", "pages", lambda page: page)
    assert openbb.validate(app) == ()
    client = app.test_client()
    assert client.get("/udf/about").text == "host"
    assert client.get("/udf/config/more").text == "udf/config/more"
    assert client.get("/udf/config").status_code == 401


def test_feeds_whose_urls_look_alike(app, openbb):
    for rule in ("/a-b", "/a_b", "/a.b"):
        openbb.udf(rule, prices(), id=rule.strip("/"))
    client = app.test_client()
    assert [client.get(f"{rule}/config").status_code for rule in ("/a-b", "/a_b", "/a.b")] == [200, 200, 200]
