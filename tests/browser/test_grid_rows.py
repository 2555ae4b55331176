"""AG Grid Enterprise over rows that are hard on it: what is on the screen is compared with the rows themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from grid_rows_backend import DESKS, REGIONS, ROWS, fill, sqlite_path
from playwright.sync_api import Page, expect
from servers import Gunicorn

from .conftest import WorkspacePage
from .grids import grid_page, photo, seen, settle

pytestmark = pytest.mark.browser

BLANKS = "(Blanks)"
OWN_COLUMNS = """() => columnsOf(workspace.widgets.body.odd_duckdb).map((column) => ({
    ...column, valueFormatter: undefined, cellRenderer: undefined,
    cellDataType: { day: "dateString", at: "dateTimeString" }[column.field] ?? column.cellDataType,
}))"""
"""Columns as a page has them that leaves types to AG Grid, unlike Workspace."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(str(tmp_path))
    return tmp_path


@pytest.fixture
def server(gunicorn: Callable[..., Gunicorn], folder: Path) -> Gunicorn:
    return gunicorn("grid_rows_backend:create_app()", env={"GRID_ROWS": str(folder)}, options=["--workers=1"])


@pytest.fixture
def grid(workspace_page: WorkspacePage, npm: Path, server: Gunicorn) -> Iterator[Page]:
    with grid_page(workspace_page.page, server) as page:
        yield page


def ask(page: Page, script: str, given: Any = None) -> dict[str, Any]:
    """Run a script that makes the grid ask once more; give what it asked and was answered."""
    count = page.evaluate("asked.length")
    page.evaluate(script, given)
    return settle(page, count + 1)[-1]


