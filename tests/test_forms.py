"""Forms: what the manifest shows of them, what a submission may hold, and what it is answered with."""

import json
import re
import textwrap
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from conftest import ORIGIN
from flask import Blueprint, Flask, abort, jsonify, redirect, request, send_file
from flask.testing import FlaskClient
from flask.views import MethodView
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, post_load, validate

from flask_openbb import ApiKeyAuth, Form, ManifestError, OpenBB, Param

KINDS = ["stocks", "bonds", "etfs"]


class AddClient(Schema):
    """A client as it is typed in."""

    first_name = fields.String(required=True, validate=validate.Length(min=1, max=40), metadata={"label": "First name"})
    age = fields.Integer(required=True, validate=validate.Range(min=18))
    since = fields.Date(required=True)
    investments = fields.List(fields.String(validate=validate.OneOf(KINDS)), load_default=list)
    risk = fields.String(load_default="medium", validate=validate.OneOf(["low", "medium", "high"]))
    accredited = fields.Boolean(load_default=False)
    note = fields.String(load_default=None, metadata={"placeholder": "Anything else"})


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def clients(app: Flask, openbb: OpenBB, seen: list[dict[str, Any]]) -> FlaskClient:
    """A form with a schema, shown on a table."""

    @app.post("/add_client")
    @openbb.form(AddClient)
    def add_client(**values: Any) -> str:
        """Add a client of ours."""
        seen.append(values)
        return f"{values['first_name']} was added."

    @app.get("/clients")
    @openbb.table(params=[Form(add_client, buttons={"add": "Add client"})])
    def clients() -> Any:
        return {"first_name": "Ada"}

    return app.test_client()


WHOLE = {
    "first_name": "Ada",
    "age": "36",
    "since": "2024-02-29",
    "investments": ["stocks", "etfs"],
    "accredited": "true",
}
LOADED = {
    "first_name": "Ada",
    "age": 36,
    "since": date(2024, 2, 29),
    "investments": ["stocks", "etfs"],
    "risk": "medium",
    "accredited": True,
    "note": None,
}


def test_a_form_is_a_parameter_with_its_fields_as_inputs(clients: FlaskClient) -> None:
    widget = clients.get("/widgets.json").get_json()["clients"]
    assert widget["params"] == [
        {
            "paramName": "form",
            "type": "form",
            "label": "Add Client",
            "description": "Add a client of ours.",
            "show": True,
            "endpoint": "add_client",
            "method": "POST",
            "inputParams": [
                {"paramName": "first_name", "type": "text", "label": "First name", "placeholder": "Required"},
                {"paramName": "age", "type": "number", "label": "Age", "placeholder": "Required"},
                {"paramName": "since", "type": "date", "label": "Since", "value": "$currentDate+0d"},
                {
                    "paramName": "investments",
                    "type": "text",
                    "label": "Investments",
                    "multiSelect": True,
                    "options": [{"label": kind, "value": kind} for kind in KINDS],
                },
                {
                    "paramName": "risk",
                    "type": "text",
                    "label": "Risk",
                    "value": "medium",
                    "options": [{"label": risk, "value": risk} for risk in ("low", "medium", "high")],
                },
                {"paramName": "accredited", "type": "boolean", "label": "Accredited"},
                {"paramName": "note", "type": "text", "label": "Note", "placeholder": "Anything else"},
                {"paramName": "add", "type": "button", "label": "Add client", "value": True},
            ],
        }
    ]


@pytest.mark.parametrize(
    "sent",
    [
        WHOLE,
        {**WHOLE, "investments": "stocks,etfs", "accredited": True, "add": True},
        {**WHOLE, "age": 36, "note": "", "risk": None},
        {**WHOLE, "note": None, "unknown": "is not read"},
    ],
    ids=["as the client sends it", "lists joined", "JSON numbers and cleared inputs", "more than asked"],
)
def test_a_submission_reaches_the_view_loaded(clients: FlaskClient, seen: list[dict[str, Any]], sent: Any) -> None:
    answer = clients.post("/add_client", json=sent, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.get_json()) == (200, {"message": "Ada was added."})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert seen == [LOADED]


def test_a_relative_date_is_read_as_the_picker_shows_it(clients: FlaskClient, seen: list[dict[str, Any]]) -> None:
    assert clients.post("/add_client", json={**WHOLE, "since": "$currentDate+0d"}).status_code == 200
    assert isinstance(seen[0]["since"], date)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream"])
