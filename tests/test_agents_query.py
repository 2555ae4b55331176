"""The question that Workspace posts: read liberally, frozen, and as the SDK reads it."""

import base64
import copy
import dataclasses
import json
from uuid import uuid4

import openbb_ai.models as sdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb import AgentQuery, RequestError, ShapeError, agents

UUID = str(uuid4())
CALL = {
    "function": "get_widget_data",
    "input_arguments": {
        "data_sources": [
            {"widget_uuid": UUID, "origin": "Backend", "id": "prices", "input_args": {"symbol": "AAPL"}},
            {"widget_uuid": "gone", "origin": "Backend", "id": "news", "input_args": {}},
        ]
    },
}
BODY = {
    "messages": [
        {"role": "human", "content": "First?"},
        {"role": "ai", "content": "Answer.", "agent_id": "analyst"},
        {"role": "human", "content": "Then?"},
        {"role": "ai", "content": json.dumps(CALL)},
        {
            "role": "tool",
            **CALL,
            "data": [
                {
                    "items": [
                        {"content": '[{"close": 1.5}]', "data_format": {"data_type": "object", "parse_as": "table"}},
                        {"content": '{"close": 2}', "data_format": {"data_type": "object"}},
                    ],
                    "extra_citations": [{"source_info": {"type": "web", "name": "W"}}],
                },
                {"error_type": "not_found", "content": "No such widget."},
            ],
            "extra_state": {"step": 1},
        },
    ],
    "context": [
        {
            "uuid": UUID,
            "name": "Table 1",
            "description": "d",
            "data": {"items": [{"content": "[]", "data_format": {"data_type": "object"}}]},
            "metadata": {"a": 1},
        }
    ],
    "widgets": {
        "primary": [
            {
                "uuid": UUID,
                "origin": "Backend",
                "widget_id": "prices",
                "name": "Prices",
                "description": "Daily",
                "source": "S",
                "category": "C",
                "columns": ["close"],
                "metadata": {"m": 1},
                "params": [
                    {
                        "name": "symbol",
                        "type": "text",
                        "description": "",
                        "default_value": "A",
                        "current_value": "AAPL",
                    },
                    {"name": "n", "type": "number", "description": "", "default_value": 5, "options": [5, 10]},
                    {"name": "day", "type": "date", "description": "", "default_value": None},
                    {"name": "f", "type": "endpoint", "description": "", "get_options": True, "multi_select": True},
                ],
            }
        ],
        "secondary": [
            {"uuid": str(uuid4()), "origin": "B", "widget_id": "w", "name": "W", "description": "", "params": []}
        ],
        "extra": [],
    },
    "urls": ["https://example.com"],
    "api_keys": {"openai_api_key": "sk-secret"},
    "timezone": "Europe/Zurich",
    "workspace_state": {"current_dashboard_info": {"id": "d", "name": "Dash", "current_tab_id": "t"}},
    "workspace_options": {"web-search": True, "model": "m"},
    "tools": [
        {"name": "t", "server_id": "s", "url": "u", "input_schema": {"type": "object"}, "auth_token": "tok-secret"}
    ],
    "model": "claude",
    "skills_catalog": [{"slug": "valuation", "description": "d", "updatedAt": "2026-01-01"}],
    "selected_skills": [{"slug": "dcf", "description": "d", "contentMarkdown": "# How", "source": "forced_slash"}],
}


