"""ETag and 304 of the manifests, and of the widgets that ask for them with ``etag=True``.

Called by ``views`` for each manifest and by ``dispatch`` for each such answer.

The ETag is strong and made of the body's bytes; ``compression`` makes it weak where it codes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from flask import request
from werkzeug.wrappers import Response

from ..door.auth import Policy
from .answers import vary_by
from .door import credential_headers

DIGEST_SIZE = 16


def digest_of(body: bytes) -> str:
    """The bytes' digest, 32 hexadecimal digits: an ETag without its quotes."""
    return hashlib.blake2b(body, digest_size=DIGEST_SIZE).hexdigest()


def conditional(response: Response, policies: Collection[Policy], *, digest: str | None = None) -> Response:
    """Give an answer its ETag, or turn it into a 304 if the client has it.

    Only an answer of 200 whose bytes are there; a stream or an error is left as it is. An ``ETag`` or
    ``Cache-Control`` of the view's own stays.

    :param policies: Those that the answer depends on; with one, it is private to its caller.
    :param digest: The body's, where it is known already.
    :return: The same response.

    Source: RFC 9110, sections 8.8.3 and 13.1.2.
    """
    if response.status_code != 200 or not response.is_sequence or response.direct_passthrough:
        return response
    headers = response.headers
    if "ETag" not in headers:
        headers["ETag"] = f'"{digest or digest_of(response.get_data())}"'
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache" if policies else "no-cache"
    vary_by(response, *(name for policy in policies for name in credential_headers(policy)))
    # For an ETag make_conditional says the same, at twice the cost, and adds the Date that servers add.
    asked = request.environ.get("HTTP_IF_NONE_MATCH")
    if "If-Match" in request.headers:
        response.make_conditional(request.environ)
    elif asked and _is_known(asked, response):
        response.status_code = 304
    return response


def _is_known(asked: str, response: Response) -> bool:
    """Whether the answer's ETag is one of those a client has, compared weakly."""
    if asked.removeprefix("W/") == response.headers["ETag"].removeprefix("W/"):
        return True  # the usual case, without parsing either
    return request.if_none_match.contains_weak(response.get_etag()[0] or "")
