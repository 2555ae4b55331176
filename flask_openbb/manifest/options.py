"""Choices of a parameter as the manifest lists them, and values as the manifest writes them.

Owns the forms ``options=`` may take and the wire form of a default. Imports the errors and this room's specs, no
Flask. Called by :mod:`.arguments` and :mod:`.foreign` while a manifest is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from .specs import Options, Param
from .wire import read_number, wire_text

_FORMS = "Give scalars, (label, value) pairs or {'label': …, 'value': …}."


def is_dynamic(options: Options | None) -> bool:
    """Tell whether options come from a view or a URL, so that only a request can know them."""
    return isinstance(options, str) or callable(options)


def listed(options: Options | None, *, type: str | None) -> tuple[dict[str, Any], ...]:
    """Write static options as ``{"label": str, "value": …}`` mappings; dynamic ones give an empty tuple.

    Values are text unless the parameter's type is ``number``, ``boolean`` or ``button``: the client compares an
    option with the current value by ``===``, turns a text parameter's value into text, and drops values of 0.

    :param options: Scalars, ``(label, value)`` pairs, wire mappings, or ``{label: value}``.
    :raises TypeError: If one is none of these; the message names it.

    Source: the client's ParamDef schema, newParamDef and AdvancedSelect; OpenBB docs, widget-parameters/dropdown.
    """
    if options is None or is_dynamic(options):
        return ()
    items: Sequence[Any] = list(options.items()) if isinstance(options, Mapping) else list(options)  # type: ignore[arg-type]  # dynamic ones left above
    return tuple(_option(item, type) for item in items)


def wire_value(value: Any, *, type: str | None, many: bool = False) -> Any:
    """Write a default as the manifest holds it.

    :param type: The wire type of the parameter.
    :param many: Whether it takes several values; on ``endpoint`` parameters they stay a list, elsewhere they are
        one comma-joined text, because the client refuses lists as the value of a text parameter.
    :return: None if the value has no wire form, or is an empty list.

    Source: the client's ParamValueSchema (text wants a string, endpoint takes anything); OpenBB docs, file-viewer.
    """
    if isinstance(value, (list, tuple, set, frozenset)):
        texts = [text for item in value if (text := wire_text(item)) is not None]
        return (texts if type == "endpoint" else ",".join(texts)) if texts else None
    if many and type == "endpoint" and isinstance(value, str) and value:
        return [value]
    if isinstance(value, bool) and type in {"boolean", "endpoint", "button"}:
        return value
    number = None if isinstance(value, (bool, Enum)) else read_number(value)
    if type == "number" or (type in {"endpoint", "button"} and not isinstance(value, str)):
        if number is not None:
            return int(number) if number == number.to_integral_value() else float(number)
        if isinstance(value, float):
            return None  # an infinity or NaN
    return wire_text(value)


def completed(param: Param) -> Mapping[str, Any]:
    """Give the fields of a Param that were given, by name."""
    return {name: value for name, value in vars(param).items() if value is not None and (name != "extra" or value)}


def _option(item: Any, type: str | None) -> dict[str, Any]:
    if isinstance(item, Mapping):
        if "label" not in item and "value" not in item:
            raise TypeError(f"the option {dict(item)!r} has neither 'label' nor 'value'. {_FORMS}")
        value = _option_value(item["value"] if "value" in item else item["label"], type)
        return {**item, "label": str(item.get("label", value)), "value": value}
    if isinstance(item, (tuple, list)):
        if len(item) != 2:
            raise TypeError(f"the option {item!r} is not a (label, value) pair. {_FORMS}")
        return {"label": str(item[0]), "value": _option_value(item[1], type)}
    value = _option_value(item, type)
    return {"label": "" if value is None else wire_text(item) or "", "value": value}


def _option_value(value: Any, type: str | None) -> Any:
    if value is None or (type in {"number", "boolean", "button"} and isinstance(value, (bool, int, float))):
        return value
    text = wire_text(value)
    if text is None:
        raise TypeError(f"the option {value!r} is of type {value.__class__.__name__}, which has no wire form. {_FORMS}")
    return text
