"""Raw request values, checked and put in order before a schema reads them; and what its refusals say.

Owns the limits on one value, repeated keys, and the words of a 422 answer. Imports marshmallow and this room's
fields, no Flask. Called by :mod:`.params` for every request; ``web`` calls :func:`request_errors` and
:func:`describe`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, missing

from .fields import Problem, Whole
from .naming import one_line

LONGEST_VALUE = 100_000
"""Characters of one value, unless the caller says otherwise."""

_MOST_DESCRIBED = 5
_REQUIRED = "Missing data for required field."


@dataclass(frozen=True)
class Slot:
    """How one parameter's raw value is found and prepared."""

    wire: str
    """The query key."""
    many: bool
    """Whether a repeated key is several values rather than a mistake."""
    adapt: Callable[[Any], Any] | None = None
    """Makes Workspace's form of a value (or ``missing``) the one a user's own field reads."""


def gather_query(
    slots: Iterable[Slot], lists: Mapping[str, Sequence[str]], *, max_length: int, skip: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Take the known parameters from a query.

    :param lists: Every value of each key, in order.
    :param skip: Wire names to leave out.
    :return: One raw value a parameter, and the problems by wire name.
    """
    data: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for slot in slots:
        if slot.wire in skip:
            continue
        values = lists.get(slot.wire, ())
        problem = next((found for value in values if (found := _fault(value, max_length))), None)
        if problem is None and not slot.many and len(values) > 1:
            values = [value for value in values if value] or values[:1]
            if len(values) > 1:
                problem = Problem(f"Given {len(values)} times, but takes one value.", "repeated")
        if problem is not None:
            problems[slot.wire] = [problem]
            continue
        _put(data, problems, slot, (list(values) if slot.many else values[0]) if values else missing)
    return data, problems


def gather_body(
    slots: Iterable[Slot], body: Mapping[str, Any], *, max_length: int, skip: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Take the known parameters from a JSON object.

    :param body: JSON values by key.
    :return: As :func:`gather_query`.
    """
    data: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for slot in slots:
        if slot.wire in skip:
            continue
        value = body.get(slot.wire, missing)
        problem = next((found for text in _texts(value) if (found := _fault(text, max_length))), None)
        if problem is None and isinstance(value, list) and not slot.many and slot.adapt is None:
            problem = Problem(f"Given a list of {len(value)} values, but takes one value.", "repeated")
        if problem is not None:
            problems[slot.wire] = [problem]
            continue
        _put(data, problems, slot, Whole(value) if isinstance(value, list) else value)
    return data, problems


def request_errors(messages: Any, place: str) -> list[dict[str, Any]]:
    """Turn a ValidationError's messages into the ``errors`` of a 422 answer.

    :param messages: ``error.messages``: texts by parameter, perhaps nested by index or key.
    :param place: ``query``, ``body`` or ``path``.
    :return: One ``{"loc": [place, name], "msg": str, "type": str}`` a message; a message about the request as a
        whole has the name ``request``.

    Source: the Excel add-in reads ``loc[1]`` and ``msg``.

    .. versionadded:: 0.1
    """
    by_name = messages if isinstance(messages, Mapping) else {"_schema": messages}
    errors = []
    for name, told in by_name.items():
        shown = "request" if name == "_schema" else one_line(str(name), limit=60)
        for message in _flat(told):
            kind = getattr(message, "kind", "missing" if message == _REQUIRED else "invalid")
            errors.append({"loc": [place, shown], "msg": one_line(message), "type": kind})
    return errors


def describe(errors: Sequence[Mapping[str, Any]], *, most: int = _MOST_DESCRIBED, said: str = "Invalid request") -> str:
    """Put errors into one sentence on one line, for ``detail``.

    :param errors: As :func:`request_errors` gives them.
    :param most: How many are told; the others are counted.
    :param said: What stands before them.

    .. versionadded:: 0.1
    """
    told = []
    for error in errors[:most]:
        name = error["loc"][-1]
        message = str(error["msg"]).rstrip(".")
        told.append(message if name == "request" else f"{name}: {message}")
    rest = len(errors) - len(told)
    sentence = f"{said}: {'; '.join(told)}{f'; and {rest} more' if rest else ''}"
    return sentence if sentence.endswith("?") else f"{sentence}."


def _put(data: dict[str, Any], problems: dict[str, list[str]], slot: Slot, value: Any) -> None:
    if slot.adapt is not None:
        try:
            value = slot.adapt(value)
        except ValidationError as error:
            problems[slot.wire] = list(error.messages)
            return
    if value is not missing:
        data[slot.wire] = value


def _fault(text: str, max_length: int) -> Problem | None:
    if len(text) > max_length:
        return Problem(f"Too long: {len(text):,} characters, at most {max_length:,} are accepted.", "too_long")
    if "\0" in text:
        return Problem("Holds a NUL character.", "encoding")
    if not text.isascii() and ("\ufffd" in text or any("\ud800" <= char <= "\udfff" for char in text)):
        return Problem("Not valid UTF-8 text.", "encoding")
    return None


def _texts(value: Any) -> Iterator[str]:
    # As deep as a body may be; the caller limits its depth.
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            stack.extend(item.values())


def _flat(told: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(told, Mapping):
        for key, inner in told.items():
            label = f"item {key + 1}: " if isinstance(key, int) else "" if key == "_schema" else f"{key}: "
            yield from _flat(inner, prefix + label)
    elif isinstance(told, (list, tuple)):
        for inner in told:
            yield from _flat(inner, prefix)
    elif prefix or not isinstance(told, str):
        yield Problem(f"{prefix}{told}", getattr(told, "kind", "invalid"))
    else:
        yield told
