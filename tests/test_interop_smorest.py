"""A service of flask-smorest, as its users write it, with widgets on its views."""

from datetime import date, timedelta

import pytest
from flask.views import MethodView
from flask_smorest import Api, Blueprint, Page, abort
from marshmallow import Schema, fields, validate

from flask_openbb import ManifestError, OpenBB, Param


class PriceQuery(Schema):
    symbol = fields.String(
        load_default="AAPL", validate=validate.OneOf(["AAPL", "MSFT"]), metadata={"description": "Whose prices"}
    )
    limit = fields.Integer(load_default=2, validate=validate.Range(1, 50), metadata={"title": "Rows"})
    start = fields.Date(load_default=None)
    fields_ = fields.List(fields.String(), data_key="fields", load_default=list)


class Level(Schema):
    bid = fields.Float()
    ask = fields.Float()


class PriceRow(Schema):
    day = fields.Date(metadata={"description": "The day of the trade"})
    close = fields.Float(metadata={"title": "Last"})
    volume = fields.Integer()
    level = fields.Nested(Level)
    secret = fields.String(load_only=True)


ROW = {"day": date(2026, 1, 2), "close": 1.5, "volume": 10, "level": {"bid": 1.4, "ask": 1.6}}
SENT = {"day": "2026-01-02", "close": 1.5, "volume": 10, "level_bid": 1.4, "level_ask": 1.6}
COLUMNS = [
    ("day", "Day", "dateString"),
    ("close", "Last", "number"),
    ("volume", "Volume", "number"),
    ("level_bid", "Level Bid", "number"),
    ("level_ask", "Level Ask", "number"),
]


@pytest.fixture
def app(make_app):
    return make_app(API_TITLE="Prices", API_VERSION="v1", OPENAPI_VERSION="3.0.2")


@pytest.fixture
def blp():
    return Blueprint("market_data", "market_data", url_prefix="/market", description="Prices")


@pytest.fixture
def serve(app, blp):
    """Register the Blueprint as a service does, and give its OpenAPI document."""

    def register():
        api = Api(app)
        api.register_blueprint(blp)
        return api

    return register


def shown(entry):
    return {param["paramName"]: param for param in entry["params"]}


def columns(entry):
    return [(c["field"], c["headerName"], c["cellDataType"]) for c in entry["data"]["table"]["columnsDefs"]]


def above(openbb, blp, view):
    """The widget's decorator outermost, as OpenBB's docs write it."""
    route, arguments, response = blp.route("/prices"), blp.arguments(PriceQuery, location="query"), blp.response
    return openbb.table(route(arguments(response(200, PriceRow(many=True))(view))))


def under_the_route(openbb, blp, view):
    arguments, response = blp.arguments(PriceQuery, location="query"), blp.response(200, PriceRow(many=True))
    return blp.route("/prices")(openbb.table(arguments(response(view))))


def between(openbb, blp, view):
    arguments, response = blp.arguments(PriceQuery, location="query"), blp.response(200, PriceRow(many=True))
    return blp.route("/prices")(arguments(openbb.table(response(view))))


def innermost(openbb, blp, view):
    arguments, response = blp.arguments(PriceQuery, location="query"), blp.response(200, PriceRow(many=True))
    return blp.route("/prices")(arguments(response(openbb.table(view))))


places = pytest.mark.parametrize("decorate", [above, under_the_route, between, innermost])


@places
def test_schemas_become_params_and_columns_wherever_the_decorator_stands(blp, serve, openbb, manifest, decorate):
    def prices(args):
        """Prices of one symbol, day by day."""
        return [ROW]

    decorate(openbb, blp, prices)
    serve()
    entry = manifest()["market_data_prices"]
    assert (entry["name"], entry["description"]) == ("Prices", "Prices of one symbol, day by day.")
    assert (entry["category"], entry["endpoint"]) == ("Market Data", "market/prices")
    assert entry["params"] == [
        {
            "paramName": "symbol",
            "type": "text",
            "label": "Symbol",
            "description": "Whose prices",
            "value": "AAPL",
            "options": [{"label": "AAPL", "value": "AAPL"}, {"label": "MSFT", "value": "MSFT"}],
            "show": True,
        },
        {"paramName": "limit", "type": "number", "label": "Rows", "value": 2, "show": True, "min": 1, "max": 50},
        {"paramName": "start", "type": "date", "label": "Start", "show": True},
        {"paramName": "fields", "type": "text", "label": "Fields", "show": True, "multiSelect": True, "multiple": True},
    ]
    assert columns(entry) == COLUMNS
    assert entry["data"]["table"]["columnsDefs"][0]["headerTooltip"] == "The day of the trade"


