"""One flat row after another, in the same dict, just when orjson is about to write it.

Owns the code that is compiled for a shape of rows, or for columns. Imports the names of :mod:`.flatten` alone; called
by :mod:`.plan` and :mod:`.columnar`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Any

from .flatten import Path

Feed = Generator[Any, Any, None]

Sources = tuple[tuple[str, Path | None], ...]
"""Name and path of each column to write; the path is None where its values were made ready."""

NEXT = object()
"""Stands for a row that orjson has not asked for yet."""


MOST_COLUMNS = 1000
FEWEST_ROWS_TO_COMPILE = 16
"""Compiling costs more than it saves below."""


class MisfitError(ValueError):
    """A row has other keys than the plan."""


@lru_cache(maxsize=256)
def feeder(sources: Sources, groups: tuple[tuple[Path, int], ...]) -> Callable[..., Feed]:
    """Compile a generator that is sent ``NEXT`` for the next flat row, or a value for its JSON form.

    The flat row is the same dict each time. A row that has other keys than ``groups`` says is a
    :class:`MisfitError`, or a ``KeyError`` where one is missing.

    :param sources: What to write; the generator takes a row and one value for each column made ready.
    :param groups: Path of each mapping in a row, and how many keys it has; none where there are no rows but only
        columns.
    :return: A function of an iterable of what the generator takes (a bare row where nothing is ready), and of the
        hook for values that orjson does not know.
    """
    # A repr of str is always a literal of it: no key can become code.
    names = {path: f"g{number}" for number, (path, _) in enumerate(groups)}
    ready = [f"r{number}" for number, (_, path) in enumerate(sources) if path is None]
    taken = ["g0"] if groups else []
    checks = []
    for path, name in names.items():
        if path:
            checks.append(f"{name} = {names[path[:-1]]}[{path[-1]!r}]")
        checks.append(f"if type({name}) is not dict: raise misfit")
    # With every key read below, the sum is right only if no mapping has another key beside them.
    if groups:
        total = " + ".join(f"len({name})" for name in names.values())
        checks.append(f"if {total} != {sum(size for _, size in groups)}: raise misfit")
    filled = [
        f"row[{name!r}] = " + (f"r{number}" if path is None else f"{names[path[:-1]]}[{path[-1]!r}]")
        for number, (name, path) in enumerate(sources)
    ]
    code = "\n".join(
        [
            "def feed(sources, form):",
            "    row = {}",
            "    got = yield",
            f"    for {', '.join([*taken, *ready])}{',' if not groups else ''} in sources:",
            *(f"        {line}" for line in (*checks, *filled)),
            "        got = yield row",
            "        while got is not is_next:",
            "            got = yield form(got)",
        ]
    )
    space: dict[str, Any] = {"misfit": MisfitError, "is_next": NEXT}
    exec(compile(code, "<flask_openbb plan>", "exec"), space)  # noqa: S102
    feeder: Callable[..., Feed] = space["feed"]
    return feeder
