"""Apps and agents to wire objects and back."""

import pytest

from flask_openbb.errors import ManifestError
from flask_openbb.manifest.lint import lint_agents, lint_apps
from flask_openbb.manifest.schemas import dump_agent, dump_app, load_agent, load_app
from flask_openbb.manifest.specs import Agent, App, Group, McpServer, Placement, Tab

FULL_APP = App(
    "Hello",
    description="d",
    tabs=[
        Tab(
            id="main",
            name="Main",
            layout=[
                Placement("a", x=0, y=0, w=20, h=9, groups=["Group 1"], state={"params": {"p": 1}}, extra={"minW": 8}),
                Placement("b", x=20, y=0, w=20, h=9),
            ],
        ),
        Tab(id="more", name="More"),
    ],
    groups=[Group(name="Group 1", type="param", param_name="p", widget_ids=["a"], default_value=0)],
    prompts=["What moved today?"],
    img="i.png",
    img_dark="d.png",
    img_light="l.png",
    allow_customization=False,
    id="custom-hello",
    template_id="hello",
    selected_agent="copilot",
    authentication="none",
    mcp_servers=[{"name": "m", "url": "https://example.com/mcp", "authType": "token"}],
    extra={"later": 1},
)
FULL_APP_WIRE = {
    "templateId": "hello",
    "id": "custom-hello",
    "name": "Hello",
    "description": "d",
    "img": "i.png",
    "img_dark": "d.png",
    "img_light": "l.png",
    "allowCustomization": False,
    "selected_agent": "copilot",
    "authentication": "none",
    "tabs": {
        "main": {
            "id": "main",
            "name": "Main",
            "layout": [
                {
                    "i": "a",
                    "x": 0,
                    "y": 0,
                    "w": 20,
                    "h": 9,
                    "groups": ["Group 1"],
                    "state": {"params": {"p": 1}},
                    "minW": 8,
                },
                {"i": "b", "x": 20, "y": 0, "w": 20, "h": 9},
            ],
        },
        "more": {"id": "more", "name": "More", "layout": []},
    },
    "groups": [{"name": "Group 1", "type": "param", "paramName": "p", "widgetIds": ["a"], "defaultValue": 0}],
    "prompts": ["What moved today?"],
    "mcpServers": [{"name": "m", "url": "https://example.com/mcp", "authType": "token"}],
    "later": 1,
}


def test_dump_every_app_field() -> None:
    assert dump_app(FULL_APP) == FULL_APP_WIRE
    assert [fault for fault in lint_apps([FULL_APP_WIRE]) if fault.severity == "error"] == []


def test_app_round_trip() -> None:
    loaded = load_app(FULL_APP_WIRE)
    assert dump_app(loaded) == FULL_APP_WIRE
    assert loaded.extra == {"later": 1}
    assert loaded.tabs[0].layout[0].extra == {"minW": 8}


def test_app_dump_always_has_what_mcp_asks_for() -> None:
    assert dump_app(App("A")) == {"name": "A", "allowCustomization": True, "tabs": {}, "groups": [], "prompts": []}


def test_load_app_reads_the_snake_case_alias() -> None:
    server = {"name": "m", "url": "https://example.com"}
    assert load_app({"name": "A", "tabs": {}, "mcp_servers": [server]}).mcp_servers == (
        McpServer("m", "https://example.com"),
    )
    both = load_app({"name": "A", "tabs": {}, "mcp_servers": [server], "mcpServers": []})
    assert (both.mcp_servers, both.extra) == ((), {"mcp_servers": [server]})


def test_load_app_reports_every_fault() -> None:
    with pytest.raises(ManifestError) as caught:
        load_app({"name": "A", "id": "mine", "groups": [{}]})
    assert [(fault.widget, fault.path) for fault in caught.value.faults] == [
        ("A", ("tabs",)),
        ("A", ("id",)),
        ("A", ("groups", 0, "name")),
        ("A", ("groups", 0, "type")),
    ]


def test_mcp_servers_are_typed() -> None:
    server = McpServer("m", "https://example.com", description="d", auth_type="token", extra={"later": 1})
    wire = {"name": "m", "url": "https://example.com", "description": "d", "authType": "token", "later": 1}
    assert dump_app(App("A", mcp_servers=[server]))["mcpServers"] == [wire]
    dumped = dump_app(App("A", mcp_servers=[{"name": "m", "url": "https://example.com", "authType": "oauth"}]))
    assert dumped["mcpServers"] == [{"name": "m", "url": "https://example.com", "authType": "oauth"}]
    assert load_app(dump_app(App("A", mcp_servers=[server]))).mcp_servers == (server,)


FULL_AGENT = Agent(
    id="quant",
    name="Quant",
    description="d",
    query="/query",
    image="i.png",
    features={"streaming": True},
    extra={"x": 1},
)
FULL_AGENT_WIRE = {
    "name": "Quant",
    "description": "d",
    "image": "i.png",
    "endpoints": {"query": "/query"},
    "features": {"streaming": True},
    "x": 1,
}


def test_agent_round_trip() -> None:
    assert dump_agent(FULL_AGENT) == FULL_AGENT_WIRE
    assert load_agent("quant", FULL_AGENT_WIRE) == FULL_AGENT
    assert [fault for fault in lint_agents({"quant": FULL_AGENT_WIRE}) if fault.severity == "error"] == []


def test_agent_dump_always_has_features_and_keeps_other_endpoints() -> None:
    agent = Agent(id="a", name="A", description="d", query="q", extra={"endpoints": {"health": "/h"}})
    wire = {"name": "A", "description": "d", "endpoints": {"query": "q", "health": "/h"}, "features": {}}
    assert dump_agent(agent) == wire
    assert load_agent("a", {**wire, "id": "a"}) == agent
