"""Many rows of one shape become flat JSON at a small multiple of the cost of writing it.

The first row's shape is compiled into one generator that checks each row and fills in a flat one, just when orjson
is about to write it. If rows merely lack keys, or later ones have others, a second plan has the keys of all. What does
not fit is evened out, or left to :mod:`.flatten`, whose result is the same, only slower.

Owns the plan of a shape, its check and its use. Imports :mod:`.feed`, :mod:`.flatten`, :mod:`.encode`, :mod:`.layout`
and :mod:`.rows`; called by :mod:`.stream` for each answer, or each part of a stream.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from inspect import GEN_CLOSED, getgeneratorstate
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


Place = tuple[int, list[int]]
"""Where a column is first seen: the number of the row, and the place of each key of the path among its mapping's."""


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

    def __init__(self, plan: Plan, rows: list[Row], like: Row, opened: Mapping[str, Place] | None = None) -> None:
        self.paths = plan.paths
        """The path of each flat column, in order."""
        self.like = like
        """A row with every key of the plan."""
        self._plan = plan
        self._layout = plan.layout
        self._rows = rows
        self._cells: dict[str, list[Any]] = {}
        self._opened = opened or {}
        """Where the mappings are first seen that are null in the first row, by their key."""
        self._late: list[tuple[Place, Path, Any]] | None = None
        """The keys that only later rows have; None until they were looked for, or if there is something else."""
        self._misfits = False
        """Whether a row has other keys than the plan."""

    def text(self, picked: list[tuple[str, str]], *, first_row: int = 0) -> bytes | None:
        """Write the rows as a JSON array.

        :param picked: New and old name of each column to send.
        :return: None if a row does not fit the plan after all, or cannot be flattened; :meth:`widened` may help.
        """
        same = picked == [(name, name) for name in self.paths]
        text = self._at_once() if same and self._looks_plain() else None
        if text is None and self._late:
            return None
        # A tuple or an array in a cell shows as a bracket. So does one in a text: then the values are looked at.
        if text is not None and text.find(b"[", 1) < 0:
            return text
        found = self._carefully(picked, text, first_row)
        if found is None and not self._is_flat and (even := _evened(self._rows, (), self._plan.groups)) is not None:
            self._rows = even
            found = self._carefully(picked, None, first_row)
        return found

    def _at_once(self) -> bytes | None:
        """Write the rows without a look at each value; those that merely lack keys of the plan, at the second try."""
        text = None if self._late == [] else self._quickly()
        if text is None and self._misfits:
            self._late = self._later_keys()
        return self._quickly(lacking=True) if text is None and self._late == [] else text

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

    def widened(self) -> Fitted | None:
        """Give the rows a plan that has the keys of later ones too, in first-seen order.

        :return: None if there are no such keys, or :func:`.flatten.flatten` must judge the rows.
        """
        if not self._late:
            return None
        plan = Plan(self._layout, dict(self.paths), dict(self._plan.groups))
        like = dict(self.like)
        for path in plan.groups:
            if path:
                above = reduce(getitem, path[:-1], like)
                above[path[-1]] = dict(above[path[-1]])
        taken = {self._layout.sep.join(path) for path in plan.groups if path}
        places = {path: self._opened[path[0]] for path in plan.paths.values() if path[0] in self._opened}
        for place, path, value in self._late:
            name = self._layout.sep.join(path)
            if type(value) not in ATOMS or name in plan.paths or name in taken or len(plan.paths) > MOST_COLUMNS:
                return None
            plan.paths[name], places[path] = path, place
            plan.groups[path[:-1]] += path[-1:]
            reduce(getitem, path[:-1], like)[path[-1]] = value
        plan.paths = _in_order(plan.paths, places)
        wider = Fitted(plan, self._rows, like)
        wider._late = []
        return wider

    def _later_keys(self) -> list[tuple[Place, Path, Any]] | None:
        """The paths that the plan lacks, where they are first seen, and their first values.

        :return: None if something else is where the plan has a mapping, if a key is no text, or if they are too many.
        """
        groups: dict[Path, list[Any]] = {(): self._rows}
        found: list[tuple[Place, Path, Any]] = []
        for path, keys in self._plan.groups.items():
            if path:
                groups[path] = [mapping and mapping.get(path[-1]) for mapping in groups[path[:-1]]]
            mappings = [mapping for mapping in groups[path] if mapping is not None]
            if countOf(map(type, mappings), dict) != len(mappings):
                return None
            late = {*keys}.union(*mappings).difference(keys)
            if len(late) > MOST_COLUMNS:
                return None
            for key in late:
                if type(key) is not str:
                    return None
                row = next(number for number, mapping in enumerate(groups[path]) if mapping and key in mapping)
                steps = [(*groups[path[:end]][row],).index(step) for end, step in enumerate((*path, key))]
                found.append(((row, steps), (*path, key), groups[path][row][key]))
        return found

    def _quickly(self, *, lacking: bool = False) -> bytes | None:
        """Write the rows, unless one does not fit, or a cell holds a mapping or a list."""
        form, shells = self._layout.form, _shells()
        rows: list[Any] = self._rows
        feed: Feed | None = None
        if not self._is_flat:
            # Orjson asks for each row when it is about to write it: only one flat row exists at a time.
            rows, feed = [NEXT] * len(rows), self._feed([(name, name) for name in self.paths], lacking=lacking)
        try:
            text = orjson.dumps(
                _within(rows, shells), default=form.hook if feed is None else feed.send, option=form.options
            )
        except TypeError:
            # A feed that met a misfit has ended; one whose value orjson refused has not.
            self._misfits = feed is not None and getgeneratorstate(feed) == GEN_CLOSED
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

    def _feed(self, picked: list[tuple[str, str]], *, lacking: bool = False) -> Feed:
        sources: list[tuple[str, Path | None]] = []
        ready: list[Any] = []
        for new, old in picked:
            cells = self._cells.get(old) if old in self.paths else repeat(None)
            sources.append((new, self.paths[old] if cells is None else None))
            ready += [] if cells is None else [cells]
        groups = tuple(self._plan.groups.items())
        rows = zip(self._rows, *ready) if ready else self._rows  # noqa: B905 - nulls do not end
        feed = feeder(tuple(sources), groups, lacking=lacking)(rows, self._layout.form.hook)
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
    like = like or rows[0] | {key: inner for key, (_, inner) in opened.items()}
    plan = Plan(layout)
    if not like or not plan.read(like):
        return None
    if len(plan.groups) == 1:
        return _fit_flat(rows, plan)
    places = {key: place for key, (place, _) in opened.items()}
    plan.paths = _in_order(plan.paths, {path: places[path[0]] for path in plan.paths.values() if path[0] in places})
    return Fitted(plan, rows, like, places) if len(rows) >= FEWEST_ROWS_TO_COMPILE else None


def _opened_later(rows: list[Any], layout: Layout) -> dict[str, tuple[Place, Row]]:
    """The mappings that later rows have where the first has a null, and where they are first seen."""
    found: dict[str, tuple[Place, Row]] = {}
    for key, value in rows[0].items():
        if value is not None or key in layout.whole:
            continue
        for number, row in enumerate(rows):
            inner = row.get(key) if type(row) is dict else None
            if inner is not None:
                if type(inner) is dict and inner:
                    found[key] = (number, [list(row).index(key)]), inner
                break
    return found


def _in_order(paths: dict[str, Path], places: Mapping[Path, Place]) -> dict[str, Path]:
    """Bring columns into first-seen order, as flatten() has it; those without a place are of the first row."""
    first: Place = (0, [])
    return dict(sorted(paths.items(), key=lambda item: places.get(item[1], first))) if places else paths


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
