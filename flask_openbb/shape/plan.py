"""Many rows of one shape become flat JSON at a small multiple of the cost of writing it.

The first row's shape is compiled into one generator that checks each row and fills in a flat one, just when orjson
is about to write it. What does not fit is evened out if rows merely lack keys, and is left to :mod:`.flatten`
otherwise, whose result is the same, only slower.

Owns the plan of a shape, its check and its use. Imports :mod:`.feed`, :mod:`.flatten`, :mod:`.encode`, :mod:`.layout`
and :mod:`.rows`; called by :mod:`.stream` for each answer, or each part of a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import chain, repeat
from operator import countOf, getitem, itemgetter
from typing import Any, Literal

import orjson

from .feed import FEWEST_ROWS_TO_COMPILE, MOST_COLUMNS, NEXT, Feed, feeder
from .flatten import ATOMS, Path, Row, cell
from .layout import Layout
from .rows import frame_reader, per_class, record_reader
from .values import SAFE_INT


@cache
def _shells() -> int:
    """How many lists around the rows bring a mapping or list in a cell to orjson's limit of nesting.

    Orjson refuses what lies deeper, so that nobody has to look for it. Only tuples pass.

    :return: 0 if this orjson has no such limit.
    """
    most = 1000
    shells = next((count for count in range(most) if not _takes(1, count + 1)), 0)
    cells: tuple[Any, ...] = ({}, [], {"key": 1}, [1])
    return 0 if any(_takes(cell, shells) for cell in cells) else shells


def _takes(cell: Any, shells: int) -> bool:
    try:
        orjson.dumps(_within([{"key": cell}], shells))
    except TypeError:
        return False
    return True


def _within(rows: list[Any], shells: int) -> list[Any]:
    for _ in range(shells):
        rows = [rows]
    return rows


@dataclass
class Plan:
    """The shape of a row."""

    layout: Layout
    paths: dict[str, Path] = field(default_factory=dict)
    """The path of each flat column, in order."""
    groups: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    """The keys of each mapping, the row's own under ``()``; each before those inside it."""

    def read(self, mapping: Row, above: Path = (), prefix: str = "") -> bool:
        """Take the shape from a row.

        :return: False if it is one that :func:`.flatten.flatten` must judge.
        """
        self.groups[above] = tuple(mapping)
        for key, value in mapping.items():
            if type(key) is not str:
                return False
            name, path = prefix + key, (*above, key)
            if name in self.paths or len(self.paths) > MOST_COLUMNS:
                return False
            if type(value) is not dict or name in self.layout.whole:
                self.paths[name] = path
            elif not self._opens(value, path) or not self.read(value, path, name + self.layout.sep):
                return False
        # The name of a group is that of its null.
        return above != () or not any(self.layout.sep.join(path) in self.paths for path in self.groups)

    def _opens(self, value: Row, path: Path) -> bool:
        # Whether an empty mapping is a null, and a deep one text, flatten() says.
        return bool(value) and len(path) < self.layout.deepest


class Fitted:
    """Rows and the plan that they, or those like them, have."""

    def __init__(self, plan: Plan, rows: list[Row], like: Row) -> None:
        self.paths = plan.paths
        """The path of each flat column, in order."""
        self.like = like
        """A row with every key of the plan."""
        self._plan = plan
        self._layout = plan.layout
        self._rows = rows
        self._cells: dict[str, list[Any]] = {}

    def text(self, picked: list[tuple[str, str]], *, first_row: int = 0) -> bytes | None:
        """Write the rows as a JSON array.

        :param picked: New and old name of each column to send.
        :return: None if a row does not fit the plan after all, or cannot be flattened.
        """
        same = picked == [(name, name) for name in self.paths]
        text = self._quickly() if same and self._looks_plain() else None
        # A tuple or an array in a cell shows as a bracket. So does one in a text: then the values are looked at.
        if text is not None and text.find(b"[", 1) < 0:
            return text
        found = self._carefully(picked, text, first_row)
        if found is None and not self._is_flat and (even := _evened(self._rows, (), self._plan.groups)) is not None:
            self._rows = even
            found = self._carefully(picked, None, first_row)
        return found

    def _carefully(self, picked: list[tuple[str, str]], text: bytes | None, first_row: int) -> bytes | None:
        """Look at every value; ``text`` stands if nothing in it had to be changed."""
        try:
            if not self._settle():
                return None
            if text is not None and not self._cells:
                return text
            return self._write(picked, first_row)
        except (LookupError, TypeError, ValueError):
            return None

    def _write(self, picked: list[tuple[str, str]], first_row: int) -> bytes:
        form, count = self._layout.form, len(self._rows)
        try:
            return orjson.dumps([NEXT] * count, default=self._feed(picked).send, option=form.options)
        except TypeError:
            # The row that does not fit, or the value that orjson does not take, is found once more.
            feed = self._feed(picked)
            rows = [feed.send(NEXT).copy() for _ in range(count)]
        return form.dumps(rows, first_row=first_row)

    @property
    def _is_flat(self) -> bool:
        return len(self._plan.groups) == 1

    def _looks_plain(self) -> bool:
        """Whether no column needs more than orjson, as far as one row can tell."""
        if self._layout.whole or not _shells():
            return False
        return all(type(reduce(getitem, path, self.like)) in ATOMS for path in self.paths.values())

    def _quickly(self) -> bytes | None:
        """Write the rows, unless one does not fit, or a cell holds a mapping or a list."""
        form, shells = self._layout.form, _shells()
        rows: list[Any] = self._rows
        hook: Callable[[Any], Any] = form.hook
        if not self._is_flat:
            # Orjson asks for each row when it is about to write it: only one flat row exists at a time.
            rows, hook = [NEXT] * len(rows), self._feed([(name, name) for name in self.paths]).send
        try:
            text = orjson.dumps(_within(rows, shells), default=hook, option=form.options)
        except TypeError:
            return None
        return text[shells:-shells]

    def _settle(self) -> bool:
        """Look at the class of every value; write lists, and ints too big, as their columns' cells."""
        groups: dict[Path, list[Any]] = {}
        for path in self._plan.groups:
            found = [*map(itemgetter(path[-1]), groups[path[:-1]])] if path else self._rows
            # A dict that makes up missing keys would grow by being read.
            if countOf(map(type, found), dict) != len(found):
                return False
            groups[path] = found
        for name, path in self.paths.items():
            if name in self._layout.whole:
                continue
            values = [*map(itemgetter(path[-1]), groups[path[:-1]])]
            kinds = {*map(type, values)}
            others = {_kind(kind) for kind in kinds - ATOMS}
            mode = self._layout.mode(name)
            if "record" in others or ("list" in others and mode in ("index", "explode")):
                return False
            if "list" in others:
                self._cells[name] = [cell(value, path, mode, self._layout.form) for value in values]
            elif int in kinds and self._layout.form.big_ints:
                ints = [value for value in values if type(value) is int]
                if max(ints) > SAFE_INT or min(ints) < -SAFE_INT:
                    self._cells[name] = [*map(_int_text, values)]
        return True

    def _feed(self, picked: list[tuple[str, str]]) -> Feed:
        sources: list[tuple[str, Path | None]] = []
        ready: list[Any] = []
        for new, old in picked:
            cells = self._cells.get(old) if old in self.paths else repeat(None)
            sources.append((new, self.paths[old] if cells is None else None))
            ready += [] if cells is None else [cells]
        groups = tuple((path, len(keys)) for path, keys in self._plan.groups.items())
        rows = zip(self._rows, *ready) if ready else self._rows  # noqa: B905 - nulls do not end
        feed = feeder(tuple(sources), groups)(rows, self._layout.form.hook)
        next(feed)
        return feed


