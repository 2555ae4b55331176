"""The schemas of a widget's parameters: what ``value``, ``options`` and the other keys may be, type by type.

The client rewrites a parameter before it checks it: a missing type becomes ``date`` or ``text``, a falsy value
becomes null, a text value a string, a number string a number. The fields here accept what passes after that, and
keep what was written. No Flask. Called by :mod:`.schema_widgets` and :mod:`.lint_params`.

Source: CLIENT lib/types/app.ts, ``newParamDef``, ``ParamsSchema``, ``ParamDefSchema``; lib/utils/widgetParams.ts,
``createParamDefs``; OpenBB docs, widgets.json reference, ``params``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, missing

from ..errors import ParamError
from .specs import Param
from .wire_fields import (
    AnyOf,
    Anything,
    Choice,
    Finding,
    Flag,
    ListOf,
    Number,
    OpenObject,
    Problem,
    Soft,
    Text,
    WireField,
    is_empty,
    is_number,
    json_type,
    plain,
)
from .wire_schema import Keys, Object, WireSchema, WrongKey, held_by

PARAM_TYPES = ("text", "date", "ticker", "number", "boolean", "endpoint", "button", "tabs", "form")
INPUT_TYPES = ("date", "boolean", "endpoint", "number", "text", "button")
LANGUAGES = ("sql", "javascript", "python", "json", "html", "css", "markdown", "xml", "text")

_JS_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# A missing type is looked up in a JavaScript object by the parameter's name, and every object has these.
_JS_OBJECT_NAMES = frozenset(
    (
        *("constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "__proto__", "__defineGetter__", "__defineSetter__"),
        *("__lookupGetter__", "__lookupSetter__"),
    )
)
_TYPE_NAMES = {
    **dict.fromkeys(("string", "str", "select", "dropdown", "textarea"), "text"),
    **dict.fromkeys(("integer", "int", "float", "decimal"), "number"),
    **dict.fromkeys(("bool", "checkbox", "toggle"), "boolean"),
    "datetime": "date",
}
_MISPLACED = {
    "name": WrongKey("error", "Use 'paramName' for the query key and 'label' for the caption."),
    "default": WrongKey("error", "Use 'value'."),
    "defaultValue": WrongKey("warning", "Use 'value'.", "Workspace drops this key without a word."),
}


def effective_type(wire: Mapping[str, Any]) -> Any:
    """Return the type the client gives a parameter; one without a type is ``text``, or ``date`` if so named."""
    kind = wire.get("type")
    if kind is not None:
        return kind
    return "date" if wire.get("paramName") == "date" else "text"


def to_options(options: Mapping[str, Any] | Sequence[Any]) -> list[dict[str, Any]]:
    """Write choices as the wire does.

    :param options: Scalars, ``(label, value)`` pairs, wire mappings, or one ``{label: value}`` mapping.
    :return: ``[{"label": ..., "value": ...}]`` in the order given; a scalar's label is its text.
    """
    if isinstance(options, Mapping):
        return [{"label": str(label), "value": plain(value)} for label, value in options.items()]
    return [_to_option(entry) for entry in options]


def _to_option(entry: Any) -> dict[str, Any]:
    if isinstance(entry, Mapping):
        wire: dict[str, Any] = plain(entry)
        return wire
    if isinstance(entry, list | tuple) and len(entry) == 2:
        return {"label": str(entry[0]), "value": plain(entry[1])}
    return {"label": str(entry), "value": plain(entry)}


class ParamValue(WireField):
    """A default, checked by the type of its parameter.

    :param untyped_text: Whether a parameter without a type takes any value as text. It does in a row of parameters,
        which the client rewrites in place.
    """

    noun = "the parameter's default"

    def __init__(self, *, untyped_text: bool = False) -> None:
        super().__init__(allow_none=True)
        self.untyped_text = untyped_text

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        kind = effective_type(data)
        typed = data.get("type") is not None
        if is_empty(value) or kind in ("endpoint", "form") or kind not in PARAM_TYPES:
            return plain(value)
        if kind == "text" and (typed or self.untyped_text):
            return plain(value)
        wanted = self._wanted(kind, value)
        if wanted:
            typing = f"a {kind!r} parameter" if typed else f"a parameter without a type, which is {kind!r},"
            raise ValidationError(
                Problem(f"The value of {typing} has to be {wanted}, not {json_type(value)}.", fix=_VALUE_FIX)
            )
        return plain(value)

    @staticmethod
    def _wanted(kind: str, value: Any) -> str:
        """Return what is wanted in words, or nothing where the value will do."""
        if kind == "number":
            return "" if is_number(value) or _reads_as_number(value) else "a number or a string that reads as one"
        if kind == "boolean":
            return "" if value is True else "true or false"
        if kind == "button":
            return "" if isinstance(value, str | bool) or is_number(value) else "a string, a number or a boolean"
        return "" if isinstance(value, str) else "a string"


_VALUE_FIX = "Write the default so, or choose the type that fits it."


def _reads_as_number(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    match = _JS_NUMBER.match(value)
    return match is not None and math.isfinite(float(match.group()))


class _OptionSchema(WireSchema):
    keys = Keys(silent=frozenset({"extraInfo"}))

    label = Text(required=True)
    value = AnyOf(Text(), Number(), Flag(), noun="a string, a number or a boolean", allow_none=True)


class _TabOptionSchema(WireSchema):
    keys = Keys(silent=frozenset({"extraInfo"}))

    label = Text(required=True)
    value = Text(allow_none=True)


class OptionList(WireField):
    """Static choices. ``tabs`` take strings only; a ``boolean`` parameter's empty ones are filled in."""

    noun = "a list"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.any_list = ListOf(Object(_OptionSchema, keep=True))
        self.tab_list = ListOf(Object(_TabOptionSchema, keep=True))

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of the list that the parameter's type asks for."""
        if value is None and self.allow_none:
            return
        if _replaced(value, data):
            if value:
                yield Finding("warning", (), "Workspace replaces these options.", value, fix="Give a list.")
            return
        yield from self._list(data).findings(value, data)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return plain(value) if _replaced(value, data) else self._list(data).deserialize(value, attr, data)

    def _list(self, data: Mapping[str, Any]) -> ListOf:
        return self.tab_list if effective_type(data) == "tabs" else self.any_list


