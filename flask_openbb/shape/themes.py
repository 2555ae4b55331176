"""The look of OpenBB Workspace, as Plotly's layout, Highcharts' options and Vega-Lite's config know it.

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
    muted: str
    ink: str


PALETTES: Mapping[Theme, Palette] = {
    "dark": Palette(background="#151518", text="#FFFFFF", grid="#3A3A40", muted="#8A8A93", ink="#151518"),
    "light": Palette(background="#FFFFFF", text="#222222", grid="#E4E4E7", muted="#8A8A93", ink="#222222"),
}
"""Workspace's own backgrounds, text and lines that can be read on them, and ink for what is lighter than they are.

Source: OpenBB docs, widget-types/plotly-charts, names the two backgrounds.
"""


def with_template(layout: Mapping[str, Any], theme: Theme) -> dict[str, Any]:
    """Put a theme's colours into a layout's template, where everything the layout itself names wins.

    The rest of a template that is there already, such as its colours for traces, is kept, but for those of tables,
    which are pale in Plotly's own. A template that is only a name is replaced: Plotly's Python half resolves names,
    the half in the browser does not.

    :param layout: Plotly's layout; it is not changed.
    :return: A copy with another ``template``.

    Source: Plotly's layout reference, ``layout.template``: its values are defaults.

    .. versionadded:: 0.1
    """
    template = dict(_mapping(layout.get("template")))
    palette = PALETTES[theme]
    template["layout"] = _merged(_mapping(template.get("layout")), _colours(palette))
    cells = {"fill": {"color": palette.background}, "line": {"color": palette.grid}}
    header = {"fill": {"color": palette.grid}, "line": {"color": palette.background}}
    table = {"type": "table", "header": header, "cells": cells}
    template["data"] = {**_mapping(template.get("data")), "table": [table]}
    return {**layout, "template": template}


def with_options(options: Mapping[str, Any], theme: Theme, *, constructor: str = "chart") -> dict[str, Any]:
    """Put a theme's colours into the options of a Highcharts chart, where everything the options name wins.

    :param options: They are not changed. Each axis of a list gets the colours.
    :param constructor: What draws them: ``stockChart`` has a navigator and ``ganttChart`` a second x axis.
    :return: A copy with more colours.

    Source: Highcharts' API reference; it has no template, and draws black on white by default.

    .. versionadded:: 0.1
    """
    palette = PALETTES[theme]
    axis = _axis(palette)
    below = {**_highcharts(palette), **(_stock(palette) if constructor in ("stockChart", "ganttChart") else {})}
    axes: dict[str, Any] = {}
    for name in ("xAxis", "yAxis", *(("colorAxis",) if "colorAxis" in options else ())):
        given = options.get(name) or {}
        several = isinstance(given, list | tuple)
        found = [_merged(axis, one) if isinstance(one, Mapping) else one for one in (given if several else [given])]
        if name == "xAxis" and constructor == "ganttChart" and not several:
            # Highcharts adds a row of larger units above an x axis that is not a list.
            found, several = [*found, axis], True
        axes[name] = found if several else found[0]
    return {**_merged(below, options), **axes}


def with_config(spec: Mapping[str, Any], theme: Theme) -> dict[str, Any]:
    """Put a theme's colours into the config of a Vega-Lite specification, where everything it names itself wins.

    :param spec: It is not changed.
    :return: A copy with another ``config``.

    Source: Vega-Lite's reference, ``config``: its values are defaults.

    .. versionadded:: 0.1
    """
    return {**spec, "config": _merged(_vegalite(PALETTES[theme]), _mapping(spec.get("config")))}


def _highcharts(palette: Palette) -> dict[str, Any]:
    text = {"style": {"color": palette.text}}
    return {
        "chart": {"backgroundColor": palette.background},
        "title": text,
        "subtitle": text,
        "caption": text,
        "legend": {
            "itemStyle": {"color": palette.text},
            "itemHoverStyle": {"color": palette.muted},
            "itemHiddenStyle": {"color": palette.muted},
            "title": text,
            "navigation": {"activeColor": palette.text, "inactiveColor": palette.muted, **text},
        },
        "tooltip": {"backgroundColor": palette.background, **text},
        "credits": {"style": {"color": palette.muted}},
        "plotOptions": {
            # A label may lie on a bar or beside it: with an outline it can be read on both.
            "series": {
                "borderColor": palette.background,
                "dataLabels": {"color": palette.text, "style": {"textOutline": f"1px {palette.background}"}},
            },
            "candlestick": {"lineColor": palette.text},
            "boxplot": {"fillColor": palette.background},
        },
    }


def _axis(palette: Palette) -> dict[str, Any]:
    text = {"style": {"color": palette.text}}
    lines = ("gridLineColor", "lineColor", "minorGridLineColor", "minorTickColor", "tickColor")
    return {**dict.fromkeys(lines, palette.grid), "labels": text, "title": text, "grid": {"borderColor": palette.grid}}


def _stock(palette: Palette) -> dict[str, Any]:
    button = {"fill": palette.grid, "style": {"color": palette.text}}
    bar = ("barBackgroundColor", "barBorderColor", "buttonBackgroundColor", "buttonBorderColor", "trackBorderColor")
    return {
        "rangeSelector": {
            "buttonTheme": {
                **button,
                "states": {
                    "hover": {"fill": palette.muted, "style": button["style"]},
                    "select": {"fill": palette.muted, "style": button["style"]},
                    "disabled": {"fill": palette.grid, "style": {"color": palette.muted}},
                },
            },
            "inputStyle": {"color": palette.text},
            "labelStyle": {"color": palette.text},
        },
        "navigator": {
            "outlineColor": palette.grid,
            "handles": {"backgroundColor": palette.grid, "borderColor": palette.muted},
            "xAxis": {"gridLineColor": palette.grid, "labels": {"style": {"color": palette.text}}},
        },
        "scrollbar": {
            **dict.fromkeys(bar, palette.grid),
            "buttonArrowColor": palette.text,
            "rifleColor": palette.text,
            "trackBackgroundColor": palette.background,
        },
    }


def _vegalite(palette: Palette) -> dict[str, Any]:
    labels = {"labelColor": palette.text, "titleColor": palette.text}
    lines = {"domainColor": palette.grid, "gridColor": palette.grid, "tickColor": palette.grid}
    return {
        "background": palette.background,
        # Workspace makes the chart as large as its widget, and padding would come on top of that.
        "padding": 0,
        "view": {"stroke": palette.grid},
        "title": {"color": palette.text, "subtitleColor": palette.text},
        "axis": {**labels, **lines},
        "legend": labels,
        "header": labels,
        "text": {"color": palette.text},
        "rule": {"color": palette.text},
    }


def _colours(palette: Palette) -> dict[str, Any]:
    lines = {"gridcolor": palette.grid, "linecolor": palette.grid, "zerolinecolor": palette.grid}
    radial = {"gridcolor": palette.grid, "linecolor": palette.grid}
    wall = {**lines, "backgroundcolor": palette.background}
    return {
        "paper_bgcolor": palette.background,
        "plot_bgcolor": palette.background,
        "font": {"color": palette.text},
        "xaxis": {**lines, "rangeselector": {"bgcolor": palette.grid, "activecolor": palette.muted}},
        "yaxis": lines,
        "polar": {"bgcolor": palette.background, "angularaxis": radial, "radialaxis": radial},
        "ternary": {"bgcolor": palette.background, "aaxis": radial, "baxis": radial, "caxis": radial},
        "scene": {"xaxis": wall, "yaxis": wall, "zaxis": wall},
        "annotationdefaults": {"arrowcolor": palette.text},
        "shapedefaults": {"line": {"color": palette.text}},
        "sliderdefaults": {
            **{"bgcolor": palette.grid, "bordercolor": palette.grid},
            **{"activebgcolor": palette.muted, "tickcolor": palette.text},
        },
        # Plotly marks a chosen button with a white that no option changes.
        "updatemenudefaults": {
            **{"bgcolor": palette.muted, "bordercolor": palette.grid},
            "font": {"color": palette.ink},
        },
        "geo": {"bgcolor": palette.background, "lakecolor": palette.background, "landcolor": palette.grid},
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, and none of anything else: a browser's library passes over what it does not know."""
    return value if isinstance(value, Mapping) else {}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        held = merged.get(key)
        merged[key] = _merged(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return merged
