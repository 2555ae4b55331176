"""Agents over HTTP: agents.json in both forms, the door, what a view may return, and how streams end."""

import asyncio
import contextvars
import json
import logging
import sys
import threading
from typing import TYPE_CHECKING

import openbb_ai
import openbb_ai.models as sdk
import pytest
from conftest import ORIGIN
from flask import Blueprint, Response, abort, got_request_exception, request
from flask.views import MethodView
from openbb_ai.testing import CopilotResponse

from flask_openbb import AgentQuery, ApiKeyAuth, ManifestError, OpenBB, RegistrationError, agents, any_of
from flask_openbb.agents.driving import WAITING, Driven
from flask_openbb.errors import RequestError

if TYPE_CHECKING:
    from openbb_ai import QueryRequest

QUESTION = {"messages": [{"role": "human", "content": "Why?"}]}
FEATURES = {"streaming": True, "widget-dashboard-select": False, "widget-dashboard-search": False}
FAILED = "The agent failed; the log of its server says why."


def events(response):
    """The events of an answer as ``(name, data)``."""
    assert response.status_code == 200, response.text
    found = []
    for block in response.get_data(as_text=True).split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def text_of(response):
    return "".join(data["delta"] for name, data in events(response) if name == "copilotMessageChunk")


def declare(app, openbb, view, **options):
    app.post("/query")(openbb.agent(view, **options) if not options else openbb.agent(**options)(view))
    return app.test_client()


def ask(app, openbb, view, **options):
    return declare(app, openbb, view, **options).post("/query", json=QUESTION)


def faults(openbb, app):
    with pytest.raises(ManifestError) as raised:
        openbb.validate(app)
    assert all(fault.document == "agents.json" for fault in raised.value.faults)
    return [str(fault) for fault in raised.value.faults]


# -- agents.json ------------------------------------------------------------------------------------------------------


def analyst(query: AgentQuery):
    """Answers questions about markets.

    More for programmers.
    """
    yield f"You asked: {query.text}"


ENTRY = {
    "name": "Analyst",
    "description": "Answers questions about markets.",
    "endpoints": {"query": "/query"},
    "features": FEATURES,
}


def test_an_agent_needs_nothing_but_the_decorator(app, openbb):
    client = declare(app, openbb, analyst)
    answer = client.get("/agents.json", headers={"Origin": ORIGIN})
    assert answer.get_json() == {"analyst": ENTRY}
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert openbb.manifests(app)["agents"] == {"analyst": ENTRY}
    assert openbb.validate(app) == ()


def test_every_option_is_on_the_wire(app, openbb):
    options = {
        "id": "my-agent",
        "name": "Mine",
        "description": "d",
        "image": "/static/agent.png",
        "features": {
            "widget-dashboard-select": True,
            "deep-research": {"label": "Deep research", "default": False, "description": "Takes long."},
            "tone": {
                "label": "Tone",
                "type": "select",
                "options": [{"label": "Dry", "value": "dry"}],
                "default": "dry",
            },
        },
        "models": {"m-1": "Model One"},
        "feedback": "/feedback",
        "extra": {"later": 1},
    }
    client = declare(app, openbb, analyst, **options)
    assert client.get("/agents.json").get_json() == {
        "my-agent": {
            "name": "Mine",
            "description": "d",
            "image": "/static/agent.png",
            "endpoints": {"query": "/query", "feedback": "/feedback"},
            "features": {**FEATURES, **options["features"], "feedback": True},
            "models": [{"id": "m-1", "name": "Model One"}],
            "later": 1,
        }
    }
    [warning] = openbb.validate(app)
    assert (warning.severity, warning.path) == ("warning", ("later",))


def test_features_and_models_may_be_lists(app, openbb):
    client = declare(app, openbb, analyst, features=["mcp-tools", "widget-dashboard-search"], models=["m"])
    entry = client.get("/agents.json").get_json()["analyst"]
    assert entry["features"] == {**FEATURES, "mcp-tools": True, "widget-dashboard-search": True}
    assert entry["models"] == [{"id": "m", "name": "m"}]