@places
def test_the_view_gets_its_mapping_loaded_once(blp, serve, openbb, client, decorate):
    loaded, got = [], []

    class Query(PriceQuery):
        def load(self, data, **kwargs):
            loaded.append(dict(data))
            return super().load(data, **kwargs)

    def prices(args):
        got.append(args)
        return [ROW]

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "PriceQuery", Query)
        decorate(openbb, blp, prices)
    serve()
    answer = client.get("/market/prices?symbol=MSFT&limit=7&start=2026-01-02&fields=a,b&theme=dark")
    assert answer.get_json() == [SENT]
    assert got == [{"symbol": "MSFT", "limit": 7, "start": date(2026, 1, 2), "fields_": ["a", "b"]}]
    assert len(loaded) == 1


def test_workspaces_habits_reach_the_schema_as_its_users_would_send_them(blp, serve, openbb, client, day):
    got = []

    @blp.route("/prices")
    @openbb.table
    @blp.arguments(PriceQuery, location="query", as_kwargs=True)
    @blp.response(200, PriceRow(many=True))
    def prices(**kwargs):
        got.append(kwargs)
        return []

    serve()
    assert client.get("/market/prices?symbol=&start=$currentDate-1d&fields=a&fields=b&limit=").status_code == 200
    yesterday = day - timedelta(days=1)
    assert got == [{"symbol": "AAPL", "limit": 2, "start": yesterday, "fields_": ["a", "b"]}]


def test_keywords_of_as_kwargs_are_theirs_and_others_are_ours(blp, serve, openbb, client, manifest):
    @blp.route("/prices/<desk>")
    @blp.arguments(PriceQuery(only=("symbol",)), location="query", as_kwargs=True)
    @openbb.table(params=[Param("desk", label="Trading desk")])
    def prices(desk, symbol, scale: float = 1.0):
        return [{"desk": desk, "symbol": symbol, "scale": scale}]

    serve()
    entry = manifest()["market_data_prices"]
    assert entry["endpoint"] == "market/prices/{desk}"
    assert [(name, param["label"], param["type"]) for name, param in shown(entry).items()] == [
        ("desk", "Trading desk", "text"),
        ("symbol", "Symbol", "text"),
        ("scale", "Scale", "number"),
    ]
    answer = client.get("/market/prices/fx?symbol=MSFT&scale=2")
    assert answer.get_json() == [{"desk": "fx", "symbol": "MSFT", "scale": 2.0}]
    assert client.get("/market/prices/fx?scale=x").get_json()["detail"].startswith("Invalid request: scale")


def test_params_lay_over_what_the_schema_says(app, blp, serve, openbb, client, manifest):
    @app.get("/symbols")
    @openbb.options
    def symbols():
        return ["AAPL", "MSFT"]

    @blp.route("/prices")
    @openbb.table(params=[Param("symbol", label="Ticker", options=symbols), Param("limit", show=False)])
    @blp.arguments(PriceQuery, location="query")
    @blp.response(200, PriceRow(many=True))
    def prices(args):
        return [ROW]

    serve()
    params = shown(manifest()["market_data_prices"])
    assert list(params) == ["symbol", "limit", "start", "fields"]
    assert params["symbol"]["label"] == "Ticker"
    assert (params["symbol"]["type"], params["symbol"]["optionsEndpoint"]) == ("endpoint", "symbols")
    assert params["limit"]["show"] is False
    assert client.get("/market/prices").get_json() == [SENT]


