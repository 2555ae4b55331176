"""What an agent yields and what it is asked: ``from flask_openbb import agents``.

Knows the events of Workspace's chat and no Flask; imports :mod:`flask_openbb.errors` and ``shape``. The decorator is
:meth:`flask_openbb.OpenBB.agent`; ``web`` sends what a view yields. ``openbb-ai``, OpenBB's SDK, is not needed: these
functions make the same events. A view may yield the SDK's own as well.
"""

from .artifacts import chart, html, markdown, table
from .calls import call_tool, function_call, get_options, get_skill, get_widget_data
from .events import Event, reasoning, suggestions, text
from .query import AgentQuery, Context, Message, Skill, Tool
from .results import Item, Result
from .sources import Box, Citation, citations, cite
from .widgets import AgentWidget, WidgetParam, WidgetRequest, Widgets

__all__ = [
    "text",
    "reasoning",
    "table",
    "chart",
    "markdown",
    "html",
    "cite",
    "citations",
    "suggestions",
    "get_widget_data",
    "get_options",
    "call_tool",
    "get_skill",
    "function_call",
    "AgentQuery",
    "Message",
    "Widgets",
    "AgentWidget",
    "WidgetParam",
    "WidgetRequest",
    "Result",
    "Item",
    "Context",
    "Tool",
    "Skill",
    "Citation",
    "Box",
    "Event",
]
