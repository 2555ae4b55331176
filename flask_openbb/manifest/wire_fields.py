"""Strict JSON fields: marshmallow fields that accept exactly what Workspace's own checks accept.

marshmallow is lenient where the wire is not (``"5"`` is no number, ``1`` is no text, ``true`` is no number), so the
manifest's schemas use only these. Every field also lists its *findings* without stopping at the first, which is
what :mod:`.lint` reports. Imports marshmallow and :mod:`.near_misses`; called by the ``schema_*`` modules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard, cast

from marshmallow import ValidationError, fields

from ..errors import Severity
from .near_misses import did_you_mean

if TYPE_CHECKING:
    _Field = fields.Field[Any]
else:  # marshmallow 3 has no generic Field
    _Field = fields.Field

Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """One thing to say about a wire value, before its document and widget are known."""

    severity: Severity
    path: Path
    message: str
    value: Any = None
    allowed: tuple[str, ...] = ()
    fix: str = ""

    def under(self, *prefix: str | int) -> Finding:
        """Return the same finding seen from further out."""
        return self._replace(path=(*prefix, *self.path))


class Problem(str):
    """A validation message that also carries the accepted values and the fix."""

    __slots__ = ("allowed", "fix")
    allowed: tuple[str, ...]
    fix: str

    def __new__(cls, message: str, *, allowed: Sequence[str] = (), fix: str = "") -> Problem:
        """Make the string and hang the rest on it."""
        problem = super().__new__(cls, message)
        problem.allowed = tuple(allowed)
        problem.fix = fix
        return problem


def json_type(value: Any) -> str:
    """Name a value's JSON type with its article, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else type(value).__name__


_SCALARS = frozenset({str, bool, int, float, type(None)})


def plain(value: Any) -> Any:
    """Copy a value into dicts and lists all the way down, so that nothing frozen or shared reaches the wire."""
    if type(value) in _SCALARS:  # nearly all are; a check for Mapping costs more
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a JSON number a browser can hold: no boolean, no NaN, no infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_empty(value: Any) -> bool:
    """Tell whether JavaScript takes a value for false: null, false, 0, NaN and the empty string."""
    return value is None or value is False or value == "" or (isinstance(value, int | float) and not value)


class WireField(_Field):
    """Base of the strict fields.

    :param idle: Why the key does nothing though it is accepted; present, it is a warning.
    :param idle_fix: What to do instead.
    """

    noun = "a value"
    """What is wanted, with its article."""

    def __init__(self, *, idle: str = "", idle_fix: str = "Remove it.", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.idle = idle
        self.idle_fix = idle_fix

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Make the error for a missing or null value; marshmallow calls it."""
        if key == "required":
            return ValidationError(Problem("A required key is missing.", fix=f"Give {self.noun}."))
        if key == "null":
            return ValidationError(Problem("null is not accepted here.", fix=f"Give {self.noun} or leave the key out."))
        return super().make_error(key, **kwargs)

    def wrong_type(self, value: Any, *, allowed: Sequence[str] = (), fix: str = "") -> ValidationError:
        """Make the error for a value of another JSON type."""
        wanted = self.noun[:1].upper() + self.noun[1:]
        return ValidationError(Problem(f"{wanted} is wanted here, not {json_type(value)}.", allowed=allowed, fix=fix))

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield everything to say about one present value.

        :param value: The value on the wire.
        :param data: The object that holds it, for rules that look at its siblings.
        """
        if self.idle and value is not None:
            yield Finding("warning", (), self.idle, value, fix=self.idle_fix)
        try:
            self.deserialize(value, None, data)
        except ValidationError as error:
            for problem in cast("list[Problem]", error.messages):
                yield Finding("error", (), str(problem), value, problem.allowed, problem.fix)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value)


class Anything(WireField):
    """Any JSON value."""


