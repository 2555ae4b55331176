"""Flask's URL rules, read and written as the manifest needs them. Called by ``routes``, ``build`` and ``hooks``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from werkzeug.routing import Rule

from ..manifest.wire import wire_text

_ARGUMENT = re.compile(r"<(?:(?P<converter>\w+)(?:\([^<>]*\))?:)?(?P<name>[A-Za-z_]\w*)>")
_PATH_TYPES: Mapping[str, type] = {"int": int, "float": float}


def is_whole_url(endpoint: Any) -> bool:
    """Whether an endpoint is a whole URL, below no backend's."""
    return isinstance(endpoint, str) and endpoint.startswith(("http://", "https://"))


def relative_url(rule: str, prefix: str) -> str | None:
    """A Flask rule as the manifest's endpoint, or None if it lies outside the prefix.

    :param rule: ``"/openbb/stock/<string:symbol>/"``.
    :param prefix: ``"/openbb"``, or empty.
    :return: ``"stock/{symbol}"``: no slash at either end, since Workspace strips them.

    Source: CLIENT lib/utils/widgetParams.ts, ``createURLString`` and ``parsePathParams``.
    """
    if prefix and not rule.startswith(prefix + "/"):
        return None
    return _ARGUMENT.sub(r"{\g<name>}", rule[len(prefix) :]).strip("/")


def fill_rule(rule: str, values: Mapping[str, Any]) -> str:
    """The path a rule has with these values, not quoted.

    >>> fill_rule("/stock/<string(length=4):symbol>/", {"symbol": "BRK B"})
    '/stock/BRK B/'
    """

    def text(match: re.Match[str]) -> str:
        value = values.get(match["name"], "")
        return (wire_text(value) if isinstance(value, Enum | date) else None) or str(value)

    return _ARGUMENT.sub(text, rule)


def loose_pattern(rule: str) -> re.Pattern[str]:
    """Match every path that looks like a rule, whatever stands in place of its arguments.

    Workspace puts values there as they are: nothing for a blank one, ``EUR/USD`` with its slash.
    """
    parts: list[str] = []
    end = 0
    for match in _ARGUMENT.finditer(rule):
        parts += [re.escape(rule[end : match.start()]), ".*"]
        end = match.end()
    text = "".join(parts) + re.escape(rule[end:])
    if text.endswith("/.*"):
        text = text.removesuffix("/.*") + "(?:/.*)?"
    return re.compile(text.rstrip("/") + "/?")


def path_types(rule: Rule) -> dict[str, type]:
    """The type each argument of a rule has, by name; those that a default decides are left out."""
    defaults = rule.defaults or {}
    return {
        match["name"]: _PATH_TYPES.get(match["converter"] or "", str)
        for match in _ARGUMENT.finditer(rule.rule)
        if match["name"] not in defaults
    }
