"""AG Grid Enterprise asks gunicorn and DuckDB for what its user does: scroll, sort, filter, group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Page, expect
from servers import Gunicorn

from .conftest import WorkspacePage
from .grids import grid_page, photo, seen, settle

pytestmark = pytest.mark.browser

ROWS = 1_000_000

Start = Callable[..., Gunicorn]


@pytest.fixture(scope="module")
def trades(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million trades in a DuckDB file."""
    path = tmp_path_factory.mktemp("trades") / "trades.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE trades AS SELECT range AS id, ['fx', 'rates', 'credit'][1 + range % 3] AS desk, "
            "CASE WHEN range % 10 = 9 THEN NULL ELSE 'S' || lpad((range % 50)::VARCHAR, 2, '0') END AS symbol, "
            "(range * 7919 % 1000003) / 100.0 AS price, DATE '2026-01-01' + (range % 365)::INTEGER AS day, "
            f"range % 2 = 0 AS buy, 900719925474099 + range AS ticket FROM range({ROWS})"
        )
    return path


@pytest.fixture
def rows(gunicorn: Start, workspace_page: WorkspacePage, npm: Path, trades: Path) -> Iterator[Page]:
    """A page with the grid's library and the backend connected; neither complains of anything."""
    server = gunicorn("row_model_backend:create_app()", env={"ROWS_DUCKDB": str(trades)}, options=["--workers=2"])
    with grid_page(workspace_page.page, server) as page:
        yield page
    assert "Traceback" not in server.error_log.read_text()


def sql(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_the_grid_scrolls_through_a_million_rows(rows: Page) -> None:
    rows.evaluate("showRows('trades')")
    first = settle(rows)
    assert (first[0]["rows"], first[0]["count"]) == (500, ROWS)
    headers = rows.locator(".ag-header-cell-text").all_inner_texts()
    assert headers[:2] == ["Symbol", "Price"]
    expect(rows.locator('.ag-row[row-index="0"] [col-id="ticket"]')).to_have_text(["900719925474099"])
    expect(rows.locator('.ag-row[row-index="0"] [col-id="day"]')).to_have_text(["2026-01-01"])
    photo(rows, "first")
    for place in (250_000, ROWS - 1):
        before = len(rows.evaluate("asked"))
        rows.evaluate("place => api.ensureIndexVisible(place, 'bottom')", place)
        settle(rows, before + 1)
        expect(rows.locator(f'.ag-row[row-index="{place}"] [col-id="id"]')).to_have_text([str(place)])
        assert all(row["data"]["id"] == row["place"] for row in seen(rows))
    photo(rows, "last")


def test_the_grid_sorts_by_clicks_on_its_headers(rows: Page, trades: Path) -> None:
    rows.evaluate("showRows('trades')")
    settle(rows)
    header = rows.locator('.ag-header-cell[col-id="price"] .ag-header-cell-label')
    for number, direction in enumerate(("ASC", "DESC"), 1):
        header.click()
        settle(rows, number + 1)
        expected = sql(trades, f"SELECT id FROM trades ORDER BY price {direction}, id LIMIT 10")
        expect(rows.locator('.ag-row[row-index="0"] [col-id="id"]')).to_have_text([str(expected[0][0])])
        assert [row["data"]["id"] for row in seen(rows)[:10]] == [row[0] for row in expected]
    photo(rows, "sorted")


def test_the_grid_filters_by_what_is_typed_and_chosen(rows: Page, trades: Path) -> None:
    rows.evaluate("showRows('trades')")
    settle(rows)
    rows.evaluate("api.setFilterModel({price: {filterType: 'number', type: 'greaterThan', filter: 9999}})")
    found = settle(rows, 2)[-1]
    [(count,)] = sql(trades, "SELECT count(*) FROM trades WHERE price > 9999")
    assert found["count"] == count
    rows.evaluate("api.setFilterModel(null)")
    settle(rows, 3)
    # The set filter's list is the backend's; one of its three values is taken out by hand.
    rows.evaluate("api.showColumnFilter('desk')")
    listed = rows.locator(".ag-set-filter-item")
    expect(listed).to_have_count(4)
    assert listed.all_inner_texts()[1:] == ["credit", "fx", "rates"]
    listed.filter(has_text="fx").locator("input").click()
    found = settle(rows, 4)[-1]
    [(count,)] = sql(trades, "SELECT count(*) FROM trades WHERE desk <> 'fx'")
    assert (found["count"], found["wanted"]["filterModel"]["desk"]["values"]) == (count, ["credit", "rates"])
    photo(rows, "filtered")


def test_the_grid_groups_opens_and_sums(rows: Page, trades: Path) -> None:
    rows.evaluate("showRows('trades')")
    settle(rows)
    rows.evaluate("api.setRowGroupColumns(['desk', 'symbol'])")
    settle(rows, 2)
    rows.wait_for_function("onScreen().length === 3 && onScreen()[0].group")
    expected = sql(trades, "SELECT desk, avg(price) FROM trades GROUP BY desk ORDER BY desk")
    groups = seen(rows)
    assert [row["key"] for row in groups] == [desk for desk, _ in expected]
    assert [row["data"]["price"] for row in groups] == pytest.approx([price for _, price in expected])
    rows.locator(".ag-group-contracted:visible").first.click()
    settle(rows, 3)
    rows.wait_for_function("onScreen().some((row) => row.level === 1)")
    symbols = [row for row in seen(rows) if row["level"] == 1]
    assert symbols[0]["key"] == "(Blanks)"
    rows.locator(".ag-row-level-1 .ag-group-contracted:visible").first.click()
    settle(rows, 4)
    rows.wait_for_function("onScreen().some((row) => row.level === 2)")
    leaves = [row["data"] for row in seen(rows) if row["level"] == 2]
    [(first,)] = sql(trades, "SELECT min(id) FROM trades WHERE desk = 'credit' AND symbol IS NULL")
    assert leaves[0]["id"] == first
    assert {(row["desk"], row["symbol"]) for row in leaves} == {("credit", None)}
    photo(rows, "grouped")


def test_the_grid_pivots(rows: Page, trades: Path) -> None:
    rows.evaluate("showRows('trades', {}, {pivotMode: true})")
    state = [{"colId": "desk", "rowGroup": True}, {"colId": "buy", "pivot": True}, {"colId": "price", "aggFunc": "sum"}]
    rows.evaluate("state => api.applyColumnState({state})", state)
    rows.wait_for_function("onScreen().length === 3 && 'true_price' in onScreen()[0].data")
    expected = sql(trades, "SELECT sum(price) FILTER (buy) FROM trades GROUP BY desk ORDER BY desk")
    assert [row["data"]["true_price"] for row in seen(rows)] == pytest.approx([total for (total,) in expected])
    photo(rows, "pivoted")


def test_a_parameter_narrows_and_a_refusal_is_a_toast(rows: Page) -> None:
    rows.evaluate("showRows('trades', {desk: 'fx'})")
    assert settle(rows)[0]["count"] == (ROWS + 2) // 3
    assert {row["data"]["desk"] for row in seen(rows)} == {"fx"}
    rows.evaluate("showRows('trades', {}, {cacheBlockSize: 20000})")
    rows.wait_for_function("toasts.length > 0")
    assert "20,000 rows are too many" in rows.evaluate("toasts[0]")
