"""What an annotation says: the type of one value, its choices, whether there may be many or none.

Owns the table of supported annotations. Imports the errors and this room's specs, no Flask. Called by
:mod:`.arguments` for a view's parameters, at import time or at the first manifest.
"""

from __future__ import annotations

import collections.abc
import functools
import inspect
import sys
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, Union

from .dates import RelativeDate, is_relative
from .naming import label_from
from .specs import Param
from .wire import wire_text

SCALARS: tuple[type, ...] = (str, int, float, bool, date, datetime, Decimal, uuid.UUID)
"""Types of one value, as annotated."""

_NEXT_STEP = (
    "Annotate it with str, int, float, bool, date, datetime, Decimal, UUID, Literal, an Enum, or a list or Optional "
    "of one of these; or describe the parameters with a marshmallow Schema: params=YourSchema."
)
LISTS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
UNIONS = (Union, getattr(types, "UnionType", Union))
_NONE = type(None)


class Misfit(Exception):  # noqa: N818 - params makes it a ParamError, with the view's name and place
    """Something that cannot become a parameter, in one sentence and the next step."""


@dataclass(frozen=True)
class Hint:
    """What one annotation says.

    :param base: One of :data:`SCALARS`, or None where there was no annotation to say it.
    :param choices: Wire text to Python value, for a Literal or an Enum.
    :param labels: Wire text to label, for an Enum.
    """

    base: type | None = None
    choices: Mapping[str, Any] | None = None
    labels: Mapping[str, str] | None = None
    many: bool = False
    optional: bool = False
    given: tuple[Param, ...] = ()


def read_hint(annotation: Any) -> Hint:
    """Read one annotation.

    :raises Misfit: If it is none of the supported ones.
    """
    if annotation in (inspect.Parameter.empty, Any, object):
        return Hint()
    if annotation in (None, _NONE):
        return Hint(optional=True)
    if alias := getattr(annotation, "__supertype__", None) or _alias_value(annotation):
        return read_hint(alias)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _enum(annotation)
    return Hint(base=annotation) if annotation in SCALARS else _generic(annotation)


def hint_of_default(value: Any) -> Hint:
    """Read what a default says of an argument without annotation.

    :raises Misfit: If its type is none of the supported ones.
    """
    if value is inspect.Parameter.empty:
        return Hint()
    if value is None:
        return Hint(optional=True)
    if isinstance(value, RelativeDate):
        return Hint(base=date)
    if isinstance(value, Enum):
        return _enum(type(value))
    if isinstance(value, (list, tuple)):
        return replace(hint_of_default(value[0]) if value else Hint(base=str), many=True)
    if type(value) in SCALARS:
        return Hint(base=None if isinstance(value, str) and is_relative(value) else type(value))
    raise Misfit(f"it has no annotation, and its default is of type {type(value).__name__}. {_NEXT_STEP}")


@functools.lru_cache(maxsize=1024)
def _compiled(text: str) -> types.CodeType:
    """The code of an annotation written as text; a service repeats the same few."""
    return compile(text, "<annotation>", "eval", dont_inherit=True)


def annotation_of(view: Callable[..., Any], name: str) -> Any:
    """Resolve the annotation of one parameter of a view; text is evaluated in the view's module.

    One at a time, so that a return annotation imported for type checkers alone does no harm.

    :return: The annotation, or ``inspect.Parameter.empty``.
    :raises Misfit: If a name in it cannot be resolved.
    """
    target = inspect.unwrap(view)
    while hasattr(target, "func"):
        target = target.func
    target = getattr(target, "__func__", target)
    if not hasattr(target, "__annotations__") or not hasattr(target, "__globals__"):
        target = type(target).__call__
    raw = getattr(target, "__annotations__", {})
    if name not in raw:
        return inspect.Parameter.empty
    scope = getattr(target, "__globals__", {})
    try:
        given = eval(_compiled(raw[name]), scope) if isinstance(raw[name], str) else raw[name]  # noqa: S307
        if isinstance(given, type) and not typing.get_args(given):
            return given
        holder = types.SimpleNamespace(__annotations__={name: given})
        return typing.get_type_hints(holder, globalns=scope, localns={}, include_extras=True)[name]
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise Misfit(
            f"its annotation {raw[name]!r} cannot be resolved ({reason}). Define or import the name at the "
            "top level of the module, outside 'if TYPE_CHECKING'."
        ) from error


def _generic(annotation: Any) -> Hint:
    origin, arguments = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    if origin is Annotated:
        inner = read_hint(arguments[0])
        return replace(inner, given=(*inner.given, *(item for item in arguments[1:] if isinstance(item, Param))))
    if origin is Literal:
        return _literal(arguments)
    if origin in UNIONS:
        return _union(annotation, arguments)
    if origin in LISTS:
        inner = read_hint(str if not arguments or isinstance(arguments[0], TypeVar) else arguments[0])
        if inner.many or inner.optional:
            raise _unsupported(annotation, "nests lists or None in a list")
        return replace(inner, base=inner.base or str, many=True)
    raise _unsupported(annotation, "is not supported")


def _literal(values: tuple[Any, ...]) -> Hint:
    choices = {text: value for value in values if value is not None and (text := wire_text(value)) is not None}
    kinds = {type(value) for value in choices.values()}
    base = kinds.pop() if len(kinds) == 1 else str
    return Hint(base=base if base in SCALARS else str, choices=choices, optional=None in values)


def _enum(cls: type[Enum]) -> Hint:
    choices = {wire_text(member) or member.name: member for member in cls}
    labels = {text: label_from(member.name) for text, member in choices.items()}
    return Hint(base=str, choices=choices, labels=labels)


def _union(annotation: Any, arguments: tuple[Any, ...]) -> Hint:
    rest = [argument for argument in arguments if argument is not _NONE]
    optional = len(rest) < len(arguments)
    if len(rest) == 1:
        return replace(read_hint(rest[0]), optional=True)
    if set(rest) == {int, float}:
        return Hint(base=float, optional=optional)
    raise _unsupported(annotation, "allows several types")


def _unsupported(annotation: Any, why: str) -> Misfit:
    return Misfit(f"its annotation {_name(annotation)} {why}. {_NEXT_STEP}")


def _alias_value(annotation: Any) -> Any:
    # 'type Symbol = Literal[...]' of Python 3.12.
    if sys.version_info >= (3, 12) and isinstance(annotation, typing.TypeAliasType):
        return annotation.__value__
    return None


def _name(annotation: Any) -> str:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")
