"""The one parser of row-model requests: any JSON value in, a :class:`RowRequest` or a :class:`RowRequestError` out.

Owns the shapes a request may have. Liberal in shape: flat or nested under ``grouping``, keys missing, null or unknown,
an empty body. Strict in content: every name is a column of the source, every value one of its column's type. Imports
this room's :mod:`.reading`, :mod:`.filters`, :mod:`.columns`; called once a request, before any engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .columns import AGGREGATES, RowColumn, RowColumns
from .filters import Filters
from .reading import Reader, at, shorten
from .request import DEFAULT_LABELS, DEFAULT_LIMITS, Labels, Limits, RowRequest, Sort, Value

AUTO_COLUMN = "ag-Grid-AutoColumn"
"""The column AG Grid makes for groups: ``ag-Grid-AutoColumn`` for all, ``ag-Grid-AutoColumn-desk`` for one."""

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Rules:
    """What a row model decides once for all of its requests.

    .. versionadded:: 0.1
    """

    zone: ZoneInfo = UTC
    """The time zone of presets, of dates in filters, and of times without a zone."""
    inclusive: bool = True
    """Whether ``inRange`` includes its ends."""
    first_weekday: int = 0
    """The first day of ``thisWeek``: 0 is Monday, 6 Sunday."""
    limits: Limits = DEFAULT_LIMITS
    labels: Labels = field(default=DEFAULT_LABELS)


DEFAULT_RULES = Rules()


def parse_request(
    body: Any, columns: RowColumns, *, rules: Rules = DEFAULT_RULES, now: datetime | None = None
) -> RowRequest:
    """Parse the JSON of a row-model request.

    :param body: What the JSON was decoded to; None for an empty body.
    :param columns: The allow-list of the source.
    :param rules: Time zone, limits and labels.
    :param now: The time of the request; the present unless tests say otherwise.
    :return: What is asked, free of unknown names and of values of wrong types.
    :raises RowRequestError: If anything in it is refused; nothing else is ever raised.

    Source: AG Grid docs, Server-Side Row Model, ``IServerSideGetRowsRequest``; OpenBB docs, SSRM mode.

    .. versionadded:: 0.1
    """
    now = datetime.now(rules.zone) if now is None else now.astimezone(rules.zone)
    reader = Reader(columns, rules.limits, rules.zone, now)
    return _Parser(reader, rules).parse(body)


class _Parser:
    def __init__(self, reader: Reader, rules: Rules) -> None:
        self.reader = reader
        self.rules = rules

    def parse(self, body: Any) -> RowRequest:
        flat = {} if body is None else self.reader.mapping(body, "")
        nested = flat.get("grouping")
        self.flat, self.nested = flat, nested if isinstance(nested, dict) else {}
        start, end = self._range()
        pivot_mode = self.reader.flag(*self._get("pivotMode"))
        groups = self._columns("rowGroupCols", "grouped by")
        pivots = self._columns("pivotCols", "pivoted by") if pivot_mode else ()
        filters = Filters(self.reader, inclusive=self.rules.inclusive, first_weekday=self.rules.first_weekday)
        return RowRequest(
            start_row=start,
            end_row=end,
            groups=tuple(column.name for column in groups),
            group_keys=self._keys(groups),
            values=self._values(),
            pivots=tuple(column.name for column in pivots),
            pivot_mode=pivot_mode,
            filter=filters.parse(*self._get("filterModel")),
            sort=self._sort(tuple(column.name for column in groups), pivoting=bool(pivots)),
        )

    def _get(self, name: str) -> tuple[Any, str]:
        """Give a value and its place, wherever the request has it."""
        if self.flat.get(name) is None and self.nested.get(name) is not None:
            return self.nested[name], f"grouping.{name}"
        return self.flat.get(name), name

    def _range(self) -> tuple[int, int]:
        limits = self.reader.limits
        start, place = self._get("startRow")
        first = 0 if start is None else self.reader.integer(start, place)
        end, place = self._get("endRow")
        last = first + limits.default_page if end is None else self.reader.integer(end, place)
        if last < first:
            raise self.reader.refuse(place, f"{last:,} is before startRow, {first:,}.")
        if last - first > limits.page:
            raise self.reader.refuse(place, f"{last - first:,} rows are too many: at most {limits.page:,} a page.")
        return first, last

    def _list(self, name: str) -> list[tuple[dict[str, Any], str]]:
        value, place = self._get(name)
        items = self.reader.listing(value, place)
        if len(items) > self.reader.limits.columns:
            raise self.reader.refuse(place, f"{len(items):,} are too many: at most {self.reader.limits.columns}.")
        return [(self.reader.mapping(item, at(place, index)), at(place, index)) for index, item in enumerate(items)]

    def _named(self, item: dict[str, Any], place: str) -> tuple[Any, str]:
        name = "field" if item.get("field") is not None else "id"
        return item.get(name), at(place, name)

    def _columns(self, name: str, what: str) -> tuple[RowColumn, ...]:
        found: dict[str, RowColumn] = {}
        for item, place in self._list(name):
            column = self.reader.ordered(*self._named(item, place), what)
            if column.name in found:
                raise self.reader.refuse(place, f"column {shorten(column.name)} is there twice.")
            found[column.name] = column
        return tuple(found.values())

    def _keys(self, groups: tuple[RowColumn, ...]) -> tuple[Any, ...]:
        value, place = self._get("groupKeys")
        keys = self.reader.listing(value, place)
        if len(keys) > len(groups):
            raise self.reader.refuse(place, f"{len(keys)} keys for {len(groups)} groups (rowGroupCols).")
        return tuple(
            self._key(key, at(place, index), column)
            for index, (key, column) in enumerate(zip(keys, groups, strict=False))
        )

    def _key(self, key: Any, place: str, column: RowColumn) -> Any:
        if isinstance(key, str):
            key = self.rules.labels.meant(self.reader.text(key, place))
        value = None if key is None else self.reader.key(key, lambda: place, column)
        if column.type == "decimal" and value is not None and not column.holds(value):
            raise self.reader.refuse(place, f"column {shorten(column.name)} has {column.scale} digits after the point.")
        return value

    def _values(self) -> tuple[Value, ...]:
        found: dict[str, Value] = {}
        for item, place in self._list("valueCols"):
            column = self.reader.column(*self._named(item, place))
            function, where = item.get("aggFunc"), at(place, "aggFunc")
            aggregate = self.reader.choice("count" if function is None else function, where, AGGREGATES, "aggregate")
            if column.type not in AGGREGATES[aggregate]:
                allowed = ", ".join(name for name, types in AGGREGATES.items() if column.type in types)
                problem = f"column {shorten(column.name)} is {column.type} and has no {aggregate}. Allowed: {allowed}."
                raise self.reader.refuse(where, problem)
            name = column.name
            if name in found:
                # The second aggregate of one column goes under the id AG Grid gave the second column.
                name = self.reader.text(item.get("id"), at(place, "id"))
                if name in found or name in self.reader.columns:
                    raise self.reader.refuse(place, f"column {shorten(name)} is there twice.")
            found[name] = Value(column.name, aggregate, name)  # type: ignore[arg-type] # a key of AGGREGATES
        return tuple(found.values())

    def _sort(self, groups: tuple[str, ...], *, pivoting: bool) -> tuple[Sort, ...]:
        found: dict[str, Sort] = {}
        for item, place in self._list("sortModel"):
            direction = item.get("sort")
            if direction is None:
                continue
            if item.get("type") is not None:
                # AG Grid has sorts by absolute value since version 35.
                self.reader.choice(item["type"], at(place, "type"), ("default",), "sort of a row model")
            word = direction.lower() if isinstance(direction, str) else direction
            descending = self.reader.choice(word, at(place, "sort"), ("asc", "desc"), "direction") == "desc"
            for name in self._sorted(item.get("colId"), at(place, "colId"), groups, pivoting=pivoting):
                found.setdefault(name, Sort(name, descending))
        return tuple(found.values())

    def _sorted(self, value: Any, place: str, groups: tuple[str, ...], *, pivoting: bool) -> tuple[str, ...]:
        name = self.reader.text(value, place)
        if name not in self.reader.columns:
            if name == AUTO_COLUMN:
                return groups
            if name.startswith(f"{AUTO_COLUMN}-"):
                return (name[len(AUTO_COLUMN) + 1 :],) if name[len(AUTO_COLUMN) + 1 :] in groups else ()
            if pivoting or any(name == value.name for value in self._values()):
                return (name,)
        return (self.reader.ordered(name, place, "sorted by").name,)
