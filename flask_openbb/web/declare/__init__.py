"""The half of the extension that works at import time: one module a family of decorators, free of any app."""

from __future__ import annotations

from .agents import AgentDeclarations
from .apps import AppDeclarations
from .base import Route
from .forms import FormDeclarations
from .keywords import KindDecorator, RowModelOptions, V, ViewDecorator, WidgetOptions
from .kinds import KindDeclarations
from .row_models import RowModelDeclarations
from .sql import SqlDeclarations
from .udf import UdfDeclarations

__all__ = ["Declarations", "KindDecorator", "Route", "RowModelOptions", "V", "ViewDecorator", "WidgetOptions"]


class Declarations(
    KindDeclarations,
    RowModelDeclarations,
    FormDeclarations,
    AgentDeclarations,
    AppDeclarations,
    UdfDeclarations,
    SqlDeclarations,
):
    """What can be declared on an :class:`~flask_openbb.OpenBB` extension."""
