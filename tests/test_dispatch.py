"""A request's way through a widget: parameters in, body out, and every kind of bad input."""

import enum
import gzip
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import marshmallow
import orjson
import pytest
from flask import Response, abort, jsonify, make_response

from flask_openbb import OpenBB, Param, RequestError, days_ago


class Side(enum.Enum):
    BUY = "buy"
    SELL = "sell"


@pytest.fixture
def echo(app, openbb, client):
    """A widget with a parameter of each type, which answers what it got."""

    @app.get("/echo")
    @openbb.table
    def echo(
        count: Annotated[int, Param(min=1, max=5)] = 2,
        ratio: float = 0.5,
        name: str = "",
        adjusted: bool = True,
        start: date = days_ago(0),
        price: Decimal = Decimal("1.5"),
        interval: Literal["1d", "1w"] = "1d",
        side: Side = Side.BUY,
        fields: list[str] = ["close"],
        note: str | None = None,
    ):
        got = dict(locals())
        got["start"] = type(start).__name__ + start.isoformat()
        got["side"] = side.name
        return [got]

    def ask(query=""):
        return client.get("/echo" + (f"?{query}" if query else ""))

    return ask


def test_defaults_reach_the_view(echo, day):
    assert echo().get_json() == [
        {
            "count": 2,
            "ratio": 0.5,
            "name": "",
            "adjusted": True,
            "start": "date" + day.isoformat(),
            "price": 1.5,
            "interval": "1d",
            "side": "BUY",
            "fields": "close",
            "note": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("count=5&ratio=1e-3&name=x", {"count": 5, "ratio": 0.001, "name": "x"}),
        ("adjusted=false", {"adjusted": False}),
        ("adjusted=False", {"adjusted": False}),
        ("adjusted=0", {"adjusted": False}),
        ("adjusted=1", {"adjusted": True}),
        ("start=2024-02-29", {"start": "date2024-02-29"}),
        ("start=", {"start": "date2028-02-29"}),
        ("interval=1w&side=sell", {"interval": "1w", "side": "SELL"}),
        ("fields=a,b", {"fields": "a, b"}),
        ("fields=a&fields=b", {"fields": "a, b"}),
        ("note=", {"note": None}),
        ("theme=dark&raw=true&unknown=1", {"count": 2}),
    ],
)
def test_what_workspace_sends(echo, day, query, expected):
    answer = echo(query)
    assert answer.status_code == 200, answer.get_json()
    [row] = answer.get_json()
    assert {key: row[key] for key in expected} == expected


def test_excel_sends_relative_dates_literally(echo, day):
    [row] = echo("start=$currentDate-1y").get_json()
    assert row["start"] == "date2027-02-28"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("count=x", "count"),
        ("count=6", "count"),
        ("count=0", "count"),
        ("count=1&count=2", "count"),
        ("ratio=nan", "ratio"),
        ("ratio=1e999", "ratio"),
        ("adjusted=perhaps", "adjusted"),
        ("start=31/31/2024", "start"),
        ("start=$currentDate-9999999y", "start"),
        ("price=abc", "price"),
        ("interval=1m", "interval"),
        ("side=hold", "side"),
        ("name=" + "x" * 1_000_000, "name"),
        ("name=%00", "name"),
    ],
)
def test_bad_values_say_what_and_where(echo, query, name):
    answer = echo(query)
    assert answer.status_code == 422
    body = answer.get_json()
    assert list(body) == ["detail", "errors"]
    assert name in body["detail"]
    assert "\n" not in body["detail"]
    assert len(body["detail"]) < 1000
    assert [error["loc"] for error in body["errors"]] == [["query", name]]
    assert set(body["errors"][0]) == {"loc", "msg", "type"}


def test_a_query_that_is_not_utf8(echo):
    answer = echo("name=%ff%fe")
    assert answer.status_code == 422
    assert "UTF-8" in answer.get_json()["detail"]


def test_all_wrong_parameters_are_named(echo):
    errors = echo("count=x&ratio=y&interval=z").get_json()["errors"]
    assert sorted(error["loc"][1] for error in errors) == ["count", "interval", "ratio"]


def test_a_missing_parameter(app, openbb, client):
    @app.get("/one")
    @openbb.table
    def one(symbol: str):
        return [{"symbol": symbol}]

    answer = client.get("/one")
    assert answer.status_code == 422
    # Workspace's connection test tolerates errors that contain this word.
    assert "missing" in answer.get_json()["detail"]


