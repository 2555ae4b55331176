"""How an agent's view takes its question: as our ``AgentQuery``, or as the SDK's ``QueryRequest``.

:func:`taker_of` reads the view once, when bindings are made; :meth:`Taker.question` reads each request.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from ..agents import AgentQuery
from ..errors import MissingExtraError, RegistrationError, RequestError
from ..manifest.hints import Misfit, annotation_of
from ..manifest.params import describe
from ..manifest.registry import View
from .json_body import json_body

if TYPE_CHECKING:
    from .state import State

_SDK = "QueryRequest"
_DEPTH = 128
"""A question brings the JSON Schemas of MCP tools, which nest by four levels for each of their objects."""


@dataclass(frozen=True)
class Taker:
    """The keyword by which a view takes its question, and as what."""

    name: str | None
    """None for a view without parameters, which reads the request itself."""
    model: Any = None
    """A pydantic model such as the SDK's ``QueryRequest``; None for :class:`~flask_openbb.AgentQuery`."""

    def question(self, state: State) -> dict[str, Any]:
        """Read the request into the view's keyword.

        :raises RequestError: 400 or 422 if it is no question; what it holds is never repeated.
        """
        body = json_body(state, depth=_DEPTH)
        trace_id = request.headers.get("X-Trace-Id")
        if self.model is None:
            query = AgentQuery.from_body(body, trace_id=trace_id)
            return {self.name: query} if self.name else {}
        return {str(self.name): _validated(self.model, body)}


def taker_of(function: View, *, skip_first: bool, taken: Collection[str]) -> Taker:
    """Find the parameter that takes the question: the first one that the URL does not give.

    :param skip_first: For a method, whose first parameter is ``self``.
    :param taken: Arguments of the rule.
    :raises RegistrationError: If the view wants more than one, or as something else.
    :raises MissingExtraError: If it wants the SDK's model and the SDK is not installed.
    """
    parameters = list(inspect.signature(function).parameters.values())[1 if skip_first else 0 :]
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    free = [one for one in parameters if one.kind not in variadic and one.name not in taken]
    if not free:
        return Taker(None)
    first, *others = free
    wanted = [one.name for one in others if one.default is inspect.Parameter.empty]
    if wanted:
        names = ", ".join(repr(name) for name in wanted)
        raise RegistrationError(f"An agent's view takes its question and nothing else. Give {names} a default.")
    if first.kind is inspect.Parameter.POSITIONAL_ONLY:
        raise RegistrationError(f"{first.name!r} is passed by its name. Remove the '/' from the view's parameters.")
    return Taker(first.name, _model(function, first))


def _model(function: View, parameter: inspect.Parameter) -> Any:
    try:
        hint = annotation_of(function, parameter.name)
    except Misfit as error:  # a name that is imported for type checkers alone
        hint = _by_name(parameter.annotation)
        if hint is None:
            raise RegistrationError(f"{parameter.name!r}: {error}") from error
    if hint in (inspect.Parameter.empty, Any, AgentQuery):
        return None
    if isinstance(hint, type) and hasattr(hint, "model_validate"):
        return hint
    raise RegistrationError(
        f"An agent's question is no {getattr(hint, '__name__', hint)}. Annotate {parameter.name!r} with AgentQuery of "
        "flask_openbb, or with QueryRequest of openbb_ai."
    )


def _by_name(hint: Any) -> Any:
    name = str(hint).rpartition(".")[2]
    if name == AgentQuery.__name__:
        return AgentQuery
    if name != _SDK:
        return None
    try:
        return importlib.import_module("openbb_ai.models").QueryRequest
    except ImportError:
        raise MissingExtraError("agents", feature="A view that takes openbb_ai's QueryRequest") from None


def _validated(model: Any, body: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(body)
    except ValueError as error:
        found = getattr(error, "errors", None)
        if found is None:
            raise
        # Without 'input': a question may hold keys.
        errors = [
            {"loc": ["body", *fault["loc"]], "msg": str(fault["msg"]), "type": str(fault["type"])}
            for fault in found(include_input=False, include_url=False, include_context=False)
        ]
        raise RequestError(422, describe(errors), errors=errors) from None
