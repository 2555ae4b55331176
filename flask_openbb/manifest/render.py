"""How Workspace draws and colours the cells of a column, and what a click on one does: the values of ``Column.render``.

Owns the render functions, their parameters and which of them exclude each other. Imports the errors and this room's
sparklines, no Flask. Called by users while they declare columns, and by :mod:`.specs`, whose Column
turns what it is given into ``renderFn`` and ``renderFnParams``.

Source of every function and key: OpenBB docs, widget-configuration/render-functions; CLIENT lib/types/app.ts,
``RenderFnParamsSchema``. Which renderer wins where several apply: the client's ``CellRendererComponent``.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..errors import RegistrationError
from .sparklines import SparklineOptions, SparklineType, sparkline_config

if TYPE_CHECKING:
    from typing_extensions import Unpack

COLORS = ("green", "red", "blue")
"""The colours Workspace knows by name; any other is a hex code."""
CONDITIONS = ("eq", "ne", "gt", "lt", "gte", "lte", "contains", "notContains", "between")

_HEX_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\Z")


def is_color(value: object) -> bool:
    """Tell whether Workspace accepts a colour: one of :data:`COLORS`, ``#RGB`` or ``#RRGGBB``."""
    return isinstance(value, str) and (value in COLORS or _HEX_COLOR.match(value) is not None)