@pytest.fixture
def posted(app, openbb, client):
    @app.post("/ask")
    @openbb.omni
    def ask(prompt: str = "", n: int = 1):
        return prompt * n

    return lambda **request: client.post("/ask", **request)


def deep(levels):
    body = {}
    for _ in range(levels):
        body = {"a": body}
    return body


@pytest.mark.parametrize(
    ("request_", "content"),
    [
        ({"json": {"prompt": "x", "n": 2}}, "xx"),
        ({"json": {"prompt": "x", "n": "3"}}, "xxx"),
        ({}, ""),
        ({"data": b"  "}, ""),
        ({"data": b'{"prompt": "no content type"}'}, "no content type"),
        ({"json": {"n": 2}, "query_string": {"prompt": "q", "n": 9}}, "qq"),
        ({"json": '{"prompt": "in a string"}'}, "in a string"),
    ],
    ids=["numbers", "number as text", "none", "blank", "untyped", "query too", "encoded twice"],
)
def test_a_json_body(posted, request_, content):
    assert posted(**request_).get_json()["content"] == content


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        ({"data": b"{not json"}, 400, "The body is not JSON"),
        ({"data": b"\xff\xfe{}"}, 400, "The body is not JSON"),
        ({"json": [1, 2]}, 422, "The body is a JSON array"),
        ({"json": "text"}, 400, "The body is not JSON"),
        ({"json": '"text"'}, 422, "The body is a JSON string"),
        ({"data": b"null"}, 422, "The body is a JSON null"),
        ({"json": 5}, 422, "The body is a JSON number"),
        ({"json": {"n": "x"}}, 422, "n: "),
        ({"json": {"n": [1]}}, 422, "n: "),
        ({"json": deep(50)}, 422, "nested deeper than 32 levels"),
        ({"data": b'{"a":' * 5000 + b"1" + b"}" * 5000}, 400, "The body is not JSON"),
    ],
    ids=[
        "broken",
        "utf16",
        "list",
        "string",
        "double",
        "null",
        "number",
        "type",
        "list value",
        "deep",
        "very deep",
    ],
)
def test_bad_bodies(posted, request_, status, says):
    answer = posted(**request_)
    assert answer.status_code == status, answer.get_json()
    assert says in answer.get_json()["detail"]


def test_theme_and_raw_only_where_named(app, openbb, client, manifest):
    @app.get("/themed")
    @openbb.markdown
    def themed(theme, raw: bool = True):
        return f"{theme} {raw}"

    assert "params" not in manifest()["themed"]
    assert client.get("/themed").get_json() == "dark True"
    assert client.get("/themed?theme=light&raw=true").get_json() == "light True"
    assert client.get("/themed?theme=<b>&raw=false").get_json() == "dark False"


def test_a_marshmallow_schema_is_the_one_source(app, openbb, client, manifest):
    class Query(marshmallow.Schema):
        symbol = marshmallow.fields.String(
            required=True, validate=marshmallow.validate.OneOf(["AAPL", "MSFT"]), metadata={"label": "Symbol"}
        )
        limit = marshmallow.fields.Integer(load_default=10, validate=marshmallow.validate.Range(min=1, max=100))

    @app.get("/prices")
    @openbb.table(params=Query)
    def prices(symbol, limit):
        return [{"symbol": symbol, "limit": limit}]

    params = {param["paramName"]: param for param in manifest()["prices"]["params"]}
    assert params["symbol"]["options"] == [{"label": "AAPL", "value": "AAPL"}, {"label": "MSFT", "value": "MSFT"}]
    assert params["limit"]["value"] == 10
    assert client.get("/prices?symbol=MSFT&limit=5").get_json() == [{"symbol": "MSFT", "limit": 5}]
    assert client.get("/prices?symbol=IBM").status_code == 422
    assert client.get("/prices?symbol=MSFT&limit=101").status_code == 422


def test_rows_of_params(app, openbb, manifest):
    @app.get("/prices")
    @openbb.table(params=[[Param("a"), Param("b", label="Bee")], Param("c")])
    def prices(a: int = 1, b: str = "", c: bool = False):
        return []

    rows = manifest()["prices"]["params"]
    assert [[param["paramName"] for param in row] if isinstance(row, list) else row["paramName"] for row in rows] in (
        [["a", "b"], "c"],
        [["a", "b"], ["c"]],
    )