@pytest.mark.parametrize("decorated", ["class", "method"])
def test_method_views(blp, serve, openbb, client, manifest, decorated):
    on_class = openbb.table if decorated == "class" else lambda cls: cls
    on_method = openbb.table if decorated == "method" else lambda method: method

    @blp.route("/daily")
    @on_class
    class DailyPrices(MethodView):
        @on_method
        @blp.arguments(PriceQuery, location="query")
        @blp.response(200, PriceRow(many=True))
        def get(self, args):
            """Every day's prices."""
            return [{**ROW, "volume": args["limit"]}]

        @blp.arguments(PriceRow)
        @blp.response(201, PriceRow)
        def post(self, row):
            return row

    serve()
    entry = manifest()["market_data_DailyPrices"]
    assert (entry["name"], entry["description"]) == ("Daily Prices", "Every day's prices.")
    assert list(shown(entry)) == ["symbol", "limit", "start", "fields"]
    assert columns(entry) == COLUMNS
    assert client.get("/market/daily?limit=9").get_json() == [{**SENT, "volume": 9}]
    assert client.post("/market/daily", json={"close": 2.5}).get_json() == {"close": 2.5}


def test_doc_gives_name_description_and_category(blp, serve, openbb, manifest):
    @blp.route("/prices")
    @openbb.table
    @blp.doc(
        summary="Closing prices",
        description="What was paid\n  last.",
        tags=["Equities"],
        parameters=[{"in": "query", "name": "venue", "schema": {"type": "string", "enum": ["XNYS", "XNAS"]}}],
    )
    @blp.response(200, PriceRow(many=True))
    def prices():
        """For programmers."""
        return []

    serve()
    entry = manifest()["market_data_prices"]
    said = (entry["name"], entry["description"], entry["category"])
    assert said == ("Closing prices", "What was paid last.", "Equities")
    assert [option["value"] for option in shown(entry)["venue"]["options"]] == ["XNYS", "XNAS"]


def test_what_the_widget_says_wins(blp, serve, openbb, manifest):
    @blp.route("/prices")
    @openbb.table(name="Own", description="Own words.", category="Own category", columns=[])
    @blp.doc(summary="Closing prices", description="What was paid last.")
    @blp.response(200, PriceRow(many=True))
    def prices():
        return []

    serve()
    entry = manifest()["market_data_prices"]
    assert (entry["name"], entry["description"], entry["category"]) == ("Own", "Own words.", "Own category")
    assert "data" not in entry


def test_pages_are_parameters(blp, serve, openbb, client, manifest):
    class ListPage(Page):
        @property
        def item_count(self):
            return len(self.collection)

    @blp.route("/pages")
    @openbb.table
    @blp.response(200, PriceRow(many=True))
    @blp.paginate(ListPage, page_size=2)
    def pages():
        return [{"volume": number} for number in range(5)]

    @blp.route("/own_pages")
    @openbb.table
    @blp.response(200, PriceRow(many=True))
    @blp.paginate()
    def own_pages(pagination_parameters):
        pagination_parameters.item_count = 1
        return [{"volume": pagination_parameters.page}]

    serve()
    entries = manifest()
    for id in ("market_data_pages", "market_data_own_pages"):
        params = shown(entries[id])
        assert [(name, param["type"]) for name, param in params.items()] == [
            ("page", "number"),
            ("page_size", "number"),
        ]
    assert shown(entries["market_data_pages"])["page_size"]["value"] == 2
    answer = client.get("/market/pages?page=2")
    assert answer.get_json() == [{"volume": 2}, {"volume": 3}]
    assert '"total": 5' in answer.headers["X-Pagination"]
    assert client.get("/market/own_pages?page=4").get_json() == [{"volume": 4}]


