"""One parameter of a view, as the manifest shows it and as a request is read.

Owns how an annotation, a default and a :class:`~.specs.Param` combine into a manifest row and a marshmallow field
that agree. Imports this room's hints, fields and options, no Flask. Called by :mod:`.params`.
"""

from __future__ import annotations

import inspect
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from marshmallow import ValidationError

from .dates import RelativeDate, is_relative
from .fields import (
    ChoiceField,
    Clock,
    DateField,
    FlagField,
    IntegerField,
    ListField,
    NumberField,
    RequestField,
    TextField,
    UuidField,
    Whole,
)
from .hints import Hint, Misfit
from .naming import label_from
from .options import completed, is_dynamic, listed, wire_value
from .specs import Param
from .wire import wire_text

EMPTY = inspect.Parameter.empty
"""No default."""

_WIRE_TYPES: Mapping[type, str] = {
    int: "number",
    float: "number",
    Decimal: "number",
    bool: "boolean",
    date: "date",
    datetime: "date",
}
"""Source: OpenBB docs, widgets.json reference, ``params.type``; anything else is ``text``."""

_BASES: Mapping[str | None, type] = {"number": float, "boolean": bool}
"""What a view without annotation gets for a declared wire type; anything else is text."""


@dataclass(frozen=True)
class Argument:
    """A parameter ready for both sides."""

    name: str
    """The view's keyword."""
    wire: str
    """The query key."""
    param: Param
    field: RequestField


def merged(*params: Param) -> Param:
    """Combine declarations of one parameter; what a later one gives wins.

    .. versionadded:: 0.1
    """
    fields: dict[str, Any] = {}
    for param in params:
        fields.update(completed(param))
    return Param(**fields)


def shown(param: Param, wire: str, *, many: bool, **known: Any) -> Param:
    """Fill in what the manifest should say of a parameter and was not given: name, label, show, multiSelect.

    :param many: Whether the view takes a list.
    :param known: Fields worked out, such as type, value and options, where ``param`` has not got them.

    Source: Excel leaves parameters without ``show`` out of the formulas it copies; the client draws multiSelect
    without options as a plain input, and ``multiple`` as a list of terms.
    """
    options = known.get("options", param.options)
    typed = many and known.get("type", param.type) == "text" and not options
    fields = {**vars(param), **known, "name": wire}
    fields["label"] = label_from(wire) if param.label is None else param.label
    fields["show"] = True if param.show is None else param.show
    fields["multi_select"] = True if many and param.multi_select is None else param.multi_select
    fields["multiple"] = True if typed and param.multiple is None else param.multiple
    return Param(**fields)


def build_argument(name: str, hint: Hint, default: Any, given: Param, *, clock: Clock) -> Argument:
    """Combine what is known of one parameter.

    :param name: The view's keyword.
    :param hint: What its annotation says.
    :param default: The view's default, or :data:`EMPTY`.
    :param given: What was declared; ``value`` wins over the view's default, so that manifest and request agree.
    :param clock: The moment of a request, for relative dates.
    :raises Misfit: If they contradict each other.
    """
    default = default if given.value is None else given.value
    if default is EMPTY and hint.optional:
        default = None
    base = hint.base or _BASES.get(given.type, str)
    dated = base is str and not hint.choices and (given.type == "date" or _is_moving(default))
    joined = not hint.many and bool(given.multi_select or given.multiple)
    if joined and base is not str:
        raise Misfit(
            f"it takes several values (multi_select or multiple), but a view gets one {base.__name__}. "
            f"Annotate it list[{base.__name__}]."
        )
    many = hint.many or joined
    type_ = given.type or _infer_type(hint, given, base, many=many, dated=dated)
    options = _options(hint, given, type_)
    field = _scalar(base, given, clock, dated=dated)
    field = _with_choices(field, hint, options if given.options is not None else ())
    if many:
        field = ListField(field, joined=joined)
    _set_default(field, default)
    field.data_key = given.name or name
    param = shown(
        given,
        given.name or name,
        many=hint.many,
        type=type_,
        value=None if default is EMPTY else wire_value(default, type=type_, many=hint.many),
        options=given.options if is_dynamic(given.options) else options or None,
    )
    return Argument(name, given.name or name, param, field)


