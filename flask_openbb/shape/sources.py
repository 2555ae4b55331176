"""One file, from wherever a view has it: bytes, a file object, a path in a declared folder, or a URL.

Owns :class:`File`, the reading of a file's content, its limits, and the one rule about paths: nothing outside of the
folder that was declared is ever opened. Imports :mod:`flask_openbb.errors` only; called by :mod:`.files` and
:mod:`.images`.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import stat
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from ..errors import RequestError, ShapeError

MOST_BYTES = 32 * 2**20
"""The largest file sent, unless a setting says otherwise."""

_URL = ("http://", "https://")
_HEADER = b"%PDF-"
_HEADER_WITHIN = 1024
_BASE64_HEADER = "JVBERi0"
"""``%PDF-`` in base64."""


@dataclass(frozen=True)
class File:
    """One file that a ``pdf`` or ``files`` widget shows, and the name it is shown under.

    .. versionadded:: 0.1
    """

    source: Any
    """Bytes, a binary file object, a path inside the widget's ``folder``, or the text of an http(s) URL."""
    name: str | None = None
    """The file's name, such as ``"report.pdf"``; made from the path, the URL or the widget's title where not given."""


@dataclass(frozen=True)
class Limits:
    """What one widget may send."""

    folder: str | None
    """The folder that paths and names are looked up in; without it none is."""
    most_bytes: int = MOST_BYTES


def read_file(value: Any, limits: Limits, *, title: str) -> dict[str, Any]:
    """Make the body of one file.

    :param value: A :class:`File`, or what its ``source`` may be.
    :param title: The name of a file that has none.
    :return: ``{"data_format": {"data_type": "pdf", "filename"}, "content": base64}`` or the same with ``url``.
    :raises RequestError: 404 if there is no such file in the folder.
    :raises ShapeError: If it is no file, no PDF, or larger than ``limits.most_bytes``.

    Source: OpenBB docs, widget-types/file-viewer; CLIENT lib/utils/widget.ts, ``handleFileResponse``, which draws
    ``data_type`` ``pdf`` alone and decodes ``content`` with ``atob``.
    """
    name = None
    if isinstance(value, File):
        value, name = value.source, value.name
    if isinstance(value, str) and value.startswith(_URL):
        return {**_format(name or _last_part(value) or title), "url": value}
    if isinstance(value, str) and limits.folder is None and value.startswith(_BASE64_HEADER):
        content = _decoded(value)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        content = bytes(value)
    elif hasattr(value, "read"):
        name = name or _own_name(value)
        content = read_all(value, limits)
    elif isinstance(value, (str, os.PathLike)):
        path = os.fspath(value)
        name = name or os.path.basename(path)
        content = read_path(path, limits)
    else:
        _refuse(f"the view returned a {type(value).__name__}, not a file. {_RETURN}")
    _check_pdf(content, limits)
    return {**_format(name or title), "content": base64.b64encode(content).decode("ascii")}


def check_base64(text: str, limits: Limits) -> None:
    """Refuse content that is no PDF in base64.

    :raises ShapeError: Saying what it is.
    """
    _check_pdf(_decoded(text), limits)


def limits_of(folder: Any, most_bytes: Any) -> Limits:
    """Check what a widget declares of its files.

    :param folder: An absolute path, or None; symbolic links in it are followed once, here.
    :param most_bytes: A whole number, 1 or more.
    :raises ShapeError: If one cannot work.
    """
    if not isinstance(most_bytes, int) or isinstance(most_bytes, bool) or most_bytes < 1:
        _refuse(f"max_file_size={most_bytes!r} is not a number of bytes. Give a whole number, 1 or more.")
    return Limits(None if folder is None else _folder(folder), most_bytes)


def _folder(value: Any) -> str:
    try:
        path = os.fspath(value)
    except TypeError:
        path = None
    if not isinstance(path, str) or not os.path.isabs(path) or "\0" in path:
        _refuse(f"folder={value!r} is not an absolute path. Give one, as in Path(__file__).parent / 'reports'.")
    return os.path.realpath(path)


