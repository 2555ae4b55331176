"""What ``@openbb.row_model`` was given, beside what every widget takes.

Owns :class:`RowOptions`, made at import time by the decorator and read when bindings are made. Imports no app.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from ..errors import RegistrationError
from .settings import Settings

if TYPE_CHECKING:
    from ..rowmodel import Rules, Source

Errors = Literal["toast", "status"]
ERRORS = ("toast", "status")

SOURCE = "source"
"""The argument without a default by which a view takes what it narrows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowOptions:
    """The keywords of a row model; None is what the settings say."""

    source: Any = None
    """Where the rows are; None where the view alone says it."""
    key: Any = None
    """The column or columns that tell each row from every other; None is a table's primary key."""
    bind: Any = None
    """Where SQL runs; None is the app's Flask-SQLAlchemy."""
    table: str | None = None
    schema: str | None = None
    errors: Any = None
    timeout: Any = None
    """Seconds for one page."""
    export_rows: Any = None
    """Rows in an export at most."""
    export_timeout: Any = None
    """Seconds for one export, until its last row is sent."""
    time_zone: Any = None
    first_weekday: Any = 0
    inclusive: Any = True
    """Whether ``inRange`` includes its ends."""
    null_label: Any = "(Blanks)"
    """What the group of NULLs is called."""
    count_seconds: Any = None
    """Seconds for which the total of a level is believed."""
    limits: Any = None
    """A :class:`~flask_openbb.rowmodel.Limits`."""
    pid: int = field(default_factory=os.getpid)
    """The process it was declared in, perhaps the parent of those that answer."""

    def read(self, settings: Settings) -> RowSettings:
        """Check the keywords, and fill in what was not given.

        :raises RegistrationError: With everything that is wrong.
        """
        from ..rowmodel import Labels, Limits, Rules  # noqa: PLC0415 - a room that most services do not use

        names = ("errors", "timeout", "export_rows", "export_timeout", "count_seconds")
        given = {name: getattr(self, name) for name in names}
        made = {
            name: getattr(settings, f"row_model_{name}") if value is None else value for name, value in given.items()
        }
        checks = {
            "errors": (made["errors"] in ERRORS, "'toast' or 'status'"),
            "timeout": (_number(made["timeout"], 0.001), "seconds, more than 0"),
            "export_rows": (
                _number(made["export_rows"], 1) and isinstance(made["export_rows"], int),
                "rows, 1 or more",
            ),
            "export_timeout": (_number(made["export_timeout"], 0.001), "seconds, more than 0"),
            "count_seconds": (_number(made["count_seconds"], 0), "seconds, 0 or more"),
            "first_weekday": (self.first_weekday in range(7), "0 for Monday to 6 for Sunday"),
            "inclusive": (isinstance(self.inclusive, bool), "True or False"),
            "null_label": (
                isinstance(self.null_label, str) and self.null_label.strip() != "",
                "text that is not blank",
            ),
            "limits": (self.limits is None or isinstance(self.limits, Limits), "flask_openbb.rowmodel.Limits(...)"),
            "key": (_is_key(self.key), "a column's name, or several"),
        }
        wrong = [
            f"{name}={made.get(name, getattr(self, name))!r} is not allowed. Give {allowed}."
            for name, (right, allowed) in checks.items()
            if not right
        ]
        zone = _zone(self.time_zone or settings.row_model_time_zone)
        if zone is None:
            wrong.append(f"time_zone={self.time_zone!r} is no time zone. Give a name such as 'America/New_York'.")
        if wrong or zone is None:
            raise RegistrationError(" ".join(wrong))
        rules = Rules(
            zone=zone,
            inclusive=self.inclusive,
            first_weekday=int(self.first_weekday),
            limits=self.limits or Limits(),
            labels=Labels(self.null_label),
        )
        return RowSettings(rules=rules, **made)


@dataclass(frozen=True, kw_only=True, eq=False)
class RowSettings:
    """What one app makes of the keywords of a row model."""

    rules: Rules
    errors: Errors
    timeout: float
    export_rows: int
    export_timeout: float
    count_seconds: float


class Opened:
    """What a declaration's source became, by the engine it runs on; one a declaration."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sources: OrderedDict[Hashable, OpenedSource] = OrderedDict()
        """By identity of the engine."""


class OpenedSource:
    """One source, opened by the first who asks; a slow database makes nobody wait but its own callers.

    It is tried once: whoever waited for a database that is down would only wait as long again, one after another.

    :param bind: The engine, which lives as long as its identity is used.
    """

    def __init__(self, bind: Any) -> None:
        self.bind = bind
        self._lock = threading.RLock()
        self._source: Source | None = None
        self._failed: Exception | None = None

    def get(self, make: Callable[[], Source]) -> Source:
        """Give the source, or make it.

        :raises Exception: What it failed with, now or while this thread waited.
        """
        with self._lock:
            if self._failed is not None:
                raise self._failed
            if self._source is None:
                try:
                    self._source = make()
                except Exception as error:
                    self._failed = error
                    raise
            return self._source


KEYWORDS = frozenset(each.name for each in fields(RowOptions)) - {"pid"}


def split(options: Mapping[str, Any]) -> tuple[RowOptions, dict[str, Any]]:
    """Tell a row model's own keywords from those of every widget."""
    own = {name: value for name, value in options.items() if name in KEYWORDS}
    return RowOptions(**own), {name: value for name, value in options.items() if name not in KEYWORDS}


def _number(value: Any, least: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value < float("inf")


def _is_key(value: Any) -> bool:
    if value is None or isinstance(value, str):
        return value != ""
    return isinstance(value, Sequence) and bool(value) and all(isinstance(name, str) for name in value)


def _zone(value: Any) -> ZoneInfo | None:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):  # names that are unknown, or paths
        return None