def test_a_whole_question():
    query = AgentQuery.from_body(BODY, trace_id="chat-1")
    assert query.text == "Then?"
    assert query.last.role == "tool"
    assert query.last.function == "get_widget_data"
    assert query.extra_state == {"step": 1}
    assert (query.timezone, query.model, query.urls, query.trace_id) == (
        "Europe/Zurich",
        "claude",
        ("https://example.com",),
        "chat-1",
    )
    assert query.options == {"web-search": True, "model": "m"}
    assert query.dashboard["name"] == "Dash"
    assert query.api_keys == {"openai_api_key": "sk-secret"}
    assert query.tools[0].auth_token == "tok-secret"
    assert query.skills == (agents.Skill("valuation", "d"),)
    assert query.selected_skills == (agents.Skill("dcf", "d", "# How"),)
    assert query.context[0].items[0].json() == []
    assert query.body is BODY
    calls = query.messages[3]
    assert (calls.role, calls.function, calls.arguments) == ("ai", "get_widget_data", CALL["input_arguments"])
    assert query.messages[1].agent_id == "analyst"


def test_the_widgets_and_their_values():
    widgets = AgentQuery.from_body(BODY).widgets
    [prices] = widgets.primary
    assert [param.value for param in prices.params] == ["AAPL", 5, None, None]
    assert prices.arguments() == {"symbol": "AAPL", "n": 5}
    assert prices.arguments(n=7, day="2024-01-02") == {"symbol": "AAPL", "n": 7, "day": "2024-01-02"}
    assert (prices.params[1].options, prices.params[3].get_options, prices.params[3].multi_select) == (
        (5, 10),
        True,
        True,
    )
    assert prices.request(n=1).request(n=2).arguments == {"symbol": "AAPL", "n": 2}
    assert [widget.name for widget in widgets] == ["Prices", "W"]
    assert widgets.find("w") is widgets.secondary[0]
    assert widgets.find("Prices") is widgets.find(UUID) is prices
    assert widgets.find("") is None


def test_the_results_are_paired_with_what_was_asked():
    prices, news = AgentQuery.from_body(BODY).results
    assert prices.ok
    assert prices.rows() == [{"close": 1.5}, {"close": 2}]
    assert prices.text == '[{"close": 1.5}]\n{"close": 2}'
    assert prices.request == agents.WidgetRequest(
        widget_id="prices", origin="Backend", uuid=UUID, arguments={"symbol": "AAPL"}, name="Prices"
    )
    assert prices.extra_citations[0]["source_info"]["name"] == "W"
    assert (news.ok, news.error, news.error_type, news.rows()) == (False, "No such widget.", "not_found", [])
    assert news.request.name == "news"
    cited = agents.cite(prices).source_info
    assert (cited["widget_id"], cited["metadata"]) == ("prices", {"input_args": {"symbol": "AAPL"}})


def tool(data, **more):
    return {"messages": [{"role": "human", "content": "?"}, {"role": "tool", "function": "f", "data": data, **more}]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([{"status": "success", "data": {"skill": {"slug": "s"}}}], {"data": {"skill": {"slug": "s"}}}),
        ([{"status": "error", "message": "No."}], {"error": "No.", "message": "No."}),
        ([{"status": "error"}], {"error": "It failed."}),
        ([{"items": [{"error_type": "x", "content": "Broken."}]}], {"error": "Broken.", "error_type": "x"}),
        ([{"items": [{"content": [{"a": 1}]}]}], {"text": '[{"a":1}]'}),
        ([{"error_type": "x"}], {"error": "It failed."}),
        (["junk"], {"items": (), "request": None}),
    ],
    ids=repr,
)
def test_other_outcomes(data, expected):
    [result] = AgentQuery.from_body(tool(data)).results
    assert {key: getattr(result, key) for key in expected} == expected


def test_files_come_as_base64_or_as_an_address():
    pdf = {"content": base64.b64encode(b"%PDF").decode(), "data_format": {"data_type": "pdf", "filename": "a.pdf"}}
    linked = {"url": "https://example.com/a.pdf", "data_format": {"data_type": "pdf", "filename": "b.pdf"}}
    [result] = AgentQuery.from_body(
        tool([{"items": [pdf, linked, {**linked, "url": None, "file_reference": "r"}]}])
    ).results
    assert result.items[0].bytes() == b"%PDF"
    assert (result.items[0].data_type, result.items[0].filename) == ("pdf", "a.pdf")
    assert [item.url for item in result.items] == [None, "https://example.com/a.pdf", "r"]