def test_a_body_is_json_whatever_it_says(clients: FlaskClient, seen: list[Any], content_type: str) -> None:
    body = '"{\\"first_name\\": \\"Ada\\", \\"age\\": 40, \\"since\\": \\"2024-01-01\\"}"'
    assert clients.post("/add_client", data=body, content_type=content_type).status_code == 200
    assert seen[0]["first_name"] == "Ada"


def test_every_field_at_fault_is_named_in_detail_message_and_error(clients: FlaskClient, seen: list[Any]) -> None:
    bad = {"age": "17", "since": "soon", "investments": ["gold"], "risk": "none", "accredited": "maybe", "note": [1]}
    answer = clients.post("/add_client", json=bad, headers={"Origin": ORIGIN})
    body = answer.get_json()
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert set(body) == {"detail", "message", "error", "errors"}
    names = ["first_name", "age", "since", "investments", "risk", "accredited", "note"]
    for text in (body["detail"], body["message"], body["error"]):
        assert len(text.splitlines()) == 1
        assert all(name in text for name in names)
    assert {fault["loc"][1] for fault in body["errors"]} == set(names)
    assert not f"{body['message']}. {body['error']}".count("..")
    assert seen == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("{", "The body is not JSON"),
        ("[]", "The body is a JSON array. Send an object of parameters."),
        ("null", "The body is a JSON null. Send an object of parameters."),
        ("", "Invalid request: first_name: Missing data for required field;"),
        ('{"first_name": "a\\u0000b", "age": 20, "since": "2024-01-01"}', "first_name: Holds a NUL character"),
    ],
    ids=["broken", "array", "null", "empty", "NUL"],
)
def test_a_body_that_is_no_form_is_refused_with_400(
    clients: FlaskClient, seen: list[Any], body: str, detail: str
) -> None:
    answer = clients.post("/add_client", data=body, content_type="application/json")
    assert answer.status_code == 400
    told = answer.get_json()
    assert detail in told["detail"]
    assert told["message"]
    assert told["error"]
    assert seen == []


def test_query_items_are_not_the_form(clients: FlaskClient, seen: list[Any]) -> None:
    assert clients.post("/add_client?age=40&first_name=Ada&since=2024-01-01", json={}).status_code == 400
    assert seen == []


class Record(Schema):
    name = fields.String(required=True)

    @post_load
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"name": data["name"].upper()}


def test_the_view_gets_what_post_load_makes(app: Flask, openbb: OpenBB) -> None:
    @app.post("/save")
    @openbb.form(schema=Record())
    def save(name: str) -> str:
        return name

    assert app.test_client().post("/save", json={"name": "ada"}).get_json() == {"message": "ADA"}


class Owner:
    def __init__(self, name: str) -> None:
        self.name = name


class Built(Schema):
    """Fields that become one object, as services have them that make a row of their ORM."""

    name = fields.String(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"owner": Owner(data["name"]), **data}


def bare(owner):
    return owner.name


def typed(owner: Owner, copies: int = 1) -> str:
    return owner.name * copies


@pytest.mark.parametrize(("view", "shown"), [(bare, ["name"]), (typed, ["name", "copies"])])
def test_a_view_takes_what_only_post_load_makes(
    make_app: Callable[..., Flask], view: Callable[..., Any], shown: list[str]
) -> None:
    app = make_app(TESTING=False)
    openbb = OpenBB(app)
    app.post("/save", endpoint="save")(openbb.form(Built)(view))

    @app.get("/rows")
    @openbb.table(params=[Form(view)])
    def rows() -> Any:
        return []

    client = app.test_client()
    form = client.get("/widgets.json").get_json()["rows"]["params"][0]
    assert [each["paramName"] for each in form["inputParams"]] == [*shown, "submit"]
    assert client.post("/save", json={"name": "ada"}).get_json() == {"message": "ada"}


