"""Values and their text in a query string: numbers, dates, choices and comma-joined lists.

Owns both directions of the plain conversions. Imports this room's dates and naming, no Flask. Called by
:mod:`.fields` at request time and by :mod:`.options` while a manifest is built.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from .dates import RelativeDate
from .naming import echo

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?", re.ASCII)
_LONGEST_NUMBER = 400


def split_list(text: str, choices: frozenset[str] = frozenset(), most_commas: int = 0) -> Iterator[str]:
    """Split a comma-joined text, keeping together the longest runs that are a choice.

    :param text: E.g. ``"Paris, Texas,Rome"``.
    :param choices: Texts that may hold commas themselves.
    :param most_commas: The most commas in one choice.
    :return: The items in order, stripped, without blanks.
    """
    pieces = text.split(",")
    start = 0
    while start < len(pieces):
        for end in range(min(start + most_commas + 1, len(pieces)), start, -1):
            run = ",".join(pieces[start:end])
            found = run if run in choices else run.strip()
            if end == start + 1 or found in choices:
                if found:
                    yield found
                start = end
                break


def wire_text(value: Any) -> str | None:
    """Give the text a value has in a query string, or None if it has none."""
    if isinstance(value, Enum):
        return wire_text(value.value) or value.name
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return wire_date(value)
    if isinstance(value, (str, Decimal, RelativeDate, uuid.UUID)):
        return str(value)
    if isinstance(value, (int, float)):
        return echo(value)
    return None


def wire_date(value: date) -> str:
    """Write a date as ``YYYY-MM-DD``, and a datetime so too if it is a midnight without zone.

    Excel takes anything but a date for today, so the time is written only where it says something.

    Source: the Excel add-in's date handling.
    """
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat()


def read_number(value: Any) -> Decimal | None:
    """Read a finite number exactly, from plain ASCII text or a Python number; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip() if len(value) <= _LONGEST_NUMBER else ""
        value = text if _NUMBER.fullmatch(text) else None
    elif isinstance(value, float):
        value = repr(value)
    elif not isinstance(value, (int, Decimal)):
        return None
    number = Decimal("NaN" if value is None else value)
    return number if number.is_finite() else None
