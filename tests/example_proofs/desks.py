"""Research, the assistant, exchange rates and screens."""

from __future__ import annotations

import base64
import io
from typing import Any

import pandas as pd
import pytest
from example_workspace import Workspace
from pypdf import PdfReader

from . import proves
from .figures import FILES, YEARS, closes, column, daily, frame, text, volatility, yearly


def pages_of(body: dict) -> list[str]:
    """The text of each page of a PDF in an answer."""
    assert body["data_format"]["data_type"] == "pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(base64.b64decode(body["content"]))).pages]


@proves("research_news")
def news(workspace: Workspace) -> None:
    articles = workspace.body("research_news", symbol="WTI", count=3)
    largest = daily("WTI").abs().nlargest(3).sort_index(ascending=False)
    assert column(articles, "date") == [f"{day:%Y-%m-%d}T00:00:00" for day in largest.index]
    for article, day in zip(articles, largest.index, strict=True):
        move = daily("WTI")[day]
        assert article["title"] == f"Crude oil (WTI) {'rose' if move > 0 else 'fell'} by {abs(move):.2f} %"
        assert article["author"] == "Markets desk"
        assert f"{closes('WTI')[day]:,.2f} USD a barrel" in article["body"]
        assert article["excerpt"]


@proves("research_report")
def report(workspace: Workspace) -> None:
    body = workspace.body("research_report", symbol="NASDAQ", year=2016)
    series = closes("NASDAQ")["2016"]
    assert body["data_format"]["filename"] == "NASDAQ 2016.pdf"
    (page,) = pages_of(body)
    assert page.startswith("NASDAQ Composite in 2016")
    assert f"{series.iloc[-1]:,.2f} on 2016-12-30" in page
    assert f"{series.min():,.2f} to {series.max():,.2f}" in page
    assert f"{volatility(series):.2f} % a year" in page
    assert f"Days on file\n{len(series)}" in page


@proves("research_selected_reports")
def selected_reports(workspace: Workspace) -> None:
    files = workspace.body("research_selected_reports")
    assert [file["data_format"]["filename"] for file in files] == ["SP500 2018.pdf", "WTI 2018.pdf"]
    assert [pages_of(file)[0].splitlines()[0] for file in files] == ["S&P 500 in 2018", "Crude oil (WTI) in 2018"]
    known, unknown = workspace.body("research_selected_reports", names=["VIX 2014.pdf", "VIX 2099.pdf"])
    assert "CBOE Volatility Index in 2014" in pages_of(known)[0]
    assert unknown == {"error_type": "not_found", "content": "The file 'VIX 2099.pdf' was not found."}


@proves("research_documents")
def documents(workspace: Workspace) -> None:
    rows = workspace.body("research_documents")
    assert rows[0] == {"title": "2018 in the markets", "link": "2018.md", "kind": "Markdown"}
    assert column(rows, "link") == ["2018.md", "2017.md", "2016.md", "2015.md", "2014.md", "data.md"]
    endpoint = workspace.widgets["research_documents"]["fileEndpoint"]
    for row in rows:
        document = workspace.client.get(endpoint, query_string={"path": row["link"]})
        assert document.get_json().startswith(f"# {row['title'] if row['link'] != 'data.md' else 'The data on file'}")


@proves("research_document")
def document(workspace: Workspace) -> None:
    *table, blank, picture = workspace.body("research_document").splitlines()[4:]
    assert table[-1] == f"| Crude oil (WTI) | USD a barrel | 2013-12-31 | 2018-12-28 | {len(closes('WTI'))} |"
    assert len(table) == len(FILES)
    assert blank == ""
    _, _, drawn = picture.removesuffix(")").partition("![The market desk](data:image/svg+xml;base64,")
    assert base64.b64decode(drawn).startswith(b"<svg ")
    assert workspace.body("research_document", path="2015.md").startswith("# 2015 in the markets")


@proves("research_fact_sheet")
def fact_sheet(workspace: Workspace) -> None:
    page = workspace.body("research_fact_sheet")
    assert '<body class="dark">' in page
    assert "<h1>S&amp;P 500</h1>" in page
    for year, change in yearly("SP500").items():
        assert f"<td>{year}</td>" in page
        assert f"{change:+.2f} %" in page
        assert f"<td>{closes('SP500')[str(year)].iloc[-1]:,.2f}</td>" in page
    assert '<body class="light">' in workspace.body("research_fact_sheet", theme="light")
    rows = workspace.body("research_fact_sheet", raw=True)
    assert [(row["year"], row["change"]) for row in rows] == [
        (str(year), move) for year, move in yearly("SP500").items()
    ]


@proves("research_video")
def video(workspace: Workspace) -> None:
    assert workspace.body("research_video") == "https://www.youtube.com/watch?v=uYyhswnZkSw"
    other = workspace.body("research_video", title="Open Data Platform")
    assert other == "https://www.youtube.com/watch?v=MSlhOFxEdxg"


@proves("research_page")
def page(workspace: Workspace) -> None:
    answer = workspace.ask("research_page", symbol="VIX")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "X-Frame-Options" not in answer.headers
    assert "<h1>CBOE Volatility Index</h1>" in answer.get_data(as_text=True)
    assert answer.get_data() == workspace.client.get("/instruments/VIX").get_data()


@proves("research_checklist")
def checklist(workspace: Workspace) -> None:
    assert workspace.body("research_checklist") == "Largest moves, correlations, oil."
    assert workspace.widgets["research_checklist"]["storage"]["html"].startswith("<h2>Before the morning call</h2>")