def test_annotated_arguments_are_fields(app: Flask, openbb: OpenBB, manifest: Callable[..., Any]) -> None:
    got: list[Any] = []

    @app.put("/trade")
    @openbb.form
    def trade(
        symbol: Annotated[str, Param(label="Ticker")],
        side: Literal["buy", "sell"] = "buy",
        size: Annotated[float, Param(min=1)] = 100,
        legs: list[str] = [],
        hidden: Annotated[int, Param(show=False)] = 7,
        theme: str = "dark",
    ) -> None:
        got.append((symbol, side, size, legs, hidden, theme))

    @app.get("/trades")
    @openbb.table(params=[[Form(trade, label="Trade", description="Now")]])
    def trades() -> Any:
        return []

    form = manifest()["trades"]["params"][0][0]
    assert (form["method"], form["label"], form["description"]) == ("PUT", "Trade", "Now")
    assert [(each["paramName"], each["type"]) for each in form["inputParams"]] == [
        ("symbol", "text"),
        ("side", "text"),
        ("size", "number"),
        ("legs", "text"),
        ("theme", "text"),
        ("submit", "button"),
    ]
    client = app.test_client()
    sent = {"symbol": "A", "size": "2.5", "legs": "a,b", "theme": "light", "submit": True}
    assert client.put("/trade", json=sent).get_json() == {"message": "Submitted."}
    assert got == [("A", "buy", 2.5, ["a", "b"], 7, "light")]
    low = client.put("/trade", json={"symbol": "A", "size": "0"}).get_json()
    assert low["error"] == "size: '0' is out of range, use at least 1."
    assert client.post("/trade", json=sent).status_code == 405


def test_the_button_pressed_is_told(app: Flask, openbb: OpenBB) -> None:
    @app.post("/change")
    @openbb.form
    def change(button: str, name: str, delete: bool = False) -> dict[str, Any]:
        return {"message": f"{button} {name} {delete}"}

    @app.get("/names")
    @openbb.table(params=[Form(change, buttons=["Add name", "Update", "Delete"])])
    def names() -> Any:
        return []

    client = app.test_client()
    inputs = client.get("/widgets.json").get_json()["names"]["params"][0]["inputParams"]
    assert [(each["paramName"], each["type"]) for each in inputs] == [
        ("name", "text"),
        ("add_name", "button"),
        ("update", "button"),
        ("delete", "button"),
    ]

    def press(**buttons: Any) -> Any:
        return client.post("/change", json={"name": "Ada", **buttons}).get_json()

    assert press(add_name=True) == {"message": "add_name Ada False"}
    assert press(update=True, add_name=None, delete=False) == {"message": "update Ada False"}
    assert press(delete=True) == {"message": "delete Ada True"}
    both = press(add_name=True, delete=True)
    assert both["error"] == (
        "add_name and delete were pressed within a second. Wait a second and press one of them again."
    )
    assert press()["detail"] == "No button was pressed. Send one of add_name, update, delete as true."


def test_fields_that_are_buttons_are_pressed_as_the_docs_do_it(app: Flask, openbb: OpenBB) -> None:
    @app.post("/form_submit")
    @openbb.form
    def form_submit(
        name: str,
        add_record: Annotated[bool, Param(type="button", label="Add", description="Adds it")] = False,
        update_record: Annotated[bool, Param(type="button")] = False,
    ) -> str:
        return f"{name} {add_record} {update_record}"

    @app.get("/all_forms")
    @openbb.table(params=[Form(form_submit, buttons={"update_record": "Change"})])
    def all_forms() -> Any:
        return []

    client = app.test_client()
    inputs = client.get("/widgets.json").get_json()["all_forms"]["params"][0]["inputParams"]
    assert inputs[1:] == [
        {"paramName": "add_record", "type": "button", "label": "Add", "description": "Adds it", "value": True},
        {"paramName": "update_record", "type": "button", "label": "Change", "value": True},
    ]
    assert client.post("/form_submit", json={"name": "a", "add_record": True}).get_json() == {"message": "a True False"}
    assert client.post("/form_submit", json={"name": "a", "add_record": 1, "update_record": 1}).status_code == 400


def test_without_a_press_the_views_default_or_the_only_button_counts(app: Flask, openbb: OpenBB) -> None:
    @app.post("/one")
    @openbb.form
    def one(button: str) -> str:
        return button

    @app.post("/two")
    @openbb.form
    def two(button: str = "none") -> str:
        return button

    @app.post("/unseen")
    @openbb.form
    def unseen(button: str) -> str:
        return f"<{button}>"

    @app.get("/shown")
    @openbb.table(params=[Form(one)])
    def shown() -> Any:
        return []

    client = app.test_client()
    answers = [client.post(path, json={}).get_json()["message"] for path in ("/one", "/two", "/unseen")]
    assert answers == ["submit", "none", "<>"]


def refuse_by_abort() -> Any:
    abort(409, "That client is there already.")


def refuse_by_text() -> Any:
    return "Too late", 410


def refuse_by_page() -> Any:
    return "<h1>Too late</h1>", HTTPStatus.GONE


