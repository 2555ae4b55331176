"""A service of APIFlask, as its users write it, with widgets on its views."""

from datetime import date
from enum import Enum
from typing import Literal

import pytest
from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, PaginationSchema, Schema, abort, fields, pagination_builder
from apiflask.validators import OneOf, Range
from apiflask.views import MethodView
from pydantic import BaseModel, Field

from flask_openbb import ManifestError, OpenBB, Param


class PriceQuery(Schema):
    symbol = fields.String(
        load_default="AAPL", validate=OneOf(["AAPL", "MSFT"]), metadata={"description": "Whose prices"}
    )
    limit = fields.Integer(load_default=2, validate=Range(1, 50), metadata={"title": "Rows"})
    since = fields.Date(load_default=None)


class PriceRow(Schema):
    day = fields.Date(metadata={"description": "The day of the trade"})
    close = fields.Float(metadata={"title": "Last"})
    level = fields.Nested(Schema.from_dict({"bid": fields.Float()}, name="Level"))


ROW = {"day": date(2026, 1, 2), "close": 1.5, "level": {"bid": 1.4}}
SENT = {"day": "2026-01-02", "close": 1.5, "level_bid": 1.4}
COLUMNS = [("day", "Day", "dateString"), ("close", "Last", "number"), ("level_bid", "Level Bid", "number")]


@pytest.fixture
def app():
    app = APIFlask("host", title="Prices")
    app.config["TESTING"] = True
    return app


def shown(entry):
    return {param["paramName"]: param for param in entry["params"]}


def columns(entry):
    return [(c["field"], c["headerName"], c["cellDataType"]) for c in entry["data"]["table"]["columnsDefs"]]


def above(openbb, app, view):
    decorated = app.input(PriceQuery, location="query")(app.output(PriceRow(many=True))(view))
    return openbb.table(app.get("/prices")(decorated))


def under_the_route(openbb, app, view):
    decorated = app.input(PriceQuery, location="query")(app.output(PriceRow(many=True))(view))
    return app.get("/prices")(openbb.table(decorated))


def between(openbb, app, view):
    return app.get("/prices")(
        app.input(PriceQuery, location="query")(openbb.table(app.output(PriceRow(many=True))(view)))
    )


def innermost(openbb, app, view):
    return app.get("/prices")(
        app.input(PriceQuery, location="query")(app.output(PriceRow(many=True))(openbb.table(view)))
    )


places = pytest.mark.parametrize("decorate", [above, under_the_route, between, innermost])


@places
def test_schemas_become_params_and_columns_wherever_the_decorator_stands(app, openbb, client, manifest, decorate, day):
    got = []

    def prices(query_data):
        """Prices of one symbol, day by day."""
        got.append(query_data)
        return [ROW]

    decorate(openbb, app, prices)
    entry = manifest()["prices"]
    assert (entry["name"], entry["description"]) == ("Prices", "Prices of one symbol, day by day.")
    assert "category" not in entry
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
        {"paramName": "since", "type": "date", "label": "Since", "show": True},
    ]
    assert columns(entry) == COLUMNS
    assert entry["data"]["table"]["columnsDefs"][0]["headerTooltip"] == "The day of the trade"
    answer = client.get("/prices?symbol=&limit=7&since=$currentDate&theme=dark")
    assert answer.get_json() == [SENT]
    assert got == [{"symbol": "AAPL", "limit": 7, "since": day}]


def test_names_of_the_mapping_beside_annotated_arguments(app, openbb, client, manifest):
    @app.get("/prices/<desk>")
    @app.input(PriceQuery(only=("symbol",)), location="query", arg_name="asked")
    @app.input(Schema.from_dict({"X-Desk": fields.String()}, name="Headers"), location="headers")
    @openbb.table
    def prices(desk: str, asked: dict, headers_data: dict, scale: float = 1.0, theme: str = "dark"):
        return [{"desk": desk, "scale": scale, "theme": theme, **asked}]

    assert list(shown(manifest()["prices"])) == ["symbol", "desk", "scale"]
    answer = client.get("/prices/fx?scale=2&theme=light")
    assert answer.get_json() == [{"desk": "fx", "scale": 2.0, "theme": "light", "symbol": "AAPL"}]


