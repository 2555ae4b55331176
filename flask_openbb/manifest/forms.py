"""A form as a widget's parameter: what is shown of the view it posts to.

Owns :class:`Form` and the inputs that a form's fields become. Imports the errors and this room's plans and specs, no
Flask. ``web.forms`` calls :func:`form_inputs` while a manifest is built.

Source: OpenBB docs, widget-parameters/input-form; the client's FormParamElement, which draws the inputs, and
``ParamDefSchema``, which keeps of an input what a parameter without a type of its own may hold.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ParamError
from .arguments import EMPTY
from .foreign import wire_of
from .options import is_dynamic
from .params import ParamPlan
from .schema_params import INPUT_TYPES
from .specs import Param

BUTTON = "button"
"""The argument of a form's view that gets the name of the button that was pressed."""

_SUBMIT = {"submit": "Submit"}
_TODAY = "$currentDate+0d"
_INPUTS = tuple(kind for kind in INPUT_TYPES if kind != "endpoint")
_NOT_IN_NAME = re.compile(r"\W+")


@dataclass(frozen=True, kw_only=True)
class Form(Param):
    """A form among a widget's parameters, which posts to an ``@openbb.form`` view and then refreshes the widget.

    Its inputs are the view's fields. Workspace shows one form a widget.

    Source: OpenBB docs, widget-parameters/input-form.

    .. versionadded:: 0.1
    """

    name: str | None = "form"
    type: str | None = "form"
    view: Callable[..., Any] = dataclasses.field(kw_only=False)
    """The view decorated with ``@openbb.form``."""
    buttons: str | Sequence[str] | Mapping[str, str] | None = None
    """Label of the button, labels of several, or ``{name: label}``; a label's name is ``add_client`` for
    ``"Add Client"``. Without them the view's fields of type ``button``, or else ``"Submit"``."""

    __hash__ = Param.__hash__

    @property
    def button_labels(self) -> dict[str, str]:
        """The labels that were given, by the buttons' names.

        :raises ParamError: If they are no labels.
        """
        if self.buttons is None:
            return {}
        given: Any = [self.buttons] if isinstance(self.buttons, str) else self.buttons
        labels: dict[Any, Any] = {}
        if isinstance(given, Mapping):
            labels = dict(given)
        elif isinstance(given, Sequence):
            labels = {_NOT_IN_NAME.sub("_", str(label).strip()).strip("_").lower(): label for label in given}
        texts = [text for pair in labels.items() for text in pair]
        if not labels or len(labels) < len(given) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise ParamError(
                f"buttons={self.buttons!r} names no buttons. Write buttons=['Add', 'Update'] or {{'add': 'Add it'}}."
            )
        return labels


def forms_in(rows: Sequence[Any]) -> Iterator[Form]:
    """The forms among a widget's parameters, rows of them taken apart."""
    for row in rows:
        yield from (param for param in (row if isinstance(row, tuple) else (row,)) if isinstance(param, Form))


def buttons_of(form: Form, plan: ParamPlan) -> dict[str, str]:
    """The label of each button a form is shown with, by its name.

    :param plan: The plan of the form's view.
    :raises ParamError: If ``buttons`` are no labels.
    """
    given = form.button_labels
    fields = {param.name or "": str(param.label) for param in _fields(plan) if param.type == "button"}
    return {**{name: label for name, label in fields.items() if name not in given}, **given} or dict(_SUBMIT)


def form_inputs(form: Form, plan: ParamPlan) -> tuple[Param, ...]:
    """The inputs of a form: its view's fields in their order, then the buttons.

    Hidden fields are left out, since the client draws every input. A date that is required starts with today, which
    the client shows in an empty picker and would not send.

    :param plan: The plan of the form's view.
    :raises ParamError: With every field that Workspace's forms cannot hold.

    Source: the client's FormParamElement.
    """
    problems: list[str] = []
    inputs: list[Param] = []
    pressed: dict[str, Param] = {}
    required = frozenset(required_of(plan))
    buttons = buttons_of(form, plan)
    for param in _fields(plan):
        name = param.name or ""
        is_button = name in buttons
        problem = _problem(param, required=name in required, is_button=is_button)
        if problem:
            problems.append(f"field {name!r} of the form: {problem}")
        elif is_button:
            pressed[name] = param
        elif param.show is not False:
            inputs.append(_input(param, required=name in required))
    if problems:
        raise ParamError(*problems)
    return (*inputs, *(_button(name, label, pressed.get(name)) for name, label in buttons.items()))


def required_of(plan: ParamPlan) -> Iterator[str]:
    """The wire names of the fields that have no default."""
    yield from (argument.wire for argument in plan.arguments if argument.field.required)
    if plan.given is not None:
        yield from (wire_of(name, field) for name, field in plan.given.load_fields.items() if field.required)


def _fields(plan: ParamPlan) -> Iterator[Param]:
    for row in plan.rows:
        yield from row if isinstance(row, tuple) else (row,)


def _problem(param: Param, *, required: bool, is_button: bool) -> str:
    if is_button:
        if not required:
            return ""
        return "only the button that was pressed is sent, so give the others' fields the default False."
    if param.type == "endpoint" or is_dynamic(param.options):
        return (
            "its choices come from an options view, whose URL Workspace drops from a form's input. "
            "Give static options, such as a list or a Literal."
        )
    if param.type not in _INPUTS:
        return f"a form has no input of type {param.type!r}. Use {', '.join(_INPUTS)}."
    if param.show is False and required:
        return "it is hidden and has no default, so nothing is ever sent for it. Give it a default, or show it."
    return ""


def _input(param: Param, *, required: bool) -> Param:
    kept = replace(
        param, show=None, multiple=None, min=None, max=None, step=None, language=None, style=None, query=None
    )
    if param.type == "boolean":
        return replace(kept, value=None)  # a switch starts off, whatever the manifest says
    if required and param.type == "date" and not param.value:
        return replace(kept, value=_TODAY)
    typed = not param.options and param.type in ("text", "number")
    if required and typed and param.placeholder is None and param.value in (None, EMPTY):
        return replace(kept, placeholder="Required")
    return kept


def _button(name: str, label: str, field: Param | None) -> Param:
    description = field.description if field is not None else None
    # The client sends the value of the button pressed, and nothing for a falsy one.
    return Param(name, type="button", label=label, value=True, description=description)