def refuse_by_jsonify() -> Any:
    return jsonify(error="First and last name are required"), 400


def refuse_by_dict() -> Any:
    return {"error": "First and last name are required"}, 400


def refuse_by_response() -> Any:
    response = jsonify(message="Closed", error="The desk is closed")
    response.status_code = 503
    return response


def refuse_by_validation() -> Any:
    raise ValidationError("Taken.", "email")


def refuse_by_several() -> Any:
    raise ValidationError({"email": ["Taken."], "name": ["Too short.", "Odd."]})


def crash() -> Any:
    raise RuntimeError("secret=hunter2")


REFUSALS = [
    (refuse_by_abort, 409, "That client is there already.", "That client is there already", "Conflict"),
    (refuse_by_text, 410, "Too late", "Too late", "Gone"),
    (refuse_by_page, 410, "Gone", "Gone", "Gone"),
    (refuse_by_jsonify, 400, "First and last name are required", "Bad Request", "First and last name are required"),
    (refuse_by_dict, 400, "First and last name are required", "Bad Request", "First and last name are required"),
    (refuse_by_response, 503, "Closed", "Closed", "The desk is closed"),
    (refuse_by_validation, 400, "Invalid request: email: Taken.", "Nothing was saved, check email", "email: Taken."),
    (
        refuse_by_several,
        400,
        "Invalid request: email: Taken; name: Too short; name: Odd.",
        "Nothing was saved, check email, name",
        "email: Taken; name: Too short; name: Odd.",
    ),
    (
        crash,
        500,
        "The server failed to answer; its log says why.",
        "The server failed to answer; its log says why",
        "Internal Server Error",
    ),
]


@pytest.mark.parametrize(
    ("view", "status", "detail", "message", "error"), REFUSALS, ids=[refusal[0].__name__ for refusal in REFUSALS]
)
def test_a_refusal_has_detail_message_and_error(
    make_app: Callable[..., Flask], view: Any, status: int, detail: str, message: str, error: str
) -> None:
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    app.post("/submit")(openbb.form(view))
    answer = app.test_client().post("/submit", json={}, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    body = answer.get_json()
    assert [body[key] for key in ("detail", "message", "error")] == [detail, message, error]
    assert "hunter2" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


ANSWERS = [
    (None, {"message": "Submitted."}),
    (True, {"message": "Submitted."}),
    ("Saved", {"message": "Saved"}),
    (" ", {"message": "Submitted."}),
    ({"id": 7}, {"id": 7}),
    ([1, 2], {"message": "Submitted.", "result": [1, 2]}),
    (("Saved", 201), {"message": "Saved"}),
    ((None, 204), {"message": "Submitted."}),
    (("Saved", HTTPStatus.CREATED), {"message": "Saved"}),
    (("", HTTPStatus.NO_CONTENT), {"message": "Submitted."}),
    (("Saved", {"X-Row": "7"}), {"message": "Saved"}),
    (lambda: jsonify(success=True), {"success": True}),
    (lambda: (jsonify(id=1), 201), {"id": 1}),
    (lambda: (Flask.response_class(b""), 204), {"message": "Submitted."}),
    (lambda: Flask.response_class(status=204), {"message": "Submitted."}),
    (lambda: Flask.response_class(b"", mimetype="text/html"), {"message": "Submitted."}),
]


@pytest.mark.parametrize(("value", "body"), ANSWERS)
def test_an_accepted_submission_is_answered_with_json(app: Flask, openbb: OpenBB, value: Any, body: Any) -> None:
    @app.post("/submit")
    @openbb.form
    def submit() -> Any:
        return value() if callable(value) else value

    answer = app.test_client().post("/submit", json={})
    assert 200 <= answer.status_code < 300
    assert answer.status_code != 204
    assert answer.get_json() == body


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda: False, "returned False"),
        (lambda: redirect("/login"), r"a redirect \(302\)"),
        (lambda: ("", 303), r"a redirect \(303\)"),
        (lambda: (jsonify(), 302), r"a redirect \(302\)"),
        (lambda: Flask.response_class("<p>", mimetype="text/html"), "Content-Type 'text/html'"),
        (lambda: send_file(BytesIO(b"%PDF"), mimetype="application/pdf"), "Content-Type 'application/pdf'"),
    ],
    ids=["False", "redirect", "303", "a status beside it", "page", "file"],
)
def test_what_the_client_takes_for_a_failure_is_no_success(app: Flask, openbb: OpenBB, value: Any, said: str) -> None:
    @app.post("/submit")
    @openbb.form
    def submit() -> Any:
        return value()

    with pytest.raises(Exception, match=said):
        app.test_client().post("/submit", json={})


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_what_the_host_compressed_is_left_alone(app: Flask, openbb: OpenBB, encoding: str | None) -> None:
    @app.post("/submit")
    @openbb.form
    def submit() -> Any:
        body = b'{"detail": "No."}' if encoding is None else b"coded"
        return Flask.response_class(body, 400, {"Content-Encoding": encoding} if encoding else {}, "application/json")

    told = app.test_client().post("/submit", json={}).get_data()
    assert told == (b"coded" if encoding else b'{"detail":"No.","message":"No","error":"Bad Request"}')


