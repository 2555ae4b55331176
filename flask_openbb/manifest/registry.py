"""What was decorated, and where: declarations, the mark they leave on a view, and the registry of one extension.

A decorator leaves the view as it is and adds a :class:`Declaration` to it; an app finds its widgets by looking
at its own views. The registry keeps no view and no app alive: it only remembers that something was declared,
so that a view without a route is an error. Import time only; no Flask here.
"""

from __future__ import annotations

import inspect
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import Any, Literal

from ..errors import RegistrationError
from .kinds import Kind
from .specs import Placement

MARK = "__openbb__"
"""The attribute of a view (or MethodView class) that holds its declarations; ``functools.wraps`` carries it along."""

View = Callable[..., Any]

Role = Literal["widget", "options", "agent", "form"]
"""What a declared view is asked for."""

_serials = itertools.count()


@dataclass(frozen=True, kw_only=True, eq=False)
class Declaration:
    """One use of a decorator, unchecked until a manifest is built."""

    role: Role
    kind: Kind | None
    owner: object
    """Identity of the registry it was declared on: one view may serve two extensions."""
    id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields of :class:`~flask_openbb.manifest.specs.Widget`, or of what else it declares, by their Python names."""
    wire: Mapping[str, Any] | None = None
    """The mapping given to ``register_widget``, as on the wire; it wins over everything inferred."""
    params: Any = None
    columns: Any = None
    auth: Any = None
    """A policy that replaces the app's for this widget."""
    public: bool = False
    shape: bool = True
    limit: Any = None
    """Rows of a table that are sent at most."""
    etag: bool = False
    """Whether answers have an ETag, so that a client that has one gets a 304."""
    cache: Any = None
    """Seconds for which answers are kept, or :class:`~flask_openbb.Cache`."""
    rows: Any = None
    """What ``row_model`` was given: its options, and where the source it names is kept once it is open."""
    refreshes: tuple[Any, ...] = ()
    """Views or ids of what a submission of this form makes old."""
    decorator: str = "widget"
    """The decorator's name, for messages."""
    shaping: Mapping[str, Any] = field(default_factory=dict)
    """Options of :class:`~flask_openbb.shape.bodies.Shaping`, by its field names."""
    target: str | None = None
    """Flask endpoint of an exposed view; None where the mark is on the view itself."""
    location: str = ""
    label: str = ""
    """The view's qualified name, for messages."""
    source: object = None
    """What identifies the declaring code: the same factory run twice declares the same thing twice."""
    serial: int = field(default_factory=lambda: next(_serials))


class Registry:
    """The declarations of one extension object; shared by all apps it serves."""

    def __init__(self) -> None:
        self.owner = object()
        """Stamped on every declaration."""
        self.version = 0
        """Grows with every declaration, so that a built manifest knows when it is old."""
        self.exposed: list[Declaration] = []
        self.apps: list[Mapping[str, Any]] = []
        """Arguments of every ``app()`` and ``apps_from()`` call, resolved when apps.json is built."""
        self.mentions: dict[str, View] = {}
        """Views by the text that stands for a mention of each in a prompt."""
        self._declared: dict[object, Declaration] = {}

    def add(self, view: View, declaration: Declaration) -> None:
        """Mark a view and remember the declaration.

        :param view: A function, or a MethodView class.
        :raises RegistrationError: If the object cannot carry the mark.
        """
        marks = (*vars_of(view).get(MARK, ()), declaration)
        try:
            setattr(view, MARK, marks)
        except AttributeError:
            raise RegistrationError(
                f"{view!r} cannot be decorated ({type(view).__name__} takes no attributes). "
                "Decorate the function itself, or use openbb.expose() with its endpoint name."
            ) from None
        self._declared[declaration.source] = declaration
        self.version += 1

    def expose(self, declaration: Declaration) -> None:
        """Remember a widget over a view that is not ours to mark; a factory that runs again replaces its own."""
        key = _exposure(declaration)
        self.exposed[:] = [other for other in self.exposed if _exposure(other) != key]
        self.exposed.append(declaration)
        self.version += 1

    def add_app(self, arguments: Mapping[str, Any]) -> None:
        """Remember one app of apps.json; a factory that runs again replaces its own."""
        key = _app(arguments)
        self.apps[:] = [other for other in self.apps if _app(other) != key]
        self.apps.append(arguments)
        self.version += 1

    def declared(self) -> Iterator[Declaration]:
        """Every marked declaration, one for each piece of declaring code."""
        return iter(tuple(self._declared.values()))


