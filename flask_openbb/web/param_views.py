"""Views that a widget's parameters name: those of their options and of their forms, replaced by URLs.

Called by ``build`` while a manifest is made, and by ``caching`` for a fingerprint of it. Knows the app's
bindings, and no request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ..errors import RegistrationError
from ..manifest.forms import Form, form_inputs
from ..manifest.naming import described
from ..manifest.registry import MARK, Role
from ..manifest.specs import Param, ParamRows

if TYPE_CHECKING:
    from .routes import Routes

_OF_A_FORM = ("name", "type", "view", "buttons", "label", "description", "show", "method", "extra")
"""What of a Form is its own; the rest is said by its view."""


def resolve_options(routes: Routes, rows: ParamRows, *, near: str) -> ParamRows:
    """Replace views given as ``options``, and those of forms, by their URLs.

    :param near: The endpoint of the widget.
    :raises RegistrationError: If one is not an ``@openbb.options`` or ``@openbb.form`` view of this app.
    """

    def resolve(param: Param) -> Param:
        if isinstance(param, Form):
            return _resolve_form(routes, param, near=near)
        if param.input_params:
            param = replace(param, input_params=tuple(resolve(inner) for inner in param.input_params))
        if not callable(param.options):
            return param
        binding = routes.of_view("options", param.options, near=near)
        if binding is None:
            name = getattr(param.options, "__name__", repr(param.options))
            if _at_fault(routes, "options", param.options):
                raise RegistrationError(
                    f"Parameter {param.name!r}: options={name} cannot be offered: its view has a fault of its own."
                )
            raise RegistrationError(
                f"Parameter {param.name!r}: options={name} is not an options view of this app. "
                "Put '@openbb.options' above its 'def', under its route decorator."
            )
        url = binding.url
        if param.query is not None and binding.id not in routes.queries:
            raise RegistrationError(
                f"Parameter {param.name!r} has a query, which Workspace posts to its options view, and the route of "
                f"{getattr(param.options, '__name__', url)!r} does not accept POST. Add methods=['GET', 'POST'] to it."
            )
        return replace(param, options=url)

    return tuple(tuple(resolve(param) for param in row) if isinstance(row, tuple) else resolve(row) for row in rows)


def _resolve_form(routes: Routes, form: Form, *, near: str) -> Param:
    """A form as the manifest has it: the URL of its view, and its inputs.

    :param near: The endpoint of the widget.
    :raises RegistrationError: If the view is no form of this app, or has fields that no form can hold.
    """
    name = getattr(form.view, "__name__", repr(form.view))
    binding = routes.of_view("form", form.view, near=near)
    if binding is None:
        if _at_fault(routes, "form", form.view):
            raise RegistrationError(f"Form({name}) cannot be shown: its view has a fault of its own.")
        raise RegistrationError(
            f"Form({name}) is not a form of this app. Put '@openbb.form' above its 'def', under its route decorator."
        )
    if form.method not in (None, binding.method):
        raise RegistrationError(f"Form({name}) has method={form.method!r}, but its view takes {binding.method}.")
    unused = [
        each.name for each in fields(form) if each.name not in _OF_A_FORM and getattr(form, each.name) is not None
    ]
    if unused:
        keys = ", ".join(f"{key}=" for key in unused)
        raise RegistrationError(f"Form({name}) takes no {keys}: its URL and its inputs are those of its view.")
    title, description = described(binding.function)
    return Param(
        form.name,
        type="form",
        label=title if form.label is None else form.label,
        description=description if form.description is None else form.description,
        show=True if form.show is None else form.show,
        endpoint=binding.url,
        method=binding.method,
        input_params=form_inputs(form, binding.plan),
        extra=form.extra,
    )


def _at_fault(routes: Routes, role: Role, view: Callable[..., Any]) -> bool:
    """Whether a view is declared as such, and refused for what another fault says."""
    locations = {mark.location for mark in getattr(view, MARK, ()) if mark.role == role}
    return any(fault.severity == "error" and fault.location in locations for fault in routes.faults)
