"""Agents: the views that answer Workspace's chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from ..bindings import AGENT
from .base import Declaring, check_options
from .keywords import P, V, ViewDecorator

if TYPE_CHECKING:
    from ...door.auth import Policy

_AGENT_KEYWORDS = frozenset(
    {"id", "name", "description", "image", "features", "models", "feedback", "extra", "auth", "public"}
)


class AgentDeclarations(Declaring):
    """Views that are agents."""

    @overload
    def agent(self, view: V, /) -> V: ...

    @overload
    def agent(self, view: Callable[P, object], /) -> Callable[P, Any]: ...

    @overload
    def agent(
        self,
        /,
        *,
        id: str = ...,
        name: str = ...,
        description: str = ...,
        image: str = ...,
        features: Sequence[str] | Mapping[str, Any] = ...,
        models: Sequence[str] | Mapping[str, str] = ...,
        feedback: str = ...,
        extra: Mapping[str, Any] = ...,
        auth: Policy = ...,
        public: bool = ...,
    ) -> ViewDecorator: ...

    def agent(self, view: Any = None, /, **options: Any) -> Any:
        """Make a POST view an agent: it takes a question and yields its answer.

        The view takes one argument, an :class:`~flask_openbb.AgentQuery`, or the ``QueryRequest`` of OpenBB's SDK if
        it is annotated so. It yields text and what the functions of :mod:`flask_openbb.agents` return, as a generator
        or an async one; each is sent at once.

        :param name: What users choose it by; read from the view where not given, as ``description`` is, which the chat
            starts with.
        :param image: Address of a square picture of 256 pixels or more, absolute or below the backend's URL.
        :param features: What Workspace shall do for it: names such as ``"widget-dashboard-select"``, or a mapping of
            them to true or false, and of names of your own to controls: ``{"label": ..., "default": ...}``.
        :param models: Language models the user may choose, ids or ``{id: name}``; see ``query.model``.
        :param feedback: URL that Workspace posts the users' votes to; sets the feature ``feedback``.
        :param extra: Wire keys this version does not know.
        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, agents.json reference.

        .. versionadded:: 0.1
        """
        check_options("agent", options, _AGENT_KEYWORDS)

        def decorate(view: Any) -> Any:
            self._declare(view, "agent", AGENT, options, decorator="agent")
            return view

        return decorate if view is None else decorate(view)