_RETURN = (
    "Return bytes, a binary file object, the text of an http(s) URL, a path inside folder=, or "
    "File(source, name='report.pdf')."
)


def _format(name: str) -> dict[str, Any]:
    return {"data_format": {"data_type": "pdf", "filename": name if name.lower().endswith(".pdf") else f"{name}.pdf"}}


def _last_part(url: str) -> str:
    return os.path.basename(unquote(urlsplit(url).path))


def _own_name(file: Any) -> str | None:
    name = getattr(file, "name", None)
    return os.path.basename(name) if isinstance(name, str) else None


def read_all(file: Any, limits: Limits) -> bytes:
    """Read all of a file object, also one that was just written and not wound back; it is closed.

    :raises ShapeError: If it was opened as text.
    """
    try:
        if getattr(file, "seekable", bool)():
            file.seek(0)
        content = file.read(limits.most_bytes + 1)
    finally:
        # One that lives in memory may be kept for the next request.
        if not isinstance(file, io.BytesIO) and hasattr(file, "close"):
            file.close()
    if not isinstance(content, bytes):
        _refuse("the file was opened as text. Open it with mode 'rb'.")
    return content


def read_path(path: str | bytes, limits: Limits) -> bytes:
    """Read a file of the folder that was declared.

    :raises RequestError: 404 if there is no such file in it.
    :raises ShapeError: If no folder was declared, or the file is too large.
    """
    if not isinstance(path, str):
        _refuse(f"a path is given as bytes. {_RETURN}")
    if limits.folder is None:
        _refuse(
            "the view returned a path, or text that is no http(s) URL, and the widget has no folder. Declare the one "
            "its files are in with folder=, or return bytes."
        )
    real = _inside(path, limits.folder)
    if real is None:
        _not_found(path)
    try:
        found = os.stat(real)
    except OSError:  # also of a name that is too long for the system
        _not_found(path)
    if not stat.S_ISREG(found.st_mode):
        _not_found(path)
    if found.st_size > limits.most_bytes:
        _too_large(found.st_size, limits)
    try:
        with open(real, "rb") as file:
            return file.read(limits.most_bytes + 1)
    except (FileNotFoundError, PermissionError):
        _not_found(path)


def _inside(path: str, folder: str) -> str | None:
    """The real path of a file in a folder; None for one that is not in it, by dots, by root or by link."""
    if not path or "\0" in path:
        return None
    try:
        real = os.path.realpath(os.path.join(folder, path))
        return real if os.path.commonpath([folder, real]) == folder and real != folder else None
    except (ValueError, OSError):  # another drive; links that lead to themselves
        return None


def _check_pdf(content: bytes, limits: Limits) -> None:
    if len(content) > limits.most_bytes:
        _too_large(len(content), limits)
    # Readers accept the header within the first 1,024 bytes (ISO 32000-1, implementation note on the file header).
    if _HEADER not in content[:_HEADER_WITHIN]:
        what = "is empty" if not content else "is no PDF: it lacks '%PDF-' at its start"
        _refuse(f"the file {what}, and Workspace shows PDF alone. Convert it, or use another kind of widget.")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        _refuse("'content' is not base64. Return the bytes themselves; they are encoded for you.")


def _not_found(path: str) -> NoReturn:
    # The same for a file that is missing, outside, or not readable: nobody learns what else is on the disk.
    raise RequestError(404, f"The file {os.path.basename(path)!r} was not found.")


def _too_large(size: int, limits: Limits) -> NoReturn:
    _refuse(
        f"the file has more than {limits.most_bytes:,} bytes"
        + (f" ({size:,})" if size > limits.most_bytes + 1 else "")
        + ". Return its URL, or raise max_file_size= or OPENBB_MAX_FILE_SIZE."
    )


def _refuse(reason: str) -> NoReturn:
    raise ShapeError(reason)