def test_the_array_form_is_for_data_connections(make_app):
    app = make_app(OPENBB_AGENTS_FORM="array")
    openbb = OpenBB(app)
    client = declare(app, openbb, analyst)
    assert client.get("/agents.json").get_json() == [{"id": "analyst", **ENTRY}]
    assert openbb.manifests(app)["agents"] == [{"id": "analyst", **ENTRY}]


@pytest.mark.parametrize(("form", "expected"), [("object", {}), ("array", [])])
def test_without_agents_the_manifest_is_there_and_empty(make_app, form, expected):
    app = make_app(OPENBB_AGENTS_FORM=form)
    OpenBB(app)
    assert app.test_client().get("/agents.json").get_json() == expected


def test_several_agents_on_a_blueprint_below_a_prefix(make_app):
    app = make_app(OPENBB_URL_PREFIX="/api")
    openbb = OpenBB(app)
    blueprint = Blueprint("desk", __name__, url_prefix="/api/desk")

    @blueprint.post("/first/")
    @openbb.agent
    def first(query):
        yield "1"

    @openbb.agent(id="second")
    @blueprint.post("/second")
    def other(query):
        yield "2"

    @app.post("/outside")
    @openbb.agent
    def outside(query):
        yield "3"

    app.register_blueprint(blueprint)
    client = app.test_client()
    urls = {id: agent["endpoints"]["query"] for id, agent in client.get("/api/agents.json").get_json().items()}
    assert urls == {"desk_first": "/desk/first", "second": "/desk/second", "outside": "/openbb/agents/outside"}
    assert [text_of(client.post(f"/api{url}", json=QUESTION)) for url in urls.values()] == ["1", "2", "3"]


def test_one_view_may_be_two_agents(app, openbb):
    @app.post("/query")
    @openbb.agent(id="a")
    @openbb.agent(id="b")
    def view(query):
        yield "x"

    client = app.test_client()
    urls = [agent["endpoints"]["query"] for agent in client.get("/agents.json").get_json().values()]
    assert sorted(urls) == ["/openbb/agents/a", "/query"]
    assert [text_of(client.post(url, json=QUESTION)) for url in urls] == ["x", "x"]


def test_a_method_view_is_an_agent_too(app, openbb):
    @openbb.agent
    class Desk(MethodView):
        """A desk."""

        def post(self, query: AgentQuery):
            yield query.text

    app.add_url_rule("/desk", view_func=Desk.as_view("desk"))
    client = app.test_client()
    assert client.get("/agents.json").get_json()["desk"]["name"] == "Desk"
    assert text_of(client.post("/desk", json=QUESTION)) == "Why?"


def test_an_unknown_keyword_is_refused_at_once(openbb):
    with pytest.raises(RegistrationError, match=r"openbb.agent\(\) has no keyword 'feature'. Did you mean 'features'?"):
        openbb.agent(feature=[])


def test_all_faults_are_told_together(app, openbb):
    @app.get("/get")
    @openbb.agent
    def wrong_method(query):
        yield

    @app.post("/stock/<symbol>")
    @openbb.agent
    def open_rule(symbol, query):
        yield

    @app.post("/two")
    @openbb.agent
    def two_questions(query, more):
        yield

    @app.post("/dict")
    @openbb.agent
    def takes_a_dict(query: dict):
        yield

    @app.post("/positional")
    @openbb.agent
    def positional(query, /):
        yield

    @app.post("/unresolved")
    @openbb.agent
    def unresolved(query: "Nowhere"):  # noqa: F821
        yield

    @app.post("/features")
    @openbb.agent(features="streaming")
    def features_as_text(query):
        yield

    @app.post("/control")
    @openbb.agent(features={"own": {"type": "toggle"}}, name="")
    def control(query):
        yield

    @app.post("/models")
    @openbb.agent(models="large-1")
    def models_as_text(query):
        yield

    @app.post("/endpoints")
    @openbb.agent(extra={"endpoints": "/votes"})
    def endpoints_as_text(query):
        yield

    @app.post("/json")
    @openbb.agent(extra={"later": object()})
    def no_json(query):
        yield

    @openbb.agent
    def unrouted(query):
        yield

    for path in ("/one", "/other"):
        app.post(path, endpoint=path.strip("/"))(openbb.agent(id="twice")(lambda query: "x"))

    found = faults(openbb, app)
    for said in (
        "'wrong_method': Workspace asks 'agent' with POST",
        "'open_rule': Workspace asks an agent at one URL, and 'symbol'",
        "'two_questions': An agent's view takes its question and nothing else. Give 'more' a default.",
        "'takes_a_dict': An agent's question is no dict. Annotate 'query' with AgentQuery",
        "'positional': 'query' is passed by its name.",
        "'unresolved': 'query': its annotation 'Nowhere' cannot be resolved",
        "'features_as_text': features='streaming' is no list.",
        "'control' features.own.label: A required key is missing.",
        "'control' name: The string is empty.",
        "'models_as_text': models='large-1' is no list.",
        "'endpoints_as_text': extra={'endpoints': '/votes'} is no mapping.",
        "'no_json': TypeError",
        "'unrouted': The view 'unrouted' has no route",
        "'twice': Two declarations have the id 'twice'",
    ):
        assert any(said in fault for fault in found), (said, found)
    assert all("test_agents.py:" in fault for fault in found)


