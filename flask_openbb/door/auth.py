"""Who may ask: the policies that judge what a request presented, and one pure decision.

Owns the built-in policies and the line between 401 (nothing usable was presented) and 403 (it was wrong).
Imports ``errors`` and its neighbours :mod:`.credentials` and :mod:`.keys`: no Flask. ``web`` calls
:func:`resolve` once at ``init_app``, :func:`authenticate` on every request but preflights, and :func:`knows`
where a signed endpoint comes back. Nothing here prints, logs or echoes a presented value.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import TypeVar

from ..errors import AuthError, ConfigError
from .credentials import BLANKS, FORBIDDEN, UNAUTHORIZED, Credentials, Identity
from .keys import Keys, KeySource

__all__ = [
    "ApiKeyAuth",
    "BearerAuth",
    "AnyOf",
    "any_of",
    "authenticate",
    "knows",
    "query_names",
    "resolve",
    "Credentials",
    "Identity",
    "Policy",
]

_P = TypeVar("_P", "ApiKeyAuth", "BearerAuth")

_KEY_HEADERS = ("X-API-KEY", "API-KEY")
_KEY_QUERIES = ("api_key", "api-key", "apikey", "x-api-key")
_PRESENTING_HEADERS = ("Authorization", *_KEY_HEADERS, "X-Auth-Token", "X-Access-Token")
_PRESENTING_QUERIES = (*_KEY_QUERIES, "access_token")


Policy = Callable[[Credentials], Identity | str | None]
"""Any function that returns who asks (an :class:`Identity`, or a text as its id) or None to refuse. It may
raise :class:`~flask_openbb.errors.AuthError` to choose status and text; any other exception is a failure of
the service (500) and admits nobody. It may have, beside ``__call__``:

