"""docs/agents.rst: its views run as pasted, and every function of the namespace is in it and in the reference."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from flask_openbb import agents
from flask_openbb.manifest.schema_agents import FEATURES

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "agents.rst").read_text(encoding="utf-8")
QUESTION = {"messages": [{"role": "human", "content": "Why?"}]}


class Model:
    """The client of a language model."""

    async def stream(self, conversation):
        for message in conversation:
            yield SimpleNamespace(text=f"{message['role']}: {message['content']}")


@pytest.fixture(scope="module")
def client():
    names = {"__name__": "pasted", "model": Model()}
    for block in re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGE):
        exec(compile(re.sub(r"^    ", "", block, flags=re.MULTILINE), "agents.rst", "exec"), names)
    assert names["openbb"].validate(names["app"]) == ()
    return names["app"].test_client()


def ask(client, path, **more):
    answer = client.post(path, json={**QUESTION, **more})
    assert answer.status_code == 200
    blocks = (block.split("\n") for block in answer.text.split("\n\n")[:-1])
    return [(name.removeprefix("event: copilot"), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def text_of(events):
    assert {name for name, _ in events} == {"MessageChunk"}
    return "".join(data["delta"] for _, data in events)


def test_the_first_agent(client):
    names = [name for name, _ in ask(client, "/query")]
    assert names == ["StatusUpdate", "MessageChunk", "MessageArtifact", "MessageArtifact", "PromptSuggestions"]


def test_the_agent_that_fetches(client):
    assert text_of(ask(client, "/compare")) == "Add a widget to the chat first."
    widget = {"widget_id": "prices", "origin": "B", "uuid": "u", "name": "Prices", "description": "", "params": []}
    [(name, call)] = ask(client, "/compare", widgets={"primary": [widget]})
    assert (name, len(call["input_arguments"]["data_sources"])) == ("FunctionCall", 2)
    data = [{"items": [{"content": "[{}, {}]"}]}, {"error_type": "gateway_error", "content": "HTTP 500."}]
    tool = {"role": "tool", **call, "data": data}
    *said, (last, _) = ask(client, "/compare", messages=[tool], widgets={"primary": [widget]})
    assert text_of(said) == "2 rows of Prices. There are no data: HTTP 500."
    assert last == "CitationCollection"


def test_the_agents_with_options_a_model_and_the_sdk(client):
    chosen = {"workspace_options": {"deep-research": True, "tone": "warm"}, "model": "large-1"}
    assert text_of(ask(client, "/research", **chosen)) == "Thinking hard. large-1, warm"
    assert text_of(ask(client, "/ask")) == "user: Why?"
    assert text_of(ask(client, "/sdk")) == "Why?"


def test_settings_are_read_once_so_the_manifest_stays_an_object(client):
    assert set(client.get("/agents.json").get_json()) == {"analyst", "compare", "research", "ask", "with_sdk"}


@pytest.mark.parametrize("name", agents.__all__)
def test_every_name_is_in_the_reference(name):
    assert re.search(rf":: flask_openbb\.(agents\.)?{name}$", (DOCS / "api.rst").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("name", [name for name in agents.__all__ if name.islower()])
def test_every_function_is_explained(name):
    assert f"{name}(" in PAGE


def test_the_features_named_are_known():
    assert set(re.findall(r"``((?:widget|mcp|file)-[a-z-]+)``", PAGE)) <= set(FEATURES)
