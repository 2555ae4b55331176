"""An agent's answer as Server-Sent Events, each sent when the view yields it.

Called by ``dispatch`` with what an agent's view returned. A generator runs once the status is sent, so what it raises
is told in the stream: there Workspace shows the words, where it shows none of a refusal's body. Request time only.

Source: WHATWG HTML, server-sent events; nginx, ``X-Accel-Buffering``; CLIENT components/AI/hooks/useStreamResponse.tsx.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterable, Iterator, Mapping
from time import monotonic
from typing import Any

from flask import current_app, got_request_exception, stream_with_context
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..agents.driving import WAITING, Driven
from ..agents.events import Event, event_of, reasoning
from ..errors import RequestError, ShapeError
from ..shape.rows import describe
from .answers import one_line
from .state import current_state

MIMETYPE = "text/event-stream"

_HEARTBEAT = b":\n\n"
"""A comment, which clients skip: it keeps proxies patient, and tells the server when nobody listens any more."""
_FAILED = "The agent failed; the log of its server says why."
_FAILURES = (Exception, CancelledError)
"""What a view may fail with: a task of its own that was cancelled would go on to the server's worker."""
# No proxy may compress it, which would hold events back.
_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


def event_response(value: Any) -> Response:
    """Send what an agent's view returned.

    :param value: A generator, async or not; a list of events; one text or event.
    :raises ShapeError: If it is none of these.
    """
    stream = EventStream(_items(value), patience=current_state().settings.agents_heartbeat)
    response = current_app.response_class(stream_with_context(stream), mimetype=MIMETYPE)
    response.headers.update(_HEADERS)
    return response


class EventStream(Iterator[bytes]):
    """The events of one answer; whoever sends it closes it, and with it the view's generator.

    :param patience: Seconds without an event after which an item that is none is sent as a comment; 0 for never.
    """

    def __init__(self, items: Iterator[Any], *, patience: float) -> None:
        self._items: Iterator[Any] | None = items
        self._patience = patience

    def __next__(self) -> bytes:
        """The next event; if the view fails, the one that says so, and then no more."""
        try:
            event = self._next()
        except _FAILURES as error:
            self.close()
            return _told(error).encode()
        if event is None:
            raise StopIteration
        return event

    def close(self) -> None:
        """End the view where it stands; harmless a second time."""
        items, self._items = self._items, None
        close = getattr(items, "close", None)
        if close is None:
            return
        try:
            close()
        except _FAILURES as error:  # of a finally block: the answer is over, and nobody is left to be told
            _log(error)

    def _next(self) -> bytes | None:
        if self._items is None:
            return None
        begun = monotonic()
        for item in self._items:
            event = None if item is WAITING else event_of(item)
            if event is None:
                if item is WAITING or 0 < self._patience <= monotonic() - begun:
                    return _HEARTBEAT
            else:
                text = event.encode()
                if event.ends:
                    self.close()
                return text
        self.close()
        return None


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, AsyncIterable):
        return Driven(value, patience=current_state().settings.agents_heartbeat or None)
    if isinstance(value, Iterator):
        return value
    if isinstance(value, list | tuple):
        return iter(value)
    if isinstance(value, str | Event | Mapping) or hasattr(value, "model_dump"):
        return iter((value,))
    if value is None:
        raise ShapeError("The agent's view returned None. Let it yield text, or return it; does a branch lack both?")
    raise ShapeError(
        f"The agent's view returned {describe(value)}. Let it yield text and what the functions of "
        "flask_openbb.agents return."
    )


def _told(error: BaseException) -> Event:
    """What the user reads of an error: the words of a refusal, and of a failure only that it happened."""
    if isinstance(error, RequestError):
        return reasoning(error.detail, kind="ERROR")
    if isinstance(error, HTTPException):
        return reasoning(one_line(error.description or error.name), kind="ERROR")
    _log(error)
    said = f"{type(error).__name__}: {error}" if current_app.debug or current_app.testing else _FAILED
    return reasoning(one_line(said), kind="ERROR")


def _log(error: BaseException) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    got_request_exception.send(app, _async_wrapper=app.ensure_sync, exception=error)
    app.log_exception((type(error), error, error.__traceback__))
