"""The look of OpenBB Workspace, as Plotly's layout knows it.

Owns the two palettes. Imports its room's types only; called by :mod:`.charts` for widgets with ``template=True``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .shaping import Theme


@dataclass(frozen=True)
class Palette:
    """Colours of one theme, as CSS."""

    background: str
    text: str
    grid: str


PALETTES: Mapping[Theme, Palette] = {
    "dark": Palette(background="#151518", text="#FFFFFF", grid="#2E2E33"),
    "light": Palette(background="#FFFFFF", text="#222222", grid="#E4E4E7"),
}
"""Workspace's own backgrounds, and text and lines that can be read on them.

Source: OpenBB docs, widget-types/plotly-charts, names the two backgrounds.
"""


def with_template(layout: Mapping[str, Any], theme: Theme) -> dict[str, Any]:
    """Put a theme's colours into a layout's template, where everything the layout itself names wins.

    The rest of a template that is there already, such as its colours for traces, is kept. A template that is only a
    name is replaced: Plotly's Python half resolves names, the half in the browser does not.

    :param layout: Plotly's layout; it is not changed.
    :return: A copy with another ``template``.

    Source: Plotly's layout reference, ``layout.template``: its values are defaults.

    .. versionadded:: 0.1
    """
    given = layout.get("template")
    template = dict(given) if isinstance(given, Mapping) else {}
    template["layout"] = _merged(template.get("layout") or {}, _colours(PALETTES[theme]))
    return {**layout, "template": template}


def _colours(palette: Palette) -> dict[str, Any]:
    lines = {"gridcolor": palette.grid, "linecolor": palette.grid, "zerolinecolor": palette.grid}
    radial = {"gridcolor": palette.grid, "linecolor": palette.grid}
    wall = {**lines, "backgroundcolor": palette.background}
    return {
        "paper_bgcolor": palette.background,
        "plot_bgcolor": palette.background,
        "font": {"color": palette.text},
        "xaxis": lines,
        "yaxis": lines,
        "polar": {"bgcolor": palette.background, "angularaxis": radial, "radialaxis": radial},
        "ternary": {"bgcolor": palette.background, "aaxis": radial, "baxis": radial, "caxis": radial},
        "scene": {"xaxis": wall, "yaxis": wall, "zaxis": wall},
        "geo": {"bgcolor": palette.background, "lakecolor": palette.background, "landcolor": palette.grid},
    }


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        held = merged.get(key)
        merged[key] = _merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return merged