def test_an_async_view_takes_a_form(app: Flask, openbb: OpenBB) -> None:
    @app.post("/submit")
    @openbb.form
    async def submit(name: str) -> str:
        return name

    assert app.test_client().post("/submit", json={"name": "Ada"}).get_json() == {"message": "Ada"}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELD_NAMES = st.sampled_from([*AddClient._declared_fields, "add", "other"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(body=st.dictionaries(FIELD_NAMES, JSON_VALUES) | JSON_VALUES)
def test_any_json_is_taken_or_refused_readably(clients: FlaskClient, seen: list[Any], body: Any) -> None:
    before = len(seen)
    answer = clients.post("/add_client", data=json.dumps(body), content_type="application/json")
    told = answer.get_json()
    assert answer.status_code in (200, 400)
    assert len(seen) - before == (answer.status_code == 200)
    if answer.status_code == 400:
        assert all(len(told[key].splitlines()) == 1 for key in ("detail", "message", "error"))


def test_a_method_view_is_a_table_and_its_form(app: Flask, openbb: OpenBB) -> None:
    rows: list[dict[str, str]] = []

    class Clients(MethodView):
        @openbb.form(Record)
        def post(self, name: str) -> None:
            rows.append({"name": name})

        @openbb.table(id="clients", params=[Form(post)])
        def get(self) -> Any:
            return rows

    app.add_url_rule("/clients", view_func=Clients.as_view("clients"))
    client = app.test_client()
    assert client.get("/widgets.json").get_json()["clients"]["params"][0]["endpoint"] == "clients"
    assert client.post("/clients", json={"name": "ada"}).status_code == 200
    assert client.get("/clients").get_json() == [{"name": "ADA"}]


def test_a_handwritten_entry_posts_to_a_form(app: Flask, openbb: OpenBB, manifest: Callable[..., Any]) -> None:
    inputs = [
        {"paramName": "client_first_name", "type": "text", "value": "", "label": "First Name"},
        {"paramName": "add_record", "type": "button", "value": True, "label": "Add Client"},
        {"paramName": "update_record", "type": "button", "value": True, "label": "Update Client"},
    ]
    form = {"paramName": "form", "type": "form", "endpoint": "/form_submit", "inputParams": inputs}
    entry = {"name": "F", "description": "F", "endpoint": "all_forms", "type": "table", "params": [form]}

    @openbb.register_widget(entry)
    @app.get("/all_forms")
    def all_forms() -> Any:
        return [{"client_first_name": None}]

    @app.post("/form_submit")
    @openbb.form
    def form_submit(client_first_name: str, button: str) -> str:
        return f"{button} {client_first_name} {request.is_json}"

    assert manifest()["all_forms"]["params"] == [form]
    client = app.test_client()
    sent = {"client_first_name": "Ada", "update_record": True}
    assert client.post("/form_submit", json=sent).get_json() == {"message": "update_record Ada True"}
    assert client.post("/form_submit", json={"update_record": True}).get_json()["message"] == (
        "Nothing was saved, check client_first_name"
    )
    assert [fault.severity for fault in openbb.validate(app)] == ["hint"]


def test_a_view_may_read_the_body_itself(app: Flask, openbb: OpenBB) -> None:
    @app.post("/submit")
    @openbb.form
    def submit() -> Any:
        return request.get_json()["name"]

    assert app.test_client().post("/submit", json={"name": "Ada"}).get_json() == {"message": "Ada"}


# Who may submit


@pytest.fixture
def guarded(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(SECRET_KEY="s")
    openbb = OpenBB(app, auth=ApiKeyAuth(["key-of-the-desk"], query="key"))

    @app.post("/add")
    @openbb.form
    def add(name: str) -> str:
        return name

    @app.post("/open")
    @openbb.form(public=True)
    def anybody(name: str) -> str:
        return name

    @app.post("/other")
    @openbb.form(auth=ApiKeyAuth(["key-of-another"]))
    def other(name: str) -> str:
        return name

    @app.get("/rows")
    @openbb.table(params=[Form(add)])
    def rows() -> Any:
        return []

    return app


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/add", None, 401),
        ("/add", "wrong", 403),
        ("/add", "key-of-the-desk", 200),
        ("/open", None, 200),
        ("/other", "key-of-the-desk", 403),
        ("/other", "key-of-another", 200),
    ],
)
def test_the_door_asks_for_the_key_and_says_so(guarded: Flask, path: str, key: str | None, status: int) -> None:
    headers = {"Origin": ORIGIN} | ({"X-API-KEY": key} if key else {})
    answer = guarded.test_client().post(path, json={"name": "Ada"}, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "message" in answer.get_json()
    if status != 200:
        assert {"detail", "error"} <= set(answer.get_json())


def test_a_form_is_signed_where_the_key_goes_in_the_query(guarded: Flask) -> None:
    client = guarded.test_client()
    manifest = client.get("/widgets.json?key=key-of-the-desk").get_json()
    endpoint = manifest["rows"]["params"][0]["endpoint"]
    assert endpoint.startswith("openbb/signed/")
    assert endpoint.endswith("/forms/add")
    answer = client.post(f"/{endpoint}", json={"name": "Ada"}, headers={"Origin": ORIGIN})
    assert answer.get_json() == {"message": "Ada"}
    refused = client.post(f"/{endpoint}", json={}, headers={"Origin": ORIGIN})
    assert (refused.status_code, refused.get_json()["message"]) == (400, "Nothing was saved, check name")
    assert client.post(f"/{endpoint}x", json={"name": "Ada"}).status_code == 401
    assert client.post(f"/{endpoint.replace('signed/', 'signed/x')}", json={"name": "A"}).status_code == 403
    assert client.get(f"/{endpoint}").status_code == 405


def test_a_preflight_is_answered_before_the_key(guarded: Flask) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    answer = guarded.test_client().options("/add", headers=headers)
    assert answer.status_code == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (ORIGIN, 200),
        ("http://localhost", 200),
        ("https://localhost", 200),
        (None, 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("http://localhost@evil.example", 403),
    ],
    ids=["Workspace", "its own", "its own by TLS", "no browser", "another site", "a sandboxed frame", "none", "user"],
)
def test_a_page_of_another_site_submits_nothing(
    clients: FlaskClient, seen: list[Any], origin: str | None, status: int
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = clients.post("/add_client", json=WHOLE, headers=headers)
    assert answer.status_code == status
    assert len(seen) == (status == 200)


def test_a_form_outside_the_prefix_is_asked_below_it(make_app: Callable[..., Flask]) -> None:
    app = make_app(OPENBB_URL_PREFIX="/obb")
    openbb = OpenBB(app)

    @app.post("/elsewhere/")
    @openbb.form(id="save")
    def save(name: str) -> str:
        return name

    @app.get("/obb/rows")
    @openbb.table(params=[Form(save)])
    def rows() -> Any:
        return []

    client = app.test_client()
    assert client.get("/obb/widgets.json").get_json()["rows"]["params"][0]["endpoint"] == "openbb/forms/save"
    assert client.post("/obb/openbb/forms/save", json={"name": "A"}).get_json() == {"message": "A"}
    assert client.post("/obb/openbb/forms/none", json={"name": "A"}).status_code == 404


def test_a_trailing_slash_is_served_without(app: Flask, openbb: OpenBB) -> None:
    @app.post("/save/")
    @openbb.form
    def save(name: str) -> str:
        return name

    client = app.test_client()
    assert client.post("/save", json={"name": "A"}).get_json() == {"message": "A"}
    assert client.post("/save", json={}).get_json()["message"] == "Nothing was saved, check name"


# Faults


def faults(openbb: OpenBB, app: Flask) -> str:
    with pytest.raises(ManifestError) as error:
        openbb.validate(app)
    return str(error.value)


def test_faults_of_forms_are_told_together(app: Flask, openbb: OpenBB) -> None:
    @openbb.options
    def symbols() -> Any:
        return ["A"]

    app.get("/symbols")(symbols)

    @app.post("/dynamic")
    @openbb.form
    def dynamic(
        symbol: Annotated[str, Param(options=symbols)] = "A", ticker: Annotated[str, Param(type="ticker")] = ""
    ):
        return None

    @app.post("/hides")
    @openbb.form
    def hides(
        needed: Annotated[int, Param(show=False)],
        add: bool,
    ):
        return None

    @app.post("/item/<int:id>")
    @openbb.form
    def item(id: int):
        return None

    @app.get("/gets")
    @openbb.form
    def gets():
        return None

    @app.post("/nowhere")
    @openbb.form(refreshes=["no_widget", symbols])
    def nowhere():
        return None

    def plain():
        return None

    shown = {
        "a": Form(dynamic),
        "b": Form(hides, buttons="Add"),
        "c": Form(plain),
        "d": Form(item),
        "e": Form(nowhere, method="PUT"),
        "f": Form(nowhere, buttons=[]),
        "g": Form(nowhere, buttons=["Add", "add"]),
        "h": Form(nowhere, endpoint="/other", input_params=[Param("x")]),
        "i": Form(gets),
    }
    for id, form in shown.items():

        def table() -> Any:
            return []

        app.get(f"/{id}", endpoint=id)(openbb.table(id=id, params=[form])(table))
    told = faults(openbb, app)
    for part in (
        "'a': field 'symbol' of the form: its choices come from an options view",
        "'a': field 'ticker' of the form: a form has no input of type 'ticker'. Use date, boolean, number",
        "'b': field 'needed' of the form: it is hidden and has no default",
        "'b': field 'add' of the form: only the button that was pressed is sent",
        "'c': Form(plain) is not a form of this app. Put '@openbb.form' above its 'def'",
        "'d': Form(item) cannot be shown: its view has a fault of its own.",
        "'item': '/item/<int:id>' has arguments, but a form posts to its URL as it is.",
        "Workspace asks 'form' with POST, but the route of 'gets' does not accept it.",
        "'nowhere': refreshes= names 'no_widget', which is no widget of this app.",
        "Form(nowhere) has method='PUT', but its view takes POST.",
        "buttons=[] names no buttons",
        "buttons=['Add', 'add'] names no buttons",
        "'h': Form(nowhere) takes no endpoint=, input_params=: its URL and its inputs are those of its view.",
        "'i': Form(gets) cannot be shown: its view has a fault of its own.",
    ):
        assert part in told, part


def test_options_whose_view_is_at_fault_are_not_called_something_else(app: Flask, openbb: OpenBB) -> None:
    @app.post("/symbols")
    @openbb.options
    def symbols() -> list[str]:
        return ["AAPL"]

    @app.get("/rows")
    @openbb.table
    def rows(symbol: Annotated[str, Param(options=symbols)] = "AAPL") -> Any:
        return []

    told = faults(openbb, app)
    assert "Workspace asks 'options' with GET, but the route of 'symbols' does not accept it." in told
    assert "Parameter 'symbol': options=symbols cannot be offered: its view has a fault of its own." in told
    assert "is not an options view" not in told


@pytest.mark.parametrize("inputs", [5, None, "abc", {"a": 1}, [5]], ids=repr)
def test_odd_inputs_on_the_wire_cost_the_host_nothing(app: Flask, openbb: OpenBB, inputs: Any) -> None:
    app.get("/host", endpoint="host")(lambda: "host")
    app.post("/save", endpoint="save")(openbb.form(lambda: None))
    params = [{"paramName": "f", "type": "form", "endpoint": "save", "inputParams": inputs}]
    entry = {"name": "n", "description": "d", "endpoint": "rows", "params": params}
    app.get("/rows", endpoint="rows")(openbb.register_widget(entry)(lambda: []))
    assert app.test_client().get("/host").text == "host"
    assert "'rows' params[0].inputParams" in faults(openbb, app)


@pytest.mark.parametrize(("refreshes", "named"), [(5, "5"), ({}, "{}"), ([None], "None")])
def test_what_refreshes_names_is_a_fault_of_the_manifest(
    app: Flask, openbb: OpenBB, refreshes: Any, named: str
) -> None:
    @app.post("/save")
    @openbb.form(refreshes=refreshes)
    def save() -> None:
        return None

    told = faults(openbb, app)
    assert f"'save': refreshes= names {named}, which is no widget of this app." in told
    assert "test_forms.py:" in told


def test_each_mount_of_a_blueprint_has_its_own_form_and_options(app: Flask, openbb: OpenBB) -> None:
    """Or what was typed beside one desk's table would be saved among another's."""
    bp = Blueprint("desk", __name__)

    @bp.post("/save")
    @openbb.form
    def save(name: str) -> str:
        return request.path

    @bp.get("/names")
    @openbb.options
    def names() -> Any:
        return ["A"]

    @bp.get("/rows")
    @openbb.table(params=[Form(save), Param("name", options=names)])
    def rows(name: str = "A") -> Any:
        return []

    outer = Blueprint("outer", __name__, url_prefix="/all")
    for region in ("eu", "us"):
        outer.register_blueprint(bp, name=region, url_prefix=f"/{region}")
    app.register_blueprint(outer)
    app.register_blueprint(bp, url_prefix="/top")
    manifest = app.test_client().get("/widgets.json").get_json()
    shown = {
        id: [param.get("endpoint") or param["optionsEndpoint"] for param in manifest[id]["params"]] for id in manifest
    }
    assert shown == {
        "outer_eu_rows": ["all/eu/save", "all/eu/names"],
        "outer_us_rows": ["all/us/save", "all/us/names"],
        "desk_rows": ["top/save", "top/names"],
    }


def test_two_forms_on_a_widget_are_a_fault(app: Flask, openbb: OpenBB) -> None:
    @app.post("/one")
    @openbb.form
    def one(name: str) -> None:
        return None

    @app.get("/rows")
    @openbb.table(params=[Form(one), Form(one, name="second")])
    def rows() -> Any:
        return []

    assert "Workspace shows the first form of a widget only." in faults(openbb, app)


def test_a_form_that_posts_to_a_plain_view_is_warned_about(app: Flask, openbb: OpenBB) -> None:
    app.post("/plain")(lambda: {})
    params = [[{"paramName": "f", "type": "form", "endpoint": "plain", "show": True, "inputParams": []}]]

    @openbb.register_widget({"name": "n", "description": "d", "endpoint": "rows", "params": params})
    @app.get("/rows")
    def rows() -> Any:
        return []

    warnings = [fault for fault in openbb.validate(app) if fault.severity == "warning"]
    assert [(fault.path, fault.value) for fault in warnings] == [(("params", 0, 0, "endpoint"), "plain")]
    assert "Put '@openbb.form'" in warnings[0].fix


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (lambda openbb: openbb.form(AddClient, params=[]), "given its fields twice"),
        (lambda openbb: openbb.form(scheme=AddClient), "Did you mean 'schema'"),
        (lambda openbb: openbb.form("view"), "not a view"),
    ],
    ids=["twice", "unknown", "no view"],
)
def test_a_wrong_declaration_is_refused_at_once(openbb: OpenBB, declare: Any, said: str) -> None:
    with pytest.raises(Exception, match=said):
        declare(openbb)


