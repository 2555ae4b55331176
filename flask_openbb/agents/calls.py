"""What an agent asks of Workspace: the data of widgets, options, tools, skills.

Such an event ends the answer. Workspace does what it says in the user's browser, with the user's credentials, and then
posts the conversation again, with a message of role ``tool`` that holds the outcome; see :attr:`AgentQuery.results`.

Source: PyPI openbb-ai 2.2, ``FunctionCallSSEData`` and ``get_widget_data``; CLIENT
components/AI/hooks/useStreamResponse.tsx, ``handleFunctionCall``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ShapeError
from ..shape.rows import describe
from .events import FUNCTION_CALL, Event, plain
from .widgets import AgentWidget, WidgetRequest

if TYPE_CHECKING:
    from .query import Tool

FUNCTIONS = (
    "get_widget_data",
    "get_extra_widget_data",
    "get_params_options",
    "add_widget_to_dashboard",
    "add_generative_widget",
    "update_widget_in_dashboard",
    "assign_tasks_to_agents",
    "execute_agent_tool",
    "manage_navigation_bar",
    "get_skill_content",
    "save_skill",
)
"""What Workspace does for an agent."""


def get_widget_data(
    *widgets: AgentWidget | WidgetRequest | Iterable[AgentWidget | WidgetRequest],
    extra_state: Mapping[str, Any] | None = None,
) -> Event:
    """Ask Workspace for the data of widgets; the answer ends here, and the view is asked again with them.

    :param widgets: Widgets of ``query.widgets``, fetched with the parameters they have, or requests made by
        ``widget.request(symbol="AAPL")``; or lists of them.
    :param extra_state: What the next request shall bring back, in ``query.extra_state``: the agent keeps nothing.
    :raises ShapeError: If there are none.

    Source: PyPI openbb-ai, ``get_widget_data``.

    .. versionadded:: 0.1
    """
    sources = []
    for group in widgets:
        for widget in [group] if isinstance(group, AgentWidget | WidgetRequest) else group:
            if not isinstance(widget, AgentWidget | WidgetRequest):
                raise ShapeError(f"agents.get_widget_data() takes widgets of the request, not {describe(widget)}.")
            request = widget.request()
            source = {"widget_uuid": request.uuid, "origin": request.origin, "id": request.widget_id}
            sources.append({**source, "input_args": dict(request.arguments)})
    if not sources:
        raise ShapeError("agents.get_widget_data() was given no widget. Ask 'if query.widgets.primary' first.")
    return function_call("get_widget_data", {"data_sources": sources}, extra_state=extra_state)


def get_options(widget: AgentWidget, param: str, **values: Any) -> Event:
    """Ask Workspace for the options of a widget's parameter; ends the answer.

    :param values: Values of the parameters on which the options depend.

    Source: PyPI openbb-ai, ``DataSourceParamOptionsRequestPayload``; CLIENT components/AI/hooks/useFunctionCall.tsx,
    ``getWidgetsParamOptions``.

    .. versionadded:: 0.1
    """
    query = {"origin": widget.origin, "id": widget.widget_id, "param": param, "options_endpoint_input_args": values}
    return function_call("get_params_options", {"param_options_queries": [query]})


def call_tool(tool: Tool, arguments: Mapping[str, Any] | None = None, *, extra_state: Any = None) -> Event:
    """Ask Workspace to call an MCP tool of ``query.tools``; ends the answer.

    Source: OpenBB docs, ai-features/mcp-tools.

    .. versionadded:: 0.1
    """
    given = {"server_id": tool.server_id, "tool_name": tool.name, "parameters": dict(arguments or {})}
    return function_call("execute_agent_tool", given, extra_state=extra_state)


def get_skill(slug: str, *, reason: str = "") -> Event:
    """Ask Workspace for the text of a skill of ``query.skills``; ends the answer.

    Source: OpenBB docs, ai-features/dynamic-skill-loading.

    .. versionadded:: 0.1
    """
    return function_call("get_skill_content", {"slug": slug, **({"reason": reason} if reason else {})})


def function_call(
    function: str, arguments: Mapping[str, Any], *, extra_state: Mapping[str, Any] | None = None
) -> Event:
    """Ask Workspace to do something; ends the answer.

    :param function: A function that Workspace has, such as ``"add_widget_to_dashboard"``.
    :raises ShapeError: For another, or arguments without a JSON form.

    Source: PyPI openbb-ai, ``FunctionCallSSEData``.

    .. versionadded:: 0.1
    """
    if function not in FUNCTIONS:
        raise ShapeError(f"Workspace has no function {function!r}. Use one of {', '.join(FUNCTIONS)}.")
    where = f"{function}()"
    data: dict[str, Any] = {"function": function, "input_arguments": plain(dict(arguments), where)}
    if extra_state is not None:
        data["extra_state"] = plain(dict(extra_state), where)
    return Event(FUNCTION_CALL, data)
