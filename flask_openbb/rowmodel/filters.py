"""AG Grid's filter models to the filter algebra of :mod:`.request`.

Owns every type of filter model: text, number, bigint, date, boolean, set, multi, combined and advanced. Imports this
room's :mod:`.reading`, :mod:`.presets` and :mod:`.columns`; called by :mod:`.parse`.

Source: AG Grid docs, Text, Number, Date, Set, Multi and Advanced Filter, their model interfaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import isfinite
from typing import Any

from .columns import INT64, MOST_DIGITS, NUMERIC, CastError, RowColumn, cast_number
from .presets import PRESETS, Bounds, beginning, span
from .reading import Reader, at, shorten
from .request import (
    EVERYTHING,
    And,
    Blank,
    Compare,
    Constant,
    Filter,
    OneOf,
    Operator,
    Or,
    TextMatch,
    TextOperator,
    fold,
)

NOTHING = Constant(False)
YEARS = "expected dates between the years 1 and 9999."

TEXT: Mapping[str, tuple[TextOperator, bool]] = {
    "equals": ("equals", False),
    "notEqual": ("equals", True),
    "contains": ("contains", False),
    "notContains": ("contains", True),
    "startsWith": ("startsWith", False),
    "endsWith": ("endsWith", False),
}
NUMBER: Mapping[str, Operator] = {
    "equals": "eq",
    "notEqual": "ne",
    "lessThan": "lt",
    "lessThanOrEqual": "le",
    "greaterThan": "gt",
    "greaterThanOrEqual": "ge",
}
MODELS: Mapping[str, str] = {
    "text": "text",
    "object": "text",
    "number": "number",
    "bigint": "number",
    "date": "date",
    "dateString": "date",
    "dateTime": "date",
    "dateTimeString": "date",
    "boolean": "boolean",
    "set": "set",
    "multi": "multi",
}
"""Each ``filterType`` and the family it belongs to."""

OWN = {"text": "text", "boolean": "boolean", "date": "date", "datetime": "date", **dict.fromkeys(NUMERIC, "number")}
"""The family of filters a column has by its type."""


class Filters:
    """Parses the filters of one request.

    :param inclusive: Whether ``inRange`` includes its ends.
    :param first_weekday: The first day of a week, 0 for Monday.
    """

    def __init__(self, reader: Reader, *, inclusive: bool = True, first_weekday: int = 0) -> None:
        self.reader = reader
        self.inclusive = inclusive
        self.first_weekday = first_weekday

    def parse(self, model: Any, place: str) -> Filter:
        """Parse ``filterModel``: by column, or one advanced filter."""
        if model is None:
            return EVERYTHING
        model = self.reader.mapping(model, place)
        if isinstance(model.get("filterType"), str):
            return self._advanced(model, place, 1)
        parts = []
        for name, each in model.items():
            below = at(place, name) if isinstance(name, str) else place
            column = self.reader.column(name, below)
            if each is not None:
                parts.append(self._model(column, self.reader.mapping(each, below), below, 1))
        return parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else EVERYTHING

    def _advanced(self, model: dict[str, Any], place: str, depth: int) -> Filter:
        if model.get("filterType") != "join":
            return self._model(self.reader.column(model.get("colId"), at(place, "colId")), model, place, depth)
        self.reader.count_condition(place, depth)
        join = self._join(model.get("type"), at(place, "type"))
        below = at(place, "conditions")
        parts = tuple(
            self._advanced(self.reader.mapping(each, at(below, index)), at(below, index), depth + 1)
            for index, each in enumerate(self.reader.listing(model.get("conditions"), below))
        )
        return join(parts) if parts else EVERYTHING

    def _join(self, value: Any, place: str) -> type[And] | type[Or]:
        word = value.upper() if isinstance(value, str) else value
        return And if self.reader.choice(word, place, ("AND", "OR"), "operator") == "AND" else Or

    def _model(self, column: RowColumn, model: dict[str, Any], place: str, depth: int) -> Filter:
        self.reader.count_condition(place, depth)
        if "filterModels" in model:
            return self._multi(column, model, place, depth)
        if model.get("operator") is not None:
            return self._combined(column, model, place, depth)
        kind = model.get("filterType")
        if kind is None:
            kind = "set" if "values" in model else OWN.get(column.type, "text")
        family = MODELS[self.reader.choice(kind, at(place, "filterType"), MODELS, "filter")]
        if family == "set":
            return self._set(column, model, place)
        if family == "multi":
            return EVERYTHING
        return self._simple(column, model, place, family)

    def _multi(self, column: RowColumn, model: dict[str, Any], place: str, depth: int) -> Filter:
        below = at(place, "filterModels")
        return And(
            tuple(
                self._model(column, self.reader.mapping(each, at(below, index)), at(below, index), depth + 1)
                for index, each in enumerate(self.reader.listing(model["filterModels"], below))
                if each is not None
            )
        )

    def _combined(self, column: RowColumn, model: dict[str, Any], place: str, depth: int) -> Filter:
        join = self._join(model["operator"], at(place, "operator"))
        if model.get("conditions") is not None:
            below = at(place, "conditions")
            found = [
                (each, at(below, index)) for index, each in enumerate(self.reader.listing(model["conditions"], below))
            ]
        else:
            found = [(model.get(name), at(place, name)) for name in ("condition1", "condition2")]
        parts = []
        for each, where in found:
            if each is None:
                continue
            condition = self.reader.mapping(each, where)
            if condition.get("filterType") is None and model.get("filterType") is not None:
                condition = {**condition, "filterType": model["filterType"]}
            parts.append(self._model(column, condition, where, depth + 1))
        return join(tuple(parts)) if parts else EVERYTHING

    def _simple(self, column: RowColumn, model: dict[str, Any], place: str, family: str) -> Filter:
        kind, where = model.get("type"), at(place, "type")
        if kind in {"blank", "notBlank"}:
            return Blank(column.name, kind == "notBlank")
        if kind == "empty":
            return EVERYTHING
        if column.type == "boolean" and family in {"boolean", "text"}:
            allowed = ("true", "false", "blank", "notBlank")
            return Compare(column.name, "eq", self.reader.choice(kind, where, allowed, "boolean filter") == "true")
        if family == "text" and OWN.get(column.type) == "date":
            return self._dates_text(column, model, place)
        if OWN.get(column.type) != family:
            problem = f"column {shorten(column.name)} is {column.type}: a {family} filter does not apply to it."
            own = OWN.get(column.type)
            allowed_now = f" Allowed: {f'{own}, set, ' if own else ''}blank, notBlank."
            raise self.reader.refuse(at(place, "filterType"), problem + allowed_now)
        if family == "text":
            op, negated = TEXT[self.reader.choice(kind, where, TEXT, "text filter")]
            text = fold(self.reader.text(model.get("filter"), at(place, "filter")))
            return TextMatch(column.name, op, text, negated)
        return self._number(column, model, place) if family == "number" else self._date(column, model, place)

    def _number(self, column: RowColumn, model: dict[str, Any], place: str) -> Filter:
        words = (*NUMBER, "inRange", "blank", "notBlank")
        kind = self.reader.choice(model.get("type"), at(place, "type"), words, "number filter")
        text = model.get("filterType") == "bigint"
        low = self._read_number(column, model.get("filter"), at(place, "filter"), text)
        if kind != "inRange":
            return compare_number(column, NUMBER[kind], low)
        high = self._read_number(column, model.get("filterTo"), at(place, "filterTo"), text)
        ends: tuple[Operator, Operator] = ("ge", "le") if self.inclusive else ("gt", "lt")
        return And((compare_number(column, ends[0], low), compare_number(column, ends[1], high)))

    def _read_number(self, column: RowColumn, value: Any, place: str, text: bool) -> int | float | Decimal:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number and not (text and isinstance(value, str) and len(value) <= MOST_DIGITS):
            raise self.reader.refuse(place, f"expected a number, not {shorten(value)}.")
        if isinstance(value, float) and not isfinite(value):
            raise self.reader.refuse(place, "expected a finite number.")
        if isinstance(value, int) and value not in INT64 and column.type != "decimal":
            raise self.reader.refuse(place, f"expected an integer of at most 64 bits, not {shorten(value)}.")
        try:
            # An integer column is compared with what lies between its values too.
            exact = cast_number("decimal" if column.type == "integer" else column.type, value)
        except CastError as error:
            raise self.reader.refuse(place, f"{error}, not {shorten(value)}.") from None
        if column.type == "integer" and not INT64.start <= exact < INT64.stop:
            raise self.reader.refuse(place, f"column {shorten(column.name)} holds integers of at most 64 bits.")
        return exact

    def _date(self, column: RowColumn, model: dict[str, Any], place: str) -> Filter:
        bounds = Bounds(column, self.reader.zone)
        words = (*NUMBER, "inRange", *PRESETS, "blank", "notBlank")
        kind = self.reader.choice(model.get("type"), at(place, "type"), words, "date filter")
        try:
            if kind in PRESETS:
                return bounds.days(PRESETS[kind](self.reader.now.date(), self.first_weekday))
            whole = column.type == "date" or model.get("filterType") not in {"dateTime", "dateTimeString"}
            start, end = span(self._read_date(column, model, place, ("dateFrom", "filter")), whole)
            if kind != "inRange":
                return bounds.condition(kind, start, end)
            last, after = span(self._read_date(column, model, place, ("dateTo", "filterTo")), whole)
            return bounds.between(start, after) if self.inclusive else bounds.between(end, last)
        except OverflowError:
            raise self.reader.refuse(place, YEARS) from None

    def _dates_text(self, column: RowColumn, model: dict[str, Any], place: str) -> Filter:
        """A text filter of dates: its text begins dates as the grid shows them, and stands for all it begins.

        The client's SQL widget has it for times, whose type it takes for text.
        """
        words = (*(word for word in TEXT if word != "endsWith"), "blank", "notBlank")
        kind = self.reader.choice(model.get("type"), at(place, "type"), words, "text filter of dates")
        where = at(place, "filter")
        text = self.reader.text(model.get("filter"), where)
        covered = beginning(text.strip())
        if covered is None:
            problem = "begins no date. Expected a year, YYYY-MM, YYYY-MM-DD or YYYY-MM-DD hh:mm."
            raise self.reader.refuse(where, f"{shorten(text)} {problem}")
        negated = TEXT[kind][1]
        try:
            found = Bounds(column, self.reader.zone).condition("notEqual" if negated else "equals", *covered)
        except OverflowError:
            raise self.reader.refuse(place, YEARS) from None
        return Or((found, Blank(column.name))) if negated else found

    def _read_date(self, column: RowColumn, model: dict[str, Any], place: str, names: tuple[str, str]) -> datetime:
        name = next((name for name in names if model.get(name) is not None), names[0])
        where = at(place, name)
        text = self.reader.text(model.get(name), where)
        try:
            value = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        except ValueError:
            problem = f"{shorten(text)} is no date. Expected YYYY-MM-DD or YYYY-MM-DD hh:mm:ss."
            raise self.reader.refuse(where, problem) from None
        if value.tzinfo is not None:
            value = value.astimezone(self.reader.zone).replace(tzinfo=None)
        return datetime.combine(value.date(), time()) if column.type == "date" else value

    def _set(self, column: RowColumn, model: dict[str, Any], place: str) -> Filter:
        kind = model.get("type")
        if kind in {"blank", "notBlank"}:
            return Blank(column.name, kind == "notBlank")
        if kind is not None:
            self.reader.choice(kind, at(place, "type"), ("isAnyOf", "isNoneOf"), "set filter")
        where = at(place, "values")
        found = model.get("values")
        if not isinstance(found, list):
            raise self.reader.refuse(where, f"expected a list, not {shorten(found)}.")
        self.reader.set_values += len(found)
        if self.reader.set_values > self.reader.limits.set_values:
            raise self.reader.refuse(where, f"more than {self.reader.limits.set_values:,} values of set filters.")
        values = {
            self.reader.key(each, lambda index=index: at(where, index), column): None  # type: ignore[misc] # mypy cannot type a lambda's default
            for index, each in enumerate(found)
            if each is not None
        }
        if column.type == "decimal":
            # No value of the column is equal to one between its steps.
            values = {value: None for value in values if column.holds(value)}
        null, negated = len(found) > 0 and None in found, kind == "isNoneOf"
        if not values and not null:
            return EVERYTHING if negated else NOTHING
        return OneOf(column.name, tuple(values), null, negated)


def compare_number(column: RowColumn, op: Operator, value: Any) -> Filter:
    """Compare exactly: an integer with 2.5 is less than 3, and never equal; so are decimals of a scale.

    No engine is left to convert one kind of number to another.
    """
    if column.type == "number":
        return Compare(column.name, op, value)
    if column.span is not None and not column.span[0] <= value <= column.span[1]:
        passes = op == "ne" or (op in {"lt", "le"}) is (value > 0)
        return Blank(column.name, negated=True) if passes else NOTHING
    below = column.stepped(value, ROUND_FLOOR)
    if below == value:
        return Compare(column.name, op, below)
    if op in {"eq", "ne"}:
        return NOTHING if op == "eq" else Blank(column.name, negated=True)
    if op in {"lt", "le"}:
        return Compare(column.name, "le", below)
    return Compare(column.name, "ge", column.stepped(value, ROUND_CEILING))
