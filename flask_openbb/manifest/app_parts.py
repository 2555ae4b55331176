"""What an app holds beside its widgets: images made into data URIs, and mentions in its prompts.

Reads image files, no Flask. Called by ``web.app_entries`` while apps.json is built.

Source: OpenBB docs, apps.json reference, ``img`` and "Tagging widgets and tabs in prompts".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as File
from typing import Any, Literal
from urllib.parse import urlsplit

from ..errors import RegistrationError
from ..shape.images import image_type
from .report import Report
from .specs import McpServer, Placement

Misfits = Literal["warn", "drop", "error"]
"""What becomes of what no longer fits in a file of apps."""
MISFITS: tuple[Misfits, ...] = ("warn", "drop", "error")

IMAGES = ("img", "img_dark", "img_light")
LARGE_IMAGE = 250_000
"""Bytes of an image file from which on a warning is given: every client loads it with apps.json."""
LARGEST_IMAGE = 2_000_000
"""Bytes of an image file that is still read."""

_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".ico"}
_SCHEMES = ("https", "http", "data", "blob")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{64,}={0,2}\s*")


def completed(
    options: Mapping[str, Any],
    *,
    root: str,
    mentions: Mapping[str, Any],
    resolve: Callable[[Any], str],
    report: Report,
) -> dict[str, Any]:
    """Make the fields of an app what the wire takes.

    :param options: Fields of :class:`.specs.App` as they were declared.
    :param root: The folder that image files are relative to.
    :param mentions: Views by the text that stands for a mention of each.
    :param resolve: Gives the id of a view; raises RegistrationError if it is no widget.
    :param report: Takes the faults.
    """
    made = dict(options)
    for key in IMAGES:
        if made.get(key) is not None:
            made[key] = _image(made[key], key, root, report)
    made["prompts"] = _prompts(made.get("prompts") or (), mentions, resolve, report)
    servers = made.get("mcp_servers")
    if servers is not None:
        made["mcp_servers"] = _servers(servers, report)
    return made


def _servers(servers: Any, report: Report) -> tuple[Any, ...]:
    given = tuple(servers) if isinstance(servers, list | tuple) else (servers,)
    for index, server in enumerate(given):
        if not isinstance(server, McpServer | Mapping):
            fix = "Write McpServer('Docs', 'https://example.com/mcp')."
            report.error(("mcpServers", index), "This is no MCP server.", value=repr(server), fix=fix)
    return tuple(server for server in given if isinstance(server, McpServer | Mapping))


def image_file(value: Any, root: str) -> File | None:
    """Tell which file an image is to be read from, None where it is a URL or the image itself."""
    if isinstance(value, File):
        return File(root, value)
    if not isinstance(value, str) or urlsplit(value[:100]).scheme or _BASE64.fullmatch(value):
        return None
    return File(root, value) if File(value).suffix.lower() in _SUFFIXES else None


def _image(value: Any, key: str, root: str, report: Report) -> Any:
    file = image_file(value, root)
    if file is not None:
        return _read_image(file, key, report)
    if not isinstance(value, str):
        report.error((key,), "This is no image.", value=value, fix="Give a URL, a data URI or the path of a file.")
        return None
    scheme = urlsplit(value[:100]).scheme
    if value and scheme not in _SCHEMES and not _BASE64.fullmatch(value):
        fix = "Give a URL with 'https://', a data URI or the path of an image file."
        message = f"Workspace finds no image at a URL {f'with {scheme}:' if scheme else 'without a host'}."
        report.warning((key,), message, value=value, fix=fix)
    return value


def _read_image(file: File, key: str, report: Report) -> str | None:
    try:
        size = file.stat().st_size
        content = b"" if size > LARGEST_IMAGE else file.read_bytes()
    except (OSError, ValueError) as error:  # the latter for a path with a NUL
        fix = "Give the path of an image file, absolute or relative to the app's root folder, or a URL in full."
        report.error((key,), f"The file cannot be read: {getattr(error, 'strerror', error)}.", value=str(file), fix=fix)
        return None
    if size > LARGE_IMAGE:
        message = f"The file has {size:,} bytes, and every client loads it with apps.json."
        tell = report.error if size > LARGEST_IMAGE else report.warning
        tell((key,), message, value=str(file), fix="Make it about 250 x 200 pixels, or give its URL.")
    kind = image_type(content)
    if kind is None:
        if content or not size:
            fix = "Use PNG, JPEG, GIF, WebP, AVIF or SVG."
            report.error((key,), "The file is no image that a browser shows.", value=str(file), fix=fix)
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _prompts(
    prompts: Sequence[Any], mentions: Mapping[str, Any], resolve: Callable[[Any], str], report: Report
) -> tuple[Any, ...]:
    made = []
    for index, given in enumerate(prompts):
        prompt = given
        for token, view in mentions.items():
            if isinstance(prompt, str) and token in prompt:
                try:
                    prompt = prompt.replace(token, mention_of(resolve(view)))
                except RegistrationError as error:
                    report.error(("prompts", index), str(error))
        made.append(prompt)
    return tuple(made)


def mention_of(id: str) -> str:
    """Write a mention of a widget as Workspace reads it."""
    return f"@[id:{id}]"


def place(
    widget: Any,
    *,
    x: int | None = None,
    y: int | None = None,
    w: int | None = None,
    h: int | None = None,
    params: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    groups: Sequence[str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Placement:
    """Put a widget on a tab of an app with more said than which.

    :param widget: A view or a widget's id.
    :param x: Column, 0 to 39, and ``y`` row: both, one or none; what is left out is chosen where there is room.
    :param w: Width and ``h`` height in cells; the widget's own ``grid`` where left out.
    :param params: Values its parameters start with, by their names in the manifest.
    :param state: Anything else Workspace keeps of a placed widget, as on the wire.
    :param groups: The names of its groups; ``()`` keeps it out of all.
    :param extra: Wire keys this version does not know.
    :raises RegistrationError: If ``groups`` is one name and no list.

    Source: OpenBB docs, apps.json reference, ``layout``.

    .. versionadded:: 0.1
    """
    if isinstance(groups, str):
        raise RegistrationError(f"place(): groups= is a list of group names, not {groups!r}. Write [{groups!r}].")
    return Placement(widget, x=x, y=y, w=w, h=h, params=params, state=state, groups=groups, extra=extra or {})
