"""TradingView's resolutions: how long one bar is, and which bars longer ones can be made of.

Owns the texts ``"1S"``, ``"5"``, ``"1D"``, ``"W"``, ``"12M"``. Imports ``errors`` only; called by its room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ResolutionError

_TEXT = re.compile(r"(?P<count>\d{0,5})(?P<unit>[SDWM]?)")
_SECONDS: dict[str, int] = {"S": 1, "min": 60, "D": 86_400, "W": 7 * 86_400, "M": 30 * 86_400}
DAY = 86_400
_LONGEST = 100 * 366 * DAY


@dataclass(frozen=True)
class Resolution:
    """The length of one bar."""

    count: int
    unit: str
    """``S``, ``min``, ``D``, ``W`` or ``M``."""

    @property
    def seconds(self) -> int:
        """Seconds of one bar; nominal for days and longer ones, a month being 30 days."""
        return self.count * _SECONDS[self.unit]

    @property
    def intraday(self) -> bool:
        """Whether a trading day may hold several bars."""
        return self.unit in ("S", "min")

    def makes(self, other: Resolution) -> bool:
        """Whether bars of another, longer resolution can be made of these, losing nothing.

        Weeks make no months: a week may belong to two.
        """
        if other.intraday:
            return self.intraday and other.seconds % self.seconds == 0
        if self.intraday:
            return True
        if self.unit == other.unit:
            return other.count % self.count == 0
        return self == Resolution(1, "D")

    def __str__(self) -> str:
        return f"{self.count}{'' if self.unit == 'min' else self.unit}"


STANDARD = tuple(
    Resolution(count, unit)
    for unit, counts in (
        ("S", (1, 5, 15, 30)),
        ("min", (1, 5, 15, 30, 60, 120, 240)),
        ("D", (1,)),
        ("W", (1,)),
        ("M", (1,)),
    )
    for count in counts
)
"""What is offered beyond a feed's own resolutions, where it can be made of these."""


def parse_resolution(text: str | Resolution) -> Resolution:
    """Read a resolution as TradingView writes it.

    :param text: Minutes as a bare number (``"5"``, ``"240"``), or a number with ``S``, ``D``, ``W`` or ``M``; ``"D"``
        is ``"1D"``.
    :raises ResolutionError: If it is none; hours are minutes there.

    Source: TradingView's documentation of the Charting Library, Resolution.

    >>> str(parse_resolution("D")), str(parse_resolution("60")), parse_resolution("12M").count
    ('1D', '60', 12)
    """
    if isinstance(text, Resolution):
        return text
    match = _TEXT.fullmatch(str(text).strip().upper()) if isinstance(text, str | int) else None
    unit = match["unit"] if match else ""
    if match is None or not (match["count"] or unit) or match["count"].startswith("0"):
        hint = " Hours are minutes there: '60', '240'." if str(text).upper().endswith("H") else ""
        raise ResolutionError(
            f"{str(text)[:40]!r} is not a resolution. Use minutes ('1', '60'), or '1S', '1D', '1W', '1M'.{hint}"
        )
    found = Resolution(int(match["count"] or 1), unit or "min")
    if found.seconds > _LONGEST:
        raise ResolutionError(f"Bars of {str(found)!r} are longer than a century. Ask for shorter ones.")
    return found


def supported(native: Iterable[Resolution]) -> tuple[Resolution, ...]:
    """Add to a feed's own resolutions the standard ones that can be made of them, shortest first."""
    own = set(native)
    made = {longer for longer in STANDARD if any(base.makes(longer) for base in own)}
    return tuple(sorted(own | made, key=lambda one: one.seconds))


def base_for(wanted: Resolution, native: Iterable[Resolution]) -> Resolution | None:
    """Choose what to make bars of: the longest resolution that will do, or None."""
    return max((base for base in native if base.makes(wanted)), key=lambda base: base.seconds, default=None)
