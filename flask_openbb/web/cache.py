"""What ``cache=`` says, and the name an answer is kept under.

Owns :class:`Cache` and :func:`key_of`: everything that an answer may depend on is in its key, hashed with the app's
secret, so that a store tells nobody which values were asked. Called by ``routes`` (declaration) and ``caching``.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Flask, Request, session
from flask.sessions import SecureCookieSessionInterface

from ..door.auth import query_names
from ..door.credentials import Identity
from ..errors import RegistrationError
from ..manifest.foreign import keyword_of, wire_of

if TYPE_CHECKING:
    from .bindings import Binding

_PLAIN = (str, bytes, bool, int, float, Decimal, timedelta, UUID, type(None))
_TELLING = ("auth", "user", "token", "key", "tenant", "account", "email", "group", "role")
_NOT_TELLING = ("user-agent", "sec-", "cache-", "access-control-")


@dataclass(frozen=True)
class Cache:
    """How long the answers of one widget are kept, and who shares them.

    :raises RegistrationError: For a time that is no whole number of seconds.

    .. versionadded:: 0.1
    """

    seconds: int
    """How long an answer is served without asking the view; at least 1."""
    _: KW_ONLY
    stale: int = 0
    """For how many seconds more the old answer is served at once, while a new one is computed in the background."""
    shared: bool = False
    """Whether the answer is the same for everybody. Otherwise two identities, sessions or users share none."""
    vary: Sequence[str] = ()
    """Request headers that the view reads besides, such as ``("Accept-Language",)``."""

    def __post_init__(self) -> None:
        for name, least in (("seconds", 1), ("stale", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise RegistrationError(f"Cache({name}={value!r}) is not a whole number of seconds, {least} or more.")
        if isinstance(self.vary, str) or not all(isinstance(name, str) for name in self.vary):
            raise RegistrationError(f"Cache(vary={self.vary!r}) is not a list of header names.")
        object.__setattr__(self, "vary", tuple(self.vary))


class UnknownPartError(Exception):
    """A parameter's value whose text is not known to stand for it."""


def cache_of(value: Any) -> Cache | None:
    """Read ``cache=``: seconds, a :class:`Cache`, or None.

    :raises RegistrationError: If it is neither.
    """
    if value is None or isinstance(value, Cache):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Cache(value)
    raise RegistrationError(f"cache={value!r} is not a time. Give whole seconds, or Cache(seconds, stale=...).")


def prefix_of(app: Flask, name: str) -> bytes:
    """The secret that separates this app's keys from those of other apps on the same backend."""
    secret = app.secret_key or b""
    parts = [app.import_name, app.name, name, secret if isinstance(secret, str) else secret.hex()]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def key_of(
    app: Flask,
    request: Request,
    binding: Binding,
    cache: Cache,
    *,
    arguments: Mapping[str, Any],
    identity: Identity | None,
    print_: str,
    prefix: bytes,
) -> str:
    """The key of an answer: 40 hexadecimal digits.

    In it are the widget, the parsed arguments, whatever else the query says, the URL's root (links may hold it), and
    unless the answer is shared who asks: the identity, or without one everything that could tell; cookies always.

    :param arguments: The view's keywords, parsed.
    :param print_: Changes with the widget's declaration.
    :raises UnknownPartError: If a value has no text of its own, so that nothing can be kept.
    """
    parts: list[Any] = [print_, arguments, _rest_of_query(request, binding, arguments), request.url_root]
    parts.append([request.headers.get(name) for name in cache.vary])
    if not cache.shared:
        who = _telling(request) if identity is None else identity.id
        parts += [who, _cookies(app, request), request.remote_user]
    return hashlib.blake2b(canonical(parts).encode("utf-8", "surrogatepass"), digest_size=20, key=prefix).hexdigest()


def canonical(value: Any, *, lenient: bool = False) -> str:  # noqa: PLR0911 - one return a type
    """Write a value as text that is the same for equal values, in every process, and differs for others.

    :param lenient: Write an object of an unknown class by the class's name, not refuse it.
    :raises UnknownPartError: Names the class.
    """
    cls = type(value)
    if cls in _PLAIN:
        return repr(value)
    if isinstance(value, Enum):
        return f"{cls.__qualname__}.{value.name}"
    if cls in (date, datetime, time):
        return f"{cls.__name__}({value.isoformat()})"
    if isinstance(value, Mapping):
        pairs = sorted(f"{canonical(k, lenient=lenient)}:{canonical(v, lenient=lenient)}" for k, v in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, set | frozenset):
        return f"<{','.join(sorted(canonical(item, lenient=lenient) for item in value))}>"
    if isinstance(value, list | tuple):
        return f"[{','.join(canonical(item, lenient=lenient) for item in value)}]"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return cls.__qualname__ + canonical(parts, lenient=lenient)
    if lenient:
        return f"{cls.__module__}.{cls.__qualname__}"
    raise UnknownPartError(cls.__qualname__)


def _rest_of_query(request: Request, binding: Binding, arguments: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a view could read from ``request.args`` that is not among its arguments, credentials left out."""
    if not request.query_string:
        return {}
    plan = binding.plan
    passed = {argument.wire for argument in plan.arguments if argument.name in arguments}
    if plan.given is not None:
        fields = plan.given.load_fields.items()
        passed |= {wire_of(name, field) for name, field in fields if keyword_of(name, field) in arguments}
    passed |= plan.wants & arguments.keys()
    passed |= query_names(binding.policy)
    return {name: values for name, values in request.args.to_dict(flat=False).items() if name not in passed}


def _cookies(app: Flask, request: Request) -> Any:
    """The cookies; of Flask's signed session what is in it, since its text may change with every answer."""
    name = app.config["SESSION_COOKIE_NAME"]
    if name not in request.cookies or not isinstance(app.session_interface, SecureCookieSessionInterface):
        return request.headers.get("Cookie")
    try:
        held = canonical(dict(session))
    except UnknownPartError:
        return request.headers.get("Cookie")
    return [held, {other: value for other, value in request.cookies.items() if other != name}]


def _telling(request: Request) -> list[tuple[str, str]]:
    """The headers that may say who asks, where no policy of ours does: a login proxy's, for instance."""
    named = ((name.lower(), value) for name, value in request.headers.items())
    return sorted(
        (name, value)
        for name, value in named
        if any(word in name for word in _TELLING) and not name.startswith(_NOT_TELLING)
    )
