"""Which browser origins may read this backend: one frozen policy and its pure decisions.

Owns how origins are written, checked and compared. Imports ``errors`` only: no Flask and no flask-cors.
``web`` builds one :class:`CorsPolicy` at ``init_app`` and hands its fields to flask-cors, which writes the
headers; :meth:`CorsPolicy.allows` and :attr:`CorsPolicy.patterns` always agree: there is no second rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ..errors import ConfigError

DEFAULT_ORIGINS: tuple[str, ...] = (
    "https://pro.openbb.co",
    "https://pro.openbb.dev",
    "http://localhost:1420",
    "https://excel.openbb.co",
    "tauri://localhost",
)
"""Hosted Workspace and its preview, the local MCP page, the Excel add-in, the desktop app.

Source: OpenBB docs, data-integration, MCP and Excel add-in (obb-widget) pages; the desktop client."""

REGEX_PREFIX = "regex:"
"""An origin entry that starts with it is a regular expression, matched against the whole origin."""

_ANY = "*"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_MAX_PORT = 65535
_LITERAL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?P<port>:[0-9]{1,5})?")
_TOKEN = re.compile(r"[A-Za-z0-9._-]+")
_GLOBAL_FLAGS = re.compile(r"(?:\(\?[aimsux]+\))+")
_OBJECTIONS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: text == "null", "would admit every sandboxed page. List the origin of the page itself."),
    (
        lambda text: not text.isascii(),
        "is not ASCII. Write its host as browsers send it, in punycode (xn--...).",
    ),
    (
        lambda text: not text.isprintable() or " " in text,
        "holds spaces or control characters. Separate origins with commas, or use a list.",
    ),
    (lambda text: "," in text, "holds a comma. Make it several items of the list."),
    (
        lambda text: "://" not in text,
        "has no scheme. Write scheme and host, like 'https://pro.openbb.co'. A pattern starts with "
        f"{REGEX_PREFIX!r}, and one that holds a comma must be in a list.",
    ),
    (
        lambda text: "*" in text,
        f"holds a wildcard. Use a pattern, like '{REGEX_PREFIX}https://[a-z0-9-]+\\.example\\.com'.",
    ),
    (
        lambda text: any(mark in text.partition("://")[2] for mark in "/?#"),
        "holds a path or a query. An origin is scheme, host and port only, like 'https://pro.openbb.co'.",
    ),
    (lambda text: "@" in text, "holds a user name. An origin is scheme, host and port only."),
    (
        lambda text: True,
        "is not scheme, host and port, like 'https://pro.openbb.co' or 'http://localhost:3000'.",
    ),
)
"""What makes a text no origin, and what to write instead; the first that applies is told."""
# Origins nobody would list by hand: a pattern that matches one of them matches (nearly) everything.
_STRANGERS = ("https://7d1f0c2e.invalid", "http://7d1f0c2e.invalid:8081", "https://a.b.7d1f0c2e.invalid")


class HeaderNames(Protocol):
    """What :func:`is_preflight` needs of a header collection: a dict and werkzeug's ``Headers`` both fit."""

    def keys(self) -> Iterable[str]:
        """Return the names of the headers present."""
        ...


