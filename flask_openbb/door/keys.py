"""Which keys count: several at once, in clear or as digests, from code, environment or a callable.

Owns the parsing, the storage (as SHA-256 digests: no policy keeps a key in clear) and the constant-time
comparison of keys. Imports ``errors`` and :mod:`.credentials` only. Used by the policies of :mod:`.auth`; a
:class:`KeySource` is made at import time, resolved once at ``init_app``, asked on every request.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..errors import ConfigError
from .credentials import BLANKS

Keys = str | Iterable[str] | Mapping[str, str | Iterable[str]]
"""One comma separated text, a list of whole keys, or ``{name: key or keys}``. An entry ``sha256:<64 hex
digits>`` is the digest of a key."""

DEFAULT_VARIABLE = "OPENBB_API_KEYS"
"""The environment variable that keys are usually read from."""
FALLBACK_VARIABLE = "VALID_API_KEYS"
"""Read in its place where :data:`DEFAULT_VARIABLE` is not set at all.

Source: OpenBB docs, data-integration, the API key example."""

DIGEST_PREFIX = "sha256:"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BLANK_DIGEST = hashlib.sha256(b"").digest()
_ID_LENGTH = 12


@dataclass(frozen=True)
class Key:
    """One valid key, known by its digest only."""

    digest: bytes = field(repr=False)
    """SHA-256 of the key in UTF-8, 32 bytes."""
    name: str | None = None
    """Whose key it is, where the keys were given as a mapping."""

    @property
    def id(self) -> str:
        """The first 12 hex digits of the digest: stable, and no way back to a key that is long and random."""
        return self.digest.hex()[:_ID_LENGTH]


@dataclass(frozen=True, repr=False)
class KeySource:
    """Where the keys of one policy come from; the union of all of them is valid."""

    fixed: tuple[Key, ...] = ()
    """Keys given in code or by the app's configuration."""
    variable: str | None = None
    """The environment variable to read at :meth:`resolve`."""
    ask: Callable[[], Keys] | None = None
    """Called on every request for the keys of that moment."""
    from_env: tuple[Key, ...] | None = None
    """The keys of :attr:`variable`, None until resolved."""

    @classmethod
    def build(
        cls, keys: Keys | None, variable: str | None, ask: Callable[[], Keys] | None, *, policy: str
    ) -> KeySource:
        """Read what a policy was given.

        :param policy: Name of the policy's class, for messages.
        :raises ConfigError: Where no usable key could ever come of it, or an entry is malformed.
        """
        if variable is not None and (not isinstance(variable, str) or not variable.strip()):
            raise ConfigError(
                f"{policy}(keys_from_env=...) must name an environment variable, like {DEFAULT_VARIABLE!r}."
            )
        if ask is not None and not callable(ask):
            raise ConfigError(f"{policy}(get_keys=...) must be a function that returns the keys.")
        fixed = () if keys is None else parse_keys(keys, where=f"{policy}(keys=...)")
        if not fixed and variable is None and ask is None:
            what = "has no source of keys" if keys is None else "was given no usable key: blank entries never count"
            raise ConfigError(
                f"{policy} {what}. Give it keys=[...], keys_from_env={DEFAULT_VARIABLE!r} or get_keys=a "
                "function. A new key: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return cls(fixed, variable, ask)

    def resolve(self, env: Mapping[str, str]) -> KeySource:
        """Read the environment, once.

        :param env: Usually ``os.environ``.
        :return: A source whose keys are known.
        :raises ConfigError: Where no usable key is left; the message names the variable, never a key.
        """
        if self.variable is None:
            return self
        name = self.variable
        if name == DEFAULT_VARIABLE and name not in env and FALLBACK_VARIABLE in env:
            name = FALLBACK_VARIABLE
        found = parse_keys(env.get(name, ""), where=f"The environment variable {name!r}")
        if not (found or self.fixed or self.ask):
            state = "holds no usable key: blank entries never count" if name in env else "is not set"
            raise ConfigError(
                f"The environment variable {name!r} {state}, so nobody could log in. Set it to one or more "
                "keys, comma separated, before the app starts. 'flask run' reads a .env file where "
                "python-dotenv is installed; gunicorn does not: export the variable, or call "
                "dotenv.load_dotenv() first."
            )
        return replace(self, from_env=found)

    def current(self) -> tuple[Key, ...]:
        """Return every key that is valid now.

        :raises ConfigError: Before :meth:`resolve`, or where the callable answers with no keys.
        """
        if self.variable is not None and self.from_env is None:
            raise ConfigError(
                f"The keys in {self.variable!r} were never read. Pass the policy to Flask-OpenBB as auth=, "
                "which reads them at init_app, or call its resolve(os.environ) yourself."
            )
        asked = () if self.ask is None else parse_keys(self.ask(), where="The answer of get_keys")
        return self.fixed + (self.from_env or ()) + asked

    def find(self, presented: str) -> Key | None:
        """Return the key a request presented, or None, in a time that does not depend on the keys.

        :param presented: What the request sent, in clear: a digest in its place is just a wrong key.
        """
        digests = _digests(presented.strip(BLANKS))
        found: Key | None = None
        for key in self.current():
            for digest in digests:
                if hmac.compare_digest(key.digest, digest) and found is None:
                    found = key
        return found

    def knows(self, identity_id: str) -> bool:
        """Say whether a key of this id is still valid: False once it was rotated out."""
        return any(key.id == identity_id for key in self.current())

    def __repr__(self) -> str:
        count = len(self.fixed) + len(self.from_env or ())
        parts = [f"{count} key(s)"]
        parts += [f"environment {self.variable!r}"] if self.variable else []
        parts += ["a callable"] if self.ask else []
        return f"<KeySource: {', '.join(parts)}>"


def parse_keys(keys: Keys, *, where: str) -> tuple[Key, ...]:
    """Read keys into digests, without the blank ones.

    :param keys: See :data:`Keys`. Surrounding whitespace is no part of a key.
    :param where: Start of a message, e.g. ``The environment variable 'X'``.
    :raises ConfigError: For an entry that is no text, or a malformed ``sha256:`` entry; it is told by its
        place, because the text itself may be a key.
    """
    parsed = (_key(entry, name, f"{where}, entry {place}") for name, entry, place in _named(keys, where))
    return tuple(key for key in parsed if key is not None)


def _named(keys: object, where: str) -> list[tuple[str | None, object, str]]:
    """List ``(name, entry, place)`` of every entry, checking the shape only."""
    if isinstance(keys, str):
        return [(None, entry, str(number)) for number, entry in enumerate(keys.split(","), 1)]
    if isinstance(keys, Mapping):
        named: list[tuple[str | None, object, str]] = []
        for number, (name, value) in enumerate(keys.items(), 1):
            if not isinstance(name, str):
                raise ConfigError(f"{where}, entry {number}: its name is a {type(name).__name__}. Use a text.")
            listed = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
            named += [(name, entry, str(number)) for entry in listed]
        return named
    if isinstance(keys, bytes) or not isinstance(keys, Iterable):
        raise ConfigError(
            f"{where} is a {type(keys).__name__}. Use a list of keys, a comma separated text or "
            "a mapping of names to keys."
        )
    return [(None, entry, str(number)) for number, entry in enumerate(keys, 1)]


def _key(entry: object, name: str | None, where: str) -> Key | None:
    if not isinstance(entry, str):
        raise ConfigError(f"{where} is a {type(entry).__name__}. A key is a text.")
    text = entry.strip()
    if not text:
        return None
    if not text.lower().startswith(DIGEST_PREFIX):
        return Key(hashlib.sha256(_utf8(text)).digest(), name)
    digits = text[len(DIGEST_PREFIX) :].lower()
    if not _DIGEST.fullmatch(digits):
        raise ConfigError(
            f"{where} starts with {DIGEST_PREFIX!r} but 64 hexadecimal digits do not follow. "
            'Write the digest of a key, as in: printf %s "$KEY" | sha256sum'
        )
    digest = bytes.fromhex(digits)
    if digest == _BLANK_DIGEST:
        raise ConfigError(f"{where} is the digest of an empty text. Make the digest of the key itself.")
    return Key(digest, name)


def _digests(presented: str) -> tuple[bytes, ...]:
    """Return the digests to compare: of the text, and of the bytes a header that is not ASCII came as.

    WSGI hands headers over decoded as latin-1: a key sent in UTF-8 (as curl does) arrives garbled, one sent
    in latin-1 (as browsers do) arrives as it was.

    Source: PEP 3333, "Unicode Issues".
    """
    digests = [hashlib.sha256(_utf8(presented)).digest()]
    if not presented.isascii():
        with contextlib.suppress(UnicodeEncodeError):
            digests.append(hashlib.sha256(presented.encode("latin-1")).digest())
    return tuple(digests)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
