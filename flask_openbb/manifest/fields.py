"""The marshmallow fields that read one request value each, as forgiving as Workspace and Excel need.

Owns what text means as a number, a boolean, a date, a choice or a list, and the words of each refusal.
Imports marshmallow and this room's dates, naming and wire, no Flask. Built by :mod:`.arguments`; run at request
time.

For all of them ``""``, null and (except for text) white space are *absent*, so the default applies: Workspace
drops cleared inputs and turns defaults of 0, false and "" into null, Excel sends blank dates as ``date=``
(Source: the client's newParamDef and cleanSearchParams; the Excel add-in).
"""

from __future__ import annotations

import difflib
import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, missing

from .dates import RelativeDate, parse_date, parse_datetime
from .naming import echo, one_line
from .wire import read_number, split_list, wire_text

if TYPE_CHECKING:
    _Field = fields.Field[Any]
else:
    _Field = fields.Field  # marshmallow 3 has no generic fields

Clock = Callable[[], datetime]
"""Gives the moment of the request; ``$currentDate`` is its date."""

_MOST_DIGITS = 38
_TRUE = frozenset({"true", "1", "on", "yes", "t", "y"})
_FALSE = frozenset({"false", "0", "off", "no", "f", "n"})
_LISTED_CHOICES = 10
_LISTED_ERRORS = 3
_COMPARED_CHOICES = 500


class Problem(str):
    """A message that knows its kind, for the ``type`` of a 422 answer."""

    kind: str
    """missing, invalid, choice, range, repeated, too_long or encoding."""

    __slots__ = ("kind",)

    def __new__(cls, text: str, kind: str = "invalid") -> Problem:
        """Make the text carry its kind."""
        problem = super().__new__(cls, text)
        problem.kind = kind
        return problem


class Whole(list[Any]):
    """A list whose items are complete: it came as JSON, so a comma inside an item is part of it."""


class RequestField(_Field):
    """Base: blank is absent, and every refusal is a :class:`Problem`."""

    def is_blank(self, value: Any) -> bool:
        """Tell whether a raw value means "not given"."""
        return value is None or (isinstance(value, str) and not value.strip())

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Read one raw value, taking blanks for absent."""
        return super().deserialize(missing if self.is_blank(value) else value, attr, data, **kwargs)

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Say that a value is missing, a word that Workspace's connection test tolerates."""
        if key in {"required", "null"}:
            return ValidationError([Problem("Required, but missing.", "missing")])
        return super().make_error(key, **kwargs)

    def refuse(self, text: str, kind: str = "invalid") -> ValidationError:
        """Make the error to raise."""
        return ValidationError([Problem(text, kind)])


class TextField(RequestField):
    """Text, kept as it is; a JSON number becomes its text."""

    def is_blank(self, value: Any) -> bool:
        """Only nothing at all is absent: white space may be meant."""
        return value is None or value == ""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return echo(value)
        raise self.refuse(f"Not text but {echo(value)}.")


