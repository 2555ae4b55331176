"""Agents under a real gunicorn with threads: nothing is held back, who leaves is noticed, widgets are fetched."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import openbb_ai.models as sdk
import pytest
from pydantic import TypeAdapter
from servers import Gunicorn

KEY = {"X-API-KEY": "key", "Content-Type": "application/json"}
QUESTION = {"messages": [{"role": "human", "content": "Why?"}]}
SDK_EVENTS = TypeAdapter(sdk.SSE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Gunicorn]:
    server = Gunicorn(
        "agents_backend:create_app()",
        tmp_path,
        env={"OPENBB_API_KEYS": "key", "OPENBB_AGENTS_HEARTBEAT": "1"},
        options=["--worker-class=gthread", "--workers=1", "--threads=4"],
    )
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def ask(server: Gunicorn, method: str, path: str, body: Any = None) -> bytes:
    with contextlib.closing(server.connect()) as connection:
        connection.request(method, path, json.dumps(body) if body else None, KEY)
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, text
        return text


@contextlib.contextmanager
def streaming(server: Gunicorn, path: str, body: Any = QUESTION) -> Iterator[http.client.HTTPResponse]:
    with contextlib.closing(server.connect()) as connection:
        connection.request("POST", path, json.dumps(body), {**KEY, "Accept-Encoding": "gzip, br"})
        response = connection.getresponse()
        assert (response.status, response.getheader("Content-Type")) == (200, "text/event-stream; charset=utf-8")
        assert response.getheader("Transfer-Encoding") == "chunked"
        assert response.getheader("Content-Encoding") is None
        yield response


def next_event(response: http.client.HTTPResponse) -> dict[str, Any] | None:
    """Read up to the end of one event and no further; None at the end of the stream."""
    lines: list[str] = []
    while line := response.readline():
        if line == b"\n" and lines == [":"]:
            lines = []
        elif line == b"\n":
            name, data = lines
            event = {"event": name.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}
            SDK_EVENTS.validate_python(event)
            return event
        else:
            lines.append(line.decode().rstrip("\n"))
    assert not lines
    return None


def chunk(text: str) -> dict[str, Any]:
    return {"event": "copilotMessageChunk", "data": {"delta": text}}


@pytest.mark.parametrize("path", ["/gated", "/gated-async"])
def test_the_first_event_arrives_before_the_second_is_made(server: Gunicorn, path: str) -> None:
    with streaming(server, path) as response:
        assert next_event(response) == chunk("one")
        # The agent waits for this; had the first been held back, nobody would ever send it.
        assert ask(server, "POST", "/open") == b"open"
        assert next_event(response) == chunk("two")
        assert next_event(response) is None


@pytest.mark.parametrize("path", ["/endless", "/endless-async", "/quiet"])
def test_a_client_that_leaves_closes_the_agents_generator(server: Gunicorn, path: str) -> None:
    with streaming(server, path) as response:
        assert next_event(response) is not None
    assert ask(server, "GET", "/closed") == b"closed"


def test_a_failure_on_the_way_is_told_and_the_stream_ends_whole(server: Gunicorn) -> None:
    with streaming(server, "/fails") as response:
        assert next_event(response) == chunk("one")
        told = next_event(response)
        assert told is not None
        assert told["data"]["eventType"] == "ERROR"
        assert "secret" not in json.dumps(told)
        # http.client raises IncompleteRead where the last chunk is missing.
        assert next_event(response) is None
    server.stop()
    assert "RuntimeError: a secret of the server" in server.error_log.read_text()


def test_threads_answer_others_while_agents_wait(server: Gunicorn) -> None:
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(streaming(server, "/gated")) for _ in range(3)]
        assert [next_event(response) for response in waiting] == [chunk("one")] * 3
        assert json.loads(ask(server, "GET", "/prices"))[0]["symbol"] == "AAPL"
        ask(server, "POST", "/open")
        assert [next_event(response) for response in waiting] == [chunk("two")] * 3


class Workspace:
    """What Workspace's chat does: it posts the conversation, and does what function calls say.

    Source: CLIENT components/AI/hooks: useStreamResponse.tsx, useFunctionCall.tsx, useGetCopilotWidgets.tsx.
    """

    def __init__(self, server: Gunicorn) -> None:
        self.server = server
        self.manifest = json.loads(ask(server, "GET", "/widgets.json"))
        self.agents = json.loads(ask(server, "GET", "/agents.json"))
        self.messages: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []
        self.fetched: list[str] = []

    def ask(self, agent: str, question: str, *, widget: str) -> str:
        """Ask one agent, with a widget in its context; return the text of the answer."""
        self.messages.append({"role": "human", "content": question})
        entry = self.manifest[widget]
        chosen = {
            "origin": "My backend",
            "widget_id": widget,
            "uuid": str(uuid4()),
            "name": entry["name"],
            "description": entry["description"],
            "metadata": {},
            "params": [
                {
                    "name": param["paramName"],
                    "type": param["type"],
                    "description": param.get("description", ""),
                    "default_value": param["value"],
                    "current_value": param["value"],
                }
                for param in entry["params"]
            ],
        }
        while True:
            text, call = self._post(self.agents[agent]["endpoints"]["query"], {"primary": [chosen]})
            if call is None:
                return text
            self.messages.append({"role": "ai", "content": json.dumps(call)})
            data = [self._fetch(source) for source in call["input_arguments"]["data_sources"]]
            self.messages.append({"role": "tool", **call, "data": data})

    def _post(self, path: str, widgets: Any) -> tuple[str, Any]:
        body = {"messages": self.messages, "widgets": widgets, "timezone": "UTC", "context": [], "api_keys": {}}
        sdk.QueryRequest.model_validate(json.loads(json.dumps(body)))
        text, call = "", None
        with streaming(self.server, path, body) as response:
            while event := next_event(response):
                self.seen.append(event)
                assert call is None, "nothing follows a function call"
                if event["event"] == "copilotMessageChunk":
                    text += event["data"]["delta"]
                elif event["event"] == "copilotFunctionCall":
                    call = event["data"]
        return text, call

    def _fetch(self, source: dict[str, Any]) -> dict[str, Any]:
        path = f"/{self.manifest[source['id']]['endpoint']}?{urlencode(source['input_args'])}"
        self.fetched.append(path)
        return {"items": [{"content": ask(self.server, "GET", path).decode(), "data_format": {"data_type": "object"}}]}


def test_an_agent_gets_the_data_of_widgets_through_workspace(server: Gunicorn) -> None:
    workspace = Workspace(server)
    assert workspace.ask("analyst", "How far?", widget="prices") == "How far? AAPL: 191.25. MSFT: 402.0. "
    assert workspace.fetched == ["/prices?symbol=AAPL", "/prices?symbol=MSFT"]
    assert [event["event"] for event in workspace.seen] == [
        "copilotStatusUpdate",
        "copilotFunctionCall",
        "copilotMessageChunk",
        "copilotMessageChunk",
        "copilotMessageArtifact",
        "copilotMessageChunk",
        "copilotMessageArtifact",
        "copilotCitationCollection",
    ]
    [first, second] = workspace.seen[-1]["data"]["citations"]
    assert first["source_info"]["metadata"] == {"input_args": {"symbol": "AAPL"}}
    assert second["source_info"] == {
        **first["source_info"],
        "name": "Prices",
        "metadata": {"input_args": {"symbol": "MSFT"}},
    }


def test_many_ask_at_once(server: Gunicorn) -> None:
    answers: list[str] = []

    def run() -> None:
        answers.append(Workspace(server).ask("analyst", "Q", widget="prices"))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["Q AAPL: 191.25. MSFT: 402.0. "] * 8
