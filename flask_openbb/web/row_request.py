"""The row-model request of one HTTP request: its JSON body, or the ``request`` parameter of an export's GET."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from ..errors import RequestError
from .bindings import Binding
from .json_body import json_body
from .state import State

PARAMETER = "request"
"""The query parameter of a GET that holds the JSON of a row-model request."""


def request_body(state: State, binding: Binding) -> Any:
    """Give the decoded JSON of a row-model request; an empty one where there is none.

    :raises RequestError: 400 or 422 for what is no JSON object, or nested too deeply.
    """
    if binding.method != "GET":
        return json_body(state)
    text = request.args.get(PARAMETER, "")
    if not text.strip():
        return {}
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestError(422, f"{PARAMETER} is not JSON: {error.msg}. Give a row-model request.") from None