def test_an_envelope_of_a_schema_or_of_the_blueprint(app, openbb, client, manifest):
    class Envelope(Schema):
        total = fields.Integer()
        results = fields.List(fields.Nested(PriceRow))

    class Wrapping(Blueprint):
        @staticmethod
        def _make_doc_response_schema(schema):
            return Schema.from_dict({"payload": fields.Nested(schema)})() if schema else None

        @staticmethod
        def _prepare_response_content(data):
            return {"payload": data}

    plain, wrapping = Blueprint("plain", "plain"), Wrapping("wrapping", "wrapping")

    @plain.route("/plain")
    @openbb.table
    @plain.response(200, Envelope)
    def one():
        return {"total": 1, "results": [ROW]}

    @wrapping.route("/wrapped")
    @openbb.table
    @wrapping.response(200, PriceRow(many=True))
    def other():
        return [ROW]

    api = Api(app)
    api.register_blueprint(plain)
    api.register_blueprint(wrapping)
    entries = manifest()
    assert entries["plain_one"]["data"]["dataKey"] == "results"
    assert entries["wrapping_other"]["data"]["dataKey"] == "payload"
    assert columns(entries["plain_one"]) == columns(entries["wrapping_other"]) == COLUMNS
    assert client.get("/plain").get_json() == {"total": 1, "results": [SENT]}
    assert client.get("/wrapped").get_json() == {"payload": [SENT]}


def test_a_view_nobody_may_edit_is_exposed(blp, serve, openbb, client, manifest):
    @blp.route("/prices")
    @blp.arguments(PriceQuery, location="query")
    @blp.response(200, PriceRow(many=True))
    def prices(args):
        """Prices of one symbol."""
        return [{**ROW, "volume": args["limit"]}]

    @blp.route("/daily")
    class Daily(MethodView):
        @blp.arguments(PriceQuery, location="query")
        @blp.response(200, PriceRow(many=True))
        def get(self, args):
            """Daily prices."""
            return [ROW]

    serve()
    openbb.expose("market_data.prices", id="prices", params=[Param("symbol", label="Ticker")])
    openbb.expose("market_data.Daily", id="daily")
    entries = manifest()
    for id in ("prices", "daily"):
        assert list(shown(entries[id])) == ["symbol", "limit", "start", "fields"]
        assert columns(entries[id]) == COLUMNS
    assert shown(entries["prices"])["symbol"]["label"] == "Ticker"
    assert client.get("/openbb/widgets/prices?limit=3&fields=a,b").get_json() == [{**SENT, "volume": 3}]
    # Other callers get what they always got.
    (row,) = client.get("/market/prices?limit=3&symbol=MSFT").get_json()
    assert row == {"day": "2026-01-02", "close": 1.5, "volume": 3, "level": {"bid": 1.4, "ask": 1.6}}


@pytest.mark.parametrize("url", ["/market/prices", "/openbb/widgets/exposed"])
def test_its_validation_errors_become_readable(blp, serve, openbb, client, url):
    @blp.route("/prices")
    @openbb.table
    @blp.arguments(PriceQuery, location="query")
    @blp.response(200, PriceRow(many=True))
    def prices(args):
        raise NotImplementedError

    serve()
    openbb.expose("market_data.prices", id="exposed")
    answer = client.get(f"{url}?limit=99&symbol=X", headers={"Origin": "https://pro.openbb.co"})
    assert answer.status_code == 422
    body = answer.get_json()
    assert body.pop("detail") == (
        "Invalid request: limit: Must be greater than or equal to 1 and less than or equal to 50; "
        "symbol: Must be one of: AAPL, MSFT."
    )
    assert (body["code"], body["status"]) == (422, "Unprocessable Entity")
    assert set(body["errors"]["query"]) == {"limit", "symbol"}
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"


def test_what_abort_says_is_shown(blp, serve, openbb, client):
    @blp.route("/prices")
    @openbb.table
    @blp.response(200, PriceRow(many=True))
    def prices():
        abort(404, message="No such symbol.", errors={"symbol": "unknown"})

    serve()
    body = client.get("/market/prices").get_json()
    assert body == {
        "code": 404,
        "status": "Not Found",
        "message": "No such symbol.",
        "errors": {"symbol": "unknown"},
        "detail": "No such symbol: symbol: unknown.",
    }