- ``resolve(env) -> Policy``: read the environment, once;
- ``presented(credentials) -> bool``: whether there was anything to judge (403 if it was refused, else 401);
- ``refuse(credentials) -> AuthError``: the refusal itself;
- ``challenge: str``: the scheme for ``WWW-Authenticate``;
- ``knows(identity_id) -> bool``: whether an identity it once returned is still valid."""


@dataclass(frozen=True)
class ApiKeyAuth:
    """Admit requests that present one of several keys, in a header or a query parameter.

    :param keys: One comma separated text, a list, or ``{name: key}``; ``sha256:<hex>`` entries are digests.
    :param keys_from_env: An environment variable with comma separated keys. ``VALID_API_KEYS`` is read where
        this is ``OPENBB_API_KEYS`` and that variable is not set (set but blank counts as set). It is one of
        the two, never both: a key dropped from the first must not live on in the second.
    :param get_keys: Called on every request for the keys of that moment, in the same forms as ``keys``. It is
        not called at start-up: an empty answer refuses everybody.
    :raises ConfigError: Without any usable key, here or at :meth:`resolve`.

    All keys given are valid, so a key is rotated by adding the new one, then dropping the old one. Give the
    clients the ``header``: Excel's add-in cannot use a query parameter.

    Source: OpenBB docs, data-integration, API key example.
    """

    keys: InitVar[Keys | None] = None
    _: KW_ONLY
    keys_from_env: InitVar[str | None] = None
    get_keys: InitVar[Callable[[], Keys] | None] = None
    header: str | None = "X-API-KEY"
    """The request header that holds the key; None to read the query only."""
    query: str | None = None
    """The query parameter that holds the key; None to read the header only. With both, either will do."""
    source: KeySource = field(init=False)
    """The keys, as digests."""

    challenge = "ApiKey"

    def __post_init__(self, keys: Keys | None, keys_from_env: str | None, get_keys: Callable[[], Keys] | None) -> None:
        for place, name in (("header", self.header), ("query", self.query)):
            if name is not None and (not isinstance(name, str) or not name or any(map(str.isspace, name))):
                raise ConfigError(f"ApiKeyAuth({place}={name!r}) is not a name. Use one like 'X-API-KEY', or None.")
        if self.header is None and self.query is None:
            raise ConfigError("ApiKeyAuth(header=None, query=None) reads no key anywhere. Name one of the two.")
        source = KeySource.build(keys, keys_from_env, get_keys, policy="ApiKeyAuth")
        object.__setattr__(self, "source", source)

    def __call__(self, credentials: Credentials) -> Identity | None:
        """Return whose key was presented, or None."""
        presented = self._presented(credentials)
        return _of_key(self.source, *presented) if len(presented) == 1 else None

    def resolve(self, env: Mapping[str, str]) -> ApiKeyAuth:
        """Return this policy with the environment read; see :meth:`.KeySource.resolve`."""
        return _with_source(self, self.source.resolve(env))

    def presented(self, credentials: Credentials) -> bool:
        """Say whether a key came where this policy reads it."""
        return bool(self._presented(credentials))

    def refuse(self, credentials: Credentials) -> AuthError:
        """Return the refusal of a request that this policy did not admit."""
        presented = self._presented(credentials)
        if len(presented) > 1:
            return AuthError(FORBIDDEN, f"Several different API keys were sent: send one, {self._place()}.")
        if presented:
            return AuthError(FORBIDDEN, "Invalid API key.")
        return AuthError(UNAUTHORIZED, f"API key required: send it {self._place()}{self._misplaced(credentials)}.")

    def knows(self, identity_id: str) -> bool:
        """Say whether the key of this identity is still valid."""
        return self.source.knows(identity_id)

    def _presented(self, credentials: Credentials) -> frozenset[str]:
        sent = frozenset(credentials.query_values(self.query)) if self.query else frozenset[str]()
        in_header = credentials.header(self.header) if self.header else None
        return sent | {in_header} if in_header else sent

    def _place(self) -> str:
        places = [f"in the {self.header!r} header"] if self.header else []
        places += [f"as the query parameter {self.query!r}"] if self.query else []
        return " or ".join(places)

    def _misplaced(self, credentials: Credentials) -> str:
        """Say where the key came instead, by names of ours only."""
        headers = _seen((*_KEY_HEADERS, "Authorization", self.query), credentials.header)
        queries = _seen((*_KEY_QUERIES, self.header), credentials.query_value)
        if headers:
            return f", not in the {headers[0]!r} header"
        return f", not as the query parameter {queries[0]!r}" if queries else ""


@dataclass(frozen=True)
class BearerAuth:
    """Admit requests with ``Authorization: Bearer <token>``.

    :param keys: Tokens that are valid, as in :class:`ApiKeyAuth`.
    :param keys_from_env: An environment variable with comma separated tokens, as in :class:`ApiKeyAuth`.
    :param get_keys: Called on every request for the tokens of that moment.
    :param verify: Called with a token that is none of the keys; returns who it belongs to, or None. The place
        to check a JWT.
    :raises ConfigError: Without ``verify`` or any usable token, here or at :meth:`resolve`.

    Source: RFC 6750, section 2.1.
    """

    keys: InitVar[Keys | None] = None
    _: KW_ONLY
    keys_from_env: InitVar[str | None] = None
    get_keys: InitVar[Callable[[], Keys] | None] = None
    verify: Callable[[str], Identity | str | None] | None = field(default=None, repr=False)
    source: KeySource = field(init=False)
    """The tokens, as digests."""

    challenge = "Bearer"

    def __post_init__(self, keys: Keys | None, keys_from_env: str | None, get_keys: Callable[[], Keys] | None) -> None:
        if self.verify is not None:
            _check_callable(self.verify, "BearerAuth(verify=...)")
        bare = self.verify is not None and keys is None and keys_from_env is None and get_keys is None
        source = KeySource() if bare else KeySource.build(keys, keys_from_env, get_keys, policy="BearerAuth")
        object.__setattr__(self, "source", source)

    def __call__(self, credentials: Credentials) -> Identity | None:
        """Return whose token was presented, or None."""
        token = self._token(credentials)
        if token is None:
            return None
        found = _of_key(self.source, token)
        return _identity(self.verify(token), self.verify) if found is None and self.verify else found

    def resolve(self, env: Mapping[str, str]) -> BearerAuth:
        """Return this policy with the environment read; see :meth:`.KeySource.resolve`."""
        return _with_source(self, self.source.resolve(env))

    def presented(self, credentials: Credentials) -> bool:
        """Say whether a bearer token came."""
        return self._token(credentials) is not None

    def refuse(self, credentials: Credentials) -> AuthError:
        """Return the refusal of a request that this policy did not admit."""
        if self.presented(credentials):
            return AuthError(FORBIDDEN, "Invalid bearer token.")
        where = "Bearer token required: send it in the 'Authorization' header, as 'Bearer <token>'"
        elsewhere = _seen(_KEY_HEADERS, credentials.header)
        misplaced = f", not in the {elsewhere[0]!r} header" if elsewhere else ""
        return AuthError(UNAUTHORIZED, f"{where}{misplaced}.")

    def knows(self, identity_id: str) -> bool:
        """Say whether an identity is still valid; with ``verify`` it cannot be told, and counts as valid."""
        return self.verify is not None or self.source.knows(identity_id)

    def _token(self, credentials: Credentials) -> str | None:
        scheme, _, token = (credentials.header("Authorization") or "").partition(" ")
        return (token.strip(BLANKS) or None) if scheme.lower() == "bearer" else None


@dataclass(frozen=True)
class AnyOf:
    """Admit whom one of several policies admits; made by :func:`any_of`."""

    policies: tuple[Policy, ...] = field(repr=False)

    @property
    def challenge(self) -> str:
        """The schemes of all policies, comma separated."""
        return ", ".join(dict.fromkeys(filter(None, (getattr(each, "challenge", "") for each in self.policies))))

    def __call__(self, credentials: Credentials) -> Identity:
        """Return whom the first policy that admits a request finds, or raise the refusal that says most."""
        refusals: list[AuthError] = []
        for policy in self.policies:
            answer = _ask(policy, credentials)
            if isinstance(answer, Identity):
                return answer
            refusals.append(answer)
        for refusal in refusals:
            if refusal.status != UNAUTHORIZED:
                raise refusal
        raise AuthError(UNAUTHORIZED, " Or: ".join(dict.fromkeys(refusal.detail for refusal in refusals)))

    def resolve(self, env: Mapping[str, str]) -> AnyOf:
        """Resolve every policy."""
        return AnyOf(tuple(resolve(policy, env) for policy in self.policies))

    def presented(self, credentials: Credentials) -> bool:
        """Say whether one of the policies had anything to judge."""
        return any(_presented(policy, credentials) for policy in self.policies)

    def knows(self, identity_id: str) -> bool:
        """Say whether one of the policies still knows the identity, or cannot tell."""
        return any(knows(policy, identity_id) for policy in self.policies)


def any_of(*policies: Policy) -> Policy:
    """Admit a request that one of these policies admits, asked in this order.

    A policy that fails (raises anything but ``AuthError``) fails the request: it is not skipped.

    :raises ConfigError: Without policies, or where one is not a policy.
    """
    if not policies:
        raise ConfigError("any_of() was given no policy, so nobody could log in. Give it at least one.")
    for policy in policies:
        _check_callable(policy, "any_of(...)")
    return AnyOf(policies)


def resolve(policy: Policy, env: Mapping[str, str]) -> Policy:
    """Check that something is a policy and let it read the environment, once, at start-up.

    :param env: Usually ``os.environ``.
    :return: The policy to ask on every request.
    :raises ConfigError: Where it is no policy, or would have no usable key.
    """
    _check_callable(policy, "auth=")
    own = getattr(policy, "resolve", None)
    resolved: Policy = own(env) if callable(own) else policy
    return resolved


def query_names(policy: Policy | None) -> frozenset[str]:
    """The query parameters in which a policy, or one of several, takes its credentials."""
    if isinstance(policy, AnyOf):
        return frozenset().union(*(query_names(each) for each in policy.policies))
    name = getattr(policy, "query", None)
    return frozenset({name}) if isinstance(name, str) else frozenset()


def takes_headers(policy: Policy | None) -> bool:
    """Whether a policy, or one of several, takes credentials elsewhere than in the query."""
    if isinstance(policy, AnyOf):
        return any(takes_headers(each) for each in policy.policies)
    return getattr(policy, "query", None) is None or getattr(policy, "header", None) is not None


def authenticate(policy: Policy, credentials: Credentials) -> Identity:
    """Say who asks, or refuse.

    :return: The identity, never None.
    :raises AuthError: 401 where nothing usable was presented, 403 where it was wrong; one line of detail.
    :raises TypeError: Where the policy answered neither an identity nor None: nobody is admitted.
    """
    identity = _identity(policy(credentials), policy)
    if identity is not None:
        return identity
    refuse = getattr(policy, "refuse", None)
    if callable(refuse):
        raise refuse(credentials)
    if _presented(policy, credentials):
        raise AuthError(FORBIDDEN, "Invalid credentials.")
    raise AuthError(UNAUTHORIZED, "Credentials required: add them to this backend's connection in OpenBB Workspace.")


def knows(policy: Policy, identity_id: str) -> bool:
    """Say whether an identity this policy once returned is still valid; True where the policy cannot tell."""
    own = getattr(policy, "knows", None)
    return bool(own(identity_id)) if callable(own) else True


def _ask(policy: Policy, credentials: Credentials) -> Identity | AuthError:
    try:
        return authenticate(policy, credentials)
    except AuthError as refusal:
        return refusal


def _identity(answer: object, policy: object) -> Identity | None:
    """Read a policy's answer; what is neither an identity nor a plain no is an error of the policy."""
    if answer is None or answer is False:
        return None
    if isinstance(answer, Identity):
        return answer
    if isinstance(answer, str):
        return Identity(answer) if answer.strip() else None
    if inspect.iscoroutine(answer):
        answer.close()
    raise TypeError(
        f"The auth policy {_name(policy)} returned a {type(answer).__name__}, so nobody is admitted. "
        "Return an Identity (or a text, its id) to admit, None to refuse; a policy cannot be async."
    )