@proves("desk_ask")
def ask(workspace: Workspace) -> None:
    table = workspace.body("desk_ask", prompt="a table of oil in 2016")
    series = closes("WTI")["2016"]
    assert table["data_format"] == {"data_type": "object", "parse_as": "table"}
    assert table["content"] == [
        {"symbol": "WTI", "date": day, "close": close} for day, close in zip(text(series.index), series, strict=True)
    ]
    chart = workspace.body("desk_ask", prompt="Chart of the NASDAQ and the VIX, 2014")
    assert chart == workspace.body("desk_ask", prompt="NASDAQ and VIX, 2014", answer="chart")
    assert chart["data_format"]["parse_as"] == "chart"
    assert [trace["name"] for trace in chart["content"]["data"]] == ["NASDAQ", "VIX"]
    assert chart["content"]["data"][0]["y"] == list(closes("NASDAQ")["2014"])
    words = workspace.body("desk_ask", prompt="What happened in 2015?")
    assert words["content"].startswith("# 2015 in the markets")
    assert words["citable"] is True
    assert words["extra_citations"][0]["source_info"]["name"] == "Closes of 2015"


@proves("fx_rates")
def rates(workspace: Workspace) -> None:
    rows = workspace.body("fx_rates")
    assert {row["currency"]: row["rate"] for row in rows} == {"USD": 1.145, "GBP": 0.8945, "CHF": 1.1269, "JPY": 125.85}
    assert column(rows, "inverse") == pytest.approx([1 / rate for rate in column(rows, "rate")])
    assert column(rows, "day") == ["2018-12-31"] * 4


@proves("fx_history")
def rate_history(workspace: Workspace) -> None:
    (trace,) = workspace.body("fx_history", quote="GBP", start="2018-12-03", end="2018-12-31")["data"]
    assert (trace["x"], trace["y"], trace["name"]) == (["2018-12-03", "2018-12-31"], [1.2, 0.8945], "EUR in GBP")
    raw = workspace.body("fx_history", quote="GBP", start="2018-12-03", end="2018-12-31", raw=True)
    assert raw == [{"x": "2018-12-03", "y": 1.2}, {"x": "2018-12-31", "y": 0.8945}]


@proves("fx_converter")
def converter(workspace: Workspace) -> None:
    assert workspace.body("fx_converter", amount=250, quote="JPY") == {
        "label": "250.00 EUR on 2018-12-31",
        "value": "31,462.50 JPY",
    }


@proves("screens_days")
def days(workspace: Workspace) -> None:
    rows = workspace.body("screens_days")
    expected = []
    for symbol in ("SP500", "WTI"):
        moved = daily(symbol)["2018"]
        moved = moved[(moved.abs() >= 2) & moved.index.strftime("%a").isin(["Mon", "Fri"])]
        expected += [(day, symbol, change) for day, change in zip(text(moved.index), moved, strict=True)]
    assert sorted((row["date"], row["symbol"], row["change"]) for row in rows) == sorted(expected)
    assert column(rows, "date") == sorted(column(rows, "date"), reverse=True)
    down = workspace.body("screens_days", direction="down", chosen=["VIX"], weekdays=["Wed"], least=20)
    fell = daily("VIX")["2018"]
    assert column(down, "change") == list(fell[(fell <= -20) & (fell.index.strftime("%a") == "Wed")][::-1])


@proves("screens_levels")
def levels(workspace: Workspace) -> None:
    changes = daily("SP500")
    rows = workspace.body("screens_levels", moves=["-3", "1.5"])
    assert rows == [
        {"year": str(year), "-3": int((moved <= -3).sum()), "1.5": int((moved >= 1.5).sum())}
        for year, moved in changes.groupby(changes.index.year)
    ]


@proves("screens_sql")
def sql(workspace: Workspace) -> None:
    body = workspace.body("screens_sql")
    both = pd.DataFrame({"fear": closes("VIX"), "close": closes("SP500")}).dropna()
    assert body["rowCount"] == len(body["rowData"]) == len(YEARS)
    for row, (year, days) in zip(body["rowData"], both.groupby(both.index.year), strict=True):
        assert (row["year"], row["highest_vix"]) == (year, days["fear"].max())
        assert row["correlation"] == pytest.approx(days["fear"].corr(days["close"]), abs=0.005)
    traded = workspace.body("screens_sql", query="SELECT sum(volume) AS traded FROM nasdaq")
    assert traded["rowData"] == [{"traded": int(frame("NASDAQ")["volume"].sum())}]

    def ask(**request: Any) -> Any:
        query = "SELECT date, close FROM wti"
        path = "/" + workspace.widgets["screens_sql"]["endpoint"]
        return workspace.client.post(path, json={"query": query, "startRow": 0, "endRow": 5, **request}).get_json()

    highest = ask(sortModel=[{"colId": "close", "sort": "desc"}])
    assert highest["rowCount"] == len(closes("WTI"))
    assert column(highest["rowData"], "close") == list(closes("WTI").nlargest(5))


@proves("screens_memo")
def memo(workspace: Workspace) -> None:
    oil, stocks = yearly("WTI")[2018], yearly("SP500")[2018]
    assert workspace.body("screens_memo") == (
        f"## Memo\n\nIn 2018 oil moved by **{oil:+.2f} %** and the S&P 500 by {stocks:+.2f} %."
    )
    assert (
        workspace.body("screens_memo", text="{VIX}, {NAMES}", year="2016") == f"{yearly('VIX')[2016]:+.2f}, {{NAMES}}"
    )
