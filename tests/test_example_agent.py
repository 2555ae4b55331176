"""The example's agent: what it streams for a question, and for the data of a widget that it asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from example_proofs.figures import closes, month_ends, text, yearly
from example_workspace import KEY, ORIGIN
from flask.testing import FlaskClient

import example_app

WIDGET = {
    "uuid": "5f0c",
    "origin": "The example",
    "widget_id": "prices_history",
    "name": "Price history",
    "description": "Prices.",
    "params": [],
    "metadata": {},
}


@pytest.fixture
def client() -> FlaskClient:
    client = example_app.create_app({"TESTING": True, "OPENBB_API_KEYS": KEY}).test_client()
    client.environ_base.update({"HTTP_ORIGIN": ORIGIN, "HTTP_X_API_KEY": KEY})
    return client


def ask(client: FlaskClient, question: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """Ask the agent that the manifest names, and return the names and contents of what it streams."""
    (agent,) = client.get("/agents.json").get_json().values()
    chosen = {"charts": True, "length": "full"}
    body = {"messages": [{"role": "human", "content": question}], "workspace_options": chosen, **more}
    answer = client.post(agent["endpoints"]["query"], json=body)
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    parts = [part.split("\n") for part in answer.get_data(as_text=True).strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def contents(events: list[tuple[str, dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    return [data for found, data in events if found == name]


def test_the_agent_answers(client: FlaskClient) -> None:
    events = ask(client, "What did oil do in 2016?")
    (step,) = contents(events, "copilotStatusUpdate")
    assert step["details"] == [{"Series": "WTI", "Year": "2016"}]
    (words,) = contents(events, "copilotMessageChunk")
    assert f"({yearly('WTI')[2016]:+.2f} %)" in words["delta"]
    assert "S&P" not in words["delta"]
    table, chart = contents(events, "copilotMessageArtifact")
    months = month_ends("WTI")["2016"]
    assert table["content"] == [
        {"symbol": "WTI", "date": day, "close": close} for day, close in zip(text(months.index), months, strict=True)
    ]
    assert (chart["type"], chart["name"], chart["content"]) == ("chart", "WTI in 2016", table["content"])
    assert chart["chart_params"] == {"chartType": "line", "xKey": "date", "yKey": ["close"]}
    assert contents(events, "copilotPromptSuggestions") == [{"suggestions": ["And WTI in 2014?", "And WTI in 2018?"]}]


def test_a_question_without_names_is_about_everything(client: FlaskClient) -> None:
    events = ask(client, "What happened?")
    (table,) = contents(events, "copilotMessageArtifact")
    assert {row["symbol"] for row in table["content"]} == {"SP500", "NASDAQ", "VIX", "WTI"}
    assert table["name"] == "Month-end closes of 2018"


def test_the_users_choices_count(client: FlaskClient) -> None:
    events = ask(client, "What happened?", workspace_options={"series": "the vix", "length": "short"})
    assert contents(events, "copilotMessageArtifact") == []
    assert contents(events, "copilotStatusUpdate")[0]["details"] == [{"Series": "VIX", "Year": "2018"}]


def test_it_reads_a_widget_of_the_chat(client: FlaskClient) -> None:
    widgets = {"primary": [WIDGET], "secondary": [], "extra": []}
    events = ask(client, "What is in it?", widgets=widgets)
    name, call = events[-1]
    assert name == "copilotFunctionCall"
    assert call["function"] == "get_widget_data"
    (source,) = call["input_arguments"]["data_sources"]
    assert source["widget_uuid"] == "5f0c"

    rows = [{"date": day, "close": close} for day, close in closes("WTI")[-3:].to_dict().items()]
    content = json.dumps(rows, default=str)
    data = [{"items": [{"data_format": {"data_type": "object", "parse_as": "table"}, "content": content}]}]
    messages = [
        {"role": "human", "content": "What is in it?"},
        {
            "role": "ai",
            "content": json.dumps({"function": "get_widget_data", "input_arguments": call["input_arguments"]}),
        },
        {
            "role": "tool",
            "function": "get_widget_data",
            "input_arguments": call["input_arguments"],
            "data": data,
            "extra_state": call.get("extra_state", {}),
        },
    ]
    events = ask(client, "", messages=messages, widgets=widgets)
    words = "".join(part["delta"] for part in contents(events, "copilotMessageChunk"))
    assert words == "**Price history** has 3 rows with date, close.\n\n"
    (cited,) = contents(events, "copilotCitationCollection")
    assert cited["citations"][0]["source_info"]["widget_id"] == "prices_history"


def test_a_widget_without_data_is_told(client: FlaskClient) -> None:
    arguments = {
        "data_sources": [{"widget_uuid": "5f0c", "origin": "The example", "id": "prices_history", "input_args": {}}]
    }
    failed = [{"error_type": "not_found", "content": "Nobody knows it."}]
    message = {"role": "tool", "function": "get_widget_data", "input_arguments": arguments, "data": failed}
    words = contents(ask(client, "", messages=[message]), "copilotMessageChunk")
    assert "has no data: Nobody knows it." in words[0]["delta"]


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("wrong", 403)])
def test_the_agent_asks_for_the_key(client: FlaskClient, key: str | None, status: int) -> None:
    client.environ_base.pop("HTTP_X_API_KEY")
    headers = {"X-API-KEY": key} if key else {}
    answer = client.post("/agents/market-desk", json={"messages": []}, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_its_picture_is_there(client: FlaskClient) -> None:
    (agent,) = client.get("/agents.json").get_json().values()
    with client.get(agent["image"]) as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
