"""The events of an agent's answer, and how each looks as a Server-Sent Event.

Owns :class:`Event`, the plain ones of the builders, and :func:`event_of`, which reads whatever a view yields. Imports
``shape`` and :mod:`flask_openbb.errors` only; called by views, by this room and, to send them, by ``web``.

Source: PyPI openbb-ai 2.2, ``models``: ``BaseSSE`` and the classes made of it; WHATWG HTML, server-sent events; CLIENT
components/AI/hooks/useStreamResponse.tsx, ``processStream``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from ..errors import EncodeError, ShapeError
from ..shape.encode import Form
from ..shape.rows import describe

MESSAGE = "copilotMessageChunk"
STATUS = "copilotStatusUpdate"
ARTIFACT = "copilotMessageArtifact"
CITATIONS = "copilotCitationCollection"
SUGGESTIONS = "copilotPromptSuggestions"
FUNCTION_CALL = "copilotFunctionCall"

StatusKind = Literal["INFO", "WARNING", "ERROR"]

_STATUS_KINDS: Mapping[str, StatusKind] = {
    "INFO": "INFO",
    "SUCCESS": "INFO",  # OpenBB's docs write it; the SDK and the client know it not
    "WARNING": "WARNING",
    "ERROR": "ERROR",
}
_NOT_SHOWN = frozenset(
    {
        "lastupdated",
        "source",
        "id",
        "uuid",
        "storedfileuuid",
        "datakey",
        "originalfilename",
        "extension",
        "category",
        "subcategory",
        "transcript_url",
    }
)
"""Keys that the SDK takes out of details."""
# As the SDK writes them: a number that JavaScript rounds stays a number.
_FORM = Form(big_ints=False, decimals="number")
_YIELD = "Yield text, or what a function of flask_openbb.agents returns."


@dataclass(frozen=True)
class Event:
    """One event of an agent's answer.

    .. versionadded:: 0.1
    """

    name: str
    """Its name in the stream, such as ``copilotMessageChunk``."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What it carries: text, numbers, lists and mappings."""

    @property
    def ends(self) -> bool:
        """Whether the stream ends with it: Workspace does what it says, then asks again with the outcome."""
        return self.name == FUNCTION_CALL

    def encode(self) -> bytes:
        """Write it as a Server-Sent Event, its data on one line of JSON."""
        return b"event: %s\ndata: %s\n\n" % (self.name.encode(), _FORM.dumps(dict(self.data)))


def text(chunk: str) -> Event:
    """Write a piece of the answer, in Markdown; the pieces are shown one after the other.

    A view may yield the text itself.

    Source: PyPI openbb-ai, ``message_chunk``.

    .. versionadded:: 0.1
    """
    if not isinstance(chunk, str):
        raise ShapeError(f"agents.text() takes text, not {describe(chunk)}.")
    return Event(MESSAGE, {"delta": clean_text(chunk)})


def reasoning(
    message: str,
    *,
    details: Any = None,
    kind: str = "INFO",
    artifacts: Sequence[Event] = (),
    hidden: bool = False,
) -> Event:
    """Tell a step on the way to the answer.

    :param details: More about it: a mapping, a text, or a list of them. Keys such as ``id``, ``url`` and ``source``
        are left out, as the SDK does.
    :param kind: ``"INFO"``, ``"WARNING"`` or ``"ERROR"``. With ``ERROR`` Workspace forgets the last data it fetched
        for the agent: it takes them for too many.
    :param artifacts: What :func:`table`, :func:`chart` and the others return, shown with the step.
    :param hidden: Keep the chat waiting without showing the step.
    :raises ShapeError: For an unknown ``kind``.

    Source: PyPI openbb-ai, ``reasoning_step`` and ``StatusUpdateSSEData``; CLIENT
    components/AI/hooks/useStreamResponse.tsx.

    .. versionadded:: 0.1
    """
    known = _STATUS_KINDS.get(kind.upper() if isinstance(kind, str) else "")
    if known is None:
        raise ShapeError(f"agents.reasoning(kind={kind!r}) is not known. Use 'INFO', 'WARNING' or 'ERROR'.")
    data: dict[str, Any] = {
        "eventType": known,
        "message": clean_text(str(message)),
        "group": "reasoning",
        "details": details_of(details, "agents.reasoning()", more=frozenset({"url"})),
        "hidden": bool(hidden),
    }
    if artifacts:
        for artifact in artifacts:
            if not isinstance(artifact, Event) or artifact.name != ARTIFACT:
                raise ShapeError("agents.reasoning(artifacts=...) takes what agents.table() and agents.chart() return.")
        data["artifacts"] = [dict(artifact.data) for artifact in artifacts]
    return Event(STATUS, data)


def suggestions(*prompts: str) -> Event:
    """Offer prompts to go on with, below the answer.

    Source: PyPI openbb-ai, ``prompt_suggestions``.

    .. versionadded:: 0.1
    """
    for prompt in prompts:
        if not isinstance(prompt, str):
            raise ShapeError(f"agents.suggestions() takes texts, one an argument, not {describe(prompt)}.")
    return Event(SUGGESTIONS, {"suggestions": [clean_text(prompt) for prompt in prompts]})


def event_of(item: Any) -> Event | None:
    """Read what a view yields.

    :param item: Text; an :class:`Event`; an event of the SDK, or its ``model_dump()``, a mapping with ``event`` and
        ``data``. Nothing, or an empty text, is no event: language models stream them.
    :raises ShapeError: For anything else.

    .. versionadded:: 0.1
    """
    if item is None or isinstance(item, Event):
        return item
    if isinstance(item, str):
        return text(item) if item else None
    if hasattr(item, "model_dump") and hasattr(item, "event"):
        item = item.model_dump()
    if isinstance(item, Mapping) and isinstance(item.get("event"), str) and "data" in item:
        return Event(_name(item["event"]), _data(item["data"]))
    raise ShapeError(f"The agent yielded {describe(item)}, which is no event. {_YIELD}")


def _name(name: str) -> str:
    if not name.isascii() or not name.isprintable() or not name:
        raise ShapeError(f"An event is named {name!r}. {_YIELD}")
    return name


def _data(data: Any) -> Mapping[str, Any]:
    # The client stops at data that is not JSON.
    if isinstance(data, str | bytes):
        try:
            data = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise ShapeError(f"An event's data is not JSON: {error.msg}. {_YIELD}") from None
    elif hasattr(data, "model_dump"):
        data = data.model_dump(mode="json", exclude_none=True)
    if not isinstance(data, Mapping):
        raise ShapeError(f"An event's data is {describe(data)}, not an object. {_YIELD}")
    return data


def clean_text(value: str) -> str:
    """Text that every JSON parser reads: half a character becomes ``?``."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def plain(value: Any, where: str) -> Any:
    """What a value is once it was written as JSON and read again.

    :raises ShapeError: If it has no JSON form.
    """
    try:
        return orjson.loads(_FORM.dumps(value))
    except EncodeError as error:
        raise ShapeError(f"{where}: {error}") from error.__cause__


def details_of(details: Any, where: str, *, more: frozenset[str] = frozenset()) -> list[Any]:
    """Details as the SDK sends them: a list of texts and mappings, without the keys that mean nothing to readers."""
    if details is None or (not details and isinstance(details, str | Mapping)):
        return []
    found = plain(list(details) if isinstance(details, list | tuple) else [details], where)
    return [
        {key: value for key, value in one.items() if key.lower() not in _NOT_SHOWN | more}
        if isinstance(one, dict)
        else str(one)
        for one in found
    ]