def _presented(policy: Policy, credentials: Credentials) -> bool:
    own = getattr(policy, "presented", None)
    if callable(own):
        return bool(own(credentials))
    headers = _seen(_PRESENTING_HEADERS, credentials.header)
    return bool(headers or _seen(_PRESENTING_QUERIES, credentials.query_value))


def _seen(names: Iterable[str | None], look_up: Callable[[str], str | None]) -> list[str]:
    return [name for name in names if name and look_up(name) is not None]


def _of_key(source: KeySource, presented: str) -> Identity | None:
    key = source.find(presented)
    return None if key is None else Identity(key.id, key.name)


def _with_source(policy: _P, source: KeySource) -> _P:
    resolved = copy.copy(policy)
    object.__setattr__(resolved, "source", source)
    return resolved


def _check_callable(policy: object, where: str) -> None:
    fix = "Use ApiKeyAuth(...), BearerAuth(...), any_of(...) or a function of Credentials."
    if isinstance(policy, type):
        raise ConfigError(f"{where} was given the class {policy.__name__}, not an instance of it. {fix}")
    if not callable(policy):
        raise ConfigError(f"{where} was given a {type(policy).__name__}, which cannot be called. {fix}")
    if inspect.iscoroutinefunction(policy):
        raise ConfigError(f"{where} was given the async function {_name(policy)}. Make it a plain function.")


def _name(policy: object) -> str:
    return getattr(policy, "__qualname__", type(policy).__qualname__)