def test_blueprints_docs_and_tags(app, openbb, client, manifest):
    market = APIBlueprint("market_data", __name__, url_prefix="/market")

    @market.get("/prices")
    @openbb.table
    @market.doc(summary="Closing prices", description="What was paid last.", tags=["Equities"])
    @market.input(PriceQuery, location="query")
    @market.output(PriceRow(many=True))
    def prices(query_data):
        """For programmers."""
        return [ROW]

    @market.get("/other")
    @openbb.table
    @market.doc(summary="Other prices")
    def other():
        return [{"a": 1}]

    app.register_blueprint(market)
    entries = manifest()
    entry = entries["market_data_prices"]
    assert (entry["name"], entry["description"]) == ("Closing prices", "What was paid last.")
    assert (entry["category"], entry["endpoint"]) == ("Equities", "market/prices")
    bare = entries["market_data_other"]
    assert (bare["name"], bare["description"], bare["category"]) == ("Other prices", "Other prices", "Market Data")
    assert client.get("/market/prices").get_json() == [SENT]


@pytest.mark.parametrize("decorated", ["class", "method"])
def test_method_views(app, openbb, client, manifest, decorated):
    on_class = openbb.table if decorated == "class" else lambda cls: cls
    on_method = openbb.table if decorated == "method" else lambda method: method

    @app.route("/daily")
    @on_class
    class DailyPrices(MethodView):
        @on_method
        @app.input(PriceQuery, location="query")
        @app.output(PriceRow(many=True))
        def get(self, query_data):
            """Every day's prices."""
            return [{**ROW, "close": query_data["limit"]}]

        @app.input(PriceRow)
        @app.output(PriceRow, status_code=201)
        def post(self, json_data):
            return json_data

    entry = manifest()["DailyPrices"]
    assert (entry["name"], entry["description"]) == ("Daily Prices", "Every day's prices.")
    assert list(shown(entry)) == ["symbol", "limit", "since"]
    assert columns(entry) == COLUMNS
    assert client.get("/daily?limit=9").get_json() == [{**SENT, "close": 9.0}]
    assert client.post("/daily", json={"close": 2}).get_json() == {"close": 2.0}


class BaseResponse(Schema):
    data = fields.Field()
    message = fields.String()


def test_the_base_response_is_an_envelope(app, openbb, client, manifest):
    app.config.update(BASE_RESPONSE_SCHEMA=BaseResponse, BASE_RESPONSE_DATA_KEY="data")

    @app.get("/prices")
    @openbb.table
    @app.output(PriceRow(many=True))
    def prices():
        return {"data": [ROW], "message": "ok"}

    @app.get("/pages")
    @openbb.table
    @app.output(Schema.from_dict({"total": fields.Integer(), "items": fields.List(fields.Nested(PriceRow))}, name="P"))
    def pages():
        return {"data": {"total": 1, "items": [ROW]}, "message": "ok"}

    entries = manifest()
    assert entries["prices"]["data"]["dataKey"] == "data"
    assert entries["pages"]["data"]["dataKey"] == "data.items"
    assert columns(entries["prices"]) == columns(entries["pages"]) == COLUMNS
    assert client.get("/prices").get_json() == {"data": [SENT], "message": "ok"}
    assert client.get("/pages").get_json() == {"data": {"total": 1, "items": [SENT]}, "message": "ok"}


def test_every_kind_comes_out_of_the_base_response(app, openbb, client, manifest):
    app.config.update(BASE_RESPONSE_SCHEMA=BaseResponse, BASE_RESPONSE_DATA_KEY="data")

    class Metric(Schema):
        label = fields.String()
        value = fields.Float()

    @app.get("/users")
    @openbb.metric
    @app.output(Metric)
    def users():
        return {"data": {"label": "Users", "value": 3}, "message": "ok"}

    @app.get("/symbols")
    @openbb.options
    @app.output(Schema.from_dict({"label": fields.String(), "value": fields.String()}, name="Choice")(many=True))
    def symbols():
        return {"data": [{"label": "Apple", "value": "AAPL"}], "message": "ok"}

    assert "data" not in manifest()["users"]
    assert client.get("/users").get_json() == {"label": "Users", "value": 3.0}
    assert client.get("/symbols").get_json() == [{"label": "Apple", "value": "AAPL"}]