def test_openapi_stays_as_it_was(make_app):
    def document(decorated):
        app = make_app(API_TITLE="Prices", API_VERSION="v1", OPENAPI_VERSION="3.0.2")
        openbb = OpenBB(app)
        blp = Blueprint("market", "market", url_prefix="/market")

        def prices(args):
            """Prices of one symbol."""
            return [ROW]

        if decorated:
            under_the_route(openbb, blp, prices)
        else:
            arguments, response = blp.arguments(PriceQuery, location="query"), blp.response
            blp.route("/prices")(arguments(response(200, PriceRow(many=True))(prices)))
        api = Api(app)
        api.register_blueprint(blp)
        app.test_client().get("/widgets.json")
        return api.spec.to_dict()

    assert document(True) == document(False)


def test_a_body_is_read_where_workspace_posts(blp, serve, openbb, client, manifest, day):
    class Question(Schema):
        prompt = fields.String(load_default="")
        since = fields.Date(load_default=None)

    class Filter(Schema):
        venues = fields.List(fields.String(), load_default=list)

    got = []

    @blp.route("/ask", methods=["POST"])
    @openbb.omni
    @blp.arguments(Filter, location="query")
    @blp.arguments(Question)
    def ask(filters, question):
        got.append((filters, question))
        return {"answer": question["prompt"]}

    serve()
    params = shown(manifest()["market_data_ask"])
    assert set(params) == {"prompt", "since", "venues"}
    assert params["prompt"]["show"] is False
    body = {"prompt": "Why?", "since": "$currentDate", "venues": "XNYS,XNAS"}
    assert client.post("/market/ask", json=body).status_code == 200
    assert client.post("/market/ask", json={"prompt": None}).status_code == 200
    assert got == [
        ({"venues": ["XNYS", "XNAS"]}, {"prompt": "Why?", "since": day}),
        ({"venues": []}, {"prompt": "", "since": None}),
    ]


def test_a_body_holds_for_their_schema_what_it_knows(blp, serve, openbb, client):
    class Scope(Schema):
        venue = fields.String(load_default="XNYS")

    @blp.route("/ask", methods=["POST"])
    @blp.arguments(Scope)
    @openbb.omni
    def ask(scope, depth: int = 1):
        return f"{scope['venue']} {depth}"

    serve()
    for body in ({"prompt": "Why?", "venue": "XNAS", "depth": "3"}, '{"venue": "XNAS", "depth": 3}'):
        assert client.post("/market/ask", json=body).get_json()["content"] == "XNAS 3"
    assert client.post("/market/ask").get_json()["content"] == "XNYS 1"
    refused = client.post("/market/ask", json={"venue": {"a": 1}})
    assert (refused.status_code, refused.get_json()["detail"]) == (422, "Invalid request: venue: Not a valid string.")


@pytest.mark.parametrize(
    ("location", "type", "said"),
    [
        (
            "json",
            "table",
            "'symbol' in a JSON body, and Workspace asks this widget with GET. Give them location='query'",
        ),
        ("form", "omni", "'symbol' in a form, and Workspace posts JSON. Give them location='json'"),
    ],
)
def test_a_required_field_that_workspace_never_sends_is_a_fault(app, blp, serve, openbb, location, type, said):
    @blp.route("/prices", methods=["GET", "POST"])
    @openbb.widget(type=type)
    @blp.arguments(Schema.from_dict({"symbol": fields.String(required=True)}, name="Query"), location=location)
    def prices(args):
        raise NotImplementedError

    serve()
    with pytest.raises(ManifestError, match=said):
        openbb.validate(app)


def test_an_entry_given_whole_stays_as_it_is(blp, serve, openbb, client, manifest):
    entry = {"name": "Prices", "description": "Of a day.", "endpoint": "market/prices", "type": "table"}

    @openbb.register_widget(entry)
    @blp.route("/prices")
    @blp.arguments(PriceQuery, location="query")
    @blp.response(200, PriceRow(many=True))
    def prices(args):
        return [{**ROW, "volume": args["limit"]}]

    serve()
    assert manifest() == {"market/prices": entry}
    assert client.get("/market/prices?limit=3&since=").get_json() == [{**SENT, "volume": 3}]


