"""What an agent is asked: the body that Workspace posts, read into frozen objects.

Liberal: keys that are missing, unknown or of another type count as not there, since clients are older and newer than
this; only a body without messages is refused. What may be a secret is kept out of every ``repr``. Imports its own room
and :mod:`flask_openbb.errors` only; called by ``web`` for each request.

Source: PyPI openbb-ai 2.2, ``QueryRequest``; CLIENT components/AI/hooks/useAiFetchRequestInit.tsx.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from ..errors import RequestError
from .reading import mapping, mappings, text
from .results import Item, Result, read_items, read_results
from .widgets import Widgets, read_widgets

Role = Literal["human", "ai", "tool"]

_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Message:
    """One message of the conversation.

    .. versionadded:: 0.1
    """

    role: Role
    content: str = ""
    """The text of the human or the agent."""
    agent_id: str | None = None
    """Which agent wrote it."""
    function: str | None = None
    """What was called, in the agent's message that calls it and in the tool's that answers."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """The call's arguments."""
    results: tuple[Result, ...] = ()
    """What came of the call: one for each data source, in the order asked."""
    extra_state: Mapping[str, Any] = field(default_factory=dict)
    """What the agent gave the call to bring back."""


@dataclass(frozen=True)
class Context:
    """Data that come with the question: earlier artifacts of the chat, cells selected in a table.

    .. versionadded:: 0.1
    """

    name: str
    description: str = ""
    items: tuple[Item, ...] = ()
    uuid: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Tool:
    """An MCP tool that the user has enabled; sent to agents with the feature ``mcp-tools``.

    .. versionadded:: 0.1
    """

    name: str
    server_id: str = ""
    url: str = ""
    description: str = ""
    input_schema: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """JSON Schema of the arguments."""
    auth_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Skill:
    """A skill of the user's: instructions for a kind of task.

    .. versionadded:: 0.1
    """

    slug: str
    description: str = ""
    content: str = ""
    """The instructions, in Markdown; empty in the catalogue, see :func:`get_skill`."""


@dataclass(frozen=True)
class AgentQuery:
    """One question to an agent, with the conversation so far and what Workspace tells of its state.

    .. versionadded:: 0.1
    """

    messages: tuple[Message, ...]
    widgets: Widgets = field(default_factory=Widgets)
    context: tuple[Context, ...] = ()
    urls: tuple[str, ...] = ()
    """Addresses in the question."""
    timezone: str = "UTC"
    """The user's, such as ``Europe/Zurich``."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the user chose of the agent's features (``workspace_options``); a toggle that is off is not there."""
    model: str | None = None
    """The model chosen of those in agents.json."""
    tools: tuple[Tool, ...] = ()
    skills: tuple[Skill, ...] = ()
    """The catalogue of skills."""
    selected_skills: tuple[Skill, ...] = ()
    """Skills that the user called by name."""
    workspace: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """``workspace_state`` as sent."""
    api_keys: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The user's own keys for language models. Keep them out of logs."""
    trace_id: str | None = None
    """The conversation's id, from the header ``X-Trace-Id``."""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole body as sent."""

    @classmethod
    def from_body(cls, body: Mapping[str, Any], *, trace_id: str | None = None) -> AgentQuery:
        """Read the body of a request.

        :raises RequestError: 422 if it holds no messages.
        """
        widgets = read_widgets(body.get("widgets"))
        names = {widget.uuid: widget.name for widget in widgets if widget.uuid}
        found = [_message(one, names) for one in mappings(body.get("messages"))]
        messages = tuple(message for message in found if message is not None)
        if not messages:
            raise RequestError(
                422,
                "The body has no messages. Send {'messages': [{'role': 'human', 'content': 'Hello'}]}.",
                errors=[{"loc": ["body", "messages"], "msg": "At least one message is needed.", "type": "missing"}],
            )
        urls = body.get("urls")
        return cls(
            messages=messages,
            widgets=widgets,
            context=tuple(map(_context, mappings(body.get("context")))),
            urls=tuple(filter(None, map(text, urls))) if isinstance(urls, list) else (),
            timezone=text(body.get("timezone")) or "UTC",
            options=mapping(body.get("workspace_options")),
            model=text(body.get("model")) or None,
            tools=tuple(_tool(tool) for tool in mappings(body.get("tools")) if text(tool.get("name"))),
            skills=_skills(body.get("skills_catalog")),
            selected_skills=_skills(body.get("selected_skills")),
            workspace=mapping(body.get("workspace_state")),
            api_keys={key: value for key, value in mapping(body.get("api_keys")).items() if value is not None},
            trace_id=trace_id,
            body=body,
        )

    @property
    def last(self) -> Message:
        """The message to answer: a human's, or a tool's with what the agent asked for."""
        return self.messages[-1]

    @property
    def text(self) -> str:
        """What the human said last."""
        return next((one.content for one in reversed(self.messages) if one.role == "human"), "")

    @property
    def results(self) -> tuple[Result, ...]:
        """What Workspace fetched for the agent since it was asked; empty for a new question.

        .. versionadded:: 0.1
        """
        return self.last.results if self.last.role == "tool" else ()

    @property
    def extra_state(self) -> Mapping[str, Any]:
        """What the agent gave its last function call to bring back."""
        return self.last.extra_state if self.last.role == "tool" else _EMPTY

    @property
    def dashboard(self) -> Mapping[str, Any]:
        """The dashboard that the user looks at: ``id``, ``name``, ``current_tab_id``, ``tabs``."""
        return mapping(self.workspace.get("current_dashboard_info"))


def _message(given: Mapping[str, Any], names: Mapping[str, str]) -> Message | None:
    role = given.get("role")
    if role == "tool":
        arguments = mapping(given.get("input_arguments"))
        return Message(
            role="tool",
            function=text(given.get("function")) or None,
            arguments=arguments,
            results=read_results(given.get("data"), arguments, names),
            extra_state=mapping(given.get("extra_state")),
        )
    if role not in ("human", "ai"):
        return None
    content = given.get("content")
    agent_id = text(given.get("agent_id")) or None
    called = _called(content) if role == "ai" else None
    if called is not None:
        arguments = mapping(called.get("input_arguments"))
        return Message(role="ai", agent_id=agent_id, function=str(called["function"]), arguments=arguments)
    return Message(role=role, content=text(content), agent_id=agent_id)


def _called(content: Any) -> Mapping[str, Any] | None:
    """The function call in an agent's message, where it is an object or, as JSON, its text: perhaps encoded twice."""
    for _ in range(2):
        if isinstance(content, str) and content.lstrip()[:1] in ("{", '"'):
            try:
                content = orjson.loads(content)
            except orjson.JSONDecodeError:
                return None
    found = mapping(content)
    return found if isinstance(found.get("function"), str) else None


def _context(given: Mapping[str, Any]) -> Context:
    return Context(
        name=text(given.get("name")),
        description=text(given.get("description")),
        items=read_items(given.get("data")),
        uuid=text(given.get("uuid")),
        metadata=mapping(given.get("metadata")),
    )


def _tool(given: Mapping[str, Any]) -> Tool:
    return Tool(
        name=text(given.get("name")),
        server_id=text(given.get("server_id")),
        url=text(given.get("url")),
        description=text(given.get("description")),
        input_schema=mapping(given.get("input_schema")),
        auth_token=text(given.get("auth_token")) or None,
    )


def _skills(value: Any) -> tuple[Skill, ...]:
    return tuple(
        Skill(
            slug=text(given.get("slug")),
            description=text(given.get("description")),
            content=text(given.get("contentMarkdown")),
        )
        for given in mappings(value)
    )