def _is_moving(default: Any) -> bool:
    return isinstance(default, RelativeDate) or (isinstance(default, str) and is_relative(default))


def _infer_type(hint: Hint, given: Param, base: type, *, many: bool, dated: bool) -> str:
    if is_dynamic(given.options):
        return "endpoint"
    if dated:
        return "date"
    if base is bool and not many and not hint.choices:
        return "boolean"
    # Choices are text on the wire, numbers too: see options.listed.
    return "text" if many or hint.choices or given.options else _WIRE_TYPES.get(base, "text")


def _options(hint: Hint, given: Param, type_: str) -> tuple[dict[str, Any], ...]:
    if given.options is not None:
        try:
            return listed(given.options, type=type_)
        except TypeError as error:
            raise Misfit(str(error)) from None
    labels = hint.labels or {}
    return tuple({"label": labels.get(text, text), "value": text} for text in hint.choices or ())


def _scalar(base: type, given: Param, clock: Clock, *, dated: bool) -> RequestField:
    if dated:
        return DateField(target=str, clock=clock)
    if base in (date, datetime):
        return DateField(target=base, clock=clock)
    if base in (float, Decimal):
        return NumberField(convert=base, low=given.min, high=given.max)
    if base is int:
        return IntegerField(low=given.min, high=given.max)
    return FlagField() if base is bool else UuidField() if base is uuid.UUID else TextField()


def _with_choices(field: RequestField, hint: Hint, options: tuple[dict[str, Any], ...]) -> RequestField:
    texts = [text for option in options if (text := wire_text(option["value"])) is not None]
    if hint.choices:
        for text in texts:
            if text not in hint.choices:
                allowed = ", ".join(hint.choices)
                raise Misfit(f"the option {text!r} is not one of the annotation's values {allowed}. Make them agree.")
        return ChoiceField({text: hint.choices[text] for text in texts or hint.choices})
    if not texts or isinstance(field, FlagField):
        return field
    choices: dict[str, Any] = {}
    for text in texts:
        try:
            choices[text] = text if isinstance(field, TextField) else field.deserialize(text)
        except ValidationError as error:
            raise Misfit(f"the option {text!r} does not fit its type: {_first(error)} Remove or fix it.") from None
    return ChoiceField(choices, inner=field if isinstance(field, DateField) else None)


def _set_default(field: RequestField, default: Any) -> None:
    if default is EMPTY:
        field.required = True
        return
    try:
        field.load_default = _load_default(field, default)
    except ValidationError as error:
        raise Misfit(f"the default {default!r} does not fit: {_first(error)} Change the default.") from None


def _load_default(field: RequestField, default: Any) -> Any:
    """Give what a request without the parameter gets; a callable where it must be made anew each time."""
    item = field.inner if isinstance(field, ListField) else field
    if isinstance(default, RelativeDate) and not isinstance(_innermost(item), DateField):
        raise Misfit(f"the default {default} is a date. Annotate it date, datetime or str.")
    if isinstance(default, (list, tuple, set, frozenset)) and isinstance(field, ListField):
        return _list_default(field, list(default))
    if default is None or (isinstance(default, str) and not default.strip()):
        return default
    if not default or (isinstance(default, float) and not math.isfinite(default)):
        return default  # Workspace sends nothing for it, so it may lie outside of range and options.
    value = field.deserialize(default)
    if _is_moving(default) or isinstance(value, list):
        return lambda: field.deserialize(default)
    return value if isinstance(default, str) else default


def _list_default(field: ListField, default: list[Any]) -> Callable[[], Any]:
    raw = Whole(default)
    value = field.deserialize(raw)
    # Members of an Enum and numbers reach the view as they were written, text as the type it stands for.
    if field.joined or any(isinstance(item, (str, RelativeDate)) and not isinstance(item, Enum) for item in default):
        return lambda: field.deserialize(raw) if raw else value
    return lambda: list(default)


def _innermost(field: RequestField) -> RequestField:
    return field.inner if isinstance(field, ChoiceField) and field.inner is not None else field


def _first(error: ValidationError) -> str:
    messages = error.messages
    return str(messages[0]) if isinstance(messages, list) and messages else str(messages)
