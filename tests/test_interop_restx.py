"""A service of Flask-RESTX, as its users write it, with widgets on its resources."""

from datetime import date

import pytest
from flask import Blueprint
from flask_restx import Api, Namespace, Resource, fields, inputs, reqparse

from flask_openbb import OpenBB, Param

parser = reqparse.RequestParser()
parser.add_argument("symbol", choices=("AAPL", "MSFT"), default="AAPL", help="Whose prices", location="args")
parser.add_argument("limit", type=inputs.int_range(1, 50), default=2, location="args")
parser.add_argument("since", type=inputs.date_from_iso8601, location="args")
parser.add_argument("adjusted", type=inputs.boolean, default=True)
parser.add_argument("venue", action="append", location="args")
parser.add_argument("tags", action="split", location="args")
parser.add_argument("X-Desk", location="headers")

LEVEL = {"bid": fields.Float, "ask": fields.Float(title="Asked")}
PRICE = {
    "day": fields.Date(description="The day of the trade"),
    "close": fields.Float(title="Last"),
    "volume": fields.Integer,
    "halted": fields.Boolean(),
    "note": fields.String(attribute="remark"),
    "at": fields.DateTime,
    "venues": fields.List(fields.String),
    "spread": fields.Fixed(decimals=2),
    "extra": fields.Raw(),
}
ROW = {
    "day": date(2026, 1, 2),
    "close": 1.5,
    "volume": 10,
    "halted": False,
    "remark": "n",
    "venues": ["XNYS", "XNAS"],
    "spread": "0.2",
    "level": {"bid": 1.4, "ask": 1.6},
}
SENT = {
    "day": "2026-01-02",
    "close": 1.5,
    "volume": 10,
    "halted": False,
    "note": "n",
    "at": None,
    "venues": "XNYS, XNAS",
    "spread": "0.20",
    "extra": None,
    "level_bid": 1.4,
    "level_ask": 1.6,
}
COLUMNS = [
    ("day", "Day", "dateString"),
    ("close", "Last", "number"),
    ("volume", "Volume", "number"),
    ("halted", "Halted", "boolean"),
    ("note", "Note", "text"),
    ("at", "At", "text"),
    ("venues", "Venues", "text"),
    ("spread", "Spread", "number"),
    ("extra", "Extra", None),
    ("level_bid", "Level Bid", "number"),
    ("level_ask", "Asked", "number"),
]


@pytest.fixture
def ns():
    return Namespace("market_data", description="Prices", path="/market")


@pytest.fixture
def row(ns):
    return ns.model("Price", {**PRICE, "level": fields.Nested(ns.model("Level", LEVEL))})


@pytest.fixture
def serve(app, ns):
    def register():
        api = Api(app, doc="/docs")
        api.add_namespace(ns)
        return api

    return register


def shown(entry):
    return {param["paramName"]: param for param in entry["params"]}


def columns(entry):
    return [(c["field"], c["headerName"], c.get("cellDataType")) for c in entry["data"]["table"]["columnsDefs"]]


def on_class_above(openbb, ns, cls):
    return openbb.table(ns.route("/daily")(cls))


def on_class_below(openbb, ns, cls):
    return ns.route("/daily")(openbb.table(cls))


def on_method_above(openbb, ns, cls):
    cls.get = openbb.table(cls.get)
    return ns.route("/daily")(cls)


places = pytest.mark.parametrize("decorate", [on_class_above, on_class_below, on_method_above])