class Text(WireField):
    """A JSON string.

    :param min_length: Shortest accepted string, blanks at the ends not counted.
    :param pattern: What the whole string must match, and ``says``: that in words.
    """

    noun = "a string"

    def __init__(self, *, min_length: int = 0, pattern: str = "", says: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_length = min_length
        self.pattern = re.compile(pattern) if pattern else None
        self.says = says

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong_type(value)
        if len(value) < self.min_length:
            raise ValidationError(Problem("The string is empty.", fix="Give it a value."))
        if self.pattern is not None and not self.pattern.match(value):
            raise ValidationError(Problem(f"The string is not {self.says}."))
        return value


class CronText(WireField):
    """A cron expression: to the client, any string that is not blank."""

    noun = "a cron expression"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong_type(value)
        if not value.strip():
            raise ValidationError(Problem("The cron expression is blank.", fix="Write five fields, e.g. '0 10 * * *'."))
        return value


class Number(WireField):
    """A finite JSON number, with inclusive bounds."""

    noun = "a number"

    def __init__(self, *, low: float | None = None, high: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low = low
        self.high = high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not is_number(value):
            raise self.wrong_type(value)
        if self.low is not None and value < self.low:
            raise ValidationError(Problem("The number is too small.", fix=f"Use at least {self.low:g}."))
        if self.high is not None and value > self.high:
            raise ValidationError(Problem("The number is too large.", fix=f"Use at most {self.high:g}."))
        return value


class Flag(WireField):
    """``true`` or ``false``, nothing that merely looks like it."""

    noun = "a boolean"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wrong_type(value, allowed=("true", "false"))
        return value


class Choice(WireField):
    """One of the listed values.

    :param values: The accepted values.
    :param renamed: Names users write for a value, e.g. an old one.
    :param fix: What to do where no near miss is found.
    """

    noun = "one of the listed values"

    def __init__(
        self, values: Sequence[Any], *, renamed: Mapping[str, str] | None = None, fix: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.values = tuple(values)
        self.words = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
        self.renamed = dict(renamed or {})
        self.fix = fix

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if any(value is known or (type(value) is type(known) and value == known) for known in self.values):
            return value
        fix = f"Did you mean {self.renamed[value]!r}?" if isinstance(value, str) and value in self.renamed else ""
        fix = fix or did_you_mean(value, self.words, otherwise=self.fix)
        raise ValidationError(Problem("This is not a value Workspace knows here.", allowed=self.words, fix=fix))


class AnyOf(WireField):
    """A value that at least one of several fields accepts.

    :param options: The fields, in the order a message prefers them.
    :param noun: What is wanted, in words, with its article.
    """

    def __init__(self, *options: WireField, noun: str, fix: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.noun = noun
        self.fix = fix

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        for option in self.options:
            try:
                return option.deserialize(value, attr, data)
            except ValidationError:
                continue
        raise ValidationError(Problem(f"This has to be {self.noun}.", fix=self.fix))


class Soft(WireField):
    """A value the client never checks: a wrong one is a warning, and loading keeps it."""

    def __init__(self, inner: WireField, **kwargs: Any) -> None:
        super().__init__(allow_none=True, **kwargs)
        self.inner = inner

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the inner field's findings as warnings."""
        if value is not None:
            for finding in self.inner.findings(value, data):
                yield finding._replace(severity="warning")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return plain(value)


class OpenObject(WireField):
    """Any JSON object."""

    noun = "an object"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.wrong_type(value)
        copy: dict[str, Any] = plain(value)
        return copy


class ListOf(WireField):
    """A JSON list whose every item one field accepts; loads as a tuple."""

    noun = "a list"

    def __init__(self, item: WireField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = item

    def findings(self, value: Any, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the findings of the list and of each item."""
        if not isinstance(value, list | tuple):
            yield from super().findings(value, data)
            return
        for index, entry in enumerate(value):
            for finding in self.item.findings(entry, data):
                yield finding.under(index)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise self.wrong_type(value)
        return tuple(self.item.deserialize(entry, attr, data) for entry in value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return [self.item._serialize(entry, attr, obj) for entry in value]
