"""The parameters that a kind needs beside those of its view: the file selector, and the prompt.

Owns what is added to the rows of a plan for one kind. Imports the errors and this room's plans and specs, no Flask.
``web`` calls :func:`fit_params` when it binds a widget that was not given as a whole entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import ParamError
from .params import ParamPlan
from .specs import Param, ParamRows

FILE_SELECTOR = "fileSelector"
_PROMPTS = ("prompt", "query")
"""The names under which an omni widget's editor looks for its parameter."""


def fit_params(plan: ParamPlan, type: str) -> ParamPlan:
    """Give a plan the parameters its kind needs.

    A ``multi_file_viewer``'s list parameter whose options come from a view gets the role ``fileSelector``, and an
    ``omni`` widget without a prompt gets one. Both are hidden, since the widget has an input of its own for them;
    a parameter that was given the role stays as it is.

    :param type: The widget's wire type.
    :raises ParamError: If two parameters could select the files, or one that Workspace never sends has no default.

    Source: OpenBB docs, widget-types/file-viewer and widget-types/omni; CLIENT components/Widgets/MultiFileViewer.tsx,
    which posts the selected files alone, and OmniWidget.tsx, which looks for ``prompt`` or ``query``.
    """
    if type == "multi_file_viewer":
        return _with_selector(plan)
    return _with_prompt(plan) if type == "omni" else plan


def selector_of(plan: ParamPlan, wire: Mapping[str, Any] | None) -> str | None:
    """The view's keyword that holds the names of the selected files.

    :param wire: The entry, where it was given as a whole.
    """
    shown = _wire_params(wire.get("params")) if wire is not None else ((p.name, p.roles) for p in _each(plan.rows))
    name = next((name for name, roles in shown if isinstance(roles, list | tuple) and FILE_SELECTOR in roles), None)
    return next((argument.name for argument in plan.arguments if argument.wire == name), name)


def _with_selector(plan: ParamPlan) -> ParamPlan:
    chosen = [param for param in _each(plan.rows) if FILE_SELECTOR in (param.roles or ())]
    if not chosen:
        chosen = [param for param in _each(plan.rows) if param.type == "endpoint" and param.multi_select]
        if len(chosen) > 1:
            names = " and ".join(repr(param.name) for param in chosen)
            raise ParamError(
                f"{names} could each select the files. Give the one that does roles=['{FILE_SELECTOR}'] in its Param."
            )
        plan = _changed(plan, lambda param: _hidden(param, roles=(FILE_SELECTOR,)) if param in chosen else param)
    names_sent = {param.name for param in chosen}
    unsent = [
        argument.wire
        for argument in plan.arguments
        if argument.field.required and argument.wire not in names_sent and argument.name not in plan.path_names
    ]
    if chosen and unsent:
        raise ParamError(
            f"{', '.join(map(repr, unsent))} has no default, and Workspace sends a multi_file_viewer the selected "
            "files alone. Give it one; it still reaches the options, through options_params."
        )
    return plan


def _with_prompt(plan: ParamPlan) -> ParamPlan:
    names = {param.name for param in _each(plan.rows)}
    prompt = next((name for name in _PROMPTS if name in names), None)
    if prompt is None:
        made = Param("prompt", type="text", label="Prompt", description="What the widget is asked.", show=False)
        return replace(plan, rows=(made, *plan.rows))
    return _changed(plan, lambda param: _hidden(param) if param.name == prompt else param)


def _hidden(param: Param, **changes: Any) -> Param:
    return replace(param, show=False, **changes)


def _changed(plan: ParamPlan, change: Callable[[Param], Param]) -> ParamPlan:
    rows = tuple(tuple(map(change, row)) if isinstance(row, tuple) else change(row) for row in plan.rows)
    return replace(plan, rows=rows)


def _each(rows: ParamRows) -> Iterator[Param]:
    for row in rows:
        yield from row if isinstance(row, tuple) else (row,)


def _wire_params(params: Any) -> Iterator[tuple[str, Any]]:
    for row in params if isinstance(params, list | tuple) else ():
        for param in row if isinstance(row, list | tuple) else (row,):
            if isinstance(param, Mapping) and isinstance(param.get("paramName"), str):
                yield param["paramName"], param.get("roles")
