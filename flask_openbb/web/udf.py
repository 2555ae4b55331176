"""The URLs of a chart's feed: how they are added to an app, and one request for one of them.

The widget's own URL is a widget's as any other; the URLs below it are guarded by its door (``hooks``) and answered by
the view made here. ``routes`` finds them, also where a host serves them with views of its own.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import OpenBBError, RegistrationError, RequestError, UnknownSymbolError
from ..live.endpoints import ENDPOINTS
from ..manifest.registry import View
from ..shape.encode import dumps
from .answers import json_response, one_line
from .environ import GUARDED

if TYPE_CHECKING:
    from ..live.sources import Source

logger = logging.getLogger("flask_openbb")

_OF_SYMBOL = ("symbols", "history", "marks", "timescale_marks")
FEEDS = "flask_openbb_udf_"
"""How the Flask endpoints of feeds begin."""
PARTS = tuple(ENDPOINTS)
"""What lies below a feed's URL."""
_FAILED = "The feed failed to answer; the server's log says why."


@dataclass(frozen=True, eq=False)
class FeedRoute:
    """One feed to be served: by every app of an extension."""

    path: str
    """Its URL below the prefix, without slashes at its ends."""
    view: View
    """Of the widget's own URL."""
    below: View
    """Of the URLs below it."""
    source: object
    """What identifies the declaring code: a factory that runs again declares the same feed."""

    def add(self, app: Flask, prefix: str) -> None:
        """Add a feed's URLs to an app.

        :param prefix: ``OPENBB_URL_PREFIX``, empty or ``/path``.
        :raises RegistrationError: If another feed has them, or the app answers requests already.
        """
        endpoint = FEEDS + self.path.replace(".", ":")  # what stands before a dot is a Blueprint's name to Flask
        if endpoint in app.view_functions:
            raise RegistrationError(f"App {app.name!r} serves a feed at '/{self.path}' already. Choose another URL.")
        below = f"{prefix}/{self.path}/<any({','.join(PARTS)}):part>"
        try:
            app.add_url_rule(f"{prefix}/{self.path}", endpoint, self.view, methods=["GET"])
            app.add_url_rule(below, endpoint + "_below", self.below, methods=["GET"])
        except AssertionError:
            raise RegistrationError(
                f"udf('/{self.path}') came after the first request to app {app.name!r}. Declare feeds where the app is "
                "made, before the server starts."
            ) from None


def own_view() -> View:
    """A view of a feed's own URL: the connection test asks there, and people may."""

    def udf() -> Any:
        return {"type": "udf", "endpoints": list(PARTS)}

    return udf


def feed_view(feed: Any, takes: Mapping[str, frozenset[str]]) -> View:
    """A view of the URLs below, which answers who came through the door and nobody else."""

    def udf_below(part: str) -> Response:
        if GUARDED not in request.environ:
            return refusal(RequestError(404, "No feed is served here."))
        from ..live.sources import Source  # noqa: PLC0415 - loaded when first used

        return respond(Source(feed, takes, call), part)

    return udf_below


def is_below(rule: str, root: str) -> bool:
    """Whether a rule is of the feed below a root: ``/udf/config``, or ``/udf/<name>`` of any converter."""
    base = root.rstrip("/") + "/"
    last = rule.removeprefix(base).rstrip("/") if rule.startswith(base) else ""
    return last in PARTS or (last.startswith("<") and last.endswith(">") and last.count("<") == 1)


def part_of(path: str) -> str | None:
    """The feed's endpoint that a path ends in, or None."""
    last = path.rstrip("/").rpartition("/")[2]
    return last if last in PARTS else None


def respond(source: Source, part: str) -> Response:
    """Answer one request that passed the door; every failure is said as the client reads it.

    A wrong request is 422, an unknown symbol 404, a feed that fails 500 and logged: the client goes by ``s`` alone,
    everybody else by the status.
    """
    from ..live.udf import answer  # noqa: PLC0415 - loaded when first used

    try:
        body = answer(source, part, request.args)
        return json_response(dumps(body))
    except RequestError as error:
        return refusal(error)
    except HTTPException as error:
        return refusal(RequestError(error.code or 500, one_line(error.description or error.name)))
    except Exception as error:
        if part in _OF_SYMBOL and isinstance(error, LookupError) and not isinstance(error, IndexError):
            logger.debug("A feed raised %r: taken for an unknown symbol.", error, exc_info=True)
            return refusal(UnknownSymbolError(request.args.get("symbol", "")))
        logger.exception("The feed %s failed to answer %s.", type(source.feed).__name__, part)
        detail = one_line(str(error)) if isinstance(error, OpenBBError) and current_app.debug else _FAILED
        return refusal(RequestError(500, detail))


def refusal(error: RequestError) -> Response:
    """``{"s": "error", "errmsg", "detail"}`` with the status of a refusal."""
    from ..live.udf import error_body  # noqa: PLC0415 - loaded when first used

    response = json_response(orjson.dumps(error_body(error)), status=error.status)
    response.headers["Cache-Control"] = "no-store"
    challenge = getattr(error, "challenge", None)
    if challenge and error.status == 401:
        response.headers["WWW-Authenticate"] = challenge
    return response


def call(method: Callable[..., Any], **keywords: Any) -> Any:
    """Call a feed's method, sync or async, as Flask calls a view."""
    app = current_app
    result = app.ensure_sync(method)(**keywords)
    if inspect.isawaitable(result):

        async def wait() -> Any:
            return await result

        return app.ensure_sync(wait)()
    return result
