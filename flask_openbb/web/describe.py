"""Name and description of a widget, read from its view. Used while a manifest is built."""

from __future__ import annotations

import functools
import inspect

from ..manifest.registry import View


def described(function: View) -> tuple[str, str]:
    """The name in title case, and the docstring's first paragraph on one line (the name where there is none).

    >>> def daily_prices():
    ...     '''Prices of one symbol,
    ...     day by day.
    ...
    ...     More for programmers.
    ...     '''
    >>> described(daily_prices)
    ('Daily Prices', 'Prices of one symbol, day by day.')
    """
    target = inspect.unwrap(function)
    while isinstance(target, functools.partial):
        target = inspect.unwrap(target.func)
    own_name = getattr(target, "__name__", type(target).__name__)
    if own_name in ("get", "post", "put", "dispatch_request") and "." in getattr(target, "__qualname__", ""):
        own_name = target.__qualname__.split(".")[-2]
    name = own_name.replace("_", " ").strip().title() or own_name
    paragraph = (inspect.getdoc(target) or "").split("\n\n", 1)[0]
    return name, " ".join(paragraph.split()) or name
