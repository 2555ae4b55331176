import pytest

from flask_openbb import UnknownKindError
from flask_openbb.manifest.kinds import KINDS, kind_for

CLIENT_TYPES = {
    "advanced_charting",
    "chart",
    "chart-highcharts",
    "chart-vegalite",
    "file_viewer",
    "html",
    "iframe",
    "live_grid",
    "markdown",
    "metric",
    "multi_file_viewer",
    "newsfeed",
    "note",
    "omni",
    "pdf",
    "table",
    "ssrm_table",
    "ssrm_advanced",
    "youtube",
}


def test_every_type_of_the_client_has_a_row():
    assert set(KINDS) == CLIENT_TYPES


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_row_names_its_source_and_its_aliases_find_it(kind):
    assert kind.source
    for name in (kind.wire, *kind.aliases):
        assert kind_for(name) is kind


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("plotly", "chart"),
        ("table_ssrm", "ssrm_table"),
        ("advanced-chart", "advanced_charting"),
        ("live_feed", "live_grid"),
    ],
)
def test_names_the_docs_use_become_those_the_client_accepts(name, wire):
    assert kind_for(name).wire == wire


def test_a_plugin_renderer_passes():
    assert kind_for("@desk/plugins/heatmap").wire == "@desk/plugins/heatmap"


@pytest.mark.parametrize(("name", "says"), [("tabel", "'table'"), ("@desk", "Known:"), ("", "Known:")])
def test_an_unknown_type_is_refused(name, says):
    with pytest.raises(UnknownKindError, match=says):
        kind_for(name)