@places
def test_parsers_and_models_become_params_and_columns_wherever_the_decorator_stands(
    ns, row, serve, openbb, client, manifest, decorate, day
):
    got = []

    class DailyPrices(Resource):
        @ns.expect(parser)
        @ns.marshal_with(row, as_list=True)
        def get(self):
            """Every day's prices."""
            got.append(dict(parser.parse_args()))
            return [ROW]

    decorate(openbb, ns, DailyPrices)
    serve()
    entry = manifest()["market_data_daily_prices"]
    assert (entry["name"], entry["description"]) == ("Daily Prices", "Every day's prices.")
    assert (entry["category"], entry["endpoint"]) == ("Market Data", "market/daily")
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
        {"paramName": "limit", "type": "number", "label": "Limit", "value": 2, "show": True, "min": 1, "max": 50},
        {"paramName": "since", "type": "date", "label": "Since", "show": True},
        {"paramName": "adjusted", "type": "boolean", "label": "Adjusted", "value": True, "show": True},
        {"paramName": "venue", "type": "text", "label": "Venue", "show": True, "multiSelect": True, "multiple": True},
        {"paramName": "tags", "type": "text", "label": "Tags", "show": True, "multiSelect": True, "multiple": True},
    ]
    assert columns(entry) == COLUMNS
    assert entry["data"]["table"]["columnsDefs"][0]["headerTooltip"] == "The day of the trade"
    query = "symbol=&limit=7&since=$currentDate&adjusted=false&venue=XNYS,XNAS&tags=a,b&theme=dark"
    assert client.get(f"/market/daily?{query}").get_json() == [SENT]
    assert got == [
        {
            "symbol": "AAPL",
            "limit": 7,
            "since": day,
            "adjusted": False,
            "venue": ["XNYS", "XNAS"],
            "tags": ["a", "b"],
            "X-Desk": None,
        }
    ]


def test_decorated_between_theirs(ns, row, serve, openbb, client, manifest):
    @ns.route("/one")
    class One(Resource):
        @ns.expect(parser)
        @openbb.table
        @ns.marshal_with(row)
        def get(self):
            return ROW

    @ns.route("/two")
    class Two(Resource):
        @ns.marshal_list_with(row)
        @ns.expect(parser)
        @openbb.table
        def get(self):
            return [ROW]

    serve()
    entries = manifest()
    for id in ("market_data_one", "market_data_two"):
        assert list(shown(entries[id])) == ["symbol", "limit", "since", "adjusted", "venue", "tags"]
        assert columns(entries[id]) == COLUMNS
    assert client.get("/market/one").get_json() == [SENT]
    assert client.get("/market/two").get_json() == [SENT]


def test_docs_of_the_class_and_of_the_method(ns, row, serve, openbb, client, manifest):
    @openbb.table
    @ns.route("/prices/<string:symbol>")
    @ns.doc(params={"symbol": "Whose prices", "venue": {"description": "Where", "enum": ["XNYS"], "in": "query"}})
    class Prices(Resource):
        """Prices of all days."""

        @ns.doc(description="What was paid last.", params={"n": {"type": "integer", "default": 3, "required": False}})
        @ns.param("sort", "Which way", type="string", required=True)
        @ns.response(200, "Prices", [row])
        @ns.response(404, "Nothing")
        def get(self, symbol):
            return [{"day": symbol}]

    @openbb.table
    @ns.route("/bare")
    class Bare(Resource):
        """Not much is known of these.

        Nor need it be.
        """

        def get(self):
            return [{"a": 1}]

    serve()
    entries = manifest()
    entry = entries["market_data_prices"]
    assert (entry["name"], entry["description"], entry["category"]) == ("Prices", "What was paid last.", "Market Data")
    assert entry["endpoint"] == "market/prices/{symbol}"
    assert [(name, p["type"], p.get("description"), p.get("value")) for name, p in shown(entry).items()] == [
        ("venue", "text", "Where", None),
        ("sort", "text", "Which way", None),
        ("n", "number", None, 3),
        ("symbol", "text", "Whose prices", None),
    ]
    assert columns(entry) == COLUMNS
    assert client.get("/market/prices/AAPL").get_json() == [{"day": "AAPL"}]
    bare = entries["market_data_bare"]
    assert (bare["name"], bare["description"]) == ("Bare", "Not much is known of these.")
    assert "params" not in bare
    assert "data" not in bare


