"""Images inside of texts: files of a declared folder, or bytes, as data URIs.

Workspace shows a text on a page of its own, so a picture has to be at a whole URL or in the text itself. Owns what an
image file is. Imports this room's :mod:`.sources`, whose rule about paths holds here too, and
:mod:`flask_openbb.errors`; called by :mod:`.bodies` and by ``manifest.app_parts``.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..errors import ShapeError
from .sources import Limits, read_all, read_path

_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"\x00\x00\x01\x00"), "image/x-icon"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)", re.IGNORECASE), "image/svg+xml"),
)
_NO_IMAGE = "is no image that a browser shows. Use PNG, JPEG, GIF, WebP, AVIF or SVG."
# Code is looked for as well, so that an image shown as code stays code. Every part ends at a character it cannot
# hold: the text may be anybody's, and is read in one pass.
_IMAGE = re.compile(
    r"""(?P<code>(?P<fence>```|~~~).*?(?P=fence)|`[^`\n]*`)
    |(?P<head>!\[(?:[^\[\]\\]|\\.)*\]\(\s*)
     (?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]+))
     (?P<tail>(?:\s+(?:"[^"]*"|'[^']*'))?\s*\))""",
    re.VERBOSE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\#")
"""How a target begins that is no file of ours: with a scheme, a host or an anchor."""


def data_uri(image: Any) -> str:
    """Make a data URI of an image, for a Markdown or HTML text or an app's ``img``.

    :param image: The bytes of a PNG, JPEG, GIF, WebP, AVIF or SVG, a binary file object, or a
        :class:`~pathlib.Path`. Never make a path from a request: ``@openbb.markdown(folder=...)`` is for that.
    :return: ``data:image/png;base64,...``
    :raises ShapeError: If it is no image.

    .. versionadded:: 0.1
    """
    if isinstance(image, Path):
        content = image.read_bytes()
    elif isinstance(image, bytes | bytearray | memoryview):
        content = bytes(image)
    elif hasattr(image, "read"):
        content = read_all(image, Limits(None))
    else:
        msg = f"data_uri() got {type(image).__name__}. Give bytes, a binary file object or a Path."
        raise ShapeError(msg)
    return _encoded(content, "What data_uri() got")


def image_type(content: bytes) -> str | None:
    """Tell an image's media type by its first bytes; None for what no browser shows.

    .. versionadded:: 0.1
    """
    return next((kind for signature, kind in _SIGNATURES if signature.match(content)), None)


def embedded(text: str, limits: Limits, *, warn: Callable[[str], None]) -> str:
    """Put the images that a Markdown text names by path into the text.

    Images with a scheme or a host stay as they are, and so does code.

    :param limits: The folder of the images; without one they stay as they are.
    :param warn: Told of an image that Workspace will not find.
    :raises RequestError: 404 if there is no such file in the folder.
    :raises ShapeError: If a file is no image, or larger than ``limits.most_bytes``.

    Source: OpenBB docs, widget-types/markdown, "Local Image".
    """

    def replaced(match: re.Match[str]) -> str:
        target = match["bare"] if match["angled"] is None else match["angled"]
        if match["code"] or not target or _ELSEWHERE.match(target):
            return match[0]
        if limits.folder is None:
            warn(
                f"Workspace finds no image at {target[:100]!r}. Name the folder it is in with folder=, or give its URL."
            )
            return match[0]
        path = unquote(target)
        uri = _encoded(read_path(path, limits), f"the image {os.path.basename(path)!r}")
        return f"{match['head']}{uri}{match['tail']}"

    return _IMAGE.sub(replaced, text)


def _encoded(content: bytes, what: str) -> str:
    kind = image_type(content)
    if kind is None:
        msg = f"{what} {_NO_IMAGE}"
        raise ShapeError(msg)
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