@pytest.mark.parametrize("read", ["json", "rows", "bytes"])
def test_text_is_not_read_as_something_else(read):
    [result] = AgentQuery.from_body(tool([{"items": [{"content": "plain text!"}]}])).results
    with pytest.raises(ShapeError, match=r"\.text"):
        getattr(result.items[0], read)()


def test_a_list_of_numbers_is_no_rows():
    with pytest.raises(ShapeError, match="no rows"):
        agents.Item("[1]").rows()


def test_a_new_question_has_no_results():
    query = AgentQuery.from_body({"messages": [*BODY["messages"], {"role": "human", "content": "New"}]})
    assert (query.results, query.extra_state, query.text) == ((), {}, "New")


@pytest.mark.parametrize(
    "content",
    [CALL, json.dumps(CALL), json.dumps(json.dumps(CALL))],
    ids=["object", "text", "text in text"],
)
def test_a_call_is_recognised_however_it_was_encoded(content):
    query = AgentQuery.from_body({"messages": [{"role": "ai", "content": content}]})
    assert (query.last.function, query.last.content) == ("get_widget_data", "")
    assert query.text == ""


@pytest.mark.parametrize("content", ['{"a": 1}', "{not json", '"quoted"', "", "{}"])
def test_text_that_looks_like_json_stays_text(content):
    query = AgentQuery.from_body({"messages": [{"role": "ai", "content": content}]})
    assert (query.last.function, query.last.content) == (None, content)


@pytest.mark.parametrize(
    "body", [{}, {"messages": []}, {"messages": "x"}, {"messages": [{"role": "alien"}, 5]}], ids=repr
)
def test_a_body_without_messages_is_refused(body):
    with pytest.raises(RequestError) as raised:
        AgentQuery.from_body(body)
    assert raised.value.status == 422
    assert raised.value.errors[0]["loc"] == ["body", "messages"]


def test_keys_and_content_are_not_in_the_repr():
    text = repr(AgentQuery.from_body(BODY))
    assert "secret" not in text
    assert "1.5" not in text


def test_a_query_is_frozen():
    query = AgentQuery.from_body(BODY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        query.timezone = "UTC"


def test_the_sdk_reads_the_same():
    ours, theirs = (
        AgentQuery.from_body(BODY),
        sdk.QueryRequest.model_validate(copy.deepcopy(BODY)),
    )  # which writes to it
    assert [message.role for message in ours.messages] == [message.role.value for message in theirs.messages]
    assert ours.messages[3].function == theirs.messages[3].content.function
    assert [item.content for item in ours.results[0].items] == [
        item.content for item in theirs.messages[-1].data[0].items
    ]
    assert ours.results[1].error == theirs.messages[-1].data[1].content
    for our, their in zip(ours.widgets, [*theirs.widgets.primary, *theirs.widgets.secondary], strict=True):
        assert (our.widget_id, our.uuid, our.name) == (their.widget_id, str(their.uuid), their.name)
        assert [param.current_value for param in our.params] == [param.current_value for param in their.params]
    assert ours.tools[0].input_schema == theirs.tools[0].input_schema
    assert ours.options == theirs.workspace_options


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = sorted(set(BODY) - {"messages"})
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["human", "ai", "tool", "x"])},
    optional=dict.fromkeys(("content", "data", "input_arguments", "extra_state", "function", "agent_id"), JSON),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MESSAGE, max_size=3), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_whatever_else_is_in_the_body_a_question_is_read(messages, rest):
    try:
        query = AgentQuery.from_body({"messages": messages, **rest})
    except RequestError as refused:
        assert refused.status == 422
        return
    assert isinstance(query.text, str)
    for result in query.results:
        assert isinstance(result.text, str)
    for widget in query.widgets:
        agents.get_widget_data(widget)