def test_envelopes_and_inherited_models(ns, row, serve, openbb, client, manifest):
    child = ns.inherit("Child", row, {"child": fields.Integer})
    page = ns.model("Page", {"total": fields.Integer, "items": fields.List(fields.Nested(row))})
    listed = ns.model("Listed", {"rows": fields.Nested(row, as_list=True), "next": fields.Url("x")})

    @openbb.table
    @ns.route("/a")
    class Enveloped(Resource):
        @ns.marshal_with(row, envelope="data", as_list=True)
        def get(self):
            return [ROW]

    @openbb.table
    @ns.route("/b")
    class Paged(Resource):
        @ns.marshal_with(page)
        def get(self):
            return {"total": 1, "items": [ROW]}

    @openbb.table
    @ns.route("/c")
    class Inherited(Resource):
        @ns.marshal_with(child, as_list=True)
        def get(self):
            return [{**ROW, "child": 1}]

    @openbb.table
    @ns.route("/d")
    class Listed(Resource):
        @ns.response(200, "Rows", listed)
        def get(self):
            return {"rows": [ROW | {"day": "2026-01-02"}]}

    serve()
    entries = manifest()
    keys = {id: entry["data"].get("dataKey") for id, entry in entries.items()}
    assert keys == {
        "market_data_enveloped": "data",
        "market_data_paged": "items",
        "market_data_inherited": None,
        "market_data_listed": "rows",
    }
    assert columns(entries["market_data_enveloped"]) == columns(entries["market_data_paged"]) == COLUMNS
    assert columns(entries["market_data_inherited"]) == [("child", "Child", "number"), *COLUMNS]
    assert client.get("/market/a").get_json() == {"data": [SENT]}
    assert client.get("/market/b").get_json() == {"total": 1, "items": [SENT]}
    assert client.get("/market/c").get_json() == [{**SENT, "child": 1}]


def test_an_api_on_a_blueprint_and_resources_without_a_namespace(app, openbb, client, manifest):
    blueprint = Blueprint("v1", __name__, url_prefix="/v1")
    api = Api(blueprint, doc=False)

    @api.route("/prices")
    class Prices(Resource):
        @openbb.table
        @api.expect(parser)
        def get(self):
            return [{"limit": parser.parse_args()["limit"]}]

    app.register_blueprint(blueprint)
    entry = manifest()["v1_prices"]
    assert (entry["endpoint"], entry["name"]) == ("v1/prices", "Prices")
    assert "category" not in entry
    assert client.get("/v1/prices?limit=9").get_json() == [{"limit": 9}]


