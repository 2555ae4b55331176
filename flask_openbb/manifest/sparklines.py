"""The options of a sparkline: their names, their types and how they become the wire's.

Imports the errors and this room's near misses, no Flask. Called by :mod:`.render`.

Source of every key and type: CLIENT lib/types/app.ts, ``TableColumnDefsSchema``; OpenBB docs, widgets.json reference,
``columnsDefs[].sparkline``. What the client does with them: its ``processSparklineConfig``.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ..errors import RegistrationError
from .near_misses import did_you_mean

if TYPE_CHECKING:
    from typing_extensions import LiteralString
else:
    LiteralString = str

SparklineType = Literal["line", "area", "bar"]


class Highlight(TypedDict, total=False):
    """How an item under the pointer looks."""

    fill: str
    stroke: str
    stroke_width: float


class Point(Highlight, total=False):
    """How a point of interest looks; sizes and widths are in pixels."""

    size: float


class Signs(TypedDict, total=False):
    """How points look by their sign."""

    positive: Point
    negative: Point


class Points(TypedDict, total=False):
    """How points of interest look; the client looks for the first that applies to a point, in another order."""

    first_last: Point
    minimum: Point
    maximum: Point
    positive_negative: Signs
    highlighted: Point


class Markers(Highlight, total=False):
    """The points of a line or an area; sizes are in pixels."""

    enabled: bool
    shape: Literal["circle", "diamond", "square", "plus", "cross", "triangle"]
    size: float
    highlight_size: float


class Axis(TypedDict, total=False):
    """The axis of the values' places; paddings are fractions of a bar."""

    type: Literal["number", "category", "time"]
    stroke: str
    stroke_width: float
    padding_inner: float
    padding_outer: float


class Label(TypedDict, total=False):
    """The text at each bar; ``font_size`` is in pixels."""

    enabled: bool
    font_weight: str
    font_style: str
    font_size: float
    font_family: str
    color: str
    placement: Literal["inside", "outside", "inside-center", "inside-end", "outside-center", "outside-end"]


class Tooltip(TypedDict, total=False):
    """What is shown over a point."""

    enabled: bool
    renderer: LiteralString


class Padding(TypedDict, total=False):
    """The space around the chart in pixels."""

    top: float
    right: float
    bottom: float
    left: float


class SparklineOptions(TypedDict, total=False):
    """The keyword arguments of :func:`~flask_openbb.sparkline`: the wire's keys in snake_case.

    Colours are CSS colours, widths are in pixels, opacities from 0 to 1. ``custom_formatter`` is the text of a
    JavaScript function of one point (``yValue``, ``first``, ``last``, ``min``, ``max``, ``highlighted``) that returns
    its style. The client **evaluates it as code**: its type is a literal string, so that pyright refuses any that is
    computed. It replaces ``points_of_interest``.

    .. versionadded:: 0.1
    """

    custom_formatter: LiteralString
    stroke: str
    stroke_width: float
    fill: str
    fill_opacity: float
    min: float
    max: float
    direction: Literal["vertical", "horizontal"]
    x_key: str
    y_key: str
    tooltip: Tooltip
    axis: Axis
    markers: Markers
    highlight_style: Highlight
    points_of_interest: Points
    label: Label
    padding: Padding


def sparkline_config(type: str, data_field: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Write a sparkline as the manifest has it.

    ``customFormatter`` is there as soon as there are options, because the client insists on it. Points of interest
    on a line or an area are drawn on markers, so these are switched on.

    :raises RegistrationError: For an unknown option, a value of the wrong type, or options that exclude each other.
    """
    types = typing.get_args(SparklineType)
    if type not in types:
        raise RegistrationError(f"sparkline() has type={type!r}. Use one of {', '.join(types)}.")
    wire: dict[str, Any] = {"type": type}
    if data_field is not None:
        wire["dataField"] = data_field
    if options:
        look = _written(options, SparklineOptions, "sparkline()")
        if "pointsOfInterest" in look:
            _show_points(type, look)
        wire["options"] = {"customFormatter": "", **look}
    return wire


def _show_points(type: str, look: dict[str, Any]) -> None:
    if look.get("customFormatter"):
        raise RegistrationError(
            "sparkline() has custom_formatter and points_of_interest, but Workspace reads the formatter alone. "
            "Give one of them."
        )
    markers = look.get("markers", {})
    if type != "bar" and markers.get("enabled") is False:
        raise RegistrationError(
            f"sparkline({type!r}) has points_of_interest, which are drawn on markers, and markers that are not "
            "enabled. Enable them, or leave the points out."
        )
    if type != "bar":
        look["markers"] = {"enabled": True, **markers}


def _written(given: Any, shape: Any, where: str) -> dict[str, Any]:
    """Turn snake_case options into the wire's, by the annotations of a TypedDict."""
    if not isinstance(given, Mapping):
        raise RegistrationError(
            f"{where} is {given!r}. Give a mapping with some of {', '.join(shape.__annotations__)}."
        )
    hints = typing.get_type_hints(shape)
    wire = {}
    for name, value in given.items():
        if name not in hints:
            fix = did_you_mean(name, hints, otherwise=f"There are {', '.join(hints)}.")
            raise RegistrationError(f"{where} has an option {name!r} that Workspace does not know. {fix}")
        hint = hints[name]
        place = f"{where} {name}"
        wire[_camel(name)] = _written(value, hint, place) if typing.is_typeddict(hint) else _checked(value, hint, place)
    return wire


def _checked(value: Any, hint: Any, place: str) -> Any:
    if typing.get_origin(hint) is Literal:
        allowed = typing.get_args(hint)
        if value not in allowed:
            raise RegistrationError(f"{place} is {value!r}. Use one of {', '.join(allowed)}.")
        return value
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise RegistrationError(f"{place} is {value!r}. Give a finite number.")
    elif not isinstance(value, hint):
        raise RegistrationError(f"{place} is {value!r}. Give {'True or False' if hint is bool else 'a string'}.")
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
