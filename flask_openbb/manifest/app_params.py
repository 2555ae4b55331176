"""Parameters as an app sees them: which a widget has, what a placement sets them to, which of them can be one group.

Reads the widgets' wire objects without trusting them. Imports this room's schemas and wire forms, no Flask. Called by
:mod:`.apps`, :mod:`.groups` and :mod:`.lint_app_params`.

Source: CLIENT lib/utils/app.ts (``updateWidgetGroupValues``, ``getEndpointParamDef``) and lib/utils/widgetParams.ts
(``handleEndpointParam``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from .dates import RelativeDate, parse_date
from .kind_params import FILE_SELECTOR
from .schema_params import effective_type
from .wire import read_number, wire_text
from .wire_fields import is_empty, is_number

GROUP_TYPES = ("param", "endpointParam", "ticker")
_WITHOUT_VALUE = ("button", "form")


class Wrong(NamedTuple):
    """What is wrong with a value, and what to do."""

    message: str
    fix: str = ""


def flat_params(widget: Any) -> list[Mapping[str, Any]] | None:
    """List a widget's parameters, rows taken apart, or None where the widget is none."""
    if not isinstance(widget, Mapping):
        return None
    params = widget.get("params")
    rows = params if isinstance(params, list | tuple) else ()
    flat = [item for row in rows for item in (row if isinstance(row, list | tuple) else (row,))]
    return [param for param in flat if isinstance(param, Mapping)]


def params_by_name(params: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Parameters under their names."""
    return {param["paramName"]: param for param in params if isinstance(param.get("paramName"), str)}


def group_type(param: Mapping[str, Any]) -> str | None:
    """Name the type of group that moves a parameter, or None where none does."""
    kind = effective_type(param)
    roles = param.get("roles")
    if (
        not isinstance(kind, str)
        or kind in _WITHOUT_VALUE
        or (isinstance(roles, list | tuple) and FILE_SELECTOR in roles)
    ):
        return None
    return {"endpoint": "endpointParam", "ticker": "ticker"}.get(kind, "param")


def sync_key(param: Mapping[str, Any], params: list[Mapping[str, Any]]) -> str:
    """Work out the name under which Workspace syncs a parameter whose options come from an endpoint.

    It is the last part of the options URL, with the parameter's name before it where the widget asks that URL twice.

    :param params: All parameters of its widget.
    """
    last = _last_part(param)
    times = Counter(_last_part(other) for other in params if effective_type(other) == "endpoint")
    return f"{param.get('paramName')}-{last}" if times[last] > 1 else last


def shape_of(param: Mapping[str, Any], params: list[Mapping[str, Any]]) -> tuple[object, ...] | None:
    """Describe what two parameters must share to be one group without a word from the user.

    :return: Something to compare: name, type, choices and number of values; None where no group moves it.
    """
    kind = group_type(param)
    if kind is None or not isinstance(param.get("paramName"), str):
        return None
    if kind == "ticker":  # Workspace moves a widget's first ticker, whatever its name.
        first = next(other for other in params if effective_type(other) == "ticker")
        return ("ticker",) if first is param else None
    choices: object = [option.get("value") for option in _options(param) or ()]
    if kind == "endpointParam":
        choices = (sync_key(param, params), param.get("optionsParams"))
    many = bool(param.get("multiSelect")), bool(param.get("multiple"))
    return kind, param["paramName"], effective_type(param), many, repr(choices)


def start_of(param: Mapping[str, Any], placed: Mapping[str, Any]) -> Any:
    """Tell the value a placed widget starts with, None where it is the view's own default.

    :param placed: What its placement sets, by name.
    """
    value = placed[param["paramName"]] if param.get("paramName") in placed else param.get("value")
    return None if is_empty(value) and not isinstance(value, list) else value


def placed_value(value: Any, param: Mapping[str, Any]) -> Any:
    """Write a Python value as ``state.params`` holds it.

    Dates, enums and decimals become text or numbers; a value whose text is that of an option becomes the option's
    own, because Workspace compares them by ``===``.

    :raises TypeError: If it has no wire form.
    """
    if isinstance(value, list | tuple | set | frozenset):
        return [placed_value(item, param) for item in value]
    if isinstance(value, Enum):
        return placed_value(value.value, param)
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if value is not None and not isinstance(value, bool) and not is_number(value):
        text = wire_text(value)
        if text is None or isinstance(value, float):
            raise TypeError(value.__class__.__name__)
        value = text
    for option in _options(param) or ():
        if _text(option.get("value")) == _text(value):
            return option.get("value")
    return value


def wrong_with(value: Any, param: Mapping[str, Any]) -> Wrong | None:
    """Say why a value does not fit a parameter, or None where it does.

    :param value: As in ``state.params`` or a group's ``defaultValue``; null and ``""`` always fit.
    """
    if value is None or value == "":
        return None
    kind = effective_type(param)
    if kind in _WITHOUT_VALUE:
        return Wrong(f"A {kind} has no value to start with.", "Leave it out.")
    many = bool(param.get("multiSelect")) or bool(param.get("multiple")) or kind in ("endpoint", "ticker")
    if isinstance(value, list | tuple) and not many:
        return Wrong("This parameter takes one value.", "Give one, or make the parameter a list.")
    options = _options(param)
    values = list(value) if isinstance(value, list | tuple) else [value]
    if options:
        known = [_text(option.get("value")) for option in options]
        if many and isinstance(value, str) and _text(value) not in known:
            values = [part.strip() for part in value.split(",")]
        missing = [item for item in values if _text(item) not in known]
        if missing:
            near = ", ".join(repr(option.get("value")) for option in options[:12])
            return Wrong(f"The parameter offers no {missing[0]!r}.", f"It offers {near}{', …' * (len(options) > 12)}.")
        return None
    return next((found for item in values if (found := _wrong_type(item, kind)) is not None), None)


def _wrong_type(value: Any, kind: Any) -> Wrong | None:
    if kind == "number" and read_number(value) is None:
        return Wrong("This parameter is a number.", "Give a number.")
    if kind == "boolean" and _text(value) not in ("true", "false"):
        return Wrong("This parameter is true or false.", "Give True or False.")
    if kind == "date":
        return _wrong_date(value)
    if kind in ("text", "tabs", "ticker") and not isinstance(value, str | int | float):
        return Wrong("This parameter is text.", "Give a string.")
    return None


def _wrong_date(value: Any) -> Wrong | None:
    fix = f"Give 'YYYY-MM-DD', or '{RelativeDate(-30)}' for 30 days ago."
    if not isinstance(value, str):
        return Wrong("This parameter is a date.", fix)
    try:
        parse_date(value)
    except ValueError:
        return Wrong("Workspace takes this date for today.", fix)
    return None


def _options(param: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """List static choices; None where there are none, or only a request knows them."""
    options = param.get("options")
    if effective_type(param) == "endpoint" or not isinstance(options, list | tuple):
        return None
    return [option for option in options if isinstance(option, Mapping)]


def _last_part(param: Mapping[str, Any]) -> str:
    url = param.get("optionsEndpoint")
    return url.rpartition("/")[2] if isinstance(url, str) else ""


def _text(value: Any) -> str:
    return wire_text(value) or "" if not isinstance(value, list | tuple | Mapping) else repr(value)
