"""How much of a statement's result is taken: cells, and an answer as a whole.

Owns :class:`LongRows`, which adds up what a page holds while it is read, and :func:`text_of`, the statement as
SQLAlchemy selects from it. Imports SQLAlchemy and the package's errors; called by :mod:`.sql_duckdb` and
:mod:`.sql_servers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..errors import RowRequestError
from .engines import Row
from .statement import PLACE

ELEMENT = 8
"""Bytes that an element of a list or mapping counts."""
PART = 100
"""Rows read at once, so that the bound is noticed soon."""


class LongRows:
    """Collects rows until their texts are too much.

    :param limit: Bytes.
    :param longest: The most characters of one text; the limit where not given.
    """

    part = PART

    def __init__(self, limit: int, longest: int | None = None) -> None:
        self.limit = limit
        self.longest = limit if longest is None else longest
        self.rows: list[Row] = []
        self._size = 0

    def take(self, part: Sequence[Any]) -> None:
        """Add rows.

        :raises RowRequestError: If they are too much.
        """
        for row in part:
            for value in row:
                if isinstance(value, str | bytes):
                    self._size += len(value) if len(value) <= self.longest else self.limit + 1
                elif isinstance(value, list | dict):
                    self._size += _size(value)
            self.rows.append(tuple(row))
        if self._size > self.limit:
            shown = f"{self.limit // 2**20:,} MB" if self.limit >= 2**20 else f"{self.limit // 2**10:,} KB"
            problem = f"the answer is larger than {shown}. Ask for fewer or shorter columns."
            raise RowRequestError(PLACE, problem)


def _size(value: Any) -> int:
    """Add up what a list or mapping holds."""
    size, left = 0, [value]
    while left:
        each = left.pop()
        if isinstance(each, str | bytes):
            size += len(each)
        elif isinstance(each, list | dict):
            size += len(each) * ELEMENT
            left.extend(each.values() if isinstance(each, dict) else each)
    return size


def text_of(text: str, columns: Sequence[sa.Column[Any]]) -> sa.TextualSelect:
    """Give a statement as SQLAlchemy selects from it; nothing in it is taken for a parameter."""
    return sa.text(text.replace(":", "\\:")).columns(*columns)
