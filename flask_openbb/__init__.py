"""Flask-OpenBB: make any Flask service an OpenBB Workspace custom backend.

The rooms of agents and feeds, which most services do not use, are imported when one of their names is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .door.auth import ApiKeyAuth, BearerAuth, any_of
from .door.credentials import Credentials, Identity
from .errors import (
    AuthError,
    ConfigError,
    EncodeError,
    Fault,
    ManifestError,
    MissingExtraError,
    OpenBBError,
    ParamError,
    RegistrationError,
    RequestError,
    ResolutionError,
    RowRequestError,
    RowTimeoutError,
    ShapeError,
    UnknownKindError,
    UnknownSymbolError,
)
from .manifest.app_parts import place
from .manifest.dates import RelativeDate, business_days_ago, days_ago, months_ago, today, years_ago
from .manifest.example_columns import columns_of_frame
from .manifest.forms import Form
from .manifest.render import (
    ColorRule,
    Render,
    cell_change,
    click_to_group,
    color_rules,
    green_red,
    hover_card,
    send_to_agent,
    sparkline,
    title_case,
)
from .manifest.specs import Column, Grid, Group, McpServer, Param, Placement
from .shape.images import data_uri
from .shape.omni import OmniAnswer
from .shape.sources import File
from .web.cache import Cache
from .web.extension import OpenBB

if TYPE_CHECKING:
    from . import agents
    from .agents import AgentQuery
    from .live.feed import Bar, Bars, Feed, FeedConfig, Mark, Quote, SymbolInfo, TimescaleMark
    from .live.frames import DataFrameFeed

__all__ = [
    "OpenBB",
    "agents",
    "AgentQuery",
    "Cache",
    "Column",
    "ColorRule",
    "Render",
    "cell_change",
    "click_to_group",
    "color_rules",
    "green_red",
    "hover_card",
    "send_to_agent",
    "sparkline",
    "title_case",
    "columns_of_frame",
    "data_uri",
    "File",
    "Form",
    "Bar",
    "Bars",
    "DataFrameFeed",
    "Feed",
    "FeedConfig",
    "Mark",
    "Quote",
    "SymbolInfo",
    "TimescaleMark",
    "Grid",
    "Group",
    "OmniAnswer",
    "Param",
    "Placement",
    "place",
    "McpServer",
    "RelativeDate",
    "days_ago",
    "business_days_ago",
    "months_ago",
    "years_ago",
    "today",
    "ApiKeyAuth",
    "BearerAuth",
    "Credentials",
    "Identity",
    "any_of",
    "AuthError",
    "ConfigError",
    "EncodeError",
    "Fault",
    "ManifestError",
    "MissingExtraError",
    "OpenBBError",
    "ParamError",
    "RegistrationError",
    "RequestError",
    "ResolutionError",
    "RowRequestError",
    "RowTimeoutError",
    "ShapeError",
    "UnknownKindError",
    "UnknownSymbolError",
]

_FEEDS = ("Bar", "Bars", "Feed", "FeedConfig", "Mark", "Quote", "SymbolInfo", "TimescaleMark")
_WHERE = {"AgentQuery": ".agents", "DataFrameFeed": ".live.frames", **dict.fromkeys(_FEEDS, ".live.feed")}


def __getattr__(name: str) -> Any:
    if name == "agents":
        return import_module(".agents", __name__)
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(_WHERE[name], __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