def test_a_refused_agent_is_left_out_where_faults_are_quarantined(make_app):
    app = make_app(OPENBB_ON_INVALID="quarantine")
    openbb = OpenBB(app)
    app.post("/bad")(openbb.agent(id="bad", image=5)(lambda query: "x"))
    client = declare(app, openbb, analyst)
    assert list(client.get("/agents.json").get_json()) == ["analyst"]


def test_the_commands_know_agents(app, openbb):
    declare(app, openbb, analyst)
    listed = app.test_cli_runner().invoke(args=["openbb", "routes"]).output
    assert "analyst  agent  POST    /query" in listed


# -- The door ---------------------------------------------------------------------------------------------------------


def test_the_door_guards_agents_and_their_manifest(app):
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"], query="key"))
    client = declare(app, openbb, analyst)
    app.post("/open")(openbb.agent(id="open", public=True)(lambda query: "x"))
    assert client.get("/agents.json").status_code == 401
    refused = client.post("/query", json=QUESTION, headers={"Origin": ORIGIN})
    assert (refused.status_code, refused.mimetype) == (401, "application/json")
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert client.post("/query", json=QUESTION, headers={"X-API-KEY": "wrong"}).status_code == 403
    assert text_of(client.post("/query", json=QUESTION, headers={"X-API-KEY": "k"})) == "You asked: Why?"
    assert text_of(client.post("/open", json=QUESTION)) == "x"
    # Workspace sends no query items here, so nothing is signed and the header is what counts.
    assert client.get("/agents.json", headers={"X-API-KEY": "k"}).get_json()["analyst"]["endpoints"] == {
        "query": "/query"
    }


def test_a_preflight_is_answered_before_the_door(app):
    client = declare(app, OpenBB(app, auth=ApiKeyAuth(["k"])), analyst)
    answer = client.options(
        "/query",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-trace-id, x-api-key",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "x-trace-id" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("policy", "warned"),
    [
        (ApiKeyAuth(["k"], header=None, query="key"), True),
        (any_of(ApiKeyAuth(["k"], header=None, query="key"), ApiKeyAuth(["l"], header=None, query="other")), True),
        (any_of(ApiKeyAuth(["k"], header=None, query="key"), ApiKeyAuth(["l"])), False),
        (ApiKeyAuth(["k"], query="key"), False),
        (lambda credentials: None, False),
    ],
    ids=["query", "both in the query", "one of them", "header too", "a function"],
)
def test_a_key_in_the_query_alone_is_warned_about_because_workspace_never_sends_it(app, policy, warned):
    openbb = OpenBB(app)
    declare(app, openbb, analyst, auth=policy)
    told = [str(fault) for fault in openbb.validate(app)]
    assert ["'analyst': Workspace sends agents no query items" in fault for fault in told] == [True] * warned


