"""Signed, expiring endpoints for requests that Workspace sends without credentials (pdf, sockets, options).

Owns the token: what it binds, how long it lives, how it is checked. Imports ``errors``, :mod:`.auth` and
itsdangerous only: no Flask. ``web`` makes one :class:`Signer` at ``init_app``, signs while it builds a
caller's manifest, verifies when the endpoint comes back, and then asks :func:`.auth.knows` whether the
identity still counts.

A token stays the same for a quarter of its life: so does a caller's manifest, and its ETag can answer 304.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from itsdangerous import BadData, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode

from ..errors import AuthError, ConfigError
from .credentials import FORBIDDEN, UNAUTHORIZED, Identity

MIN_AGE = 60
"""The shortest ``max_age``, in seconds: a shorter one would end before a dashboard has loaded."""
MAX_LENGTH = 1024
"""The longest token, in characters: gunicorn takes request lines of 4094 bytes."""

_SALT = b"flask-openbb.signed-endpoint.1"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_PERIODS = 4
_SKEW = 60


class Signer:
    """Sign and verify the tokens of one app.

    :param secret: The app's secret key; with several, oldest first: the last one signs, all of them verify.
    :param max_age: Longest life of a token in seconds, at least 60. A token lives between three quarters of
        it and all of it.
    :param clock: Returns the time in seconds since 1970; for tests.
    :raises ConfigError: Without a secret, or with a ``max_age`` that cannot work.

    Source: the client's fetch code: no headers with pdf widgets, no headers and no query items on WebSockets, no
    query items on option and agent requests.
    """

    def __init__(
        self,
        secret: str | bytes | Sequence[str | bytes],
        *,
        max_age: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if isinstance(max_age, bool) or not isinstance(max_age, int) or max_age < MIN_AGE:
            raise ConfigError(f"Signed endpoints cannot live {max_age!r} seconds. Use an int of {MIN_AGE} or more.")
        self._secrets = _secrets(secret)
        self._clock = clock
        self.max_age = max_age
        """Longest life of a token, in seconds."""

    def period(self) -> int:
        """Return the start of the running period, in seconds since 1970: tokens change when it does.

        A manifest kept for a caller must be kept by this number too.
        """
        length = self.max_age // _PERIODS
        return int(self._clock()) // length * length

    def sign(self, *, widget: str, identity: Identity) -> str:
        """Make the token that opens one widget to one identity.

        :return: Letters, digits, ``-``, ``_`` and ``.``: safe as one segment of a path. It can be read by
            whoever holds it, and holds the widget's id and the identity's id and name.
        :raises ConfigError: Where it would be longer than 1024 characters.
        """
        payload = json.dumps([widget, identity.id, identity.name], separators=(",", ":"))
        token = self._signer(self.period()).sign(base64_encode(payload)).decode("ascii")
        if len(token) > MAX_LENGTH:
            raise ConfigError(
                f"The token of widget {widget!r} would be {len(token)} characters long, more than "
                f"{MAX_LENGTH}. Give the widget, or the policy's Identity, a shorter id or name."
            )
        return token

    def verify(self, token: str, *, widget: str) -> Identity:
        """Return the identity a token was made for, without its claims.

        :param token: Anything at all, as it came in the URL.
        :param widget: Id of the widget that is asked for.
        :raises AuthError: 401 for a token that has expired; 403 for one that we did not make, or made for
            another widget.
        """
        now = int(self._clock())
        if len(token) > MAX_LENGTH or not _TOKEN.fullmatch(token) or not _canonical(token):
            raise _forged()
        try:
            payload, signed_at = self._signer(now).unsign(token, return_timestamp=True)
        except BadData:
            raise _forged() from None
        age = now - int(signed_at.timestamp())
        if not -_SKEW <= age <= self.max_age:
            raise AuthError(UNAUTHORIZED, "This signed link has expired: refresh the backend in OpenBB Workspace.")
        bound, identity = _read(payload)
        if bound != widget:
            raise AuthError(FORBIDDEN, "This signed link belongs to another widget.")
        return identity

    def _signer(self, now: int) -> TimestampSigner:
        return _StampedSigner(self._secrets, now)

    def __repr__(self) -> str:
        return f"<Signer: {len(self._secrets)} secret(s), max_age {self.max_age} s>"


class _StampedSigner(TimestampSigner):
    """A signer whose time is told: the start of a period for signing, so that a period's tokens are equal."""

    def __init__(self, secrets: tuple[bytes, ...], now: int) -> None:
        super().__init__(secrets, salt=_SALT, key_derivation="hmac", digest_method=hashlib.sha256)
        self._now = now

    def get_timestamp(self) -> int:
        return self._now


def _secrets(secret: object) -> tuple[bytes, ...]:
    listed = [secret] if isinstance(secret, str | bytes) else secret
    fix = "Set the app's SECRET_KEY, e.g. from: python -c 'import secrets; print(secrets.token_hex(32))'"
    if not isinstance(listed, Sequence) or not all(isinstance(each, str | bytes) for each in listed):
        raise ConfigError(f"Signed endpoints need a secret that is text or bytes, or a list of them. {fix}")
    found = tuple(each.encode() if isinstance(each, str) else each for each in listed if each.strip())
    if not found:
        raise ConfigError(f"Signed endpoints need a secret, and it is blank. {fix}")
    return found


def _canonical(token: str) -> bool:
    """Say whether the signature is spelt the one way we spell it: base64 leaves two bits of its end free."""
    signature = token.rpartition(".")[2]
    try:
        return base64_encode(base64_decode(signature)).decode("ascii") == signature
    except BadData:
        return False


def _read(payload: bytes) -> tuple[str, Identity]:
    """Read what was signed; a signature of ours over anything else would be another release's."""
    try:
        widget, id_, name = json.loads(base64_decode(payload))
        known: tuple[Any, Any] = (widget, Identity(id_, name))
    except (BadData, ValueError, TypeError):
        raise _forged() from None
    return known


def _forged() -> AuthError:
    return AuthError(FORBIDDEN, "Invalid signed link: refresh the backend in OpenBB Workspace.")
