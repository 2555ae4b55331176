"""Kept answers: served while fresh, served and renewed while stale, computed once when there is none.

Owns :class:`AnswerCache`, made by ``init_app``, one an app. ``dispatch`` calls :meth:`AnswerCache.answer` with the
request let in, its hooks run and its parameters parsed. Only whole answers of 200 are kept, and none with a cookie,
with ``Cache-Control: no-store``, or that varies by a header which is not in its key.
"""

from __future__ import annotations

import functools
import importlib.metadata
import io
import logging
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson
from flask import Flask, Request, current_app, g, request
from werkzeug.wrappers import Response

from .cache import Cache, UnknownPartError, canonical, key_of, prefix_of
from .conditional import digest_of
from .door import credential_headers
from .entries import entry_of
from .environ import ASKED, BINDING, KEPT, METHODS
from .flights import Flights
from .generations import Generations
from .param_views import resolve_options
from .routes import Routes
from .stores import Store

if TYPE_CHECKING:
    from ..door.credentials import Identity
    from .bindings import Binding

logger = logging.getLogger("flask_openbb")

Compute = Callable[[], Response]

RENEWALS = 4
"""Answers one process renews in the background at a time; a stale answer beyond that is renewed by a later request."""

_MAGIC = b"openbb1"
_LENGTH = struct.Struct(">I")
_ALWAYS_IN_KEY = frozenset({"accept-encoding", "authorization", "cookie", "origin"})
_NOT_KEPT = frozenset({"age", "connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
_PLAIN = (str, bytes, int, bool, tuple, type(None))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One kept answer."""

    stored: float
    """Seconds since the epoch, by the clock of the worker that computed it."""
    headers: tuple[tuple[str, str], ...]
    digest: str
    body: bytes

    def pack(self) -> bytes:
        """As bytes, for a store."""
        head = orjson.dumps([self.stored, self.headers, self.digest])
        return b"".join((_MAGIC, _LENGTH.pack(len(head)), head, self.body))

    @classmethod
    def unpack(cls, packed: bytes | None) -> Entry | None:
        """Read what :meth:`pack` wrote; None of anything else, since others may write to the store."""
        start = len(_MAGIC) + _LENGTH.size
        if packed is None or packed[: len(_MAGIC)] != _MAGIC or len(packed) < start:
            return None
        end = start + _LENGTH.unpack_from(packed, len(_MAGIC))[0]
        try:
            stored, headers, digest = orjson.loads(packed[start:end])
            return cls(
                stored=float(stored),
                headers=tuple((str(name), str(value)) for name, value in headers),
                digest=str(digest),
                body=packed[end:],
            )
        except (ValueError, TypeError):
            return None

    def age(self) -> int:
        """Whole seconds since it was computed."""
        return max(0, int(time.time() - self.stored))

    def response(self) -> Response:
        """The answer again, with its ``Age``."""
        response = current_app.response_class(self.body, headers=list(self.headers))
        response.headers["Age"] = str(self.age())
        request.environ[KEPT] = (self.digest, self.body)
        return response


class _ErrorAnswer(Exception):  # noqa: N818 - carries an answer past those who wait for another
    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class AnswerCache:
    """The kept answers of one app.

    :param store: Where they are.
    :param wait: Seconds a request waits for another that computes the same.
    :param max_bytes: Size of the largest answer that is kept.
    :param prefix: Separates apps that share a backend, ``OPENBB_CACHE_PREFIX``.
    """

    def __init__(self, store: Store, *, wait: int, max_bytes: int, prefix: str) -> None:
        self._store = store
        self._generations = Generations(store)
        self._flights: Flights[Entry] = Flights(store, wait=wait)
        self._max_bytes = max_bytes
        self._prefix = prefix
        self._prints: WeakKeyDictionary[Binding, str] = WeakKeyDictionary()
        self._slots = threading.BoundedSemaphore(RENEWALS)
        self._said: set[tuple[str, str]] = set()

    def answer(
        self, routes: Routes, binding: Binding, cache: Cache, arguments: Mapping[str, Any], compute: Compute
    ) -> Response:
        """The kept answer to the current request, or the computed one.

        :param arguments: The view's keywords, parsed.
        :param compute: Calls the view and shapes its answer; it may run later, in another thread, for a request
            like the current one.
        """
        try:
            key = self._key(routes, binding, cache, arguments)
        except UnknownPartError as error:
            self._warn(binding, "key", f"a parameter is a {error}, which has no text to keep an answer under")
            return compute()
        entry = Entry.unpack(self._store.get(key))
        if entry is None:
            return self._computed(key, binding, cache, compute)
        age = entry.age()
        if age >= cache.seconds + cache.stale:
            return self._computed(key, binding, cache, compute)
        if age >= cache.seconds:
            self._renew(key, binding, cache, compute)
        return entry.response()

    def forget(self, binding: Binding) -> None:
        """Serve none of a widget's answers again that were kept so far, for anybody."""
        if binding.cache is not None:
            self._generations.change(self._generation_of(binding), binding.cache.seconds + binding.cache.stale)

    def _generation_of(self, binding: Binding) -> str:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        name = blake2b(binding.subject.encode(), digest_size=20, key=prefix_of(app, self._prefix)).hexdigest()
        return f"openbb:{self._prefix or app.name}:generation:{name}"

    def _key(self, routes: Routes, binding: Binding, cache: Cache, arguments: Mapping[str, Any]) -> str:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        print_ = self._prints.get(binding)
        if print_ is None:
            print_ = self._prints[binding] = _fingerprint(routes, binding)
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        identity: Identity | None = g.get("openbb_identity")
        prefix = prefix_of(app, self._prefix)
        if routes.changing and binding.subject in routes.changing:
            print_ += self._generations.current(self._generation_of(binding))
        key = key_of(app, asked, binding, cache, arguments=arguments, identity=identity, print_=print_, prefix=prefix)
        return f"openbb:{self._prefix or app.name}:{key}"

    def _computed(self, key: str, binding: Binding, cache: Cache, compute: Compute) -> Response:
        def compute_and_keep() -> tuple[Entry | None, Response]:
            response = compute()
            if response.status_code >= 400:
                raise _ErrorAnswer(response)  # those who wait may try, one at a time, as after an exception
            return self._keep(key, binding, cache, response), response

        try:
            found = self._flights.once(key, look=lambda: self._fresh(key, cache), compute=compute_and_keep)
        except _ErrorAnswer as error:
            return error.response
        return found.response() if isinstance(found, Entry) else found

    def _fresh(self, key: str, cache: Cache) -> Entry | None:
        entry = Entry.unpack(self._store.get(key))
        return None if entry is None or entry.age() >= cache.seconds else entry

    def _keep(self, key: str, binding: Binding, cache: Cache, response: Response) -> Entry | None:
        if not self._may_keep(binding, cache, response):
            return None
        body = response.get_data()
        headers = tuple((name, value) for name, value in response.headers.items() if _is_kept(name))
        entry = Entry(stored=time.time(), headers=headers, digest=digest_of(body), body=body)
        self._store.set(key, entry.pack(), cache.seconds + cache.stale)
        return entry

    def _may_keep(self, binding: Binding, cache: Cache, response: Response) -> bool:
        headers = response.headers
        whole = response.is_sequence and not response.direct_passthrough
        if response.status_code != 200 or request.method != "GET":
            return False
        if not whole or "Content-Encoding" in headers or "Set-Cookie" in headers:
            self._warn(binding, "form", "its answer is a stream, compressed, or sets a cookie")
            return False
        control = headers.get("Cache-Control", "").lower()
        if "no-store" in control or (cache.shared and "private" in control):
            return False
        known = _ALWAYS_IN_KEY | {name.lower() for name in cache.vary}
        known |= {name.lower() for name in (credential_headers(binding.policy) if binding.policy else ())}
        others = sorted(name for name in response.vary if name.lower() not in known)
        if others:
            self._warn(binding, "vary", f"it varies by {', '.join(others)}: name it in Cache(vary=...)")
            return False
        size = response.calculate_content_length() or 0
        if size > self._max_bytes:
            self._warn(binding, "size", f"it has {size} bytes, more than OPENBB_CACHE_MAX_BYTES")
        return size <= self._max_bytes

    def _renew(self, key: str, binding: Binding, cache: Cache, compute: Compute) -> None:
        """Compute a stale answer anew, in a thread of its own, if one is free."""
        if not self._slots.acquire(blocking=False):
            return
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        again = _Again(app, asked, g.get("openbb_identity"))

        def compute_and_close() -> tuple[Entry | None, None]:
            response = compute()
            try:
                return self._keep(key, binding, cache, response), None
            finally:
                response.close()

        def renew() -> None:
            try:
                again.run(
                    lambda: self._flights.alone(
                        key,
                        look=lambda: self._fresh(key, cache),
                        compute=compute_and_close,
                    )
                )
            except Exception:
                logger.exception("Widget %r: its stale answer could not be renewed.", binding.id)
            finally:
                self._slots.release()

        try:
            threading.Thread(target=renew, name=f"openbb-renew-{binding.id}", daemon=True).start()
        except RuntimeError:  # the system gives no more threads
            self._slots.release()

    def _warn(self, binding: Binding, topic: str, reason: str) -> None:
        if (binding.id, topic) not in self._said:
            self._said.add((binding.id, topic))
            logger.warning("Widget %r: an answer is not cached, because %s.", binding.id, reason)


class _Again:
    """A request like the one that was answered, for a thread that outlives it.

    The host's ``before_request`` hooks run for it, since views need what they set up, and its teardowns; no
    ``after_request``, as nobody is answered. The door is not asked again: the identity is taken over.
    """

    def __init__(self, app: Flask, asked: Request, identity: Identity | None) -> None:
        self._app = app
        self._identity = identity
        self._methods = asked.environ.get(METHODS)
        self._route = (asked.url_rule, asked.view_args, asked.path)
        self._environ: dict[str, Any] = {
            key: value
            for key, value in asked.environ.items()
            # Objects belong to the request that is over, and nothing of the client's state may shorten the answer.
            if isinstance(value, _PLAIN) and not key.startswith(("HTTP_IF_", "HTTP_RANGE", "flask."))
        }
        self._environ |= {"REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
        if BINDING in asked.environ:
            self._environ[BINDING] = asked.environ[BINDING]

    def run(self, work: Callable[[], None]) -> None:
        """Work inside the request's context."""
        with self._app.request_context(self._environ):
            again: Request = request._get_current_object()  # type: ignore[attr-defined]
            again.environ[METHODS], again.environ[ASKED] = self._methods, again
            again.url_rule, again.view_args, again.path = self._route
            again.routing_exception = None
            g.openbb_identity = self._identity
            refusal = self._app.preprocess_request()
            if refusal is not None:
                raise RuntimeError("A before_request hook answered in place of the view.")
            g.openbb_identity = self._identity
            work()


@functools.cache
def package_version() -> str:
    """The package's version; empty where it was copied without its metadata, as into a frozen application."""
    try:
        return importlib.metadata.version("Flask-OpenBB")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _fingerprint(routes: Routes, binding: Binding) -> str:
    """A text that changes with the widget's declaration and with this package's version."""
    try:
        rows = resolve_options(routes, binding.plan.rows, near=binding.endpoint)
        entry: Any = entry_of(binding.declaration, binding.function, binding, rows=rows, columns=binding.columns)
    except Exception:  # a faulty declaration is the manifest's to report
        entry = None
    shaping = {field.name: getattr(binding.shaping, field.name) for field in fields(binding.shaping) if field.init}
    declaration = binding.declaration
    parts = [
        package_version(),
        binding.subject,
        binding.endpoint,
        binding.kind.wire,
        entry,
        shaping,
        [binding.limit, declaration.shape],
    ]
    return canonical(parts, lenient=True)


def _is_kept(name: str) -> bool:
    folded = name.lower()
    return folded not in _NOT_KEPT and not folded.startswith("access-control-")