@pytest.mark.parametrize(
    ("origin", "asked"), [(ORIGIN, True), ("http://localhost", True), (None, True), ("https://evil.example", False)]
)
def test_a_page_of_another_site_sets_no_agent_to_work(app, openbb, origin, asked):
    """A browser posts plain text for any page without asking first, with the cookies that a host may go by."""
    ran = []
    client = declare(app, openbb, lambda query: ran.append(query) or "x")
    headers = {"Content-Type": "text/plain"} | ({"Origin": origin} if origin else {})
    answer = client.post("/query", data=json.dumps(QUESTION), headers=headers)
    assert len(ran) == asked
    if not asked:
        assert (answer.status_code, answer.get_json()["detail"][:40]) == (
            403,
            "Pages of this origin may not ask agents ",
        )


def test_get_is_refused_readably(app, openbb):
    answer = declare(app, openbb, analyst).get("/query", headers={"Origin": ORIGIN})
    assert answer.status_code == 405
    assert answer.get_json() == {"detail": "GET is not accepted here. Ask 'analyst' with POST."}


# -- The request ------------------------------------------------------------------------------------------------------


def test_the_view_gets_the_question_and_the_trace_id(app, openbb):
    def view(query: AgentQuery):
        yield f"{query.text} {query.trace_id} {request.path}"

    client = declare(app, openbb, view)
    assert text_of(client.post("/query", json=QUESTION, headers={"X-Trace-Id": "t"})) == "Why? t /query"


def test_a_view_may_read_the_request_itself(app, openbb):
    assert text_of(ask(app, openbb, lambda: request.get_json()["messages"][0]["content"])) == "Why?"


