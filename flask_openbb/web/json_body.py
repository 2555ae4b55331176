"""The JSON object in a request's body, read within the bounds of the settings.

Called by ``dispatch`` and ``questions``. Request time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request

from ..errors import RequestError
from .state import State

_NO_BODY: Mapping[str, Any] = {}


def json_body(state: State, *, encoded: bool = False, depth: int = 0) -> Mapping[str, Any]:
    """Read the body; a blank one is an empty object.

    :param encoded: Whether it may be a JSON string that holds the object.
    :param depth: Levels of nesting that are accepted whatever the settings say.
    :raises RequestError: 400 for what is no JSON, 422 for what is no object or nested too deeply.
    """
    data = request.get_data()
    if not data.strip():
        return _NO_BODY
    try:
        body = orjson.loads(data)
        if encoded and isinstance(body, str):
            body = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(400, f"The body is not JSON: {error.msg}. Send a JSON object of parameters.") from None
    if not isinstance(body, dict):
        raise RequestError(
            422,
            f"The body is a JSON {_json_name(body)}. Send an object of parameters.",
            errors=[{"loc": ["body"], "msg": "Not an object.", "type": "type"}],
        )
    limit = max(state.settings.max_body_depth, depth)
    if _deeper_than(body, limit):
        raise RequestError(
            422,
            f"The body is nested deeper than {limit} levels. Send a flatter object, or raise OPENBB_MAX_BODY_DEPTH.",
            errors=[{"loc": ["body"], "msg": "Nested too deeply.", "type": "depth"}],
        )
    return body


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _json_name(value: Any) -> str:
    return {list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")