@dataclass(frozen=True)
class CorsPolicy:
    """Who may read answers from a page in a browser, and what such a page may send.

    Config input goes through :meth:`build`; the constructor takes values that are normalised already.

    :raises ConfigError: Where ``*`` meets ``credentials``, or a pattern cannot be anchored.
    """

    origins: tuple[str | re.Pattern[str], ...] = DEFAULT_ORIGINS
    """Whole origins in lower case, compiled patterns that must match the whole origin, or ``("*",)``."""
    credentials: bool = True
    """Whether a page may send cookies and the like along: ``Access-Control-Allow-Credentials``."""
    private_network: bool = True
    """Whether a public page may call this backend on a loopback or LAN address.

    Source: Private Network Access, ``Access-Control-Allow-Private-Network``."""
    allow_headers: tuple[str, ...] = ("*",)
    """Request headers a page may set; ``("*",)`` echoes those the preflight asks for."""
    expose_headers: tuple[str, ...] = ()
    """Response headers a page may read beside the ones the Fetch standard always shows."""
    max_age: int | None = 600
    """How long a browser may keep a preflight's answer, in seconds; None leaves it to the browser."""

    def __post_init__(self) -> None:
        for origin, pattern in zip(self.origins, self.patterns, strict=True):
            if self.credentials and any(pattern.match(stranger) for stranger in _STRANGERS):
                raise ConfigError(_any_with_credentials(origin))

    @classmethod
    def build(
        cls,
        *,
        origins: str | re.Pattern[str] | Iterable[str | re.Pattern[str]] = DEFAULT_ORIGINS,
        credentials: bool = True,
        private_network: bool = True,
        allow_headers: str | Iterable[str] = "*",
        expose_headers: str | Iterable[str] = (),
        max_age: int | None = 600,
    ) -> CorsPolicy:
        """Make a policy of what a configuration holds.

        :param origins: A list, or one comma separated text. An entry is an origin (``https://host[:port]``),
            ``*``, a compiled pattern, or ``regex:`` and a pattern. Blank entries and trailing slashes are
            dropped.
        :param credentials: Refused together with ``*``.
        :param private_network: Grant private-network preflights to allowed origins.
        :param allow_headers: A list or a comma separated text of header names, or ``*``.
        :param expose_headers: The same; ``*`` only without credentials, because browsers ignore it with them.
        :param max_age: Seconds, 0 or more, or None.
        :return: The frozen policy.
        :raises ConfigError: For anything that could not work, with the next step.
        """
        exposed = _header_names(expose_headers, setting="expose_headers")
        if credentials and _ANY in exposed:
            raise ConfigError("CORS expose_headers holds '*', which browsers ignore with credentials. List the names.")
        if max_age is not None and (isinstance(max_age, bool) or not isinstance(max_age, int) or max_age < 0):
            raise ConfigError(f"CORS max_age {max_age!r} is not a number of seconds. Use an int of 0 or more, or None.")
        return cls(
            origins=_origins(origins),
            credentials=credentials,
            private_network=private_network,
            allow_headers=_header_names(allow_headers, setting="allow_headers"),
            expose_headers=exposed,
            max_age=max_age,
        )

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        r"""Every origin as one compiled pattern that matches it whole (``\A(?:...)\Z``), for flask-cors.

        A pattern never matches the opaque origin ``null``, whatever the user wrote: any sandboxed frame has
        that origin. Only ``*``, which says "everybody", does.
        """
        return tuple(_anchored(origin) for origin in self.origins)

    @property
    def varies(self) -> bool:
        """Whether answers depend on the request's ``Origin``, so that even one without it needs ``Vary``."""
        return self.origins != (_ANY,)

    def allows(self, origin: str | None) -> bool:
        """Say whether a page of this origin may read an answer.

        :param origin: The request's ``Origin`` header, as received; None where it has none.
        :return: False where there is no origin: such a request is not a cross-origin one.
        """
        return bool(origin) and any(pattern.match(origin or "") for pattern in self.patterns)


def is_preflight(method: str, headers: HeaderNames) -> bool:
    """Say whether a request is a CORS preflight, which carries no credentials and is answered before auth.

    :param method: The HTTP method.
    :param headers: The request's headers; only their names are looked at.

    Source: Fetch standard, "CORS-preflight request".
    """
    if method.upper() != "OPTIONS":
        return False
    names = set(map(str.lower, headers.keys()))
    return {"origin", "access-control-request-method"} <= names


def _origins(
    value: str | re.Pattern[str] | Iterable[str | re.Pattern[str]],
) -> tuple[str | re.Pattern[str], ...]:
    """Read every entry; one ``*`` makes the others idle."""
    found: dict[str | re.Pattern[str], None] = {}
    for entry in _entries(value, setting="origins"):
        if isinstance(entry, re.Pattern):
            found[entry] = None
        elif entry == _ANY:
            return (_ANY,)
        elif entry.startswith(REGEX_PREFIX):
            found[_compiled(entry.removeprefix(REGEX_PREFIX))] = None
        else:
            found[_literal(entry)] = None
    if not found:
        raise ConfigError(
            "No CORS origin is left once blank entries are dropped, so no browser could read this backend. "
            "List at least one, or leave the setting out for OpenBB Workspace's own origins."
        )
    return tuple(found)