def test_arguments_with_defaults_are_left_alone(app, openbb):
    assert text_of(ask(app, openbb, lambda q, more="more", *args, **kwargs: q.text + more)) == "Why?more"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "The body is not JSON"),
        (b"[]", 422, "The body is a JSON array"),
        (b"", 422, "The body has no messages"),
        (b'{"messages": []}', 422, "The body has no messages"),
        (b'{"messages": %s1%s}' % (b"[" * 200, b"]" * 200), 422, "The body is nested deeper than 128 levels"),
    ],
    ids=["no JSON", "array", "empty", "no messages", "deep"],
)
def test_a_body_that_is_no_question_is_refused(app, openbb, body, status, said):
    answer = declare(app, openbb, analyst).post("/query", data=body, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.get_json()["detail"].startswith(said)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(("levels", "status"), [(100, 200), (130, 422), (2000, 400)])
def test_the_schema_of_a_tool_may_be_deep_but_not_endless(app, openbb, levels, status):
    client = declare(app, openbb, lambda query: query.tools[0].name)
    schema = '{"properties":' * levels + "{}" + "}" * levels
    body = f'{{"messages": [{{"role": "human"}}], "tools": [{{"name": "t", "input_schema": {schema}}}]}}'
    assert client.post("/query", data=body).status_code == status


def test_the_sdks_model_is_given_where_it_is_asked_for(app, openbb):
    def view(query: sdk.QueryRequest):
        assert type(query) is sdk.QueryRequest
        yield openbb_ai.message_chunk(query.messages[-1].content)

    assert text_of(ask(app, openbb, view)) == "Why?"


class SkillRequest(sdk.QueryRequest):
    skills_catalog: list[dict] | None = None


def test_so_is_a_model_made_of_it(app, openbb):
    def view(query: SkillRequest):
        yield type(query).__name__

    assert text_of(ask(app, openbb, view)) == "SkillRequest"


def test_and_one_that_is_imported_for_type_checkers_alone(app, openbb):
    def view(query: "QueryRequest"):
        yield type(query).__module__

    assert text_of(ask(app, openbb, view)) == "openbb_ai.models"


def test_our_own_may_be_imported_so_as_well(app, openbb):
    def view(query: "nowhere.AgentQuery"):  # noqa: F821
        yield type(query).__name__

    assert text_of(ask(app, openbb, view)) == "AgentQuery"


def test_without_the_sdk_the_fault_is_the_pip_line(app, openbb, monkeypatch):
    def view(query: "QueryRequest"):
        yield "x"

    monkeypatch.setitem(sys.modules, "openbb_ai.models", None)
    declare(app, openbb, view)
    [fault] = faults(openbb, app)
    assert "pip install 'Flask-OpenBB[agents]'" in fault


def test_what_the_sdk_refuses_is_told_without_what_was_sent(app, openbb):
    def view(query: sdk.QueryRequest):
        yield "x"

    body = {**QUESTION, "timezone": 5, "api_keys": {"openai_api_key": ["sk-secret"]}}
    answer = declare(app, openbb, view).post("/query", json=body)
    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert [error["loc"] for error in answer.get_json()["errors"]] == [
        ["body", "api_keys", "openai_api_key"],
        ["body", "timezone"],
    ]


def test_a_value_error_of_a_model_of_ones_own_is_the_views(app, openbb):
    class Model:
        @classmethod
        def model_validate(cls, body):
            raise ValueError("no")

    def view(query):
        yield "x"

    view.__annotations__["query"] = Model
    client = declare(app, openbb, view)
    with pytest.raises(ValueError, match="no"):
        client.post("/query", json=QUESTION)


# -- What a view may return -------------------------------------------------------------------------------------------


async def coroutine(query):
    return ["a", "b"]


async def returns_async_generator(query):
    async def inner():
        yield "a"
        yield "b"

    return inner()


async def async_generator(query):
    yield "a"
    await asyncio.sleep(0)
    yield None
    yield "b"


class Chunks:
    """What a client of a language model returns: an async iterable that is no generator."""

    def __init__(self):
        self.left = ["a", "", "b"]

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


@pytest.mark.parametrize(
    "view",
    [
        lambda query: "ab",
        lambda query: ["a", "b"],
        lambda query: ("a", None, "b"),
        lambda query: iter("ab"),
        lambda query: (letter for letter in "ab"),
        lambda query: agents.text("ab"),
        lambda query: openbb_ai.message_chunk("ab"),
        lambda query: openbb_ai.message_chunk("ab").model_dump(),
        lambda query: (["a", "b"], 200, {}),
        lambda query: Chunks(),
        coroutine,
        returns_async_generator,
        async_generator,
    ],
    ids=[
        "text",
        "list",
        "tuple",
        "iterator",
        "generator",
        "event",
        "sdk",
        "sdk dumped",
        "with status",
        "async iterable",
        "coroutine",
        "coroutine of a generator",
        "async generator",
    ],
)
def test_a_view_may_return(app, openbb, view):
    assert text_of(ask(app, openbb, view)) == "ab"


def test_status_and_headers_are_taken_over(app, openbb):
    app.post("/number", endpoint="number")(openbb.agent(id="number")(lambda query: ("x", 201)))
    answer = ask(app, openbb, lambda query: ("x", "202 Accepted", {"X-Trace-Id": "t"}))
    assert (answer.status, answer.headers["X-Trace-Id"]) == ("202 Accepted", "t")
    assert app.test_client().post("/number", json=QUESTION).status_code == 201


def test_a_refusal_by_tuple_is_readable(app, openbb):
    answer = ask(app, openbb, lambda query: ({"message": "Too many questions."}, 429))
    assert (answer.status_code, answer.get_json()["detail"]) == (429, "Too many questions.")


def test_a_response_is_left_as_it_is(app, openbb):
    answer = ask(app, openbb, lambda query: Response("data: {}\n\n", mimetype="text/event-stream"))
    assert (answer.text, answer.mimetype) == ("data: {}\n\n", "text/event-stream")


def test_an_empty_answer_is_no_error(app, openbb):
    assert events(ask(app, openbb, lambda query: [])) == []


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (lambda query: None, "The agent's view returned None. Let it yield text"),
        (lambda query: 5, "The agent's view returned an int"),
    ],
    ids=["None", "int"],
)
def test_anything_else_is_an_error_of_the_view(make_app, view, said, caplog):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    answer = ask(app, OpenBB(app), view)
    assert answer.status_code == 500
    assert said in caplog.text
    assert "detail" in answer.get_json()