class NumberField(RequestField):
    """A finite decimal number, as ``float`` or :class:`~decimal.Decimal`, within bounds.

    :param convert: ``float`` or ``Decimal``.
    :param low: Least value allowed.
    :param high: Greatest value allowed.
    """

    def __init__(
        self,
        *,
        convert: type[float] | type[Decimal] = float,
        low: float | None = None,
        high: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.convert = convert
        self.low = low
        self.high = high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.bounded(self.convert(self.exact(value)), value)

    def exact(self, value: Any) -> Decimal:
        """Read text or a JSON number exactly; NaN, infinities and what a double cannot hold are refused."""
        number = read_number(value)
        if number is None:
            raise self.refuse(f"{echo(value)} is not a number.")
        if number and not -324 <= number.adjusted() <= 308:
            raise self.refuse(f"{echo(value)} is too large or too small for a number.", "range")
        if math.isinf(float(number)):
            raise self.refuse(f"{echo(value)} is too large for a number.", "range")
        return number

    def bounded(self, number: Any, value: Any) -> Any:
        """Refuse a number outside the bounds."""
        if (self.low is None or number >= self.low) and (self.high is None or number <= self.high):
            return number
        if self.low is None:
            allowed = f"at most {self.high}"
        elif self.high is None:
            allowed = f"at least {self.low}"
        else:
            allowed = f"{self.low} to {self.high}"
        raise self.refuse(f"{echo(value)} is out of range, use {allowed}.", "range")


class IntegerField(NumberField):
    """A whole number; ``5.0`` and ``5e2`` are whole, ``1.5`` and ``1_000`` are not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = read_number(value)
        if number is None:
            raise self.refuse(f"{echo(value)} is not a whole number.")
        if number and number.adjusted() >= _MOST_DIGITS:
            raise self.refuse(f"{echo(value)} is too large for a whole number.", "range")
        if number != number.to_integral_value():
            raise self.refuse(f"{echo(value)} is not a whole number.")
        bounded: int = self.bounded(int(number), value)
        return bounded


class FlagField(RequestField):
    """A boolean: ``true/True/1/on/yes`` and their opposites, or JSON's own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        text = str(value).strip().lower() if isinstance(value, int) or _is_short(value) else ""
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        raise self.refuse(f"{echo(value)} is not a boolean, use true or false.")


class DateField(RequestField):
    """A date, a datetime or (for a view that wants text) ISO text, in any form :mod:`.dates` reads.

    :param target: ``date``, ``datetime`` or ``str``: what the view gets.
    :param clock: Gives the moment of the request.
    """

    def __init__(self, *, target: type[date] | type[str] = date, clock: Clock = datetime.now, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.clock = clock

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | str:
        if isinstance(value, RelativeDate):
            value = str(value)
        if isinstance(value, date):
            return self.converted(value)
        if not isinstance(value, str):
            raise self.refuse(f"Not a date but {echo(value)}; use YYYY-MM-DD or $currentDate-30d.")
        read = parse_datetime if self.target is datetime else parse_date
        try:
            return self.converted(read(value, now=self.clock()))
        except ValueError as error:
            raise self.refuse(f"{error}") from None

    def converted(self, value: date) -> date | str:
        """Turn a date or datetime into the type the view asked for."""
        if self.target is datetime:
            return value if isinstance(value, datetime) else datetime.combine(value, time.min)
        day = value.date() if isinstance(value, datetime) else value
        return day.isoformat() if self.target is str else day


class UuidField(RequestField):
    """A UUID in any form Python reads."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> uuid.UUID:
        if isinstance(value, uuid.UUID):
            return value
        try:
            return uuid.UUID(value if _is_short(value) else "")
        except ValueError:
            raise self.refuse(f"{echo(value)} is not a UUID.") from None


class ChoiceField(RequestField):
    """One of the allowed values, found by its wire text.

    :param choices: Wire text to what the view gets.
    :param inner: Reads the chosen text anew for each request, for choices that move with the calendar.
    """

    def __init__(self, choices: Mapping[str, Any], *, inner: RequestField | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = dict(choices)
        self.inner = inner
        self._numbers = _numeric_choices(self.choices)

    def is_blank(self, value: Any) -> bool:
        """Blank text is absent unless it is itself a choice."""
        return super().is_blank(value) and value not in self.choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = self.find(value)
        if text is None:
            raise self.refuse(self.advice(value), "choice")
        return self.choices[text] if self.inner is None else self.inner.deserialize(text)

    def find(self, value: Any) -> str | None:
        """Give the wire text of the choice a raw value means, or None."""
        text = wire_text(value)
        if text is None:
            return None
        if text in self.choices:
            return text
        if text.strip() in self.choices:
            return text.strip()
        number = read_number(value) if self._numbers else None
        return None if number is None else self._numbers.get(number)

    def advice(self, value: Any) -> str:
        """Say what was wrong, what is allowed (at most ten) and what was probably meant."""
        names = [one_line(text, limit=40) for text in self.choices]
        allowed = ", ".join(names[:_LISTED_CHOICES])
        if len(names) > _LISTED_CHOICES:
            allowed += f" and {len(names) - _LISTED_CHOICES} more"
        near = _nearest(value, names) if isinstance(value, str) and not self._numbers else None
        hint = f" Did you mean {near}?" if near else ""
        return f"{echo(value)} is not a valid choice, use one of {allowed}.{hint}"


class ListField(RequestField):
    """Several values: a comma-joined text, a repeated key or a JSON list; blanks in it are dropped.

    A text that equals a choice, commas included, is that choice; JSON lists are never split.

    :param inner: Reads one item.
    :param joined: Give the view the items as one comma-joined text, as the docs' ``symbols: str`` expects.

    Source: the client joins multiSelect values with commas; POST bodies hold lists.
    """

    is_multiple = True
    """Tells webargs to pass all values of a repeated key."""

    def __init__(self, inner: RequestField, *, joined: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner
        self.joined = joined
        choices = inner.choices if isinstance(inner, ChoiceField) else ()
        self._choices = frozenset(choices)
        self._most_commas = max((text.count(",") for text in choices), default=0)

    def is_blank(self, value: Any) -> bool:
        """Nothing but commas and blanks is absent; an empty JSON list is a choice of nothing."""
        if isinstance(value, (list, tuple)):
            return len(value) > 0 and all(self.is_blank(item) for item in value)
        return value is None or (isinstance(value, str) and not value.replace(",", "").strip())

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        result: list[Any] = []
        problems: list[Any] = []
        for item in self.items(value):
            try:
                result.append(self.inner.deserialize(item))
            except ValidationError as error:
                problems.extend(_messages(error))
                if len(problems) >= _LISTED_ERRORS:
                    break
        if problems:
            raise ValidationError(problems)
        return ",".join(map(str, result)) if self.joined else result

    def items(self, value: Any) -> Iterable[Any]:
        """Take a raw value apart."""
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(part, str) and not isinstance(value, Whole):
                yield from split_list(part, self._choices, self._most_commas)
            elif not self.inner.is_blank(part):
                yield part


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 100


def _numeric_choices(choices: Mapping[str, Any]) -> dict[Decimal, str]:
    # "5.0" may mean the choice 5, but "7" must never mean the text "007".
    numbers = {}
    for text, value in choices.items():
        number = None if isinstance(value, str) else read_number(value)
        if number is None:
            return {}
        numbers[number] = text
    return numbers


def _nearest(value: str, names: list[str]) -> str | None:
    folded = {name.casefold(): name for name in names[:_COMPARED_CHOICES]}
    close = difflib.get_close_matches(value[:60].strip().casefold(), folded, n=1)
    return folded[close[0]] if close else None


def _messages(error: ValidationError) -> list[Any]:
    return error.messages if isinstance(error.messages, list) else [str(error.messages)]