def answering(app, openbb, view, **options):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/x", "x", openbb.table(**options)(view) if options else openbb.table(view))
    return app.test_client().get("/x", headers={"Origin": "https://pro.openbb.co"})


def raises(error):
    def view():
        raise error

    return view


class Surprise(Exception):
    pass


@pytest.mark.parametrize(
    ("view", "status", "body"),
    [
        (raises(Surprise("secret")), 500, {"detail": "The server failed to answer; its log says why."}),
        (lambda: None, 500, {"detail": "The server failed to answer; its log says why."}),
        (lambda: [{"a": object()}], 500, {"detail": "The server failed to answer; its log says why."}),
        (lambda: abort(404, "No such symbol."), 404, {"detail": "No such symbol."}),
        (lambda: abort(Response("gone\naway", 410)), 410, {"detail": "Gone"}),
        (raises(RequestError(409, "Busy.")), 409, {"detail": "Busy."}),
        (lambda: (jsonify(error="quota"), 429), 429, {"error": "quota", "detail": "quota"}),
        (lambda: ({"message": "two\nlines"}, 400), 400, {"message": "two\nlines", "detail": "two lines"}),
        (lambda: ("<h1>No</h1>", 403), 403, {"detail": "Forbidden"}),
        (lambda: (jsonify("why"), 400), 400, {"detail": "why"}),
        (lambda: ({"detail": {"a": 1}}, 400), 400, {"detail": "Bad Request"}),
        (lambda: ({"detail": ["a"], "error": "no"}, 400), 400, {"detail": "no", "error": "no"}),
        (lambda: ({"detail": "a\u2028b"}, 400), 400, {"detail": "a b"}),
        (
            lambda: ({"detail": [{"loc": ["q", "n"], "msg": "m"}]}, 422),
            422,
            {"detail": [{"loc": ["q", "n"], "msg": "m"}]},
        ),
        (
            lambda: (
                orjson.dumps({"type": "about:blank", "title": "Not Found", "detail": "No such book.", "book": 7}),
                404,
                {"Content-Type": "application/problem+json"},
            ),
            404,
            {"type": "about:blank", "title": "Not Found", "detail": "No such book.", "book": 7},
        ),
        (
            lambda: (b'{"title": "Out of credit"}', 403, {"Content-Type": "application/problem+json"}),
            403,
            {"title": "Out of credit", "detail": "Out of credit"},
        ),
        (lambda: Response(status=204), 500, {"detail": "The server failed to answer; its log says why."}),
        (lambda: ("", 204), 500, {"detail": "The server failed to answer; its log says why."}),
    ],
    ids=[
        "raises",
        "none",
        "object",
        "abort",
        "abort response",
        "request error",
        "jsonify",
        "two lines",
        "html",
        "text",
        "object detail",
        "list detail",
        "line separator",
        "fastapi",
        "problem",
        "problem without detail",
        "no content",
        "no content tuple",
    ],
)
def test_errors_of_a_view(app, openbb, view, status, body, caplog):
    answer = answering(app, openbb, view)
    assert (answer.status_code, answer.get_json()) == (status, body)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"
    assert ("Traceback" in caplog.text) is (status == 500)


def test_an_exception_is_raised_into_a_test(app, openbb, client):
    app.add_url_rule("/x", "x", openbb.table(raises(Surprise())))
    with pytest.raises(Surprise):
        client.get("/x")


def test_the_hosts_error_handler_is_used(app, openbb):
    @app.errorhandler(Surprise)
    def surprised(error):
        return jsonify(message=f"handled {error}"), 418

    answer = answering(app, openbb, raises(Surprise("it")))
    assert (answer.status_code, answer.get_json()) == (418, {"message": "handled it", "detail": "handled it"})


def test_sentry_and_friends_hear_of_it(app, openbb):
    from flask import got_request_exception

    heard = []

    def hear(sender, exception, **_):
        heard.append((sender, exception))

    error = Surprise()
    with got_request_exception.connected_to(hear, app):
        answering(app, openbb, raises(error))
    assert heard == [(app, error)]


def headers_of(answer):
    return {name: answer.headers.get(name) for name in ("X-Rows", "Content-Type")}


NESTED = [{"a": {"b": 1}}]
FLAT = [{"a_b": 1}]