def test_the_headers_keep_everybody_from_buffering(app, openbb):
    def view(query):
        for _ in range(200):
            yield "a long answer " * 50

    client = declare(app, openbb, view)
    answer = client.post("/query", json=QUESTION, headers={"Origin": ORIGIN, "Accept-Encoding": "gzip, br, zstd"})
    assert dict(answer.headers) == {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
        "Access-Control-Allow-Origin": ORIGIN,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
    assert len(events(answer)) == 200


# -- How streams end --------------------------------------------------------------------------------------------------


def sync_body(log):
    def view(query):
        try:
            yield "a"
            yield agents.get_widget_data(agents.WidgetRequest("w", "B"))
            log.append("went on")
            yield "b"
        finally:
            log.append("closed")

    return view


def async_body(log):
    async def view(query):
        try:
            yield "a"
            yield agents.get_widget_data(agents.WidgetRequest("w", "B"))
            log.append("went on")
            yield "b"
        finally:
            await asyncio.sleep(0)
            log.append("closed")

    return view


BODIES = pytest.mark.parametrize("body", [sync_body, async_body], ids=["sync", "async"])


@BODIES
def test_a_function_call_ends_the_stream(app, openbb, body):
    log = []
    names = [name for name, _ in events(ask(app, openbb, body(log)))]
    assert names == ["copilotMessageChunk", "copilotFunctionCall"]
    assert log == ["closed"]


def test_so_does_the_sdks(app, openbb):
    def view(query):
        yield openbb_ai.get_widget_data([])
        yield "never"

    assert [name for name, _ in events(ask(app, openbb, view))] == ["copilotFunctionCall"]


@BODIES
def test_a_client_that_goes_away_closes_the_generator(app, openbb, body):
    log = []
    client = declare(app, openbb, body(log))
    response = client.post("/query", json=QUESTION, buffered=False)
    assert next(response.response) == agents.text("a").encode()
    response.close()
    assert log == ["closed"]


async def raises_async(query):
    yield "a"
    raise KeyError("secret detail")


def raises_sync(query):
    yield "a"
    raise KeyError("secret detail")


def cancelled_sync(query):
    yield "a"
    # As of asyncio.run() in it, whose task was cancelled.
    raise asyncio.CancelledError("secret detail")


def test_a_view_whose_own_task_was_cancelled_fails_as_any_other(make_app, caplog):
    app = make_app(TESTING=False)
    found = events(ask(app, OpenBB(app), cancelled_sync))
    assert [data.get("message") for _, data in found] == [None, FAILED]
    assert "CancelledError: secret detail" in caplog.text


@pytest.mark.parametrize("view", [raises_sync, raises_async])
def test_an_exception_after_the_first_event_is_logged_and_told_in_the_stream(make_app, view, caplog):
    app = make_app(TESTING=False)
    seen = []

    def signalled(sender, exception, **_):
        seen.append(exception)

    with got_request_exception.connected_to(signalled, app):
        found = events(ask(app, OpenBB(app), view))
    assert found == [
        ("copilotMessageChunk", {"delta": "a"}),
        (
            "copilotStatusUpdate",
            {"eventType": "ERROR", "message": FAILED, "group": "reasoning", "details": [], "hidden": False},
        ),
    ]
    assert "KeyError: 'secret detail'" in caplog.text
    assert [type(error) for error in seen] == [KeyError]


def test_in_testing_it_says_what_it_was(app, openbb):
    assert events(ask(app, openbb, raises_sync))[-1][1]["message"] == "KeyError: 'secret detail'"


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        (lambda: abort(429, "Ask again in a minute."), "Ask again in a minute."),
        (lambda: abort(503), "The server is temporarily unable to service your request"),
    ],
    ids=["described", "bare"],
)
def test_a_refusal_after_the_first_event_is_told_in_its_own_words(app, openbb, caplog, refuse, said):
    def view(query):
        yield "a"
        refuse()

    assert events(ask(app, openbb, view))[-1][1]["message"].startswith(said)
    assert caplog.records == []


def test_ours_too(app, openbb):
    def view(query):
        yield "a"
        raise RequestError(422, "No such symbol.")

    assert events(ask(app, openbb, view))[-1][1]["message"] == "No such symbol."


def test_an_event_that_is_none_is_a_failure(app, openbb):
    def view(query):
        yield "a"
        yield 5

    assert "is no event" in events(ask(app, openbb, view))[-1][1]["message"]


def test_a_refusal_before_the_first_event_is_told_in_the_stream_too(app, openbb):
    def view(query):
        abort(429, "Ask again in a minute.")
        yield "a"

    [(name, data)] = events(ask(app, openbb, view))
    assert (name, data["eventType"], data["message"]) == ("copilotStatusUpdate", "ERROR", "Ask again in a minute.")


