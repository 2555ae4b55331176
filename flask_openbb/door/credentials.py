"""What a request presented, and who it turned out to be: the two values every policy stands between.

Owns :class:`Credentials` and :class:`Identity`. Imports ``errors`` only. ``web`` makes the first of each
request and keeps the second on ``g.openbb_identity``; :mod:`.auth` and :mod:`.signing` judge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import ConfigError

UNAUTHORIZED, FORBIDDEN = 401, 403
"""Nothing usable was presented; it was presented and is wrong."""

BLANKS = " \t\r\n"
"""What may surround a presented key. Not every Unicode space: in a header, the last byte of a UTF-8 letter
may look like one."""


class Headers(Protocol):
    """A header collection: a dict and werkzeug's ``Headers`` both fit."""

    def get(self, key: str, /) -> str | None:
        """Return one value, or None."""
        ...

    def keys(self) -> Iterable[str]:
        """Return the names present."""
        ...


@dataclass(frozen=True, repr=False)
class Credentials:
    """What one request presented; its repr holds no name and no value of it."""

    headers: Headers = field(default_factory=dict[str, str])
    """The request's headers, e.g. ``flask.request.headers``."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The query parameters, e.g. ``flask.request.args``."""
    widget: str | None = None
    """Id of the widget asked for, None for the manifests."""

    def header(self, name: str) -> str | None:
        """Return a header's value; case does not matter.

        :return: The text without surrounding blanks; None where it is absent or blank.
        """
        value = self.headers.get(name)
        if value is None:  # werkzeug's headers have answered for any case, a dict has not
            folded = name.lower()
            spelt = filter(lambda key: key.lower() == folded, self.headers.keys())
            value = next(map(self.headers.get, spelt), None)
        return (value.strip(BLANKS) or None) if value else None

    def query_value(self, name: str) -> str | None:
        """Return a query parameter's first value that is not blank; case matters, as it does in a URL.

        :return: The text without surrounding blanks; None where there is none.
        """
        return next(iter(self.query_values(name)), None)

    def query_values(self, name: str) -> tuple[str, ...]:
        """Return the values of a query parameter: one per repetition where ``query`` is a multi-dict.

        :return: In the order sent, without blank ones.
        """
        single = [self.query[name]] if name in self.query else []
        values = self.query.getlist(name) if hasattr(self.query, "getlist") else single
        return tuple(text for value in values if (text := value.strip(BLANKS)))

    def __repr__(self) -> str:
        counts = f"{len(list(self.headers.keys()))} header(s), {len(self.query)} query parameter(s)"
        return f"<Credentials: {counts}, widget {self.widget!r}>"


@dataclass(frozen=True)
class Identity:
    """Who a request comes from: ``g.openbb_identity`` in a view.

    :raises ConfigError: Where the id is not a text, or blank.
    """

    id: str
    """Stable and not secret: it is logged, and part of signed endpoints."""
    name: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    """Whatever else a policy knows; empty where a signed endpoint was used."""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id.strip():
            raise ConfigError("An Identity needs an id: a text that is not blank, stable, and no secret.")
