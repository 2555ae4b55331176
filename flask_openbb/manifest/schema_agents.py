"""The schemas of agents.json.

No Flask, nothing that looks beyond one agent. Called by :mod:`.schemas` and :mod:`.lint`.

Source: OpenBB docs, agents.json reference, ai-features/custom-agent-features and ai-features/user-feedback; CLIENT
lib/state/copilot.ts, ``copilotSchema``: one agent that it refuses takes all of the backend's agents with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .near_misses import did_you_mean
from .specs import Agent
from .wire_fields import AnyOf, Choice, Finding, Flag, ListOf, Text, json_type
from .wire_schema import Keys, Object, Parts, WireSchema, WrongKey, held_by, merged

FEATURES = (
    "streaming",
    "widget-dashboard-select",
    "widget-dashboard-search",
    "widget-global-search",
    "file-upload",
    "mcp-tools",
    "generative-ui",
    "agent-orchestration",
    "feedback",
)
"""What Workspace does for an agent that says true.

Source: CLIENT lib/constants.ts, ``ALL_AI_FEATURES``.
"""
CONTROLS = ("toggle", "text", "select")
"""What a feature of the agent's own may be."""

_USE_FEATURES = WrongKey("warning", "Use 'features'.", "Workspace still reads this old key, and may stop doing so.")


class EndpointsSchema(WireSchema):
    """Where an agent is asked."""

    held = frozenset({"query"})
    keys = Keys(unknown="kept")

    query = Text(required=True, min_length=1)
    feedback = Text(min_length=1)


class ChoiceSchema(WireSchema):
    """One choice of a select control."""

    label = Text(required=True)
    value = Text(required=True)


class ControlSchema(WireSchema):
    """A feature of the agent's own, which the user sets."""

    label = Text(required=True)
    type = Choice(CONTROLS)
    default = AnyOf(Flag(), Text(), noun="a boolean or a string")
    description = Text()
    placeholder = Text()
    options = ListOf(Object(ChoiceSchema))

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings; a select needs choices, and its default has to be one of them."""
        yield from super().findings(wire)
        if wire.get("type") != "select":
            return
        options = wire.get("options")
        if not isinstance(options, list | tuple) or not options:
            yield Finding("warning", ("options",), "A select without options cannot be set.", fix="List its options.")
            return
        values = tuple(str(option.get("value")) for option in options if isinstance(option, Mapping))
        if wire.get("default") is not None and wire["default"] not in values:
            yield Finding("warning", ("default",), "The default is none of the options.", wire["default"], values)


class FeaturesSchema(WireSchema):
    """What an agent can do; other keys are the agent's own controls."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.control = ControlSchema()

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of every feature."""
        for key, value in wire.items():
            if isinstance(value, Mapping):
                for finding in self.control.findings(value):
                    yield finding.under(key)
            elif not isinstance(value, bool):
                message = f"A boolean or a control is wanted here, not {json_type(value)}."
                fix = "Write true, or {'label': ..., 'default': false}."
                yield Finding("error", (key,), message, value, fix=fix)
            elif key not in FEATURES:
                fix = did_you_mean(key, FEATURES) or "Give it a label, as in {'label': 'Deep research'}."
                message = "Workspace does not know this feature and shows no control for it."
                yield Finding("warning", (key,), message, value, fix=fix)


class ModelSchema(WireSchema):
    """One language model that the user may choose."""

    id = Text(required=True)
    name = Text(required=True)


class AgentSchema(WireSchema):
    """One entry of agents.json in its object form, keyed by id."""

    spec = Agent
    held = held_by(Agent) | {"endpoints"}
    keys = Keys(
        unknown="dropped",
        wrong={
            "query": WrongKey("warning", "Put it at endpoints.query.", "Workspace drops this key without a word."),
            "url": WrongKey("warning", "Put it at endpoints.query.", "Workspace drops this key without a word."),
            "hasStreaming": _USE_FEATURES,
            "hasDocuments": _USE_FEATURES,
            "hasFunctionCalling": _USE_FEATURES,
        },
        silent=frozenset({"id"}),
    )

    name = Text(required=True, min_length=1)
    description = Text(required=True, min_length=1)
    image = Text(min_length=1)
    link = Text(min_length=1)
    endpoints = Object(EndpointsSchema, required=True)
    features = Object(FeaturesSchema, keep=True, required=True)
    models = ListOf(Object(ModelSchema, keep=True))

    def unpack(self, obj: Any) -> Mapping[str, Any]:
        """Nest the query URL."""
        attrs = dict(super().unpack(obj))
        return {**attrs, "endpoints": {"query": attrs.pop("query", None)}}

    def build(self, attrs: dict[str, Any], extra: dict[str, Any]) -> Any:
        """Flatten the query URL; other endpoints stay nested in ``extra``."""
        endpoints = attrs.pop("endpoints", Parts({}, {}))
        attrs.update(endpoints.attrs)
        if endpoints.extra:
            merged(extra, {"endpoints": endpoints.extra})
        extra.pop("id", None)
        return super().build({"id": "", **attrs}, extra)
