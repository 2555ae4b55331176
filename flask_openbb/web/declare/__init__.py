"""The half of the extension that works at import time: one module a family of decorators, free of any app."""

from __future__ import annotations

from .agents import AgentDeclarations
from .apps import AppDeclarations
from .forms import FormDeclarations
from .keywords import KindDecorator, V, WidgetOptions
from .kinds import KindDeclarations
from .udf import UdfDeclarations

__all__ = ["Declarations", "KindDecorator", "V", "WidgetOptions"]


class Declarations(KindDeclarations, FormDeclarations, AgentDeclarations, AppDeclarations, UdfDeclarations):
    """What can be declared on an :class:`~flask_openbb.OpenBB` extension."""
