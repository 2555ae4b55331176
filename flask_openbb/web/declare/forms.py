"""Forms: views that take what a user typed beside a widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from marshmallow import Schema

from ...errors import RegistrationError
from ..bindings import FORM
from .base import Declaring, check_options
from .keywords import P, V, ViewDecorator

if TYPE_CHECKING:
    from ...door.auth import Policy
    from ...manifest.specs import Param

_KEYWORDS = frozenset({"schema", "params", "id", "auth", "public", "refreshes"})


class FormDeclarations(Declaring):
    """Views that take submissions."""

    # A Schema comes before the views: its class can be called, so it would pass for one.
    @overload
    def form(  # type: ignore[overload-overlap] # for that reason: the first that fits is meant
        self,
        schema: type[Schema] | Schema,
        /,
        *,
        id: str = ...,
        auth: Policy = ...,
        public: bool = ...,
        refreshes: Sequence[Callable[..., Any] | str] | Callable[..., Any] | str = ...,
    ) -> ViewDecorator: ...

    @overload
    def form(self, view: V, /) -> V: ...

    @overload
    def form(self, view: Callable[P, object], /) -> Callable[P, Any]: ...

    @overload
    def form(
        self,
        schema: None = None,
        /,
        *,
        params: Sequence[Param] = ...,
        id: str = ...,
        auth: Policy = ...,
        public: bool = ...,
        refreshes: Sequence[Callable[..., Any] | str] | Callable[..., Any] | str = ...,
    ) -> ViewDecorator: ...

    @overload
    def form(
        self,
        /,
        *,
        schema: type[Schema] | Schema,
        id: str = ...,
        auth: Policy = ...,
        public: bool = ...,
        refreshes: Sequence[Callable[..., Any] | str] | Callable[..., Any] | str = ...,
    ) -> ViewDecorator: ...

    def form(self, given: Any = None, /, **options: Any) -> Any:
        """Make a POST or PUT view take a form: it gets the checked values as keyword arguments.

        Show it with ``params=[Form(view)]`` on a widget, which Workspace asks again after each submission. What the
        fields refuse is answered with 400 before the view is called.

        :param given: The view itself, or a marshmallow Schema of its fields; without one they are its arguments.
        :param options: ``schema`` or ``params`` of the fields; ``id``, ``auth`` and ``public`` as for widgets;
            ``refreshes``, views or ids whose kept answers (``cache=``) a submission makes old, beside those of the
            widgets that show the form.
        :raises RegistrationError: For an unknown keyword, or fields given twice.

        Source: OpenBB docs, widget-parameters/input-form.

        .. versionadded:: 0.1
        """
        check_options("form", options, _KEYWORDS)
        schema = given if isinstance(given, Schema) or (isinstance(given, type) and issubclass(given, Schema)) else None
        fields = [
            each for each in (schema, options.pop("schema", None), options.pop("params", None)) if each is not None
        ]
        if len(fields) > 1:
            raise RegistrationError("openbb.form() was given its fields twice. Give one Schema, or params=[...].")
        refreshes = options.pop("refreshes", None)
        if not isinstance(refreshes, list | tuple | set | frozenset):
            refreshes = () if refreshes is None else (refreshes,)
        if fields:
            options["params"] = fields[0]

        def decorate(view: Any) -> Any:
            more = {"decorator": "form", "refreshes": tuple(refreshes)}
            self._declare(view, "form", FORM, options, **more)
            return view

        return decorate if given is None or schema is not None else decorate(given)