def test_a_refusal_of_a_view_that_is_no_generator_has_its_status(app, openbb):
    def view(query):
        abort(429, "Ask again in a minute.")

    answer = ask(app, openbb, view)
    assert (answer.status_code, answer.get_json()) == (429, {"detail": "Ask again in a minute."})


def test_an_exception_of_a_view_that_is_no_generator_is_a_500(make_app, caplog):
    def view(query):
        raise KeyError("secret detail")

    app = make_app(TESTING=False)
    answer = ask(app, OpenBB(app), view)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "KeyError: 'secret detail'" in caplog.text


@pytest.mark.parametrize("error", [OSError, asyncio.CancelledError])
@pytest.mark.parametrize("closes", ["function call", "client"])
def test_an_exception_while_closing_is_logged_and_harms_nobody(app, openbb, caplog, closes, error):
    def view(query):
        try:
            yield "a"
            yield agents.get_skill("s")
        finally:
            raise error("disk")

    response = declare(app, openbb, view).post("/query", json=QUESTION, buffered=False)
    if closes == "function call":
        assert [name for name, _ in events(response)] == ["copilotMessageChunk", "copilotFunctionCall"]
    response.close()
    assert f"{error.__name__}: disk" in caplog.text


def test_nothing_of_the_question_is_logged(app, openbb, caplog):
    caplog.set_level(logging.DEBUG)
    body = {**QUESTION, "api_keys": {"openai_api_key": "sk-secret"}}

    def view(query):
        yield f"{query!r}"
        raise RuntimeError(str(query))

    answer = declare(app, openbb, view).post("/query", json=body)
    assert "sk-secret" not in answer.text
    assert "sk-secret" not in caplog.text


def test_the_request_is_there_while_streaming(app, openbb):
    done = []
    app.teardown_request(lambda error: done.append("teardown"))

    def view(query):
        for number in range(3):
            done.append(number)
            yield f"{number} {request.path} "

    answer = ask(app, openbb, view)
    assert text_of(answer) == "0 /query 1 /query 2 /query "
    assert done[-1] == "teardown"


# -- Async generators -------------------------------------------------------------------------------------------------

VARIABLE = contextvars.ContextVar("VARIABLE", default="unset")


def test_an_async_generator_is_one_task(app, openbb):
    async def view(query):
        tasks = {asyncio.current_task()}
        VARIABLE.set("set")
        async with asyncio.Lock():
            for _ in range(3):
                yield f"{VARIABLE.get()} {request.path} "
                tasks.add(asyncio.current_task())
        yield str(len(tasks))

    assert text_of(ask(app, openbb, view)) == "set /query set /query set /query 1"


def test_an_async_generator_may_run_others_beside_it(app, openbb):
    async def view(query):
        queue = asyncio.Queue()

        async def produce():
            for letter in "abc":
                await queue.put(letter)
            await queue.put(None)

        task = asyncio.create_task(produce())
        while letter := await queue.get():
            yield letter
        await task

    assert text_of(ask(app, openbb, view)) == "abc"


def test_what_it_leaves_running_is_cancelled(app, openbb):
    log = []

    async def view(query):
        async def forever():
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cancelled")

        view.task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        yield "a"

    assert text_of(ask(app, openbb, view)) == "a"
    assert log == ["cancelled"]


def test_an_async_generator_that_is_cancelled_fails(app, openbb):
    async def view(query):
        yield "a"
        raise asyncio.CancelledError

    assert events(ask(app, openbb, view))[-1][1]["message"] == "RuntimeError: The agent's task was cancelled."


def test_an_async_generator_is_read_one_item_at_a_time():
    log = []

    async def numbers():
        for number in range(3):
            log.append(number)
            yield number

    driven = Driven(numbers())
    assert log == []
    assert [(next(driven), list(log)) for _ in range(2)] == [(0, [0]), (1, [0, 1])]
    driven.close()
    driven.close()
    assert list(driven) == []
    assert log == [0, 1]


def test_one_that_was_never_asked_is_never_begun():
    log = []

    async def numbers():
        log.append("begun")
        yield 1

    Driven(numbers()).close()
    assert log == []


