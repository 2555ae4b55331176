"""A user's own marshmallow Schema as a widget's parameters.

Owns what its fields show in the manifest, and how Workspace's habits (blank is absent, comma-joined lists,
``$currentDate``) become what those fields read; validation stays the schema's own. Imports marshmallow and
this room's modules, no Flask; webargs' fields are known where the user imported them. Called by :mod:`.params`.
"""

from __future__ import annotations

import copy
import dataclasses
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, validate

from ..errors import ParamError
from .arguments import merged, shown
from .dates import RelativeDate, is_relative, parse_date, parse_datetime
from .fields import Clock, Problem, Whole
from .hints import Misfit
from .intake import Slot
from .naming import label_from
from .openapi import Joined
from .options import completed, is_dynamic, listed, wire_value
from .specs import Param
from .wire import split_list, wire_text

if TYPE_CHECKING:
    AnyField = fields.Field[Any]
else:
    AnyField = fields.Field

_PARAM_FIELDS = frozenset(field.name for field in dataclasses.fields(Param))
_MANY = (fields.List, fields.Tuple)
_NO_PARAM = (fields.Nested, fields.Mapping)
_SLASHED = "/"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a parser that is not ours reads: another extension's, or the view's own."""

    rows: Mapping[str, Param] = dataclasses.field(default_factory=dict)
    """For the manifest, by wire name."""
    path: Mapping[str, Param] = dataclasses.field(default_factory=dict)
    """Words about arguments of the URL rule, by name."""
    keywords: frozenset[str] = frozenset()
    query: tuple[Slot, ...] = ()
    """How each raw value of the query is adapted before that parser reads it."""
    body: tuple[Slot, ...] = ()
    passed: bool = False
    """Whether that parser passes what it reads to the view."""

    def words_of(self, name: str) -> Param:
        """What is said of an argument of ours: of the URL rule, mostly."""
        said = self.path.get(name) or self.rows.get(name) or Param()
        return Param(label=said.label, description=said.description)


NOTHING = Inputs()


def inputs_of(schema: Schema, place: str, clock: Clock, so_far: Inputs) -> Inputs:
    """Add the fields of one schema to what a parser reads.

    :param place: ``query``, ``body`` or ``path``.
    :raises Misfit: If a required field is more than a parameter can hold; others are left out.
    """
    rows: dict[str, Param] = {}
    slots = []
    for name, field in schema.load_fields.items():
        wire = wire_of(name, field)
        if isinstance(field, fields.Constant):
            continue
        try:
            row = _row(wire, field)
        except (Misfit, TypeError) as error:
            if field.required and place != "path":
                raise Misfit(f"field {name!r} of {type(schema).__name__}: {error}") from None
            continue
        if field.metadata.get("param") is not False:
            rows[wire] = row
        adapt = _Adapter(field, clock)
        slots.append(Slot(wire, _is_many(field), _joining(adapt) if isinstance(field, Joined) else adapt))
    if place == "path":
        return dataclasses.replace(so_far, path={**so_far.path, **rows})
    return dataclasses.replace(
        so_far,
        rows={**so_far.rows, **rows},
        keywords=so_far.keywords | {keyword_of(name, field) for name, field in schema.load_fields.items()},
        query=(*so_far.query, *slots) if place == "query" else so_far.query,
        body=(*so_far.body, *slots) if place == "body" else so_far.body,
    )


def overridden(row: Param, given: Param) -> Param:
    """Lay what a widget declares of a parameter over what another extension says of it."""
    told = dict(completed(given))
    if is_dynamic(given.options):
        told.setdefault("type", "endpoint")
    elif given.options is not None:
        told["options"] = listed(given.options, type=given.type or row.type)
    return dataclasses.replace(row, **told)


def request_schema(given: type[Schema] | Schema) -> Schema:
    """Give an instance that ignores unknown keys, since Workspace adds ``theme``; the given one is not changed.

    :raises Misfit: If the class cannot be made without arguments.

    .. versionadded:: 0.1
    """
    try:
        schema = given() if isinstance(given, type) else copy.copy(given)
    except TypeError as error:
        raise Misfit(f"{given!r} cannot be made without arguments ({error}). Pass an instance of it.") from error
    schema.unknown = EXCLUDE
    schema.many = False
    return schema


def rows_of(schema: Schema) -> Iterator[tuple[str, Param]]:
    """Describe the loadable fields, in order, with the keyword each becomes.

    Read are the field's class, ``required``, ``load_default``, ``validate`` (OneOf, ContainsOnly, Range), Enum
    members and ``metadata``: any field of Param by its name, or a whole ``Param`` as ``param``; ``title`` is the
    label of a field that has none; ``param=False`` keeps a field out of the manifest.

    :raises Misfit: For a field that no query can hold.

    .. versionadded:: 0.1
    """
    for name, field in schema.load_fields.items():
        if field.metadata.get("param") is not False and not isinstance(field, fields.Constant):
            try:
                yield keyword_of(name, field), _row(wire_of(name, field), field)
            except (Misfit, TypeError) as error:
                raise Misfit(f"field {name!r} of {type(schema).__name__}: {error}") from None


def slots_of(schema: Schema, clock: Clock) -> Iterator[Slot]:
    """Say how the raw value of each loadable field is found and adapted.

    .. versionadded:: 0.1
    """
    for name, field in schema.load_fields.items():
        yield Slot(wire_of(name, field), _is_many(field), _Adapter(field, clock))


def is_schema(params: Any) -> bool:
    """Tell whether ``params=`` is one Schema, class or instance."""
    return isinstance(params, Schema) or (isinstance(params, type) and issubclass(params, Schema))


def loaded(schema: Schema, data: Mapping[str, Any], skip: Collection[str]) -> Mapping[str, Any]:
    """Load keywords for a view.

    :param skip: Wire names that are neither read nor missed.
    :raises ParamError: If the schema makes something else.
    """
    if not schema.load_fields:
        return {}
    known = tuple(name for name, field in schema.load_fields.items() if wire_of(name, field) in skip)
    loaded = schema.load(data, partial=known or None)
    if not isinstance(loaded, Mapping):
        raise ParamError(
            f"{type(schema).__name__} loads a {type(loaded).__name__}, not keywords for the view. Return a mapping "
            "from its post_load, or make the object in the view."
        )
    return loaded


def has_hook(schema: Schema, tag: str) -> bool:
    """Tell whether a Schema has a hook such as ``post_load``; marshmallow 3 keeps them by pairs, 4 by the tag alone."""
    hooks: Mapping[Any, Any] = getattr(schema, "_hooks", {})
    return any(found and tag in (key if isinstance(key, tuple) else (key,)) for key, found in hooks.items())


def wire_of(name: str, field: AnyField) -> str:
    """Give the query key of a field."""
    return field.data_key if field.data_key is not None else name


def keyword_of(name: str, field: AnyField) -> str:
    """Give the key of a field in what the schema loads."""
    return field.attribute or name


class _Adapter:
    """Turns one raw value, as Workspace or Excel sends it, into what a user's field reads."""

    def __init__(self, field: AnyField, clock: Clock) -> None:
        self.field = field
        self.clock = clock
        self.many = _is_many(field) or _is_delimited(field)
        choices = frozenset(text for value, _ in _choices(field) if (text := wire_text(value)) is not None)
        self.choices = choices if self.many else frozenset()
        self.most_commas = max((text.count(",") for text in self.choices), default=0)
        self.date = _date_field(field.inner if isinstance(field, fields.List) else field)

    def __call__(self, value: Any) -> Any:
        value = self.several(value) if self.many else self.single(value)
        if value is missing and isinstance(self.field.load_default, RelativeDate) and self.date is not None:
            return self.dated(str(self.field.load_default))
        return value

    def single(self, value: Any) -> Any:
        """Take blanks for absent, and read dates."""
        if value is None or value == "":
            return missing
        if isinstance(value, str) and not isinstance(self.field, fields.String):
            return self.dated(value) if value.strip() else missing
        return value

    def several(self, value: Any) -> Any:
        """Take comma-joined texts apart; webargs' delimited fields want them joined."""
        if value is missing or value is None:
            return missing
        items: list[Any] = []
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str) and not isinstance(value, Whole):
                items.extend(split_list(part, self.choices, self.most_commas))
            elif part is not None and part != "":
                items.append(part)
        if not items and value != []:
            return missing
        items = [self.dated(item) for item in items]
        if _is_delimited(self.field):
            return cast(Any, self.field).delimiter.join(map(str, items))
        return items

    def dated(self, value: Any) -> Any:
        """Write a date as the field's own format; what is no date is left for the field to refuse."""
        if self.date is None or not isinstance(value, str):
            return value
        own_format = self.date.format not in (None, "iso", "iso8601")
        moving = is_relative(value)
        if own_format and not moving and (_SLASHED in value or len(value.strip()) != len("2024-01-31")):
            return value
        moment = isinstance(self.date, fields.DateTime) and not isinstance(self.date, fields.Date)
        try:
            read = (parse_datetime if moment else parse_date)(value, now=self.clock())
        except ValueError as error:
            if moving:
                raise ValidationError([Problem(str(error))]) from None
            return value
        return self.date.serialize("value", None, accessor=lambda *_: read)