def _replaced(value: Any, data: Mapping[str, Any]) -> bool:
    """Tell whether the client fills in True and False: a boolean's options with no JavaScript length."""
    if data.get("type") != "boolean" or isinstance(value, list | tuple):
        return False
    return not (value.get("length") if isinstance(value, Mapping) else isinstance(value, str) and value)


class OnlyFor(WireField):
    """A key that one type of parameter uses; on every other type the client strips it unseen."""

    def __init__(self, kind: str, inner: WireField, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        self.kind = kind
        self.inner = inner

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the inner findings on the right type, a warning on any other."""
        if effective_type(data) == self.kind:
            yield from self.inner.findings(value, data)
        elif value is not None:
            message = f"Only parameters of type {self.kind!r} use this key."
            yield Finding("warning", (), message, value, fix=f"Set 'type' to {self.kind!r}, or remove the key.")

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Load through the inner field on the right type, as it is on any other."""
        if value is missing:
            return missing
        if effective_type(data or {}) == self.kind:
            return self.inner.deserialize(value, attr, data, **kwargs)
        return plain(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return self.inner._serialize(value, attr, obj)


class Multiple(Flag):
    """``multiple`` is for text parameters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        flag = super()._deserialize(value, attr, data, **kwargs)
        if flag and effective_type(data) != "text":
            raise ValidationError(
                Problem("Only a text parameter may be 'multiple'.", fix="Use 'multiSelect' to choose several.")
            )
        return flag


class StyleSchema(WireSchema):
    """How a parameter's popup looks; the width in pixels."""

    popup_width = Number(data_key="popupWidth", low=100, high=1000)


class _AnyParamSchema(WireSchema):
    """The keys that every parameter and every form input has."""

    spec = Param
    held = held_by(Param)
    keys = Keys(wrong=_MISPLACED, silent=frozenset({"role"}))

    name: WireField = Text(data_key="paramName", required=True, min_length=1)
    type: WireField = Choice(
        PARAM_TYPES, renamed=_TYPE_NAMES, fix="Use 'text' with 'options' for a list of choices.", allow_none=True
    )
    label: WireField = Text(allow_none=True)
    description = Anything(allow_none=True)
    value: WireField = ParamValue()
    options: WireField = OptionList(allow_none=True)
    show: WireField = Soft(Flag())
    multi_select = Flag(data_key="multiSelect")
    multiple: WireField = Multiple()
    style = Object(StyleSchema, keep=True)
    placeholder = Text()
    roles = ListOf(Text())
    query = Text()
    min = Soft(Number())
    max = Soft(Number())
    step = Soft(Number())
    hidden = Flag()
    row: WireField = Number()

    def unpack(self, obj: Any) -> Mapping[str, Any]:
        """Write the options as the wire does.

        :raises ParamError: If an options view was not resolved to its URL.
        """
        attrs = dict(super().unpack(obj))
        options = attrs.pop("options", None)
        if isinstance(options, str):
            attrs["options_endpoint"] = options
            attrs.setdefault("type", "endpoint")
        elif callable(options):
            raise ParamError(
                f"The options of parameter {obj.name!r} are still the view {options!r}. "
                "Replace it by its URL before the manifest is dumped."
            )
        elif options is not None:
            attrs["options"] = to_options(options)
        return attrs

    def build(self, attrs: dict[str, Any], extra: dict[str, Any]) -> Any:
        """Read an options endpoint back as the options, unless there are static ones as well."""
        if "options" not in attrs and isinstance(extra.get("optionsEndpoint"), str):
            attrs["options"] = extra.pop("optionsEndpoint")
        return super().build(attrs, extra)


class FormInputSchema(_AnyParamSchema):
    """One input of a form: checked as written, without the client's repairs."""

    type = Choice(INPUT_TYPES)
    label = Text()
    value = Anything(allow_none=True)
    options = OptionList()
    show = Flag()
    multiple = Flag()
    options_endpoint = Anything(
        data_key="optionsEndpoint",
        allow_none=True,
        idle="A form input loses this key, and its choices with it.",
        idle_fix="Use static 'options'.",
    )


class ParamSchema(_AnyParamSchema):
    """One parameter of any type but ``form``."""

    language = OnlyFor("text", Choice(LANGUAGES, allow_none=True))
    options_endpoint = OnlyFor("endpoint", Text(), data_key="optionsEndpoint")
    options_params = OnlyFor("endpoint", OpenObject(), data_key="optionsParams")
    group_by_id = OnlyFor("endpoint", Text(), data_key="groupById")
    endpoint = OnlyFor("form", Text())
    method = OnlyFor("form", Choice(("POST", "PUT")))
    input_params = OnlyFor("form", ListOf(Object(FormInputSchema)), data_key="inputParams")

    def findings(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings, with the names a parameter without a type cannot have."""
        yield from super().findings(wire)
        name = wire.get("paramName")
        if wire.get("type") is None and isinstance(name, str) and name in _JS_OBJECT_NAMES:
            yield Finding("error", ("type",), "A parameter of this name needs a type.", fix="Set 'type'.")


class RowParamSchema(ParamSchema):
    """One parameter inside a row of parameters."""

    value = ParamValue(untyped_text=True)
    row = Soft(Number())


class FormParamSchema(ParamSchema):
    """A form, which needs no name."""

    name = Text(data_key="paramName")


class ParamList(WireField):
    """A widget's parameters: a list of them, or of rows of them. Anything but a list is no parameters."""

    noun = "a list"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        self.flat = Object(ParamSchema)
        self.in_row = Object(RowParamSchema)
        self.form = Object(FormParamSchema)

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of every parameter."""
        if value is None:
            return
        if not isinstance(value, list | tuple):
            yield Finding("warning", (), "Workspace ignores params that are no list.", value, fix="Give a list.")
            return
        for index, entry in enumerate(value):
            if isinstance(entry, list | tuple):
                for place, item in enumerate(entry):
                    for finding in self._field(item, self.in_row).findings(item, data):
                        yield finding.under(index, place)
            else:
                for finding in self._field(entry, self.flat).findings(entry, data):
                    yield finding.under(index)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list | tuple):
            return ()
        return tuple(
            tuple(self._field(item, self.in_row).deserialize(item) for item in entry)
            if isinstance(entry, list | tuple)
            else self._field(entry, self.flat).deserialize(entry)
            for entry in value
        )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return [
            [self.flat.schema.dump(item) for item in entry]
            if isinstance(entry, list | tuple)
            else self.flat.schema.dump(entry)
            for entry in value
        ]

    def _field(self, entry: Any, named: Object) -> Object:
        return self.form if isinstance(entry, Mapping) and entry.get("type") == "form" else named
