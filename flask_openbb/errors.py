"""Every error this package raises, and :class:`Fault`, one finding about a manifest.

Imports nothing of the package, so that every room may use it. A message says what was wrong, where, and the
next step; it never holds a secret, a header value or a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "hint"]


class OpenBBError(Exception):
    """Base of every error raised by Flask-OpenBB."""


class ConfigError(OpenBBError, ValueError):
    """A setting, an ``init_app`` call or a policy that cannot work; raised at start-up."""


class RegistrationError(OpenBBError, ValueError):
    """A decorator used in a way that cannot become a widget; names the view's file and line."""


class UnknownKindError(RegistrationError):
    """A widget type that OpenBB Workspace does not know."""


class ParamError(RegistrationError):
    """An annotation, a default or a Schema field that cannot become a widget parameter.

    :param problems: One sentence a parameter, where several are wrong.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        """Every problem found, not just the first."""


class MissingExtraError(OpenBBError, ImportError):
    """An optional dependency is missing; the message is the ``pip install`` line."""

    def __init__(self, extra: str, *, feature: str) -> None:
        super().__init__(f"{feature} needs an optional dependency: pip install 'Flask-OpenBB[{extra}]'")
        self.extra = extra


class ShapeError(OpenBBError, ValueError):
    """A view's answer is not what its widget kind promises Workspace."""


class EncodeError(ShapeError, TypeError):
    """A value in an answer has no JSON form; the message names its place and type."""


class RequestError(OpenBBError):
    """A request that cannot be answered, and the JSON answer that says why.

    :param status: HTTP status, 400 to 499.
    :param detail: One sentence on one line: Workspace and Excel show ``detail`` and nothing else.
    :param errors: One mapping ``{"loc": [place, name], "msg": str, "type": str}`` a fault, for 422.
    """

    def __init__(self, status: int, detail: str, *, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)


class ResolutionError(RequestError, ValueError):
    """A text that is no resolution of TradingView's, or one that a feed cannot answer."""

    def __init__(self, detail: str) -> None:
        super().__init__(422, detail)


class UnknownSymbolError(RequestError, LookupError):
    """A symbol that a chart's feed does not know; a feed may raise this or any other ``LookupError``."""

    def __init__(self, symbol: str) -> None:
        super().__init__(404, f"No symbol {symbol[:80]!r} here.")
        self.symbol = symbol


class AuthError(RequestError):
    """A request without credentials (401) or with wrong ones (403)."""

    challenge: str | None = None
    """The scheme for ``WWW-Authenticate`` of a 401."""


class RowRequestError(RequestError):
    """A row-model request that names what does not exist or is not allowed; status 422.

    Where AG Grid shows the message, the user can mend it: the service may answer it with 200 and ``{"error": …}``.

    :param place: Keys from the body to the value, as ``filterModel.price.conditions[1].filter``.
    :param problem: What is wrong there and what is allowed, as one line.

    .. versionadded:: 0.1
    """

    def __init__(self, place: str, problem: str) -> None:
        detail = f"{place}: {problem}" if place else problem
        super().__init__(422, detail, errors=[{"loc": ["body", place], "msg": problem, "type": "row_request"}])
        self.place = place
        self.problem = problem


class RowTimeoutError(OpenBBError, TimeoutError):
    """A question to a row model's engine that took longer than its timeout, or that was cancelled.

    .. versionadded:: 0.1
    """


@dataclass(frozen=True)
class Fault:
    """One finding of a manifest check."""

    severity: Severity
    """``error``: Workspace refuses or breaks; ``warning``: it warns or ignores; ``hint``: advice."""
    message: str
    """What is wrong, in one sentence without the place, the value or the fix."""
    document: str = "widgets.json"
    """The manifest it is in: ``widgets.json``, ``apps.json`` or ``agents.json``."""
    widget: str | None = None
    """Id of the widget (or name of the app or agent) it is in."""
    path: tuple[str | int, ...] = ()
    """Keys from the widget to the value, as on the wire: ``("data", "table", "columnsDefs", 0, "field")``."""
    value: Any = None
    """The value found, or None where something is missing."""
    allowed: tuple[str, ...] = ()
    """The values that would be accepted, where they can be listed."""
    fix: str = ""
    """The likely fix as a sentence, e.g. ``Use 'category'.``."""
    location: str = ""
    """``file:line`` of the view, where known."""

    def __str__(self) -> str:
        where = self.document
        if self.widget is not None:
            where += f" {self.widget!r}"
        if self.path:
            where += " " + _dotted(self.path)
        text = f"{self.severity}: {where}: {self.message}"
        if self.value is not None:
            text += f" Found {_short(self.value)}."
        if self.allowed:
            text += f" Allowed: {', '.join(self.allowed)}."
        if self.fix:
            text += f" {self.fix}"
        if self.location:
            text += f" ({self.location})"
        return text


class ManifestError(OpenBBError, ValueError):
    """A manifest that Workspace would refuse, with every fault found, not just the first.

    :param faults: At least one :class:`Fault` of severity ``error``.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        """All faults, errors first."""
        count = len(self.faults)
        lines = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(self.faults, 1))
        super().__init__(f"OpenBB Workspace would refuse this manifest, {count} fault(s):\n{lines}")


def _dotted(path: Sequence[str | int]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def _short(value: Any, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
