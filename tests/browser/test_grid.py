"""Ten thousand nested rows, served by gunicorn and drawn by the real AG Grid, show every value of their source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers import Gunicorn

from . import tables
from .conftest import WORKSPACE, WorkspacePage

pytestmark = pytest.mark.browser

PLACES = 16
"""Where the table is read on the way from its first row to its last; about 50 rows are drawn at each."""
HEADERS = [
    ["id", "Id"],
    ["cusip", "Cusip"],
    ["order", "Order"],
    ["day", "Day"],
    ["executed", "Executed"],
    ["company_name", "Company Name"],
    ["company_country", "Company Country"],
    ["company_listed", "Company Listed"],
    ["price_open", "Price Open"],
    ["price_close", "Price Close"],
    ["price_volume", "Price Volume"],
    ["fee", "Fee"],
    ["tags", "Tags"],
    ["fills", "Fills"],
    ["quote", "Quote"],
    ["trend", "Trend"],
]

Start = Callable[..., Gunicorn]


@pytest.fixture
def grid_page(workspace_page: WorkspacePage, ag_grid: Path) -> WorkspacePage:
    """A page on Workspace's own origin with AG Grid in it, wide enough for all columns."""
    page = workspace_page.page
    page.set_viewport_size({"width": 2_400, "height": 1_200})
    page.goto(f"{WORKSPACE}/grid.html")
    page.add_script_tag(path=ag_grid)
    return workspace_page


def drawn(cells: dict[str, Any], style: str) -> dict[str, str]:
    """The texts of a row's cells; a column that is hidden has none."""
    nothing = "-" if style == "workspace" else ""
    texts = {name: nothing if value is None else as_text(value) for name, value in cells.items() if name != "desk"}
    quote, trend = cells["quote"], cells["trend"]
    texts["quote"] = nothing if quote is None else as_text(quote["mid"])
    if style == "workspace":
        texts["trend"] = f"{len(trend or [])} points"
    else:
        texts["trend"] = ",".join(map(as_text, trend or []))
    return texts


def as_text(value: Any) -> str:
    """What JavaScript's ``String()`` makes of a value."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# As Workspace draws it, and as AG Grid does by itself, which would show a nested cell as [object Object].
@pytest.mark.parametrize("style", ["workspace", "stock"])
def test_ag_grid_shows_every_value_of_ten_thousand_nested_rows(
    gunicorn: Start, grid_page: WorkspacePage, tmp_path: Path, style: str
) -> None:
    complaints: list[str] = []
    page = grid_page.page
    page.on("console", lambda message: message.type in {"warning", "error"} and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    server = gunicorn("tables:create_app()")
    assert grid_page.connect(server.url)["widgets"].get("status") == 200

    assert page.evaluate("style => table.draw('trades', style)", style) == HEADERS
    expected = [tables.expected_cells(row) for row in tables.source_rows()]
    held = [dict(row) for row in json.loads(page.evaluate("table.values()"))]
    # Workspace gives a sparkline an array in any case.
    no_trend = [] if style == "workspace" else None
    assert held == [{**cells, "trend": no_trend if cells["trend"] is None else cells["trend"]} for cells in expected]

    page.screenshot(path=tmp_path / f"{style}.png")
    texts = dict(json.loads(page.evaluate("places => table.texts(places)", PLACES)))
    assert len(texts) > 20 * PLACES
    assert {0, tables.ROWS - 1} <= texts.keys()
    assert texts == {row: drawn(expected[row], style) for row in texts}
    assert "[object" not in page.evaluate("document.body.textContent")
    assert complaints == []


@pytest.mark.parametrize(
    ("row", "literal", "value"),
    [
        ({"a.b": 1}, False, "undefined"),
        ({"a.b": 1, "a": {"b": 2}}, False, 2),
        ({"a.b": 1}, True, 1),
    ],
    ids=["a key with a dot is not found", "another value is found", "Workspace turns this off"],
)
def test_stock_ag_grid_reads_a_dot_in_a_field_as_a_path(
    grid_page: WorkspacePage, row: dict[str, Any], literal: bool, value: Any
) -> None:
    # This is why flattening refuses "." as a separator.
    show = "([row, literal]) => table.show([row], [{field: 'a.b'}], {suppressFieldDotNotation: literal})"
    grid_page.page.evaluate(show, [row, literal])
    assert json.loads(grid_page.page.evaluate("table.values()")) == [[["a.b", value]]]


def test_a_nested_cell_would_have_been_seen(grid_page: WorkspacePage) -> None:
    grid_page.page.evaluate("table.show([{a: {b: 1}}], [{field: 'a', cellDataType: 'text'}])")
    assert grid_page.page.evaluate("document.querySelector('.ag-row').textContent") == "[object Object]"
