"""How one widget wants its answers shaped: what its decorator said, checked and made ready once.

Owns :class:`Shaping`. Imports its room's options only; built by ``web`` for each widget and read by :mod:`.bodies`.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import ShapeError
from . import envelope
from .documents import Unfolding, unfolding
from .encode import Form
from .layout import Layout, ListMode
from .sources import MOST_BYTES, Limits, limits_of
from .values import Decimals

logger = logging.getLogger("flask_openbb")

Theme = Literal["dark", "light"]
"""The two looks of Workspace."""


@dataclass(frozen=True)
class Shaping:
    """How one widget wants its answers shaped; built once per widget, before its first request.

    :raises ShapeError: If a choice cannot work; names the widget.

    .. versionadded:: 0.1
    """

    widget: str
    """Id of the widget, for messages."""
    data_key: str | None = None
    """Path of the body inside the answer as the manifest names it, a lodash path: ``results``, ``a.b[0]``."""
    sep: str = "_"
    """Joins the keys of nested rows; see :func:`.flatten.flatten`."""
    lists: ListMode | Mapping[str, ListMode] = "join"
    """How lists in rows are written, perhaps by column; see :func:`.flatten.flatten`."""
    whole: frozenset[str] = frozenset()
    """Flat names of the columns whose nested value stays whole: hover cards and sparklines."""
    row_schema: Any = None
    """A marshmallow ``Schema`` instance that dumps one row, or None."""
    title: str = ""
    """Name of the widget: the label of a metric that is a bare value. The id where empty."""
    max_depth: int | None = None
    """How many keys a column's name may join; see :func:`.flatten.flatten`."""
    select: Sequence[str] | Mapping[str, str] | None = None
    """Flat columns to send, in this order and with these names; see :func:`.flatten.flatten`."""
    orient: Literal["rows", "columns"] = "rows"
    """``columns`` reads a mapping of lists as a table by columns; see :func:`.rows.to_rows`."""
    record_path: str | Sequence[str] | None = None
    """Keys from a document down to its rows; see :func:`.documents.unfold`."""
    meta: Sequence[str | Sequence[str]] = ()
    """Values of the document that each of its rows gets too; see :func:`.documents.unfold`."""
    big_ints: bool = True
    """Write ints beyond ±(2^53 - 1) as text, because JavaScript would round them."""
    decimals: Decimals = "exact"
    """How a ``Decimal`` is written; see :data:`.values.Decimals`."""
    declared: tuple[str, ...] = ()
    """Flat columns, as named before ``select``, that every row of a stream has; see :func:`.stream.dump_rows`."""
    template: bool = False
    """Give a Plotly chart the colours of Workspace's theme wherever its layout names none; see :mod:`.themes`."""
    toolbar: bool | Mapping[str, Any] | None = None
    """Plotly's ``config`` for figures that carry none: a mapping, or whether the toolbar is always there."""
    theme: Theme = field(default="dark", init=False, compare=False)
    """Which look the request asks for; see :meth:`asked`."""
    raw: bool = field(default=False, init=False, compare=False)
    """Whether the request asks for the data behind a picture; see :meth:`asked`."""
    folder: str | os.PathLike[str] | None = None
    """The folder in which paths and names of files are looked up, and outside of which none is; absolute."""
    max_file_size: int = MOST_BYTES
    """The largest file sent, in bytes."""
    layout: Layout = field(init=False, repr=False, compare=False)
    """The options about rows, made ready."""
    unfolding: Unfolding | None = field(init=False, repr=False, compare=False)
    """``record_path`` and ``meta``, made ready."""
    file_limits: Limits = field(init=False, repr=False, compare=False)
    """``folder`` and ``max_file_size``, made ready."""
    _said: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            _check_path(self.data_key)
            _check_chart(self.template, self.toolbar)
            _check_orient(self.orient)
            layout = Layout(
                sep=self.sep,
                lists=self.lists,
                whole=self.whole,
                max_depth=self.max_depth,
                select=self.select,
                form=Form(self.big_ints, self.decimals),
            )
            found = unfolding(self.record_path, self.meta)
            limits = limits_of(self.folder, self.max_file_size)
        except ShapeError as error:
            msg = f"Widget {self.widget!r}: {error}"
            raise ShapeError(msg) from error.__cause__
        object.__setattr__(self, "layout", layout)
        object.__setattr__(self, "unfolding", found)
        object.__setattr__(self, "file_limits", limits)

    def asked(self, *, theme: Theme, raw: bool) -> Shaping:
        """Say what one request asks for.

        :return: This shaping for that request; what was made ready and what was warned of is shared.

        .. versionadded:: 0.1
        """
        one = copy.copy(self)
        object.__setattr__(one, "theme", theme)
        object.__setattr__(one, "raw", raw)
        return one

    def warn_once(self, topic: str, message: str) -> None:
        """Log a warning the first time this widget has cause for it."""
        if topic not in self._said:
            self._said.add(topic)
            logger.warning("Widget %r: %s", self.widget, message)


def _check_orient(orient: str) -> None:
    if orient not in ("rows", "columns"):
        msg = f"orient={orient!r} is not known. Use 'rows' or 'columns'."
        raise ShapeError(msg)


def _check_path(data_key: str | None) -> None:
    if data_key and not envelope.parse(data_key):
        msg = f"data_key={data_key!r} is no path. Name the keys down to the rows, as in 'a.b'."
        raise ShapeError(msg)


def _check_chart(template: Any, toolbar: Any) -> None:
    if not isinstance(template, bool):
        msg = f"template={template!r} is not allowed. Use True or False."
        raise ShapeError(msg)
    if not isinstance(toolbar, bool | Mapping | None):
        msg = f"toolbar={toolbar!r} is not allowed. Use True, False, or a mapping of Plotly's config."
        raise ShapeError(msg)