def _entries(
    value: str | re.Pattern[str] | Iterable[str | re.Pattern[str]], *, setting: str
) -> list[str | re.Pattern[str]]:
    """Split a comma separated text, strip each entry, drop blanks."""
    if isinstance(value, str):
        value = value.split(",")
    elif isinstance(value, re.Pattern):
        value = [value]
    elif not isinstance(value, Iterable):
        raise ConfigError(f"CORS {setting} {value!r} is neither a list nor a comma separated text.")
    entries: list[str | re.Pattern[str]] = []
    for entry in value:
        if isinstance(entry, str):
            entries += [entry.strip()] if entry.strip() else []
        elif isinstance(entry, re.Pattern) and isinstance(entry.pattern, str):
            entries.append(entry)
        else:
            raise ConfigError(f"CORS {setting} holds {entry!r}. Use texts only, or patterns of str for origins.")
    return entries


def _literal(entry: str) -> str:
    """Return an origin the way a browser writes it: lower case, no slash, no default port."""
    origin = entry.rstrip("/").lower()
    match = _LITERAL.fullmatch(origin)
    if match is None:
        raise ConfigError(f"CORS origin {entry!r} {_objection(origin)}")
    port = match["port"] or ""
    if port and not 0 < int(port[1:]) < _MAX_PORT + 1:
        raise ConfigError(f"CORS origin {entry!r} has a port outside 1 to {_MAX_PORT}.")
    return origin.removesuffix(port) if port == _DEFAULT_PORTS.get(match["scheme"]) else origin


def _objection(origin: str) -> str:
    """Say what keeps a text from being an origin, and what to write instead."""
    return next(text for applies, text in _OBJECTIONS if applies(origin))


def _compiled(source: str) -> re.Pattern[str]:
    """Compile the text behind ``regex:``; browsers send origins in lower case, so case stays as written."""
    source = source.strip()
    if not source:
        raise ConfigError(f"A CORS origin is {REGEX_PREFIX!r} and nothing else. Put a pattern behind it.")
    try:
        return re.compile(source)
    except re.error as error:
        raise ConfigError(
            f"CORS origin pattern {source!r} is not a regular expression: {error}. "
            "A pattern that holds a comma must be in a list, not in a comma separated text."
        ) from error


def _anchored(origin: str | re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern whose ``match`` is a match of the whole origin."""
    if origin == _ANY:
        return re.compile(r"\A(?:.+)\Z")
    if isinstance(origin, str):
        # ASCII, because Unicode case folding takes the long s and the Kelvin sign for s and k.
        return re.compile(rf"\A(?:{re.escape(origin)})\Z", re.IGNORECASE | re.ASCII)
    # Global flags may only start a pattern; the compiled one holds them already, so they are re-applied.
    flags = _GLOBAL_FLAGS.match(origin.pattern)
    body = origin.pattern[flags.end() if flags else 0 :]
    if origin.flags & re.VERBOSE:
        body += "\n"  # ends a comment, which would hide the closing anchor
    try:
        return re.compile(rf"\A(?!(?i:null)?\Z)(?:{body})\Z", origin.flags & ~re.DEBUG)
    except re.error as error:
        raise ConfigError(f"CORS origin pattern {origin.pattern!r} cannot be anchored: {error}.") from error


def _any_with_credentials(origin: str | re.Pattern[str]) -> str:
    shown = origin if isinstance(origin, str) else origin.pattern
    return (
        f"CORS origin {shown!r} admits every page on the web, and with credentials any of them could read "
        "this backend as its user. List the origins (OpenBB Workspace's are the default), or turn "
        "credentials off."
    )


def _header_names(value: str | Iterable[str], *, setting: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for name in _entries(value, setting=setting):
        if name != _ANY and (not isinstance(name, str) or not _TOKEN.fullmatch(name)):
            raise ConfigError(f"CORS {setting} holds {name!r}, which is not a header name. Use names or '*'.")
        names[str(name)] = None
    return (_ANY,) if _ANY in names else tuple(names)
