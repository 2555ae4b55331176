"""The bodies that are text rather than JSON: pages of HTML, and the address of a video.

Their other half, which Workspace asks for with ``raw=true``, are rows and a transcript. Imports its own room and
:mod:`flask_openbb.errors` only; named by ``manifest.kinds``.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .bodies import table
from .checks import named, refuse, refuse_none
from .encode import dumps
from .rows import describe
from .shaping import Shaping

_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com"})
_SHORT = "youtu.be"
_PATHS = frozenset({"embed", "live", "shorts", "v"})
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_VIDEO = "the video's URL as text, such as 'https://www.youtube.com/watch?v=...'"


def html(value: Any, shaping: Shaping) -> Any:
    """Shape a page or a piece of HTML; it is sent as ``text/html``, not as JSON.

    :param value: Text, or an object with ``__html__()``, as templates and Markup have it; for raw data, rows as
        :func:`.bodies.table` takes them.
    :return: The text, or the rows as JSON.
    :raises ShapeError: If it is no text, or in a raw answer no rows.

    Source: OpenBB docs, widget-types/html; a JSON string would show its quotes.

    .. versionadded:: 0.1
    """
    if shaping.raw:
        refuse_none(value, shaping, "rows where 'raw' is true")
        if isinstance(value, str) or hasattr(type(value), "__html__"):
            refuse(
                shaping, "raw=true asks for the rows behind the page. Name 'raw' in the view and return rows if it is."
            )
        return table(value, shaping)
    refuse_none(value, shaping, "HTML text")
    if not isinstance(value, str) and hasattr(type(value), "__html__"):
        value = value.__html__()
    if not isinstance(value, str):
        refuse(shaping, f"the view returned {describe(value)}, not HTML text. Return a str.")
    return _sendable(value, shaping)


def youtube(value: Any, shaping: Shaping) -> str:
    """Shape the address of a YouTube video, or its transcript; both are sent as text.

    :param value: Any address of a video, also of ``youtu.be``, a short or a live stream, or its id of 11
        characters; ``""`` where no video is chosen. For raw data, the transcript in Markdown.
    :return: ``https://www.youtube.com/watch?v=<id>``, since the client finds the id in few of the forms; or the
        transcript.
    :raises ShapeError: If it is no text, or names no video.

    Source: OpenBB docs, widget-types/youtube; CLIENT Widgets/YouTube.tsx, ``getEmbedUrl``.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "the transcript as text" if shaping.raw else _VIDEO)
    if not isinstance(value, str):
        refuse(shaping, f"the view returned {describe(value)}, not text. Return {_VIDEO}.")
    text = value.strip()
    video = video_id(text)
    if shaping.raw:
        if video is not None:
            refuse(
                shaping,
                "raw=true asks for the transcript, and the view returned the video. Name 'raw' in the view and return "
                "the transcript if it is.",
            )
        return _sendable(value, shaping)
    if text and video is None:
        refuse(shaping, f"{text[:200]!r} names no YouTube video. Return {_VIDEO}.")
    return f"https://www.youtube.com/watch?v={video}" if video else ""


def video_id(address: str) -> str | None:
    """Find the id of a video in its address.

    :param address: A URL, with or without its scheme, or the id itself.
    :return: Its 11 characters, or None.
    """
    if _ID.fullmatch(address):
        return address
    try:
        url = urlsplit(address if "//" in address else f"https://{address}")
        host = url.hostname
    except ValueError:
        return None
    if url.scheme not in ("http", "https"):
        return None
    steps = [step for step in url.path.split("/") if step]
    found = ""
    if host == _SHORT and steps:
        found = steps[0]
    elif host in _HOSTS and steps == ["watch"]:
        found = parse_qs(url.query).get("v", [""])[0]
    elif host in _HOSTS and len(steps) > 1 and steps[0] in _PATHS:
        found = steps[1]
    return found if _ID.fullmatch(found) else None


def _sendable(text: str, shaping: Shaping) -> str:
    with named(shaping):
        dumps(text)  # text that is no Unicode could not be sent
    return str.__str__(text)