@pytest.mark.parametrize("url", ["/market/daily", "/openbb/widgets/exposed"])
def test_its_validation_errors_become_readable(ns, serve, openbb, client, url):
    @ns.route("/daily")
    class Daily(Resource):
        @openbb.table
        @ns.expect(parser)
        def get(self):
            parser.parse_args()
            raise NotImplementedError

    serve()
    openbb.expose("market_data_daily", id="exposed")
    answer = client.get(f"{url}?symbol=X", headers={"Origin": "https://pro.openbb.co"})
    message = "Whose prices The value 'X' is not a valid choice for 'symbol'."
    assert (answer.status_code, answer.get_json()) == (
        400,
        {
            "message": "Input payload validation failed",
            "errors": {"symbol": message},
            "detail": f"Input payload validation failed: symbol: {message}",
        },
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"


def test_what_abort_and_its_error_handlers_say_is_shown(ns, serve, openbb, client):
    class NoSymbol(Exception):
        pass

    @ns.errorhandler(NoSymbol)
    def no_symbol(error):
        return {"message": "No such symbol."}, 404

    @ns.route("/one")
    class One(Resource):
        @openbb.table
        def get(self):
            ns.abort(409, "Being loaded.", retry=5)

    @ns.route("/two")
    class Two(Resource):
        @openbb.table
        def get(self):
            raise NoSymbol

    serve()
    one, two = client.get("/market/one"), client.get("/market/two")
    assert (one.status_code, one.get_json()) == (
        409,
        {"message": "Being loaded.", "retry": 5, "detail": "Being loaded."},
    )
    assert two.status_code == 404
    assert two.get_json()["detail"].startswith("No such symbol.")


def test_a_resource_nobody_may_edit_is_exposed(ns, row, serve, openbb, client, manifest):
    @ns.route("/daily")
    class Daily(Resource):
        @ns.expect(parser)
        @ns.marshal_with(row, as_list=True)
        def get(self):
            """Every day's prices."""
            return [{**ROW, "volume": parser.parse_args()["limit"]}]

    serve()
    openbb.expose("market_data_daily", id="daily", params=[Param("limit", label="Rows", show=False)])
    entry = manifest()["daily"]
    assert (entry["name"], entry["description"]) == ("Daily", "Every day's prices.")
    assert list(shown(entry)) == ["limit", "symbol", "since", "adjusted", "venue", "tags"]
    assert (shown(entry)["limit"]["label"], shown(entry)["limit"]["show"]) == ("Rows", False)
    assert columns(entry) == COLUMNS
    assert client.get("/openbb/widgets/daily?limit=3").get_json() == [{**SENT, "volume": 3}]
    (plain,) = client.get("/market/daily?limit=3").get_json()
    assert plain["level"] == {"bid": 1.4, "ask": 1.6}


def test_swagger_stays_as_it_was(make_app):
    def document(decorated):
        app = make_app()
        openbb = OpenBB(app)
        api = Api(app, doc="/docs")
        ns = api.namespace("market")
        row = ns.model("Price", {"close": fields.Float})

        @ns.route("/daily")
        class Daily(Resource):
            @ns.expect(parser)
            @ns.marshal_with(row, as_list=True)
            def get(self):
                """Every day's prices."""

        if decorated:
            openbb.table(Daily)
        client = app.test_client()
        client.get("/widgets.json")
        return client.get("/swagger.json").get_json()

    assert document(True) == document(False)


def test_a_body_is_read_where_workspace_posts(ns, serve, openbb, client, manifest):
    question = ns.model("Question", {"prompt": fields.String(required=True), "depth": fields.Integer(min=1, max=3)})

    @ns.route("/ask")
    class Ask(Resource):
        @openbb.omni
        @ns.expect(question, validate=True)
        def post(self):
            return ns.payload["prompt"]

    serve()
    params = shown(manifest()["market_data_ask"])
    assert [(name, param["type"]) for name, param in params.items()] == [("prompt", "text"), ("depth", "number")]
    answer = client.post("/market/ask", json={"prompt": "Why?", "depth": None})
    assert answer.get_json()["content"] == "Why?"
    refused = client.post("/market/ask", json={"depth": 9, "prompt": "Why?"})
    assert refused.status_code == 400
    assert refused.get_json()["detail"].startswith("Input payload validation failed: depth: 9 is greater than")


def test_what_cannot_describe_itself_is_left_out(ns, serve, openbb, client, manifest):
    odd = reqparse.RequestParser()
    odd.add_argument("listed", location=["args", "form"])
    odd.add_argument("own", type=lambda value: value, location="args")

    class Own(fields.Raw):
        @property
        def __schema__(self):
            raise ValueError

    deep = {"a": fields.Integer}
    for name in "edcb":
        deep = {name: fields.Nested(ns.model(name, deep))}
    row = ns.model("Odd", {"own": Own, "*": fields.Wildcard(fields.String), **deep})

    @ns.route("/odd")
    class Odd(Resource):
        @openbb.table
        @ns.expect(odd)
        @ns.marshal_with(row)
        def get(self):
            return {"own": 1, "x": "y"}

    serve()
    entry = manifest()["market_data_odd"]
    assert list(shown(entry)) == ["own"]
    assert [field for field, *_ in columns(entry)] == ["own"]