class Forever:
    """Two items with a wait between them that nothing ends; notes how it was left."""

    def __init__(self, *, stubborn=False):
        self.log = []
        self.stubborn = stubborn

    async def items(self):
        try:
            yield 1
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.log.append("cancelled")
                if not self.stubborn:
                    raise
            yield 2
        finally:
            self.log.append("closed")


@pytest.mark.parametrize("stubborn", [False, True])
def test_an_item_that_takes_long_is_waited_for_with_patience_and_left_when_nobody_listens(stubborn):
    forever = Forever(stubborn=stubborn)
    driven = Driven(forever.items(), patience=0.01)
    assert [next(driven) for _ in range(3)] == [1, WAITING, WAITING]
    driven.close()
    assert forever.log == ["cancelled", "closed"]


def test_an_item_comes_after_any_number_of_waits():
    gate = threading.Event()

    async def items():
        await asyncio.to_thread(gate.wait, 60)
        yield 1

    driven = Driven(items(), patience=0.01)
    assert next(driven) is WAITING
    gate.set()
    assert [item for item in driven if item is not WAITING] == [1]


def test_an_async_agent_that_is_silent_sends_comments(make_app):
    app = make_app(OPENBB_AGENTS_HEARTBEAT=1)
    forever = Forever()

    async def view(query):
        async for item in forever.items():
            yield str(item)

    response = declare(app, OpenBB(app), view).post("/query", json=QUESTION, buffered=False)
    stream = iter(response.response)
    assert [next(stream), next(stream)] == [agents.text("1").encode(), b":\n\n"]
    response.close()
    assert forever.log == ["cancelled", "closed"]


def test_one_that_is_not_async_sends_them_where_it_yields_nothing(make_app, monkeypatch):
    clock = iter([0, 0.5, 1.5, 10, 11.5, 20, 30])
    monkeypatch.setattr("flask_openbb.web.sse.monotonic", lambda: next(clock))
    app = make_app(OPENBB_AGENTS_HEARTBEAT=1)

    def polls(query):
        yield None
        yield ""
        yield None
        yield "found"

    assert ask(app, OpenBB(app), polls).data == b":\n\n" * 2 + agents.text("found").encode()


def test_and_none_where_they_are_turned_off(make_app):
    app = make_app(OPENBB_AGENTS_HEARTBEAT=0)
    assert ask(app, OpenBB(app), lambda query: [None, "x"]).data == agents.text("x").encode()


def test_an_agent_that_is_none_is_said_to_be(app, openbb):
    answer = app.test_client().post("/openbb/agents/none", json=QUESTION)
    assert (answer.status_code, answer.get_json()["detail"][:23]) == (404, "No agent 'none' here. R")


@pytest.mark.parametrize("form", ["object", "array"])
def test_the_info_page_and_the_commands_list_agents(make_app, form):
    app = make_app(OPENBB_AGENTS_FORM=form)
    client = declare(app, OpenBB(app), analyst)
    page = client.get("/").text
    assert "<td>Analyst</td><td><code>/query</code></td>" in page
    run = app.test_cli_runner().invoke
    assert json.loads(run(args=["openbb", "agents"]).output) == client.get("/agents.json").get_json()
    assert "0 valid widgets, 0 valid apps, 1 valid agents: 0 errors" in run(args=["openbb", "check"]).output


def test_other_methods_of_an_agents_url_are_warned_about(app):
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    app.route("/query", methods=["GET", "POST"])(openbb.agent(analyst))
    [warning] = openbb.validate(app)
    assert (warning.document, warning.widget) == ("agents.json", "analyst")


def test_the_sdks_own_test_helper_reads_our_streams(app, openbb):
    def view(query):
        yield agents.reasoning("Looking")
        yield "Prices "
        yield "rose."
        yield agents.table([{"a": 1}], name="T")
        yield agents.citations(agents.cite("https://example.com"))
        yield agents.get_skill("valuation")

    found = CopilotResponse(ask(app, openbb, view).text)
    assert found.text == "Prices rose."
    found.starts("copilotStatusUpdate").then("copilotMessage").with_("Prices rose.").then("copilotMessageArtifact")
    found.then("copilotCitationCollection").then("copilotFunctionCall").with_({"function": "get_skill_content"})
