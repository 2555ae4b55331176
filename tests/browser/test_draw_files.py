"""Files in the ways users give them, drawn by the pdf.js of Workspace: their text is read, their first page is seen."""

from __future__ import annotations

import pytest

from .conftest import Board
from .drawn_files import MISSING, NAMES

pytestmark = pytest.mark.browser

PAGE = [595, 842]
ANNUAL = ["The annual report", "Its second page"]
QUARTER = ["The quarter report", "Its second page"]


@pytest.mark.parametrize(
    ("widget", "form", "filename", "texts"),
    [
        ("pdf_bytes", "content", "Pdf_Bytes.pdf", ["From bytes"]),
        ("pdf_file", "content", "object.pdf", ["From a file object"]),
        ("pdf_path", "content", "annual.pdf", ANNUAL),
        ("pdf_name", "content", "quarter.pdf", QUARTER),
        ("pdf_url", "url", "elsewhere.pdf", ["From elsewhere"]),
        ("pdf_reference", "file_reference", "reference.pdf", ["From elsewhere"]),
        ("pdf_body", "content", "reference.pdf", ["From a body"]),
        ("pdf_response", "file", "Pdf_Response", ["From a response"]),
    ],
)
def test_pdf_js_draws_a_pdf(board: Board, widget: str, form: str, filename: str, texts: list[str]) -> None:
    drawn = board.draw(widget)
    assert (drawn["form"], drawn["filename"], drawn["texts"], drawn["size"]) == (form, filename, texts, PAGE)
    assert board.complaints == []
    seen = board.look(drawn)
    assert seen["corner"] == "#ffffff"  # paper, in either theme
    assert seen["colours"] > 2
    assert 0 < seen["drawn"] < 0.5


def test_pdf_js_draws_the_files_there_are(board: Board) -> None:
    drawn = board.draw("papers", names=[*NAMES, MISSING])
    assert {name: drawn["files"][name].get("texts") for name in NAMES} == dict(
        zip(NAMES, [ANNUAL, QUARTER], strict=True)
    )
    assert drawn["files"][MISSING] == {"error_type": "not_found", "content": "The file 'missing.pdf' was not found."}
    assert board.complaints == []
    assert board.look(drawn)["drawn"] > 0


def test_pdf_js_draws_files_of_both_forms(board: Board) -> None:
    files = board.draw("papers_elsewhere")["files"]
    assert [files[name]["texts"] for name in NAMES] == [["From elsewhere"], ["From bytes"]]
    assert board.complaints == []