def test_its_own_pagination(app, openbb, client, manifest):
    class Pages:
        page, per_page, pages, total = 1, 20, 1, 1
        next_num, has_next, prev_num, has_prev = None, False, None, False

    class PricesOut(Schema):
        prices = fields.List(fields.Nested(PriceRow))
        pagination = fields.Nested(PaginationSchema)

    class PagesIn(Schema):
        page = fields.Integer(load_default=1)
        per_page = fields.Integer(load_default=20, validate=Range(max=30))

    @app.get("/prices")
    @openbb.table
    @app.input(PagesIn, location="query")
    @app.output(PricesOut)
    def prices(query_data):
        return {"prices": [ROW], "pagination": pagination_builder(Pages())}

    entry = manifest()["prices"]
    assert entry["data"]["dataKey"] == "prices"
    assert columns(entry) == COLUMNS
    assert shown(entry)["per_page"]["max"] == 30
    answer = client.get("/prices?per_page=5").get_json()
    assert answer["prices"] == [SENT]
    assert answer["pagination"]["total"] == 1


class Venue(Enum):
    NEW_YORK = "XNYS"
    NASDAQ = "XNAS"


class PydanticQuery(BaseModel):
    symbol: Literal["AAPL", "MSFT"] = Field("AAPL", description="Whose prices")
    limit: int = Field(2, ge=1, le=50, title="Rows")
    venue: Venue = Venue.NASDAQ
    since: date | None = None
    adjusted: bool = True
    desk: str
    tags: dict[str, str] = {}


class PydanticRow(BaseModel):
    day: date
    close: float


class PydanticPage(BaseModel):
    total: int
    results: list[PydanticRow]


@pytest.mark.parametrize(
    ("output", "key"), [(list[PydanticRow], None), (PydanticPage, "results"), (PydanticRow, None)], ids=repr
)
def test_pydantic_models(app, openbb, client, manifest, output, key, day):
    rows = [{"day": "2026-01-02", "close": 1.5}]
    got = []

    @app.get("/prices")
    @openbb.table
    @app.input(PydanticQuery, location="query")
    @app.output(output)
    def prices(query_data: PydanticQuery):
        got.append(query_data)
        return {"total": 1, "results": rows} if key else rows if output is not PydanticRow else rows[0]

    entry = manifest()["prices"]
    assert [(name, p["type"], p.get("value"), p["label"]) for name, p in shown(entry).items()] == [
        ("symbol", "text", "AAPL", "Symbol"),
        ("limit", "number", 2, "Rows"),
        ("venue", "text", "XNAS", "Venue"),
        ("since", "date", None, "Since"),
        ("adjusted", "boolean", True, "Adjusted"),
        ("desk", "text", None, "Desk"),
    ]
    params = shown(entry)
    assert (params["symbol"]["description"], params["limit"]["min"], params["limit"]["max"]) == ("Whose prices", 1, 50)
    assert [option["label"] for option in params["venue"]["options"]] == ["New York", "Nasdaq"]
    assert entry["data"].get("dataKey") == key
    assert [c["field"] for c in entry["data"]["table"]["columnsDefs"]] == ["day", "close"]
    answer = client.get("/prices?desk=fx&since=$currentDate&adjusted=false&limit=").get_json()
    assert (answer["results"] if key else answer) == rows
    (asked,) = got
    assert (asked.desk, asked.since, asked.adjusted, asked.limit) == ("fx", day, False, 2)
    refused = client.get("/prices?limit=x")
    assert refused.status_code == 422
    assert refused.get_json()["detail"].startswith("Validation error: desk: Field required; limit: Input should be")


