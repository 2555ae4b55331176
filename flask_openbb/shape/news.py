"""The articles of a newsfeed, each with everything the client reads of it, and a date it can read.

Workspace's newsfeed fails as a whole for one article whose date is not a date, and its search for one without a title
or excerpt: both are caught here. Imports its own room and :mod:`flask_openbb.errors` only; named by ``manifest.kinds``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from math import isnan
from numbers import Real
from typing import Any

from ..errors import ShapeError
from . import envelope
from .checks import named, refuse, refuse_none, under
from .rows import describe, is_record, listing, text_key
from .shaping import Shaping

_ARTICLES = "a list of articles, each with 'title' and 'date', and perhaps 'author', 'excerpt' and 'body'"
_DATE = "Give a datetime, a date, text in ISO 8601, or seconds since 1970"

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
_MILLISECONDS = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would be beyond the year 5000."""
_MILLISECOND = 1000
_SHOWN = 80


def newsfeed(value: Any, shaping: Shaping) -> Any:
    """Shape the articles of a newsfeed.

    :param value: A list, iterator or frame of articles, one article, or an envelope of them as
        :func:`.bodies.table` knows it. An article is a mapping or record with ``title``, ``date`` (see
        :func:`iso_date`), and perhaps ``author`` (a text, or a list of them), ``excerpt`` and ``body`` (Markdown).
    :return: Articles with all five as text, missing ones empty; further keys are kept.
    :raises ShapeError: If an article has no title or no date that is one; names the article.

    Source: OpenBB docs, widget-types/newsfeed; CLIENT Widgets/custom/News.tsx formats every date and searches every
    title and excerpt.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _ARTICLES)
    return under(value, shaping, _articles)


def iso_date(value: Any) -> str:
    """Write a date in the one form that every browser reads as the same moment.

    :param value: A datetime or date, pandas' and numpy's too; text in ISO 8601 or as e-mail and RSS write it; a
        number of seconds since 1970, or of milliseconds if it is that large.
    :return: ``YYYY-MM-DDTHH:MM:SS`` with milliseconds where there are some: in UTC with ``+00:00`` where the zone
        is known, and otherwise without, which browsers read as the user's local time. A day alone is its
        midnight there, because browsers read a bare day as midnight in UTC, the day before in America.
    :raises ShapeError: If it is no date.

    Source: ECMAScript, Date Time String Format.

    .. versionadded:: 0.1
    """
    try:
        moment = _moment(value)
        if moment.tzinfo is not None:
            moment = moment.astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        shown = repr(value)
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."
        msg = f"{shown} is not a date. {_DATE}."
        raise ShapeError(msg) from None
    return moment.isoformat(timespec="milliseconds" if moment.microsecond >= _MILLISECOND else "seconds")


def _articles(value: Any, shaping: Shaping) -> list[dict[str, Any]]:
    if is_record(value):
        mapping = envelope.as_mapping(value)
        key = None if "title" in mapping else envelope.guess(mapping)[0]
        if key is not None and len(mapping) > 1:
            shaping.warn_once(
                "envelope", f"only the articles under {key!r} were sent. To keep the rest, declare data_key={key!r}."
            )
        value = [value] if key is None else mapping[key]
    items = list(value) if isinstance(value, Iterator) else listing(value)
    if items is None:
        refuse(shaping, f"the view returned {describe(value)}, not articles. Return {_ARTICLES}.")
    with named(shaping):
        return [_article(item, number) for number, item in enumerate(items)]


def _article(item: Any, number: int) -> dict[str, Any]:
    where = f"article {number} (counted from 0)"
    if not is_record(item):
        msg = f"{where} is {describe(item)}. Return {_ARTICLES}."
        raise ShapeError(msg)
    found = {text_key(key): part for key, part in envelope.as_mapping(item).items()}
    for key in ("title", "date"):
        if found.get(key) is None or found[key] == "":
            msg = f"{where} has no {key!r}. Return {_ARTICLES}."
            raise ShapeError(msg)
    try:
        when = iso_date(found["date"])
    except ShapeError as error:
        msg = f"the date of {where}: {error}"
        raise ShapeError(msg) from None
    texts = {key: _text(found.get(key), key, where) for key in ("title", "author", "excerpt", "body")}
    return {**found, **texts, "date": when}


def _text(value: Any, key: str, where: str) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):  # pandas' way to say that there is none
        return ""
    if isinstance(value, str):
        return str.__str__(value)
    items = listing(value) if key == "author" else None
    if items is not None and all(isinstance(item, str) for item in items):
        return ", ".join(items)
    msg = f"the {key} of {where} is {describe(value)}. Give it as text."
    raise ShapeError(msg)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return datetime.fromisoformat(value.isoformat()[:26]) if value.tzinfo is None else _zoned(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, Real) and value is not True and value is not False:
        seconds = float(value) / 1000 if abs(float(value)) >= _MILLISECONDS else float(value)
        return datetime.fromtimestamp(seconds, timezone.utc)
    if isinstance(value, str) or type(value).__module__ == "numpy":
        return _read(str(value).strip())
    raise TypeError


def _zoned(value: datetime) -> datetime:
    """A plain datetime in UTC, also of pandas' Timestamp, whose text has nanoseconds."""
    moved = value.astimezone(timezone.utc)
    return datetime(
        moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second, moved.microsecond, timezone.utc
    )


def _read(text: str) -> datetime:
    match = _ISO.fullmatch(text)
    if match is None:
        return parsedate_to_datetime(text)
    day, clock, fraction, zone = match.groups()
    whole = f"{day}T{clock or '00:00'}"
    if fraction:
        whole += f"{':00' if clock.count(':') == 1 else ''}.{fraction[:6]:0<6}"
    if zone:
        whole += "+00:00" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(whole)