@dataclass(frozen=True)
class Render:
    """What one helper asks of a column; made by the helpers below, never by hand.

    .. versionadded:: 0.1
    """

    helper: str
    """The function that made it, for messages."""
    fn: str | None = None
    """The wire's render function, or None for a sparkline, which is no function."""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Its part of ``renderFnParams``."""
    sparkline: Mapping[str, Any] | None = None


Renders = Render | Sequence[Render]
"""One render, or several for one column."""


@dataclass(frozen=True)
class ColorRule:
    """A colour for the cells of which a condition holds; made by the class methods, one a condition.

    Workspace applies the rules of a column in order. ``color`` is ``"green"``, ``"red"``, ``"blue"`` or a hex code;
    ``fill=True`` colours the cell instead of its text.

    :raises RegistrationError: If Workspace would refuse the rule, and with it every widget of the backend.

    .. versionadded:: 0.1
    """

    condition: Literal["eq", "ne", "gt", "lt", "gte", "lte", "contains", "notContains", "between"]
    color: str
    value: str | float | None = None
    """What the cell is compared with; not used by ``between``."""
    bounds: tuple[float, float] | None = None
    """The smallest and the largest value of ``between``."""
    fill: bool | None = None

    def __post_init__(self) -> None:
        if self.condition not in CONDITIONS:
            raise self._wrong(f"has condition={self.condition!r}", f"Use one of {', '.join(CONDITIONS)}.")
        if not is_color(self.color):
            allowed = ", ".join(map(repr, COLORS))
            raise self._wrong(
                f"has color={self.color!r}", f"Use {allowed} or a hex code, such as '#FFD700' for yellow."
            )
        if self.fill is not None and not isinstance(self.fill, bool):
            raise self._wrong(f"has fill={self.fill!r}", "Use True or False.")
        if self.condition == "between":
            self._check_bounds()
        elif self.bounds is not None:
            raise self._wrong(f"has bounds={self.bounds!r}", "Only 'between' reads them; give a value.")
        elif self.condition in ("contains", "notContains") and not isinstance(self.value, str):
            raise self._wrong(f"looks for {self.value!r}", "Workspace looks for a string in the cell's text; give one.")
        elif not (isinstance(self.value, str) or _is_finite(self.value)):
            raise self._wrong(f"compares with {self.value!r}", "Workspace compares with a string or a finite number.")

    def _check_bounds(self) -> None:
        bounds = self.bounds
        if not isinstance(bounds, tuple) or len(bounds) != 2 or not all(map(_is_finite, bounds)):
            raise self._wrong(f"has bounds={bounds!r}", "Give two finite numbers.")
        if bounds[0] > bounds[1]:
            raise self._wrong(f"has bounds={bounds!r}, which hold no number", "Give the smaller one first.")
        if self.value is not None:
            raise self._wrong(f"has value={self.value!r}", "'between' never reads it; give bounds alone.")

    def _wrong(self, what: str, fix: str) -> RegistrationError:
        return RegistrationError(f"A ColorRule {self.condition!r} {what}. {fix}")

    def wire(self) -> dict[str, Any]:
        """Write the rule as the manifest has it."""
        wire: dict[str, Any] = {"condition": self.condition}
        if self.bounds is not None:
            wire["range"] = {"min": self.bounds[0], "max": self.bounds[1]}
        else:
            wire["value"] = self.value
        wire["color"] = self.color
        return wire if self.fill is None else {**wire, "fill": self.fill}

    @classmethod
    def eq(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells equal to ``value``."""
        return cls("eq", color, value, fill=fill)

    @classmethod
    def ne(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells other than ``value``."""
        return cls("ne", color, value, fill=fill)

    @classmethod
    def gt(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells above ``value``."""
        return cls("gt", color, value, fill=fill)

    @classmethod
    def lt(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells below ``value``."""
        return cls("lt", color, value, fill=fill)

    @classmethod
    def gte(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells of ``value`` and above."""
        return cls("gte", color, value, fill=fill)

    @classmethod
    def lte(cls, value: str | float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells of ``value`` and below."""
        return cls("lte", color, value, fill=fill)

    @classmethod
    def contains(cls, value: str, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells with ``value`` in their text."""
        return cls("contains", color, value, fill=fill)

    @classmethod
    def not_contains(cls, value: str, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells without ``value`` in their text."""
        return cls("notContains", color, value, fill=fill)

    @classmethod
    def between(cls, low: float, high: float, color: str, *, fill: bool | None = None) -> ColorRule:
        """Colour cells from ``low`` to ``high``."""
        return cls("between", color, bounds=(low, high), fill=fill)


def green_red(*, by: str | None = None) -> Render:
    """Colour positive numbers green and negative ones red.

    :param by: The field of the row whose sign decides; the cell's own where not given.

    .. versionadded:: 0.1
    """
    return Render("green_red()", "greenRed", _colored("green_red()", by))


def title_case() -> Render:
    """Write text in title case: ``net_income`` as ``Net Income``.

    .. versionadded:: 0.1
    """
    return Render("title_case()", "titleCase")


def hover_card(*, title: str | None = None, markdown: str | None = None, cell_field: str | None = None) -> Render:
    """Show a card over a cell.

    The cell holds an object, of which one key is shown and the others are in the card; rows keep such objects whole.
    Of a cell that holds a scalar, the card knows the whole row.

    :param title: The card's heading.
    :param markdown: The card's text; ``{key}`` becomes a value of the cell's object. Workspace lists all of its keys
        where it is not given.
    :param cell_field: The key of the object that the cell shows; ``value`` where not given.

    .. versionadded:: 0.1
    """
    helper = "hover_card()"
    given = {"cellField": cell_field, "title": title, "markdown": markdown}
    card = {key: _text(helper, key, value) for key, value in given.items() if value is not None}
    return Render(helper, "hoverCard", {"hoverCard": card})


def click_to_group(param: str, *, value_field: str | None = None, force_update: bool | None = None) -> Render:
    """Set a parameter by a click on a cell, in every widget that shares it.

    :param param: The parameter's name; a parameter of this widget too.
    :param value_field: The field of the row that holds the value to set; the cell's own where not given.
    :param force_update: Fetch this widget again too, not just the others.

    .. versionadded:: 0.1
    """
    helper = "click_to_group()"
    group_by: dict[str, Any] = {"paramName": _text(helper, "param", param)}
    if value_field is not None:
        group_by["valueField"] = _text(helper, "value_field", value_field)
    if force_update is not None:
        group_by["forceUpdate"] = force_update
    return Render(helper, "cellOnClick", {"actionType": "groupBy", "groupBy": group_by})


def send_to_agent(markdown: str, *, agent: str | None = None) -> Render:
    """Put a text into the chat of an agent by a click on a cell.

    :param markdown: The text; ``{field}`` becomes the row's value, ``{value}`` the cell's.
    :param agent: Id of the agent; the selected one where not given.

    .. versionadded:: 0.1
    """
    helper = "send_to_agent()"
    sent = {"markdown": _text(helper, "markdown", markdown)}
    if agent is not None:
        sent["agentId"] = _text(helper, "agent", agent)
    return Render(helper, "cellOnClick", {"actionType": "sendToAgent", "sendToAgent": sent})


def color_rules(*rules: ColorRule, by: str | None = None) -> Render:
    """Colour cells by rules, such as ``ColorRule.gt(90, "green", fill=True)``.

    :param rules: At least one, in the order Workspace applies them.
    :param by: The field of the row that is compared; the cell's own value where not given.

    .. versionadded:: 0.1
    """
    helper = "color_rules()"
    if not rules or not all(isinstance(rule, ColorRule) for rule in rules):
        raise RegistrationError(f"{helper} got {rules!r}. Give it at least one rule, e.g. ColorRule.gt(0, 'green').")
    params = {"colorRules": [rule.wire() for rule in rules], **_colored(helper, by)}
    return Render(helper, "columnColor", params)


def cell_change(*, by: str | None = None) -> Render:
    """Highlight cells as they change, in a live grid.

    Workspace writes the cell's value into its page as HTML, unescaped: use it for numbers alone, never for text that
    anybody else may have written.

    :param by: The field of the row whose sign gives the colour.

    .. versionadded:: 0.1
    """
    return Render("cell_change()", "showCellChange", _colored("cell_change()", by))


def sparkline(
    type: SparklineType = "line", *, data_field: str | None = None, **options: Unpack[SparklineOptions]
) -> Render:
    """Draw a small chart in each cell, of a list of numbers; rows keep such lists whole.

    :param type: ``line``, ``area`` or ``bar``.
    :param data_field: The field of the row that holds the list; the column's own where not given.
    :param options: See :class:`~flask_openbb.manifest.sparklines.SparklineOptions`. ``custom_formatter`` is code
        that Workspace evaluates in its users' browsers: write it as a literal, and never build it from a request,
        a database or anything else that others may write.
    :raises RegistrationError: For an unknown option or a value of the wrong type, with what would be right.

    Source: CLIENT lib/types/app.ts, ``TableColumnDefsSchema``; the client's ``processSparklineConfig``.

    .. versionadded:: 0.1
    """
    helper = "sparkline()"
    if data_field is not None:
        _text(helper, "data_field", data_field)
    return Render(helper, sparkline=sparkline_config(type, data_field, options))


def combined(field: str, renders: Renders) -> dict[str, Any]:
    """Lay the renders of one column together.

    :param field: The column, for messages.
    :return: Column's own fields: ``render_fn`` (a string, or a list of several) and ``render_fn_params``, or
        ``sparkline``.
    :raises RegistrationError: If two exclude each other; the message names both.
    """
    given: Any = [renders] if isinstance(renders, Render) else renders
    if not isinstance(given, list | tuple) or not all(isinstance(one, Render) for one in given):
        raise RegistrationError(
            f"Column {field!r} has render={renders!r}. Give helpers such as green_red(), or names as render_fn=."
        )
    _check_pairs(field, given)
    params: dict[str, Any] = {}
    for render in given:
        params |= render.params
    names = [render.fn for render in given if render.fn is not None]
    found = {
        "render_fn": names[0] if len(names) == 1 else names,
        "render_fn_params": params,
        "sparkline": next((render.sparkline for render in given if render.sparkline is not None), None),
    }
    return {name: value for name, value in found.items() if value}


def _check_pairs(field: str, renders: Sequence[Render]) -> None:
    for place, second in enumerate(renders):
        for first in renders[:place]:
            why = _conflict(first, second)
            if why:
                raise RegistrationError(f"Column {field!r} has {first.helper} and {second.helper}: {why}")


def _conflict(first: Render, second: Render) -> str:
    helpers, fns = {first.helper, second.helper}, {first.fn, second.fn}
    if len(helpers) == 1:
        return "the second would replace the first. Give one of them."
    if None in fns:
        return "Workspace draws the sparkline and nothing else. Put it in a column of its own."
    if fns == {"cellOnClick"}:
        return "a click has one action. Give one of them, or give the other to another column."
    if "showCellChange" in fns and fns & {"hoverCard", "cellOnClick"}:
        return "Workspace draws a hover card or a click and leaves the changes out. Give one of them."
    keys = (first.params.get("colorValueKey"), second.params.get("colorValueKey"))
    if None not in keys and keys[0] != keys[1]:
        return f"by={keys[0]!r} and by={keys[1]!r}, but a column is coloured by one field. Give both the same."
    return ""


def _colored(helper: str, by: str | None) -> dict[str, str]:
    return {} if by is None else {"colorValueKey": _text(helper, "by", by)}


def _text(helper: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise RegistrationError(f"{helper} has {name}={value!r}. Give a string that is not empty.")
    return value


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
