"""Envelopes: answers that hold their rows, or another body, under a path, with metadata beside it.

Owns the reading of ``data_key``, so that the path in the manifest and the nesting of the answer are one thing,
and the guess where none was declared. Imports :mod:`.rows` only; called by :mod:`.bodies`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .rows import frame_reader, is_record, record_reader

Steps = tuple[str, ...]
"""Keys from the answer to its body; an index of a list is a key of digits, as in lodash."""

NAMES = ("results", "data", "rows", "records", "items")
"""Keys that say by themselves that what they hold are the rows."""

_STEP = re.compile(r"""\[(?:(['"])(?P<quoted>.*?)\1|(?P<index>\d+))\]|(?P<name>[^.\[\]]+)""")


def parse(data_key: str) -> Steps:
    """Split a path: ``a.b[0]['c.d']`` has the steps ``a``, ``b``, ``0`` and ``c.d``.

    :param data_key: A lodash path, as the manifest names it.
    :return: Its steps; none if it is no path.

    Source: lodash, ``_.get``, which the client reads ``data.dataKey`` with.

    .. versionadded:: 0.1
    """
    groups = (match.group("quoted", "index", "name") for match in _STEP.finditer(data_key))
    return tuple(next(step for step in group if step is not None) for group in groups)


def locate(answer: Any, data_key: str) -> Steps | None:
    """Find the path in an answer, or say that it is not there.

    :param answer: A record; a key that is the whole path, dots and all, is found first, as in lodash.
    :return: The steps that lead to the body, or None.

    .. versionadded:: 0.1
    """
    if data_key in as_mapping(answer):
        return (data_key,)
    steps = parse(data_key)
    here = answer
    for step in steps:
        if is_record(here):
            mapping = as_mapping(here)
            if step not in mapping:
                return None
            here = mapping[step]
        elif isinstance(here, (list, tuple)) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return steps


def replace(answer: Any, steps: Steps, change: Callable[[Any], Any]) -> Any:
    """Copy an answer with its body changed; what lies beside the path is the same objects.

    .. versionadded:: 0.1
    """
    if not steps:
        return change(answer)
    first, rest = steps[0], steps[1:]
    if is_record(answer):
        mapping = dict(as_mapping(answer))
        mapping[first] = replace(mapping[first], rest, change)
        return mapping
    items = list(answer)
    items[int(first)] = replace(items[int(first)], rest, change)
    return items


def wrap(body: Any, data_key: str) -> Any:
    """Put a bare body under a path.

    .. versionadded:: 0.1
    """
    for step in reversed(parse(data_key)):
        body = {step: body}
    return body


def guess(answer: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    """Guess which key of an undeclared envelope holds the rows.

    :param answer: A mapping that a view returned.
    :return: The key, or None if the mapping is rather one row; and all keys that hold records.

    .. versionadded:: 0.1
    """
    holding = [key for key, value in answer.items() if _holds_records(value)]
    named = [key for key in holding if key in NAMES]
    if len(named) == 1:
        return named[0], holding
    if not holding:
        empty = [key for key in NAMES if isinstance(answer.get(key), (list, tuple)) and not answer[key]]
        return (empty[0] if len(empty) == 1 else None), holding
    beside = [value for key, value in answer.items() if key not in holding]
    if len(holding) == 1 and all(map(_is_metadata, beside)):
        return holding[0], holding
    return None, holding


def as_mapping(record: Any) -> Mapping[Any, Any]:
    """Read a record as a mapping; a mapping is returned as it is."""
    if isinstance(record, Mapping):
        return record
    read = record_reader(type(record))
    return {} if read is None else read(record)


def _holds_records(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and not is_record(value) and all(map(is_record, value))
    return frame_reader(type(value)) is not None


def _is_metadata(value: Any) -> bool:
    return value is None or is_record(value) or (isinstance(value, (list, tuple)) and not value)