def _joining(adapt: _Adapter) -> Any:
    def joined(value: Any) -> Any:
        found = adapt(value)
        return ",".join(map(str, found)) if isinstance(found, list) else found

    return joined


def _is_many(field: AnyField) -> bool:
    declared = getattr(field, "is_multiple", None)
    return bool(declared) if declared is not None else isinstance(field, _MANY)


def _date_field(field: Any) -> Any:
    if isinstance(field, fields.Time):
        return None  # in marshmallow 3 a Time is a DateTime
    return field if isinstance(field, (fields.Date, fields.DateTime)) else None


def _row(wire: str, field: AnyField) -> Param:
    if isinstance(field, _NO_PARAM) or (isinstance(field, fields.List) and isinstance(field.inner, _NO_PARAM)):
        raise Misfit(
            f"a {type(field).__name__} is more than a parameter can hold. Use plain fields, or "
            "metadata={'param': False} to keep it out of the manifest."
        )
    many = _is_many(field) or _is_delimited(field)
    given = _given(field)
    type_ = given.type or _infer_type(field, given, many)
    options = listed(given.options if given.options is not None else _choices_as_options(field), type=type_)
    default = field.load_default
    plain = default is not missing and (isinstance(default, RelativeDate) or not callable(default))
    value = given.value if given.value is not None else default if plain else None
    low, high = _bounds(field)
    row = dataclasses.replace(
        given,
        type=type_,
        value=_default_text(field, value, type_, many),
        options=given.options if is_dynamic(given.options) else options or None,
        min=low if given.min is None else given.min,
        max=high if given.max is None else given.max,
    )
    return shown(row, wire, many=many)