@pytest.mark.parametrize("url", ["/prices", "/openbb/widgets/exposed"])
def test_its_validation_errors_become_readable(app, openbb, client, url):
    def prices(query_data):
        raise NotImplementedError

    under_the_route(openbb, app, prices)
    openbb.expose("prices", id="exposed")
    answer = client.get(f"{url}?limit=99&symbol=X", headers={"Origin": "https://pro.openbb.co"})
    messages = {
        "limit": ["Must be greater than or equal to 1 and less than or equal to 50."],
        "symbol": ["Must be one of: AAPL, MSFT."],
    }
    assert (answer.status_code, answer.get_json()) == (
        422,
        {
            "message": "Validation error",
            "errors": {"query": messages},
            "detail": "Validation error: limit: Must be greater than or equal to 1 and less than or equal to 50; "
            "symbol: Must be one of: AAPL, MSFT.",
        },
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"


def test_a_view_nobody_may_edit_is_exposed(app, openbb, client, manifest):
    market = APIBlueprint("market", __name__)

    @market.get("/prices")
    @market.input(PriceQuery, location="query")
    @market.output(PriceRow(many=True))
    def prices(query_data):
        return [{**ROW, "close": query_data["limit"]}]

    app.register_blueprint(market)
    openbb.expose("market.prices", id="prices", params=[Param("symbol", label="Ticker")])
    entry = manifest()["prices"]
    assert [(name, param["label"]) for name, param in shown(entry).items()] == [
        ("symbol", "Ticker"),
        ("limit", "Rows"),
        ("since", "Since"),
    ]
    assert (entry["category"], columns(entry)) == ("Market", COLUMNS)
    assert client.get("/openbb/widgets/prices?limit=3").get_json() == [{**SENT, "close": 3.0}]
    assert client.get("/prices?limit=3").get_json() == [{**ROW, "day": "2026-01-02", "close": 3.0}]


def test_what_abort_and_its_error_processor_say_is_shown(app, openbb, client):
    @app.error_processor
    def processed(error):
        return {"status": error.status_code, "message": error.message, "detail": error.detail}, error.status_code

    @app.get("/prices")
    @openbb.table
    @app.output(PriceRow(many=True))
    def prices():
        abort(404, message="No such symbol.")

    answer = client.get("/prices")
    assert (answer.status_code, answer.get_json()) == (
        404,
        {"status": 404, "message": "No such symbol.", "detail": "No such symbol."},
    )


def test_its_authentication_stays_in_front(app, openbb, client):
    auth = HTTPTokenAuth()

    @auth.verify_token
    def verify(token):
        return "ada" if token == "secret" else None

    @app.get("/prices")
    @openbb.table
    @app.auth_required(auth)
    @app.output(PriceRow(many=True))
    def prices():
        return [ROW]

    refused = client.get("/prices")
    assert (refused.status_code, refused.get_json()["detail"]) == (401, "Unauthorized")
    assert client.get("/prices", headers={"Authorization": "Bearer secret"}).get_json() == [SENT]


def test_openapi_stays_as_it_was():
    def document(decorated):
        app = APIFlask("host")
        openbb = OpenBB(app)

        def prices(query_data):
            """Prices of one symbol."""
            return [ROW]

        if decorated:
            between(openbb, app, prices)
        else:
            app.get("/prices")(app.input(PriceQuery, location="query")(app.output(PriceRow(many=True))(prices)))
        client = app.test_client()
        client.get("/widgets.json")
        assert client.get("/prices").status_code == 200
        return client.get("/openapi.json").get_json()

    assert document(True) == document(False)
    assert list(document(True)["paths"]) == ["/prices"]


def test_a_body_is_read_where_workspace_posts(app, openbb, client, manifest, day):
    class Question(Schema):
        prompt = fields.String(load_default="")
        since = fields.Date(load_default=None)

    got = []

    @app.post("/ask")
    @openbb.omni
    @app.input(Question)
    def ask(json_data):
        got.append(json_data)
        return json_data["prompt"]

    assert set(shown(manifest()["ask"])) == {"prompt", "since"}
    assert client.post("/ask", json='{"prompt": "Why?", "since": "$currentDate"}').status_code == 200
    assert client.post("/ask", json={"since": ""}).status_code == 200
    assert got == [{"prompt": "Why?", "since": day}, {"prompt": "", "since": None}]


def test_files_are_no_parameters(app, openbb, manifest):
    class Upload(Schema):
        upload = fields.File()

    @app.post("/ask")
    @openbb.omni
    @app.input(Upload, location="files")
    def ask(files_data):
        raise NotImplementedError

    assert list(shown(manifest()["ask"])) == ["prompt"]


def test_a_required_field_that_no_query_holds_is_a_fault(app, openbb):
    class Query(BaseModel):
        level: dict[str, float]

    @app.get("/prices")
    @openbb.table
    @app.input(Query, location="query")
    def prices(query_data):
        raise NotImplementedError

    with pytest.raises(ManifestError, match="require what Workspace cannot send: field 'level'"):
        openbb.validate(app)