@dataclass(frozen=True)
class Marked:
    """A declaration found on one of an app's views."""

    declaration: Declaration
    function: View
    """The function whose signature names the parameters."""
    method: str | None
    """The HTTP method of a MethodView's method; None for a plain view."""
    cls: type | None = None
    """The MethodView."""


def marks_of(view: View, *, owner: object) -> list[Marked]:
    """Find what one registry declared on a view, in the order declared (the innermost decorator first).

    :param view: An entry of ``app.view_functions``: a function, or what ``MethodView.as_view`` returns.
    """
    cls = getattr(view, "view_class", None)
    if cls is None:
        found = [Marked(mark, view, None) for mark in getattr(view, MARK, ())]
    else:
        found = []
        for method in sorted({method.upper() for method in getattr(cls, "methods", None) or ()}):
            function = getattr(cls, method.lower(), cls)
            marks = vars_of(function).get(MARK, ()) if function is not cls else ()
            found += [Marked(mark, function, method, cls) for mark in marks]
        run = cls.dispatch_request
        marks = (*getattr(run, MARK, ()), *vars_of(cls).get(MARK, ()), *vars_of(view).get(MARK, ()))
        for mark in marks:
            method = mark.kind.method if mark.kind else "GET"
            found.append(Marked(mark, getattr(cls, method.lower(), run), method, cls))
    return [mark for mark in found if mark.declaration.owner is owner]


def location_of(view: View) -> str:
    """``file:line`` of a view, the file relative to the working directory where it lies below it."""
    target = inspect.unwrap(getattr(view, "view_class", view))
    code = getattr(target, "__code__", None)
    if isinstance(code, CodeType):
        return f"{_short_path(code.co_filename)}:{code.co_firstlineno}"
    try:
        file = inspect.getsourcefile(target) or "?"
        return f"{_short_path(file)}:{inspect.getsourcelines(target)[1]}"
    except (OSError, TypeError):
        return "?"


def source_of(view: View) -> object:
    """What stays the same when the code that declares a view runs again: its code object, or the class."""
    view = getattr(view, "view_class", view)  # all that as_view makes share one code object
    return getattr(inspect.unwrap(view), "__code__", view)


def same_source(declaration: Declaration, view: View) -> bool:
    """Whether a declaration stands on a view, or on what the same code made when it ran for another app."""
    marks = getattr(view, MARK, ())
    return any(mark.owner is declaration.owner and mark.source == declaration.source for mark in marks)


def is_declared_by(declaration: Declaration, view: View) -> bool:
    """Whether a declaration stands on this very view: a loop makes many of the same code."""
    return any(mark is declaration for mark in getattr(view, MARK, ()))


def _exposure(declaration: Declaration) -> tuple[object, ...]:
    # With the policy: an app must never get that of another.
    return (
        declaration.location,
        declaration.target,
        declaration.id,
        declaration.kind,
        declaration.auth,
        declaration.public,
    )


def _app(arguments: Mapping[str, Any]) -> tuple[object, ...]:
    tabs = arguments["tabs"]
    shown = {
        title: [_shown(widget) for widget in widgets]
        for title, widgets in tabs.items()
        if isinstance(widgets, list | tuple)
    }
    return arguments["location"], arguments["name"], shown, len(tabs)


def _shown(widget: Any) -> object:
    if isinstance(widget, Placement):
        return _shown(widget.widget), repr(replace(widget, widget=None))
    return source_of(widget) if callable(widget) else widget


def caller_location(depth: int) -> str:
    """``file:line`` of the code ``depth`` frames above the caller."""
    frame = inspect.currentframe()
    for _ in range(depth + 1):
        frame = frame.f_back if frame else None
    if frame is None:
        return "?"
    return f"{_short_path(frame.f_code.co_filename)}:{frame.f_lineno}"


def label_of(view: View) -> str:
    """A view's qualified name without the factory it was defined in."""
    view = getattr(view, "view_class", view)
    name: str = getattr(view, "__qualname__", None) or type(view).__name__
    return name.rpartition("<locals>.")[2]


def vars_of(view: object) -> Mapping[str, Any]:
    """An object's own attributes, inherited ones left out."""
    return getattr(view, "__dict__", {})


def _short_path(path: str) -> str:
    here = os.getcwd() + os.sep
    return path[len(here) :] if path.startswith(here) else path