def fit(rows: list[Any], layout: Layout, *, like: Row | None = None) -> Fitted | None:
    """Make a plan for rows. Flat rows are checked to have all its keys; of others, :meth:`Fitted.text` does it.

    :param rows: The rows of one answer; not changed.
    :param like: A row to take the shape from instead of the first.
    :return: None if :func:`.flatten.flatten` must judge the rows.
    """
    if not rows or type(rows[0]) is not dict:
        return None
    opened = {} if like else _opened_later(rows, layout)
    like = like or rows[0] | opened
    plan = Plan(layout)
    if not like or not plan.read(like):
        return None
    if len(plan.groups) == 1:
        return _fit_flat(rows, plan)
    if opened:
        # In first-seen order, as flatten() has it.
        places = {key: place for place, key in enumerate(opened, 1)}
        plan.paths = dict(sorted(plan.paths.items(), key=lambda item: places.get(item[1][0], 0)))
    return Fitted(plan, rows, like) if len(rows) >= FEWEST_ROWS_TO_COMPILE else None


def _opened_later(rows: list[Any], layout: Layout) -> Row:
    """The mappings that later rows have where the first has a null, in first-seen order."""
    found: list[tuple[int, int, str, Row]] = []
    for key, value in rows[0].items():
        if value is not None or key in layout.whole:
            continue
        for number, row in enumerate(rows):
            inner = row.get(key) if type(row) is dict else None
            if inner is not None:
                if type(inner) is dict and inner:
                    found.append((number, list(row).index(key), key, inner))
                break
    return {key: inner for _, _, key, inner in sorted(found, key=lambda item: item[:2])}


def _fit_flat(rows: list[Row], plan: Plan) -> Fitted | None:
    count = len(rows)
    if countOf(map(type, rows), dict) != count:
        return None
    names = list(plan.paths)
    # As many keys as the first row has, and none that it has not: the same ones, in whatever order. Workspace and
    # Excel take the columns from the first row. Comparing the keys of each row would take twice as long.
    if countOf(map(len, rows), len(names)) != count or len({*names}.union(*rows)) != len(names):
        # In first-seen order, as flatten() has it.
        names = [*dict.fromkeys(chain(names, chain.from_iterable(rows)))]
        if countOf(map(type, names), str) != len(names):
            return None
        nulls: Row = dict.fromkeys(names)
        rows = [nulls | row for row in rows]
    plan.paths = {name: (name,) for name in names}
    return Fitted(plan, rows, rows[0])


def _evened(mappings: list[Any], path: Path, groups: Mapping[Path, tuple[str, ...]]) -> list[Row] | None:
    names = groups[path]
    kinds = {*map(type, mappings)}
    if kinds != {dict} and (not path or kinds != {dict, type(None)}):
        return None
    nulls: Row = dict.fromkeys(names)
    even = [nulls | (mapping or nulls) for mapping in mappings]
    if countOf(map(len, even), len(names)) != len(even):
        return None
    for name in names:
        if (*path, name) in groups:
            inner = _evened([mapping[name] for mapping in even], (*path, name), groups)
            if inner is None:
                return None
            for mapping, value in zip(even, inner, strict=True):
                mapping[name] = value
    return even


def _int_text(value: Any) -> Any:
    return str(value) if type(value) is int and not -SAFE_INT <= value <= SAFE_INT else value


@per_class
def _kind(cls: type) -> Literal["record", "list", "scalar"]:
    """What flatten() would see in a value of a class."""
    if frame_reader(cls) is not None:
        return "list"
    if record_reader(cls) is not None:
        return "record"
    text = issubclass(cls, (str, bytes, bytearray, memoryview))
    return "list" if issubclass(cls, Collection) and not text else "scalar"
