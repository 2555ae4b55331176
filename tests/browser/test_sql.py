"""What Workspace's SQL widget does, in Chromium with AG Grid Enterprise, against gunicorn and DuckDB."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from servers import HERE, Gunicorn
from sql_data import CANARY, SYMBOLS, TRADES, duckdb_files, secret_file, sqlite_file

from .conftest import WORKSPACE, WorkspacePage

pytestmark = pytest.mark.browser

QUERY = "SELECT id, desk, price * qty AS notional FROM trades WHERE qty >= {{least}} ORDER BY id DESC"


@pytest.fixture
def editor(gunicorn: Callable[..., Gunicorn], workspace_page: WorkspacePage, npm: Path) -> Iterator[Page]:
    """A page with the grid's library and the backend connected; it must not complain of anything."""
    page = workspace_page.page
    complaints: list[str] = []
    page.on("console", lambda said: said.type in {"warning", "error"} and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{WORKSPACE}/rows.html")
    page.add_script_tag(url="/sql.js")
    env = {
        "SQL_FILES": str(duckdb_files()),
        "SQL_SQLITE": str(sqlite_file()),
        "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
    }
    server = gunicorn("sql_backend:create_app()", env=env, options=["--workers=1"])
    found = page.evaluate("base => workspace.connect(base)", server.url)
    assert found["widgets"]["body"]["duckdb"]["type"] == "ssrm_advanced"
    yield page
    # Its notice that nobody paid for it stands in stars.
    assert [text for text in complaints if not text.startswith("*")] == []
    assert "Traceback" not in server.error_log.read_text()


def settle(page: Page, count: int) -> dict[str, Any]:
    """Wait for as many requests of the grid and for the rows they bring; give the last."""
    page.wait_for_function("count => asked.length >= count && settled()", arg=count, timeout=20_000)
    last: dict[str, Any] = page.evaluate("asked.at(-1)")
    return last


def seen(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("onScreen()")
    return [row["data"] for row in sorted(found, key=lambda row: row["place"])]


def test_a_statement_is_completed_asked_sorted_filtered_and_grouped(editor: Page) -> None:
    schemas = editor.evaluate("request(`${workspace.base}/table-schemas`)")
    assert schemas["status"] == 200
    # The editor looks up the columns of what was typed after FROM.
    columns = [column["name"] for column in schemas["body"]["trades"]["columns"]]
    assert columns == list(TRADES[0])
    assert editor.evaluate("request(`${workspace.base}/semantic-views`)")["body"] == {}

    rows = [
        {"id": row["id"], "desk": row["desk"], "notional": row["price"] * row["qty"]}
        for row in reversed(TRADES)
        if row["qty"] >= 2
    ]
    editor.evaluate("query => showQuery('duckdb', query, {least: 2})", QUERY)
    assert settle(editor, 1)["count"] == len(rows)
    assert editor.locator(".ag-header-cell-text").all_inner_texts() == ["Id", "Desk", "Notional"]
    expect(editor.locator('.ag-row[row-index="0"] [col-id="id"]')).to_have_text([str(rows[0]["id"])])
    assert seen(editor)[:10] == rows[:10]

    editor.locator('.ag-header-cell[col-id="notional"] .ag-header-cell-label').click()
    settle(editor, 2)
    smallest = min(rows, key=lambda row: row["notional"])
    expect(editor.locator('.ag-row[row-index="0"] [col-id="notional"]')).to_have_text([f"{smallest['notional']:g}"])
    assert [row["notional"] for row in seen(editor)[:10]] == sorted(row["notional"] for row in rows)[:10]

    editor.evaluate("api.setFilterModel({desk: {filterType: 'text', type: 'equals', filter: 'fx'}})")
    assert settle(editor, 3)["count"] == sum(row["desk"] == "fx" for row in rows)
    assert {row["desk"] for row in seen(editor)} == {"fx"}

    editor.evaluate("api.setFilterModel(null)")
    settle(editor, 4)
    grouped = [{"colId": "desk", "rowGroup": True}, {"colId": "notional", "aggFunc": "sum", "sort": None}]
    editor.evaluate("state => api.applyColumnState({state})", grouped)
    editor.wait_for_function("settled() && onScreen().length === 3 && onScreen()[0].group")
    expected = {desk: sum(row["notional"] for row in rows if row["desk"] == desk) for desk in ("credit", "fx", "rates")}
    assert {row["desk"]: row["notional"] for row in seen(editor)} == expected
    assert editor.evaluate("toasts") == []


def test_times_of_a_statement_are_filtered_by_what_they_begin_with(editor: Page) -> None:
    editor.evaluate("""showQuery('duckdb', 'SELECT id, "at", "day" FROM trades')""")
    assert settle(editor, 1)["count"] == len(TRADES)
    filters = editor.evaluate("api.getColumns().map((column) => column.getColDef().filter)")
    assert filters == ["agNumberColumnFilter", "agTextColumnFilter", "agDateColumnFilter"]
    editor.evaluate("api.showColumnFilter('at')")
    editor.locator(".ag-popup .ag-filter input[type=text]:visible").first.fill("2024-01-01 00:07")
    assert settle(editor, 2)["count"] == 1
    expect(editor.locator('.ag-row[row-index="0"] [col-id="id"]')).to_have_text(["7"])
    assert editor.evaluate("toasts") == []


REFUSED = {
    "SELECT * FROM read_csv('{file}')": "A function in FROM cannot be used here.",
    "SELECT * FROM secret": "There is no table 'secret' here.",
    "DROP TABLE trades": "DROP cannot be used here: only a SELECT",
    "SELECT id FROM trades; SELECT 1": "Several statements: send one SELECT at a time.",
    "SELECT pricee FROM trades": "Column 'pricee' does not exist there, or is in several tables. Did you mean 'price'?",
}


def test_what_must_not_run_is_a_toast_that_can_be_read(editor: Page) -> None:
    for query, sentence in REFUSED.items():
        answer = editor.evaluate("query => showQuery('duckdb', query)", query.replace("{file}", str(secret_file())))
        assert answer["status"] == 200
        [toast] = editor.evaluate("toasts")
        assert toast.startswith(sentence)
        assert CANARY not in str(answer)
    editor.evaluate("showQuery('duckdb', 'SELECT symbol FROM symbols')")
    assert settle(editor, 1)["count"] == len(SYMBOLS)
