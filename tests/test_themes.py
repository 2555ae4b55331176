"""shape/themes.py: the colours of Highcharts and Vega-Lite; of Plotly's, see test_charts.py."""

from __future__ import annotations

import copy

import pytest

from flask_openbb.shape import charts
from flask_openbb.shape.shaping import Shaping
from flask_openbb.shape.themes import PALETTES, with_config, with_options

SERIES = {"series": [{"data": [1]}]}
BACKGROUNDS = {"dark": "#151518", "light": "#FFFFFF"}

both_themes = pytest.mark.parametrize("theme", ["dark", "light"])


@both_themes
def test_highcharts_gets_the_colours_of_the_theme(theme):
    body = charts.highcharts(SERIES, Shaping("w", template=True).asked(theme=theme, raw=False))
    options, palette = body["userOptions"], PALETTES[theme]
    assert options["series"] == SERIES["series"]
    assert options["chart"] == {"backgroundColor": BACKGROUNDS[theme]}
    assert options["title"] == {"style": {"color": palette.text}}
    assert options["legend"]["itemStyle"] == {"color": palette.text}
    for axis in (options["xAxis"], options["yAxis"]):
        assert axis["gridLineColor"] == palette.grid
        assert axis["labels"] == axis["title"] == {"style": {"color": palette.text}}
    assert {"colorAxis", "navigator", "rangeSelector"}.isdisjoint(options)


def test_highcharts_options_win_and_are_not_changed():
    options = {
        "chart": {"type": "column", "backgroundColor": "red"},
        "title": None,
        "xAxis": {"categories": ["a"], "labels": {"style": {"fontSize": "9px"}}},
        "yAxis": [{"gridLineColor": "blue"}, "odd"],
        "colorAxis": {"min": 0},
        **SERIES,
    }
    before = copy.deepcopy(options)
    found, palette = with_options(options, "dark"), PALETTES["dark"]
    assert options == before
    assert found["chart"] == {"type": "column", "backgroundColor": "red"}
    assert found["title"] is None
    assert found["xAxis"]["categories"] == ["a"]
    assert found["xAxis"]["labels"]["style"] == {"fontSize": "9px", "color": palette.text}
    assert found["yAxis"][0]["gridLineColor"] == "blue"
    assert found["yAxis"][0]["lineColor"] == palette.grid
    assert found["yAxis"][1] == "odd"
    assert found["colorAxis"]["labels"]["style"] == {"color": palette.text}


@pytest.mark.parametrize(
    ("constructor", "navigator", "axes"),
    [("chart", False, None), ("mapChart", False, None), ("stockChart", True, None), ("ganttChart", True, 2)],
)
def test_each_constructor_gets_what_it_has(constructor, navigator, axes):
    options = charts.highcharts({"constructorType": constructor, **SERIES}, Shaping("w", template=True))["userOptions"]
    assert {"navigator", "rangeSelector", "scrollbar"} <= options.keys() if navigator else "navigator" not in options
    assert (len(options["xAxis"]) if isinstance(options["xAxis"], list) else None) == axes


def test_a_gantt_chart_keeps_its_own_list_of_axes():
    assert len(with_options({"xAxis": [{}], **SERIES}, "dark", constructor="ganttChart")["xAxis"]) == 1


@both_themes
def test_vegalite_gets_the_colours_of_the_theme(theme):
    spec = {"mark": "bar", "data": {"values": [{"a": 1}]}}
    body = charts.vegalite(spec, Shaping("w", template=True).asked(theme=theme, raw=False))
    config, palette = body.pop("config"), PALETTES[theme]
    assert body == spec
    assert config["background"] == BACKGROUNDS[theme]
    assert config["axis"]["labelColor"] == config["legend"]["titleColor"] == palette.text
    assert config["axis"]["gridColor"] == palette.grid


def test_a_vegalite_config_wins_and_is_not_changed():
    spec = {"mark": "bar", "config": {"background": "red", "padding": 5, "axis": {"grid": False}}}
    before = copy.deepcopy(spec)
    config = with_config(spec, "light")["config"]
    assert spec == before
    assert (config["background"], config["padding"]) == ("red", 5)
    assert config["axis"] == {
        "grid": False,
        "labelColor": "#222222",
        "titleColor": "#222222",
        **dict.fromkeys(("domainColor", "gridColor", "tickColor"), PALETTES["light"].grid),
    }


@pytest.mark.parametrize(("kind", "answer"), [("highcharts", SERIES), ("vegalite", {"mark": "bar"})])
def test_a_themed_chart_over_http(app, openbb, client, kind, answer):
    @app.get("/drawn")
    @getattr(openbb, kind)(template=True)
    def drawn():
        return answer

    for theme, background in BACKGROUNDS.items():
        assert f'"{background}"' in client.get(f"/drawn?theme={theme}").get_data(as_text=True)
