"""One flat row after another, in the same dict, just when orjson is about to write it.

Owns the code that is compiled for a shape of rows, or for columns. Imports the names of :mod:`.flatten` alone; called
by :mod:`.plan` and :mod:`.columnar`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from .flatten import Path

Feed = Generator[Any, Any, None]

Sources = tuple[tuple[str, Path | None], ...]
"""Name and path of each column to write; the path is None where its values were made ready."""
Groups = tuple[tuple[Path, tuple[str, ...]], ...]
"""Path and keys of each mapping in a row, the row's own first."""

NEXT = object()
"""Stands for a row that orjson has not asked for yet."""


MOST_COLUMNS = 1000
FEWEST_ROWS_TO_COMPILE = 16
"""Compiling costs more than it saves below."""
ATTRIBUTES_ARE_FASTER = sys.version_info >= (3, 11)


class MisfitError(ValueError):
    """A row has other keys than the plan."""


class _Cells:
    """Has the flat row as its ``__dict__``.

    From 3.11 on CPython remembers where an attribute lies, and looks a key up each time: filling a row takes a third
    less.
    """


@lru_cache(maxsize=256)
def feeder(sources: Sources, groups: Groups, *, lacking: bool = False) -> Callable[..., Feed]:
    """Compile a generator that is sent ``NEXT`` for the next flat row, or a value for its JSON form.

    The flat row is the same dict each time. A row that has other keys than ``groups`` says is a
    :class:`MisfitError`, or a ``KeyError`` where one is missing. Below the row, a null in a mapping's place is a
    mapping of nulls.

    :param sources: What to write; the generator takes a row and one value for each column made ready.
    :param groups: The mappings of a row; none where there are no rows but only columns.
    :param lacking: Read a key that a mapping lacks as a null; that it has no other keys is for the caller to know.
    :return: A function of an iterable of what the generator takes (a bare row where nothing is ready), and of the
        hook for values that orjson does not know.
    """
    # A repr of str is always a literal of it: no key can become code.
    names = {path: f"g{number}" for number, (path, _) in enumerate(groups)}
    ready = [f"r{number}" for number, (_, path) in enumerate(sources) if path is None]
    taken = ["g0"] if groups else []
    steps = [*_checks(groups, names, lacking=lacking), *_fills(sources, groups, names, lacking=lacking)]
    code = "\n".join(
        [
            "def feed(sources, form):",
            f"    row = {dict.fromkeys(name for name, _ in sources)!r}",
            "    cells = new_cells()",
            "    cells.__dict__ = row",
            "    got = yield",
            f"    for {', '.join([*taken, *ready])}{',' if not groups else ''} in sources:",
            *(f"        {line}" for line in steps),
            "        got = yield row",
            "        while got is not is_next:",
            "            got = yield form(got)",
        ]
    )
    space: dict[str, Any] = {"misfit": MisfitError, "is_next": NEXT, "new_cells": _Cells}
    exec(compile(code, "<flask_openbb plan>", "exec"), space)  # noqa: S102
    feeder: Callable[..., Feed] = space["feed"]
    return feeder


def _checks(groups: Groups, names: Mapping[Path, str], *, lacking: bool) -> Iterator[str]:
    """Name the mappings of a row, and refuse what has other keys."""
    for path, keys in groups:
        name = names[path]
        if not path:
            yield f"if type({name}) is not dict: raise misfit"
            continue
        above, key = names[path[:-1]], repr(path[-1])
        yield f"{name} = {above}.get({key})" if lacking else f"{name} = {above}[{key}]"
        yield f"if type({name}) is not dict:"
        yield f"    if {name} is not None: raise misfit"
        yield f"    {name} = {dict.fromkeys(keys)!r}"
    # With every key read, the sum is right only if no mapping has another key beside them.
    if groups and not lacking:
        total = " + ".join(f"len({name})" for name in names.values())
        yield f"if {total} != {sum(len(keys) for _, keys in groups)}: raise misfit"


def _fills(sources: Sources, groups: Groups, names: Mapping[Path, str], *, lacking: bool) -> Iterator[str]:
    """Fill in the flat row."""
    yield from (f"{_target(name)} = r{number}" for number, (name, path) in enumerate(sources) if path is None)
    for above, keys in groups:
        group = names[above]
        read = [(_target(name), path[-1]) for name, path in sources if path is not None and path[:-1] == above]
        every = [f"{target} = {group}[{key!r}]" for target, key in read]
        if not lacking or not read:
            yield from every
            continue
        yield f"if len({group}) == {len(keys)}:"
        yield from (f"    {line}" for line in every)
        yield "else:"
        yield from (f"    {target} = {group}.get({key!r})" for target, key in read)


def _target(name: str) -> str:
    """Write what a column's value is assigned to: an attribute, or a key that is no name of one."""
    # Names other than ASCII are normalised in code, and those with two underscores are Python's own.
    odd = iskeyword(name) or name.startswith("__") or not (name.isascii() and name.isidentifier())
    return f"row[{name!r}]" if odd or not ATTRIBUTES_ARE_FASTER else f"cells.{name}"
