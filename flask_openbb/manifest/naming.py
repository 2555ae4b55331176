"""Words for people, made from names for machines.

Owns the rules that turn ``start_date`` into ``Start Date`` and a function into a name and a description, and the two
that make foreign text safe to put into a one-line message. Imports nothing of the package. Called all over this room.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def label_from(name: str) -> str:
    """Make a label from a Python or camelCase name.

    :param name: ``start_date``, ``startDate`` and ``START_DATE`` all become ``Start Date``.
    :return: Words that start with a capital; words that are all capitals in a mixed name keep them.

    .. versionadded:: 0.1
    """
    shouting = name.isupper()
    words = (word for part in re.split(r"[\W_]+", name) for word in _HUMP.split(part) if word)
    return " ".join(word.capitalize() if shouting else word[0].upper() + word[1:] for word in words) or name


def described(function: Callable[..., Any]) -> tuple[str, str]:
    """The name in title case, and the docstring's first paragraph on one line (the name where there is none).

    >>> def daily_prices():
    ...     '''Prices of one symbol,
    ...     day by day.
    ...
    ...     More for programmers.
    ...     '''
    >>> described(daily_prices)
    ('Daily Prices', 'Prices of one symbol, day by day.')
    """
    target = inspect.unwrap(function)
    while isinstance(target, functools.partial):
        target = inspect.unwrap(target.func)
    own_name = getattr(target, "__name__", type(target).__name__)
    if own_name in ("get", "post", "put", "dispatch_request") and "." in getattr(target, "__qualname__", ""):
        own_name = label_from(target.__qualname__.split(".")[-2])
    name = own_name if " " in own_name else own_name.replace("_", " ").strip().title() or own_name
    paragraph = (inspect.getdoc(target) or "").split("\n\n", 1)[0]
    return name, " ".join(paragraph.split()) or name


def one_line(text: str, *, limit: int = 300) -> str:
    """Make text printable on one line.

    Control, format and private characters and lone surrogates go away, white space becomes single spaces.

    :param limit: The most characters kept; what is cut shows as ``…``.

    .. versionadded:: 0.1
    """
    # Only a bounded head is looked at: a request may hold a megabyte.
    head = text[: 2 * limit + 2]
    clean = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in head)
    clean = " ".join(clean.split())
    if len(clean) > limit or len(head) < len(text):
        clean = clean[: limit - 1] + "…"
    return clean


def echo(value: Any) -> str:
    """Quote a value of a request for a message: at most 40 characters, printable, one line.

    .. versionadded:: 0.1
    """
    if isinstance(value, str):
        return f"'{one_line(value, limit=40)}'"
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**38 else "a very large number"
    return {"dict": "an object", "list": "a list"}.get(type(value).__name__, f"a {type(value).__name__}")