@pytest.mark.parametrize(
    ("view", "status", "body"),
    [
        (lambda: NESTED, 200, FLAT),
        (lambda: (NESTED, 201), 201, FLAT),
        (lambda: (NESTED, {"X-Rows": "1"}), 200, FLAT),
        (lambda: (NESTED, "202 Accepted", {"X-Rows": "1"}), 202, FLAT),
        (lambda: jsonify(NESTED), 200, FLAT),
        (lambda: (jsonify(NESTED), {"X-Rows": "1"}), 200, FLAT),
        (lambda: make_response(jsonify(NESTED), 201), 201, NESTED),
        (lambda: iter(NESTED), 200, FLAT),
    ],
    ids=["rows", "status", "headers", "both", "jsonify", "jsonify headers", "created", "iterator"],
)
def test_everything_flask_accepts(app, openbb, view, status, body):
    answer = answering(app, openbb, view)
    assert (answer.status_code, answer.get_json(), answer.mimetype) == (status, body, "application/json")


def test_nan_from_a_hosts_jsonify_is_null(app, openbb):
    answer = answering(app, openbb, lambda: jsonify([{"a": float("nan"), "b": float("-inf"), "c": {"d": 1}}]))
    assert (answer.status_code, answer.get_json()) == (200, [{"a": None, "b": None, "c_d": 1}])


@pytest.mark.parametrize("status", [200, 404])
def test_a_compressed_answer_passes_through(app, openbb, status):
    packed = gzip.compress(b'{"detail": "packed"}')

    def view():
        return Response(packed, status, {"Content-Encoding": "gzip"}, mimetype="application/json")

    answer = answering(app, openbb, view)
    assert (answer.status_code, answer.get_data(), answer.headers["Content-Encoding"]) == (status, packed, "gzip")


def test_a_host_may_compress_our_errors(app, openbb):
    @app.after_request
    def compress(response):
        response.set_data(gzip.compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        return response

    answer = answering(app, openbb, lambda: abort(404, "No such symbol."))
    assert gzip.decompress(answer.get_data()) == b'{"detail":"No such symbol."}'
    assert answer.headers["Access-Control-Allow-Origin"] == "https://pro.openbb.co"


def test_headers_of_a_view_are_kept(app, openbb):
    assert answering(app, openbb, lambda: (jsonify(NESTED), {"X-Rows": "1"})).headers["X-Rows"] == "1"


def test_shape_false_passes_the_answer_through(app, openbb):
    assert answering(app, openbb, lambda: NESTED, shape=False).get_json() == NESTED


def test_a_file_response_passes_through(app, openbb):
    answer = answering(app, openbb, lambda: Response("a,b\n1,2", mimetype="text/csv"))
    assert (answer.get_data(as_text=True), answer.mimetype) == ("a,b\n1,2", "text/csv")


def test_an_envelope_keeps_its_metadata(app, openbb):
    answer = answering(app, openbb, lambda: {"results": NESTED, "meta": {"n": {"x": 1}}}, data_key="results")
    assert answer.get_json() == {"results": FLAT, "meta": {"n": {"x": 1}}}


def test_html_is_text(app, openbb, client):
    @app.get("/page")
    @openbb.widget(type="html")
    def page():
        return "<b>x</b>"

    answer = client.get("/page")
    assert (answer.get_data(as_text=True), answer.mimetype) == ("<b>x</b>", "text/html")


def test_head_on_a_widget(app, openbb, client):
    @app.get("/rows")
    @openbb.table
    def rows():
        return NESTED

    head = client.head("/rows")
    assert (head.status_code, head.get_data()) == (200, b"")


def test_a_lists_option(app, openbb):
    assert answering(app, openbb, lambda: [{"a": [1, 2]}], lists="json").get_json() == [{"a": "[1,2]"}]


def test_debug_mode_answers_json_too(make_app):
    app = make_app(DEBUG=True)
    app.testing = False
    openbb = OpenBB(app)
    app.add_url_rule("/x", "x", openbb.table(raises(Surprise("secret"))))
    answer = app.test_client().get("/x")
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)


def test_a_fault_of_a_path_argument_says_so(app, openbb, client):
    @app.get("/p/<n>")
    @openbb.table
    def p(n: Literal["a", "b"], m: int = 1):
        return [{"n": n}]

    errors = client.get("/p/c?m=x").get_json()["errors"]
    assert sorted(error["loc"] for error in errors) == [["path", "n"], ["query", "m"]]
