"""What a widget wants its rows to look like: the options of flattening, checked once.

Owns :class:`Layout`. Imports :mod:`.encode` and :mod:`flask_openbb.errors`; made by :mod:`.bodies` before a
widget's first request and read by :mod:`.flatten`, :mod:`.plan` and :mod:`.stream` for each of its answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import ShapeError
from .encode import Form

ListMode = Literal["join", "json", "index", "explode", "keep"]
"""How lists are written; see :func:`.flatten.flatten`."""

LIST_MODES: tuple[ListMode, ...] = ("join", "json", "index", "explode", "keep")

ALL = "*"
"""Stands for every list that is not named in ``lists``, and for every column that is not named in ``select``."""

MAX_DEPTH = 100
"""Levels of mappings a row may nest."""


@dataclass(frozen=True)
class Layout:
    """How the rows of one widget are flattened; :func:`.flatten.flatten` documents each choice.

    :raises ShapeError: If a choice cannot work.

    .. versionadded:: 0.1
    """

    sep: str = "_"
    lists: ListMode | Mapping[str, ListMode] = "join"
    whole: Collection[str] = frozenset()
    max_depth: int | None = None
    select: Sequence[str] | Mapping[str, str] | None = None
    form: Form = field(default_factory=Form)
    modes: Mapping[str, ListMode] = field(init=False, repr=False)
    """How lists are written by column; ``"*"`` is the rest."""
    picked: tuple[tuple[str, str], ...] | None = field(init=False, repr=False)
    """New and old name of each selected column, or None for all."""

    def __post_init__(self) -> None:
        _check_separator(self.sep)
        lists = self.lists if isinstance(self.lists, Mapping) else {ALL: self.lists}
        for column, mode in lists.items():
            if mode not in LIST_MODES:
                where = "" if lists is not self.lists or column == ALL else f" for column {column!r}"
                msg = f"lists={mode!r}{where} is not known. Use one of: {', '.join(LIST_MODES)}."
                raise ShapeError(msg)
        deepest = self.max_depth
        if deepest is not None and (type(deepest) is not int or not 1 <= deepest <= MAX_DEPTH):
            msg = f"max_depth={deepest!r} is not a number of levels. Use an int from 1 to {MAX_DEPTH}, or None."
            raise ShapeError(msg)
        if isinstance(self.whole, str):
            msg = f"whole={self.whole!r} is text. Give the names of columns as a list or set."
            raise ShapeError(msg)
        object.__setattr__(self, "modes", {ALL: "join", **lists})
        object.__setattr__(self, "picked", _picked(self.select))

    @property
    def deepest(self) -> int:
        """How many keys the name of a column may join."""
        return MAX_DEPTH if self.max_depth is None else self.max_depth

    @property
    def drops(self) -> bool:
        """Whether columns that ``select`` does not name are dropped."""
        return self.picked is not None and (ALL, ALL) not in self.picked

    def mode(self, name: str) -> ListMode:
        """How the lists of a column are written."""
        return self.modes.get(name) or self.modes[ALL]

    def pick(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """New and old name of each column to send, in order.

        :param names: The flat columns that the answer has.
        :raises ShapeError: If a new name is also that of another column.
        """
        if self.picked is None:
            return [(name, name) for name in names]
        used = {old for _, old in self.picked}
        rest = [name for name in names if name not in used]
        found: list[tuple[str, str]] = []
        for new, old in self.picked:
            found += [(name, name) for name in rest] if old == ALL else [(new, old)]
        taken: dict[str, str] = {}
        for new, old in found:
            if taken.setdefault(new, old) != old:
                msg = f"the columns {taken[new]!r} and {old!r} would both be called {new!r}. Rename one in select=."
                raise ShapeError(msg)
        return found


def _check_separator(sep: Any) -> None:
    if not isinstance(sep, str) or not sep or "." in sep:
        msg = (
            f"sep={sep!r} cannot join nested keys: use text without a '.', which is a path to stock AG Grid "
            "and a letter to Workspace. '_' is the default."
        )
        raise ShapeError(msg)


def _picked(select: Any) -> tuple[tuple[str, str], ...] | None:
    if select is None:
        return None
    pairs: list[Any] = []
    if isinstance(select, Mapping):
        pairs = list(select.items())
    elif isinstance(select, Sequence) and not isinstance(select, str):
        pairs = [(name, name) for name in select]
    if not pairs or not all(isinstance(name, str) for pair in pairs for name in pair):
        msg = f"select={select!r} names no columns. Use a list of names, or a mapping of new names to old ones."
        raise ShapeError(msg)
    names = [new for new, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"select= names {', '.join(map(repr, twice))} twice. Name each column once."
        raise ShapeError(msg)
    if any((new == ALL) != (old == ALL) for new, old in pairs):
        msg = f"select={select!r} renames '*', which stands for all other columns. Write '*': '*'."
        raise ShapeError(msg)
    return tuple(pairs)
