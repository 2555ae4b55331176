"""What the body builders share: refusals that name the widget, and a body in its place under ``data_key``.

Imports its own room and :mod:`flask_openbb.errors` only; called by :mod:`.bodies` and the modules beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ..errors import ShapeError
from . import envelope
from .rows import is_record
from .shaping import Shaping

Shaper = Callable[[Any, Shaping], Any]
"""Turns the answer of a view into a value that :func:`.encode.dumps` writes."""


def refuse(shaping: Shaping, reason: str) -> NoReturn:
    """Refuse an answer.

    :param reason: What is wrong with it, and the next step.
    :raises ShapeError: Always; names the widget.
    """
    msg = f"Widget {shaping.widget!r}: {reason}"
    raise ShapeError(msg)


def refuse_none(value: Any, shaping: Shaping, expected: str) -> None:
    """Refuse the answer of a view that forgot to return one.

    :param expected: What to return, as in "Return {expected}".
    :raises ShapeError: If it is None.
    """
    if value is None:
        refuse(shaping, f"the view returned None. Return {expected}; does a branch lack its 'return'?")


@contextmanager
def named(shaping: Shaping) -> Iterator[None]:
    """Name the widget in every refusal raised inside."""
    try:
        yield
    except ShapeError as error:
        msg = f"Widget {shaping.widget!r}: {error}"
        raise type(error)(msg) from error.__cause__


def under(value: Any, shaping: Shaping, shape: Shaper) -> Any:
    """Shape a body where ``data_key`` says it is; a bare body is wrapped."""
    if not shaping.data_key:
        return shape(value, shaping)
    steps = envelope.locate(value, shaping.data_key) if is_record(value) else None
    if steps is None:
        return envelope.wrap(shape(value, shaping), shaping.data_key)
    return envelope.replace(value, steps, lambda body: shape(body, shaping))