def _default_text(field: AnyField, value: Any, type_: str, many: bool) -> Any:
    if isinstance(field, fields.Enum) and isinstance(value, Enum):
        value = value.value if field.by_value else value.name
    return wire_value(value, type=type_, many=many)


def _given(field: AnyField) -> Param:
    metadata = {key: value for key, value in field.metadata.items() if key in _PARAM_FIELDS and key != "name"}
    whole = field.metadata.get("param")
    title = field.metadata.get("title")
    titled = Param(label=title) if isinstance(title, str) else Param()
    return merged(titled, whole if isinstance(whole, Param) else Param(), Param(**metadata))


def _infer_type(field: AnyField, given: Param, many: bool) -> str:
    if is_dynamic(given.options):
        return "endpoint"
    if isinstance(field, fields.Boolean):
        return "boolean"
    if many or given.options or next(_choices(field), None) is not None:
        return "text"
    return "number" if isinstance(field, fields.Number) else "date" if _date_field(field) is not None else "text"


def _choices_as_options(field: AnyField) -> list[tuple[str, Any]]:
    return [(label, value) for value, label in _choices(field)]


def _choices(field: AnyField) -> Iterator[tuple[Any, str]]:
    """Yield each allowed value and its label."""
    inner = field.inner if isinstance(field, fields.List) else None
    if isinstance(field, fields.Enum):
        for member in field.enum:
            yield (member.value if field.by_value else member.name), label_from(member.name)
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):  # ContainsOnly is one
            labels = list(validator.labels)
            for index, value in enumerate(validator.choices):
                yield value, str(labels[index]) if index < len(labels) else wire_text(value) or str(value)
    if inner is not None:
        yield from _choices(inner)


def _bounds(field: AnyField) -> tuple[Any, Any]:
    for validator in field.validators:
        if isinstance(validator, validate.Range) and isinstance(field, fields.Number):
            return validator.min, validator.max
    return None, None


def _is_delimited(field: AnyField) -> bool:
    """Tell webargs' comma-joined fields, if the user's service has webargs."""
    webargs = sys.modules.get("webargs.fields")
    return webargs is not None and isinstance(field, webargs.DelimitedFieldMixin)