def test_the_documented_service_works_as_it_says(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "forms.rst").read_text(encoding="utf-8")
    block = re.search(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", text)
    assert block is not None
    names: dict[str, Any] = {"__name__": "documented"}
    exec(compile(textwrap.dedent(block[1]), "forms.rst", "exec"), names)
    names["DATABASE"] = str(tmp_path / "clients.sqlite")
    client = names["app"].test_client()
    ada = {
        "email": "ada@example.com",
        "name": "Ada",
        "investments": ["etfs"],
        "since": "2024-01-31",
        "add_client": True,
    }
    assert client.get("/clients").get_json() == []
    assert client.post("/add_client", json=ada).get_json() == {"message": "Ada was added."}
    assert client.post("/add_client", json=ada).get_json() == {"message": "Ada was there already."}
    other = client.post("/add_client", json={**ada, "name": "Eve"})
    assert (other.status_code, other.get_json()["error"]) == (400, "email: Another client has this address.")
    # What the page shows of a refusal.
    shown = re.search(r"\.\. code-block:: json\n\n((?:    .*\n|\n)+)", text)
    assert shown is not None
    bad = client.post("/add_client", json={"email": "x", "since": "2024-01-31"})
    assert bad.get_json() == json.loads(shown[1])
    row = {"email": "ada@example.com", "name": "Ada", "investments": "etfs", "since": "2024-01-31"}
    assert client.get("/clients").get_json() == [row], "the kept answer was forgotten"
    inputs = client.get("/widgets.json").get_json()["clients"]["params"][0]["inputParams"]
    assert inputs[-1] == {"paramName": "add_client", "type": "button", "label": "Add client", "value": True}
