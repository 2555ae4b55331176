"""The bodies of the kinds that show files: ``pdf``, ``multi_file_viewer`` and ``file_viewer``.

Owns their shapers, named by ``manifest.kinds`` and called by ``web`` once per request, and :class:`Asked`, an answer
together with the names it was asked for. Imports its own room and :mod:`flask_openbb.errors` only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError, ShapeError
from .checks import named, refuse, refuse_none
from .envelope import as_mapping
from .rows import is_record, listing, to_rows
from .shaping import Shaping
from .sources import Limits, check_base64, read_file

logger = logging.getLogger("flask_openbb")

NOT_FOUND = "not_found"
UNEXPECTED = "unexpected_error"

_FILE = "bytes, a binary file object, a path inside folder=, an http(s) URL, or File(source, name='report.pdf')"
_FILES = "a mapping from each name asked for to its file, or a list of files in the order asked"
_CONTENTS = ("content", "url", "file_reference")


@dataclass(frozen=True)
class Asked:
    """What a view answered, and the names Workspace asked for."""

    names: Sequence[str] | None
    """In the order asked; None where they are not known."""
    value: Any


def pdf(value: Any, shaping: Shaping) -> dict[str, Any]:
    """Shape one PDF.

    :param value: Bytes, a binary file object, a path inside the widget's ``folder``, an http(s) URL, a
        :class:`~flask_openbb.File` of these, or the body itself, whose ``content`` may be bytes.
    :return: ``{"data_format": {"data_type": "pdf", "filename"}, "content": base64}`` or the same with ``url``.
    :raises RequestError: 404 if there is no such file in the folder.
    :raises ShapeError: If it is no PDF, too large, or no file at all.

    Source: OpenBB docs, widget-types/file-viewer; CLIENT lib/utils/widget.ts, ``handleFileResponse``.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _FILE)
    with named(shaping):
        return _file(value, shaping.file_limits, title=shaping.title or shaping.widget)


def files(value: Any, shaping: Shaping) -> list[dict[str, Any]]:
    """Shape the files of a multi file viewer, one for each name asked for and in that order.

    A file that cannot be sent is an error in its place of the list: the others are shown all the same. Its cause is
    logged where it is not just that there is no such file.

    :param value: :class:`Asked`, or its value: a mapping from name to file, a list of files, or one file. A file is
        what :func:`pdf` takes; None or an exception stands for one that there is not.
    :return: A list of ``{"data_format", "content" or "url"}`` and ``{"error_type", "content"}``.
    :raises ShapeError: If the list is not as long as what was asked for, or it is neither list nor files.

    Source: OpenBB docs, widget-types/file-viewer; CLIENT lib/utils/widget.ts, ``handleMultiFileResponse``, which takes
    the files by their place and refuses a list of another length.

    .. versionadded:: 0.1
    """
    names, value = (value.names, value.value) if isinstance(value, Asked) else (None, value)
    refuse_none(value, shaping, _FILES)
    return [_entry(item, name=name, shaping=shaping) for name, item in _in_order(value, names, shaping)]