def told(value: Any) -> Any:
    """A value as JSON has it; text stands for a whole number that JavaScript would change."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and value > 2**53 - 1 else value


def test_a_pivot_has_a_column_for_each_pair_of_values_and_each_value_column(grid: Page) -> None:
    grid.evaluate("showRows('odd_duckdb', {}, {pivotMode: true, sideBar: false, defaultColDef: {sortable: true}})")
    state = [{"colId": "flag", "rowGroup": True}, {"colId": "desk", "pivot": True}, {"colId": "region", "pivot": True}]
    state += [{"colId": name, "aggFunc": "sum"} for name in ("price", "price_usd")]
    grid.evaluate("state => api.applyColumnState({state})", state)
    grid.wait_for_function("api.getPivotResultColumns()?.length === 24 && onScreen().length === 3")
    # Each column by what its headings say, and its cells by what the grid reads for them.
    drawn = grid.evaluate(
        """() => api.getPivotResultColumns().map((column) => {
            const headings = [column.getColDef().headerName];
            for (let group = column.getParent(); group; group = group.getParent()) {
                headings.unshift(group.getColGroupDef().headerName);
            }
            const cell = (rowNode) => api.getCellValue({ rowNode, colKey: column });
            return [headings, api.getRenderedNodes().map((node) => [node.key, cell(node)])];
        })"""
    )
    assert len(drawn) == len(DESKS) * len(REGIONS) * 2
    for (*pair, value), cells in drawn:
        field = {"Price": "price", "priceˍusd": "price_usd"}[value]
        for flag, total in cells:
            labels = [flag, *(label.replace("ˍ", "_") for label in pair)]
            key = [None if label == BLANKS else label for label in labels]
            found = [row[field] for row in ROWS if [row["flag"], row["desk"], row["region"]] == key]
            of = [each for each in found if each is not None]
            assert total == (sum(of) if of else None)
    photo(grid, "pairs")
    answer = ask(grid, "api.applyColumnState({state: [{colId: 'fxˍprice_usˍeast_priceˍusd', sort: 'desc'}]})")
    assert answer["status"] == 200
    assert [row["key"] for row in seen(grid)] == [False, BLANKS, True]


def test_groups_open_whatever_their_key(grid: Page) -> None:
    for field in ("day", "at", "flag", "big", "region", "price"):
        grid.evaluate("showRows('odd_duckdb', {}, {groupDisplayType: 'multipleColumns', sideBar: false})")
        settle(grid)
        state = [{"colId": field, "rowGroup": True}, {"colId": "price_usd", "sort": "desc"}]
        ask(grid, "state => api.applyColumnState({state})", state)
        values = {row[field] for row in ROWS}
        wanted = ([BLANKS] if None in values else []) + [told(value) for value in sorted(values - {None})]
        grid.wait_for_function("count => api.getDisplayedRowCount() === count", arg=len(wanted))
        for key in (wanted[0], wanted[2]):
            check_group(grid, field, key)
        photo(grid, f"group-{field}")
        assert grid.evaluate("toasts") == []


def check_group(grid: Page, field: str, key: Any) -> None:
    """Open a group, compare the rows in it, and close it."""
    of = [row for row in ROWS if told(row[field]) == (None if key == BLANKS else key)]
    node = "api.getRenderedNodes().find((node) => node.key === key)"
    opened = ask(grid, f"key => {node}.setExpanded(true)", key)
    assert opened["wanted"]["groupKeys"] == [key]
    assert opened["count"] == len(of)
    grid.wait_for_function("onScreen().some((row) => row.level === 1)")
    leaves = [row["data"]["id"] for row in seen(grid) if row["level"] == 1]
    assert leaves == sorted((row["id"] for row in of), reverse=True)[: len(leaves)]
    grid.evaluate(f"key => {node}.setExpanded(false)", key)
    grid.wait_for_function("onScreen().every((row) => row.level === 0)")


def test_a_widget_that_was_just_placed_starts_grouped(grid: Page) -> None:
    grid.evaluate("placeRows('odd_grouped', {groupDisplayType: 'multipleColumns', sideBar: false})")
    grid.wait_for_function("asked.length === 1 && settled() && onScreen().length > 0")
    desks = [None, "fx", "fx_price"]
    expected = [(desk or BLANKS, sum(row["price_usd"] for row in ROWS if row["desk"] == desk)) for desk in desks]
    assert [(row["key"], row["data"]["price_usd"]) for row in seen(grid)] == expected
    photo(grid, "placed")
    opened = ask(grid, "api.getRenderedNodes()[1].setExpanded(true)")
    assert (opened["wanted"]["groupKeys"], opened["count"]) == (["fx"], 20)


def test_days_times_and_flags_are_filtered_by_what_workspace_offers(grid: Page) -> None:
    grid.evaluate("showRows('odd_duckdb', {}, {sideBar: false})")
    settle(grid)
    for field in ("day", "at"):
        grid.evaluate("field => api.showColumnFilter(field)", field)
        picked = grid.locator(".ag-popup .ag-filter input[type=date]:visible")
        expect(picked).to_have_count(2)
        picked.nth(0).fill("2026-01-02")
        count = grid.evaluate("asked.length")
        picked.nth(1).fill("2026-01-03")
        found = settle(grid, count + 1)[-1]
        days = [row[field] and date.fromisoformat(str(row[field])[:10]) for row in ROWS]
        assert found["count"] == sum(day in {date(2026, 1, 2), date(2026, 1, 3)} for day in days)
        photo(grid, f"filter-{field}")
        grid.keyboard.press("Escape")
        assert ask(grid, "api.setFilterModel(null)")["count"] == len(ROWS)
    grid.evaluate("api.showColumnFilter('flag')")
    grid.locator(".ag-popup .ag-filter .ag-select").first.click()
    count = grid.evaluate("asked.length")
    grid.locator(".ag-list-item:visible", has_text="False").click()
    assert settle(grid, count + 1)[-1]["count"] == sum(row["flag"] is False for row in ROWS)
    assert grid.evaluate("toasts") == []


def test_advanced_multi_and_set_filters_find_the_same_rows(grid: Page) -> None:
    grid.evaluate(
        f"showRows('odd_duckdb', {{}}, {{enableAdvancedFilter: true, sideBar: false, columnDefs: ({OWN_COLUMNS})()}})"
    )
    settle(grid)
    said = '([Day] = "2026-01-04" AND [Flag] is true) OR ([Region] contains "US_" AND [Price Usd] > 20)'
    grid.locator(".ag-advanced-filter input").fill(said)
    count = grid.evaluate("asked.length")
    grid.locator(".ag-advanced-filter button").first.click()
    found = settle(grid, count + 1)[-1]
    assert found["wanted"]["filterModel"]["type"] == "OR"
    assert found["count"] == sum(
        (row["day"] == date(2026, 1, 4) and row["flag"] is True)
        or ("us_" in (row["region"] or "") and row["price_usd"] > 20)
        for row in ROWS
    )
    multi = f"""showRows('odd_duckdb', {{}}, {{sideBar: false, columnDefs: ({OWN_COLUMNS})().map((column) => {{
        const url = `${{workspace.base}}/openbb/widgets/odd_duckdb/values/${{column.field}}`;
        const values = ({{ success }}) => request(url).then(({{ body }}) => success(body));
        const filters = [{{ filter: column.filter }}, {{ filter: 'agSetColumnFilter', filterParams: {{ values }} }}];
        return {{ ...column, filter: 'agMultiColumnFilter', filterParams: {{ filters }} }};
    }})}})"""
    grid.evaluate(multi)
    settle(grid)
    for field in ("region", "day", "flag", "price", "big"):
        values = {row[field] for row in ROWS}
        out = None if None in values else min(values)
        grid.evaluate("field => api.showColumnFilter(field)", field)
        label = BLANKS if out is None else str(told(out))
        item = grid.locator(".ag-popup .ag-set-filter-item:visible").filter(has_text=label)
        count = grid.evaluate("asked.length")
        item.locator("input").click()
        found = settle(grid, count + 1)[-1]
        assert found["wanted"]["filterModel"][field]["filterType"] == "multi"
        assert found["count"] == sum(row[field] != out for row in ROWS)
        grid.keyboard.press("Escape")
        assert ask(grid, "api.setFilterModel(null)")["count"] == len(ROWS)
    assert grid.evaluate("toasts") == []


def test_a_refresh_shows_rows_that_changed_and_a_failure_is_a_toast(grid: Page, folder: Path, server: Gunicorn) -> None:
    grid.evaluate("showRows('odd_sqlite')")
    assert settle(grid)[0]["count"] == len(ROWS)
    with sqlite3.connect(sqlite_path(str(folder))) as connection:
        connection.execute("INSERT INTO odd (id, desk, price) VALUES (-1, 'new', 0.5)")
        connection.execute("DELETE FROM odd WHERE id >= 50")
    assert ask(grid, "api.refreshServerSide({purge: true})")["count"] == 51
    assert seen(grid)[0]["data"]["desk"] == "new"
    with sqlite3.connect(sqlite_path(str(folder))) as connection:
        connection.execute("ALTER TABLE odd RENAME TO gone")
    grid.evaluate("api.refreshServerSide({purge: true})")
    grid.wait_for_function("toasts.length > 0")
    assert grid.evaluate("toasts[0]") == "The rows could not be read; the server's log says why."
    assert "no such table: odd" in server.error_log.read_text()
    with sqlite3.connect(sqlite_path(str(folder))) as connection:
        connection.execute("ALTER TABLE gone RENAME TO odd")
    assert ask(grid, "api.refreshServerSide({purge: true})")["count"] == 51
    grid.wait_for_function("onScreen().length > 10")
