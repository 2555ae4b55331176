"""The body of an omni widget, by value and over HTTP."""

import datetime
import json
import logging
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import pytest
from flask import abort
from markupsafe import Markup

from flask_openbb import OmniAnswer, ShapeError
from flask_openbb.shape.encode import dumps
from flask_openbb.shape.omni import omni
from flask_openbb.shape.shaping import Shaping

FIGURE = {"data": [{"type": "scatter", "y": [1, 2]}], "layout": {}}
ROWS = [{"a": 1, "b": {"c": 2}}, {"a": 3, "b": {"c": 4}}]
FLAT = [{"a": 1, "b_c": 2}, {"a": 3, "b_c": 4}]
CITATION = {"source_info": {"type": "web", "name": "Annual report"}, "details": [{"page": 3}]}


def shaped(value):
    return json.loads(dumps(omni(value, Shaping("w"))))


def body(content, parse_as, **more):
    return {"content": content, "data_format": {"data_type": "object", "parse_as": parse_as}, **more}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("# Hi", body("# Hi", "text")),
        ("", body("", "text")),
        (0, body("0", "text")),
        (1.5, body("1.5", "text")),
        (True, body("true", "text")),
        (datetime.date(2026, 1, 2), body("2026-01-02", "text")),
        (iter(["a", "b"]), body("ab", "text")),
        (ROWS, body(FLAT, "table")),
        ([], body([], "table")),
        (iter(ROWS), body(FLAT, "table")),
        (iter(()), body([], "table")),
        ({"a": 1}, body([{"a": 1}], "table")),
        (pd.DataFrame({"a": [1, 2]}), body([{"a": 1}, {"a": 2}], "table")),
        (FIGURE, body(FIGURE, "chart")),
        ({"data": ROWS, "meta": 1}, body(FLAT, "table")),
        ({"content": "x", "author": "y"}, body([{"content": "x", "author": "y"}], "table")),
        (body("x", "text", citable=False), body("x", "text", citable=False)),
        (body(ROWS, "table", extra_citations=[]), body(FLAT, "table")),
        ({"content": ROWS, "data_format": {"data_type": "object"}}, body(FLAT, "table")),
        (OmniAnswer("x", None, True, [CITATION]), body("x", "text", citable=True, extra_citations=[CITATION])),
        (OmniAnswer(FIGURE, "chart"), body(FIGURE, "chart")),
        (OmniAnswer(5, parse_as="text"), body("5", "text")),
    ],
    ids=[
        "text", "empty", "zero", "float", "bool", "date", "parts", "rows", "no rows", "iterator", "no items", "mapping",
        "frame", "figure", "envelope", "other content", "body", "table body", "no parse_as", "cited", "said", "number",
    ],
)  # fmt: skip
def test_the_type_of_the_answer_decides(value, expected):
    assert shaped(value) == expected


def test_a_plotly_figure():
    answer = shaped(go.Figure(go.Bar(x=["a"], y=[1])))
    assert answer["data_format"]["parse_as"] == "chart"
    assert answer["content"]["data"] == [{"type": "bar", "x": ["a"], "y": [1]}]
    assert shaped({"data": [go.Bar(y=[1])]})["content"]["data"] == [{"type": "bar", "y": [1]}]


def test_html_is_sent_and_warned_about_once(caplog):
    shaping = Shaping("w")
    with caplog.at_level(logging.WARNING):
        for value in (Markup("<b>x</b>"), OmniAnswer("<b>x</b>", parse_as="html")):
            assert omni(value, shaping) == body("<b>x</b>", "html")
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "returned None"),
        (OmniAnswer(None), "content is None"),
        (b"x", "bytes, not text"),
        (object(), "an object"),
        (["a", "b"], "w"),
        (OmniAnswer(ROWS, "text"), "a list, not text"),
        (OmniAnswer("x", "table"), "a str, not rows"),
        (OmniAnswer("x", "chart"), "no JSON"),
        (OmniAnswer(ROWS, "chart"), "rows, not a chart"),
        (OmniAnswer(5, "html"), "not HTML"),
        (OmniAnswer("x", "csv"), "Use one of text, table, chart, html"),
        (OmniAnswer("x", extra_citations=[{"details": []}]), "citation 0 .* lacks its source"),
        (OmniAnswer("x", extra_citations=[CITATION, 5]), "citation 1"),
        ({"error_type": "x", "content": "y"}, "flask.abort"),
        ({"content": "x", "data_format": {"data_type": "pdf"}}, "'pdf'"),
    ],
    ids=[
        "none", "no content", "bytes", "object", "texts", "rows", "no rows", "no chart", "rows for chart", "no html",
        "unknown", "citation", "no citation", "error", "pdf",
    ],
)  # fmt: skip
def test_what_is_refused(value, says):
    with pytest.raises(ShapeError, match=says) as caught:
        omni(value, Shaping("w"))
    assert str(caught.value).startswith("Widget 'w': ")


def test_a_data_key_has_no_meaning():
    with pytest.raises(ShapeError, match="data_key="):
        omni("x", Shaping("w", data_key="results"))


PROMPT = {
    "paramName": "prompt",
    "type": "text",
    "label": "Prompt",
    "description": "What the widget is asked.",
    "show": False,
}


def test_a_prompt_is_added_where_the_view_names_none(app, openbb, manifest, client):
    @app.post("/now")
    @openbb.omni
    def now(desk: str = "rates"):
        return desk

    first, desk = manifest()["now"]["params"]
    assert (first, desk["paramName"]) == (PROMPT, "desk")
    assert client.post("/now", json={"prompt": "x", "desk": "fx"}).get_json() == body("fx", "text")


@pytest.mark.parametrize("name", ["prompt", "query"])
def test_the_views_own_prompt_is_required_and_hidden(app, openbb, manifest, client, name):
    def ask(prompt: str, kind: Literal["text", "table"] = "text"):
        return prompt if kind == "text" else [{"q": prompt}]

    def find(query: str, kind: Literal["text", "table"] = "text"):
        return ask(query, kind)

    app.add_url_rule("/ask", "ask", openbb.omni(ask if name == "prompt" else find), methods=["POST"])
    entry = manifest()["ask"]
    assert (entry["type"], [param["paramName"] for param in entry["params"]]) == ("omni", [name, "kind"])
    assert [param["show"] for param in entry["params"]] == [False, True]
    answer = client.post("/ask", json={name: "x", "kind": "table"})
    assert (answer.headers["Content-Type"], answer.get_json()) == ("application/json", body([{"q": "x"}], "table"))
    refused = client.post("/ask", json={name: None})
    assert refused.status_code == 422
    assert name in refused.get_json()["detail"]


def test_a_body_in_a_string(app, openbb, client):
    @app.post("/ask")
    @openbb.omni
    def ask(prompt: str):
        return prompt

    assert client.post("/ask", json='{"prompt": "x"}').get_json() == body("x", "text")
    assert client.post("/ask", json="SELECT 1").status_code == 400
    assert client.post("/ask", json="[]").status_code == 422


def test_an_abort_is_shown(app, openbb, client):
    @app.post("/ask")
    @openbb.omni
    def ask(prompt: str):
        abort(400, "Only SELECT is allowed.")

    answer = client.post("/ask", json={"prompt": "drop"})
    assert (answer.status_code, answer.get_json()) == (400, {"detail": "Only SELECT is allowed."})