def file_list(value: Any, shaping: Shaping) -> list[dict[str, Any]]:
    """Shape the list of a file viewer, whose entries open a document of the widget's ``file_endpoint``.

    :param value: Rows, as a table's view returns them, each with ``title`` and ``link``.
    :return: The rows as they are; everything beside ``title``, ``description`` and ``link`` is shown as a label.
    :raises ShapeError: If a row has no title or no link as text.

    Source: CLIENT components/Widgets/FileView.tsx: a link that is no text breaks the widget, and its extension chooses
    how the document is drawn.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "a list of rows with 'title' and 'link'")
    with named(shaping):
        rows = to_rows(value)
    for number, row in enumerate(rows):
        for key in ("title", "link"):
            if not isinstance(row.get(key), str) or not row[key]:
                refuse(
                    shaping,
                    f"row {number} (counted from 0) has no {key!r} as text. Return {{'title': ..., 'link': ...}} for "
                    "each document; the link is sent back to file_endpoint as 'path'.",
                )
    return rows


def _file(value: Any, limits: Limits, *, title: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) and not _is_model(value):
        return read_file(value, limits, title=title)
    body = dict(as_mapping(value))
    given = body.get("data_format")
    data_format = dict(as_mapping(given)) if is_record(given) else {}
    if given is not None and data_format.get("data_type", "pdf") != "pdf":
        raise ShapeError(
            f"'data_format' has the data_type {data_format['data_type']!r}, and Workspace shows 'pdf' alone."
        )
    sources = [key for key in _CONTENTS if body.get(key) is not None]
    if len(sources) != 1:
        raise ShapeError(
            f"the file has {' and '.join(map(repr, sources)) or 'no content'}. Give one of 'content' (bytes or "
            "base64), 'url' and 'file_reference'."
        )
    key = sources[0]
    name = data_format.get("filename")
    name = name if isinstance(name, str) and name else title
    filled = {"data_type": "pdf", "filename": name, **{k: v for k, v in data_format.items() if v is not None}}
    if key != "content":
        if not str(body[key]).startswith(("http://", "https://")):
            raise ShapeError(f"{key!r} is not an http(s) URL. Give an absolute one: it is fetched by the browser.")
        return {**body, "data_format": filled}
    if isinstance(body[key], str):
        check_base64(body[key], limits)
        return {**body, "data_format": filled}
    return {**body, "data_format": filled, "content": read_file(body[key], limits, title=name)["content"]}


def _is_model(value: Any) -> bool:
    """Whether it is a dataclass, a pydantic model or the like that stands for the body."""
    return is_record(value) and (hasattr(value, "data_format") or hasattr(value, "error_type"))


def _in_order(value: Any, names: Sequence[str] | None, shaping: Shaping) -> list[tuple[str | None, Any]]:
    if isinstance(value, Mapping) and not _is_body(value):
        if names is None:
            return [(str(name), item) for name, item in value.items()]
        return [(name, value.get(name)) for name in names]
    if isinstance(value, memoryview) or hasattr(value, "read"):
        items: list[Any] | None = [value]
    else:
        items = list(value) if isinstance(value, Iterator) else listing(value)
    if items is None:
        items = [value]
    if names is not None and len(items) != len(names):
        refuse(
            shaping,
            f"the view returned {len(items)} file(s), and {len(names)} were asked for. Return {_FILES}, with None for "
            "one that does not exist.",
        )
    return list(zip(names if names is not None else [None] * len(items), items, strict=True))


def _is_body(value: Mapping[Any, Any]) -> bool:
    return "data_format" in value or ("error_type" in value and "content" in value)


def _entry(item: Any, *, name: str | None, shaping: Shaping) -> dict[str, Any]:
    if _is_model(item):
        item = as_mapping(item)
    if isinstance(item, Mapping) and "error_type" in item:
        return {**item, "error_type": str(item["error_type"]), "content": str(item.get("content", ""))}
    shown = "The file" if name is None else f"The file {name!r}"
    if item is None:
        return error_entry(NOT_FOUND, f"{shown} was not found.")
    if isinstance(item, Exception):
        return failed_entry(item, shown, shaping)
    try:
        return _file(item, shaping.file_limits, title=name or shaping.title or shaping.widget)
    except Exception as error:  # whatever it is, the other files must be shown
        return failed_entry(error, shown, shaping)


def failed_entry(error: Exception, shown: str, shaping: Shaping) -> dict[str, str]:
    """What stands in the place of a file that could not be read; its cause goes to the log, never to the browser."""
    if isinstance(error, RequestError):
        return error_entry(NOT_FOUND if error.status == 404 else UNEXPECTED, error.detail)
    if isinstance(error, (LookupError, FileNotFoundError)):
        logger.info("Widget %r: %s was not found", shaping.widget, shown, exc_info=error)
        return error_entry(NOT_FOUND, f"{shown} was not found.")
    if isinstance(error, ShapeError):
        logger.warning("Widget %r: %s: %s", shaping.widget, shown, error)
    else:
        logger.error("Widget %r: %s failed", shaping.widget, shown, exc_info=error)
    return error_entry(UNEXPECTED, f"{shown} could not be read; the server's log says why.")


def error_entry(error_type: str, content: str) -> dict[str, str]:
    """The entry of a file that is not shown.

    Source: CLIENT lib/state/copilot.ts, ``CopilotErrorType``.
    """
    return {"error_type": error_type, "content": content}


__all__ = ["Asked", "error_entry", "failed_entry", "file_list", "files", "pdf"]