def test_options_of_a_view_of_its_own(blp, serve, openbb, client, manifest):
    class Choice(Schema):
        label = fields.String()
        value = fields.String()

    @blp.route("/symbols")
    @openbb.options
    @blp.arguments(PriceQuery(only=("limit",)), location="query")
    @blp.response(200, Choice(many=True))
    def symbols(args):
        return [{"label": "Apple", "value": "AAPL"}][: args["limit"]]

    @blp.route("/prices")
    @openbb.table(params=[Param("symbol", options=symbols)])
    def prices(symbol="AAPL"):
        raise NotImplementedError

    serve()
    assert shown(manifest()["market_data_prices"])["symbol"]["optionsEndpoint"] == "market/symbols"
    assert client.get("/market/symbols").get_json() == [{"label": "Apple", "value": "AAPL"}]


def test_a_schema_given_to_the_widget_reads_in_place_of_theirs(blp, serve, openbb, client, manifest):
    @blp.route("/prices")
    @openbb.table(params=PriceQuery(only=("symbol",)))
    @blp.doc(summary="Closing prices")
    def prices(symbol):
        return [{"symbol": symbol}]

    serve()
    assert list(shown(manifest()["market_data_prices"])) == ["symbol"]
    assert client.get("/market/prices?symbol=MSFT").get_json() == [{"symbol": "MSFT"}]


def test_a_moving_date_that_is_none_is_refused(blp, serve, openbb, client):
    def prices(args):
        raise NotImplementedError

    under_the_route(openbb, blp, prices)
    serve()
    refused = client.get("/market/prices?start=$currentDate-1x")
    assert refused.status_code == 422
    assert refused.get_json()["detail"].startswith("Invalid request: start: ")


def test_a_required_field_that_no_query_holds_is_a_fault(blp, serve, openbb, app):
    class Query(Schema):
        nested = fields.Nested(Level, required=True)

    @blp.route("/prices")
    @openbb.table
    @blp.arguments(Query, location="query")
    def prices(args):
        raise NotImplementedError

    serve()
    with pytest.raises(ManifestError, match="require what Workspace cannot send: field 'nested' of Query: a Nested"):
        openbb.validate(app)


def test_answers_are_kept_by_what_their_schema_reads(blp, serve, openbb, client):
    asked = []

    @blp.route("/prices")
    @openbb.table(cache=60)
    @blp.arguments(PriceQuery, location="query")
    @blp.response(200, PriceRow(many=True))
    def prices(args):
        asked.append(args["limit"])
        return [{"volume": args["limit"]}]

    serve()
    for limit in (1, 2, 1):
        assert client.get(f"/market/prices?limit={limit}").get_json() == [{"volume": limit}]
    assert asked == [1, 2]


def test_what_is_written_otherwise(blp, serve, openbb, client, manifest):
    query = {
        "symbols": fields.List(fields.String(), load_default=list),
        "version": fields.Constant("1"),
        "internal": fields.String(load_default="x", metadata={"param": False}),
        "nested": fields.Nested(Level, load_default=None),
    }

    @blp.route("/prices/<desk>")
    @openbb.table
    @blp.doc(parameters=[{"in": "path", "name": "desk", "description": "Whose rows"}])
    @blp.arguments(query, location="query")
    @blp.response(202, "AReference")
    def prices(args, desk):
        return [{"desk": desk, "symbols": args["symbols"], "internal": args["internal"]}]

    serve()
    params = shown(manifest()["market_data_prices"])
    assert [(name, param.get("description")) for name, param in params.items()] == [
        ("symbols", None),
        ("desk", "Whose rows"),
    ]
    assert "data" not in manifest()["market_data_prices"]


def test_a_row_model_tells_refusals_of_its_view_in_the_grid(blp, serve, openbb, client):
    @blp.route("/trades", methods=["POST"])
    @openbb.row_model(source=[{"id": 1}], key="id")
    @blp.doc(summary="Trades")
    def trades():
        abort(404, message="No such desk.")

    serve()
    answer = client.post("/market/trades", json={})
    assert (answer.status_code, answer.get_json()["error"]) == (200, "No such desk.")
