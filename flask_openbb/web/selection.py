"""Asking the view of a multi file viewer, so that one name it cannot serve costs one file and not all of them.

Called by ``dispatch`` for kinds whose body is one entry for each name asked for. Request time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import RequestError
from ..manifest.registry import View
from ..shape.files import Asked, failed_entry, files
from .bindings import Binding
from .environ import FILES

_BAD_NAME = (LookupError, ValueError, FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)
"""What a view raises for a name it does not know; anything else, such as a lost database, is a failure of all."""


def ask(binding: Binding, view: View, arguments: Mapping[str, Any]) -> Any:
    """Call a view with the names selected; if it refuses them, with each by itself.

    A view that takes a list raises for the whole of it. Every single name is a request that Workspace makes as well,
    so asking again tells which of them are at fault.

    :return: What the view returned, or the entries of the single files.
    :raises Exception: What the view raised, if it was not about a name.
    """
    call = current_app.ensure_sync(view)
    names = arguments.get(binding.selector) if binding.selector else None
    if not isinstance(names, list) or not binding.declaration.shape:
        return call(**arguments)
    request.environ[FILES] = tuple(str(name) for name in names)
    try:
        return call(**arguments)
    except Exception as error:
        if not _is_about_a_name(error):
            raise
        if len(names) == 1:
            return [_failed(binding, error, names[0])]
    return [_one(binding, call, arguments, name) for name in names]


def _one(binding: Binding, call: View, arguments: Mapping[str, Any], name: Any) -> Any:
    try:
        value = call(**{**arguments, str(binding.selector): [name]})
    except Exception as error:
        if not _is_about_a_name(error):
            raise
        return _failed(binding, error, name)
    if type(value) is tuple:
        value = value[0]
    if isinstance(value, Response):
        value = value.get_json()
    return files(Asked((str(name),), value), binding.shaping)[0]


def _is_about_a_name(error: Exception) -> bool:
    if isinstance(error, HTTPException):
        return 400 <= (error.code or 500) < 500
    return isinstance(error, (*_BAD_NAME, RequestError))


def _failed(binding: Binding, error: Exception, name: Any) -> dict[str, str]:
    if isinstance(error, HTTPException):
        error = RequestError(error.code or 500, error.description or error.name)
    return failed_entry(error, f"The file {str(name)!r}", binding.shaping)
