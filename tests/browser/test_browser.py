"""A real Chromium on Workspace's origin reads every widget of the example; on any other origin it refuses to.

What a test client cannot show: that a browser sends the preflight we expect, accepts our answer to it, and
lets the page read what follows, errors included.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from servers import ROOT, Certificate, Gunicorn

from .conftest import EVIL, KEY, WORKSPACE, WorkspacePage

pytestmark = pytest.mark.browser

OTHER_KEY = "no-key-of-anybody"
BACKEND = "backend:create_app()"
PERMISSION_SINCE = 142
"""The first Chromium that asks its user before a public page may call this machine."""

Start = Callable[..., Gunicorn]


def start_example(gunicorn: Start, environment: dict[str, str], **arguments: Any) -> Gunicorn:
    options = ["--config", str(ROOT / "example_app" / "gunicorn.conf.py")]
    return gunicorn("example_app:create_app()", env=environment, options=options, **arguments)


def start_backend(gunicorn: Start) -> Gunicorn:
    return gunicorn(BACKEND, env={"OPENBB_API_KEYS": KEY})


def is_text(body: Any) -> bool:
    return isinstance(body, str) and body != ""


def are_rows(body: Any) -> bool:
    return bool(body) and all(row.keys() == body[0].keys() for row in body)


def have(*keys: str) -> Callable[[Any], bool]:
    def check(body: Any) -> bool:
        items = body if isinstance(body, list) else [body]
        return bool(items) and all(set(keys) <= item.keys() for item in items)

    return check


def are_pdfs(body: Any) -> bool:
    files = body if isinstance(body, list) else [body]
    return bool(files) and all(base64.b64decode(file["content"]).startswith(b"%PDF-") for file in files)


DRAWABLE: dict[str, Callable[[Any], bool]] = {
    "table": are_rows,
    "file_viewer": are_rows,
    "markdown": is_text,
    "note": is_text,
    "html": is_text,
    "iframe": is_text,
    "youtube": is_text,
    "metric": have("label", "value"),
    "chart": lambda body: bool(body["data"]) and isinstance(body["layout"], dict),
    "chart-highcharts": lambda body: bool(body["userOptions"]["series"]),
    "chart-vegalite": lambda body: bool(body["data"]["values"]) and have("mark", "encoding")(body),
    "advanced_charting": have("endpoints"),
    "ssrm_table": lambda body: are_rows(body["rowData"]) and body["rowCount"] > 0,
    "ssrm_advanced": lambda body: are_rows(body["rowData"]) and body["rowCount"] > 0,
    "newsfeed": have("title", "date", "author", "excerpt", "body"),
    "pdf": are_pdfs,
    "multi_file_viewer": are_pdfs,
    "omni": lambda body: bool(body["content"]) and body["data_format"]["data_type"] == "object",
}
"""What a widget of each kind must answer, as far as every one of them must."""
TEXT_TYPES = {"html": "text/html", "iframe": "text/html", "youtube": "text/plain"}
"""What is no JSON, by the kind of its widget."""


def is_drawable(widget: dict[str, Any], outcome: dict[str, Any]) -> bool:
    """Tell whether Workspace has something to show: 200, the right type, and a body in the form of the kind."""
    kind = widget.get("type", "table")
    if outcome.get("status") != 200 or not outcome["type"].startswith(TEXT_TYPES.get(kind, "application/json")):
        return False
    body = outcome["body"]
    for key in filter(None, widget.get("data", {}).get("dataKey", "").split(".")):
        body = body[key]
    return DRAWABLE[kind](body)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_workspace_reads_every_widget_of_the_example(
    gunicorn: Start,
    environment: dict[str, str],
    workspace_page: WorkspacePage,
    localhost_certificate: Certificate,
    scheme: str,
) -> None:
    server = start_example(gunicorn, environment, certificate=localhost_certificate if scheme == "https" else None)
    manifests = workspace_page.connect(f"{server.url}/", {"X-API-KEY": KEY})
    assert [outcome.get("status") for outcome in manifests.values()] == [200, 200], manifests
    widgets = manifests["widgets"]["body"]
    assert len(widgets) >= 45
    assert [app["name"] for app in manifests["apps"]["body"]] == [
        "Market overview",
        "Portfolio",
        "Research",
        "Operations",
    ]

    # The prompt is what somebody types, so it has no value to start with.
    typed = {"desk_ask": {"prompt": "A table of oil in 2016"}}
    outcomes = {name: workspace_page.fetch_widget(name, **typed.get(name, {})) for name in widgets}
    failures = {name: found for name, found in outcomes.items() if not is_drawable(widgets[name], found)}
    assert failures == {}
    assert workspace_page.errors == []


def test_workspace_fills_every_choice_of_the_example(
    gunicorn: Start, environment: dict[str, str], workspace_page: WorkspacePage
) -> None:
    server = start_example(gunicorn, environment)
    widgets = workspace_page.connect(server.url, {"X-API-KEY": KEY})["widgets"]["body"]
    outcomes = [(name, outcome) for widget in widgets for name, outcome in workspace_page.fetch_options(widget).items()]
    assert outcomes, "the example shows no param whose choices an endpoint gives"
    assert [found for found in outcomes if found[1].get("status") != 200 or not found[1]["body"]] == []


def test_another_origin_reads_nothing(
    gunicorn: Start, environment: dict[str, str], workspace_page: WorkspacePage, evil_page: WorkspacePage
) -> None:
    server = start_example(gunicorn, environment)
    headers = {"X-API-KEY": KEY}
    widgets = workspace_page.connect(server.url, headers)["widgets"]["body"]
    paths = ["widgets.json", "apps.json", *(widget["endpoint"].strip("/") for widget in widgets.values())]
    urls = [f"{server.url}/{re.sub('{.*?}', 'SPX', path)}" for path in paths]

    outcomes = [evil_page.request(url, headers=headers) for url in urls]
    simple = evil_page.request(urls[0])

    refused = "TypeError: Failed to fetch"
    assert outcomes == [{"url": url, "refused": refused} for url in urls]
    assert simple == {"url": urls[0], "refused": refused}
    # The browser asked, and refused because the answer named no origin that is this page's.
    reasons = evil_page.refusals(len(urls) + 1)
    assert [text for text in reasons if "Access-Control-Allow-Origin" not in text] == []
    seen = [line for line in server.requests() if EVIL in line]
    assert [line.split()[0] for line in seen] == ["OPTIONS"] * len(urls) + ["GET"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-API-KEY": OTHER_KEY}, 403),
        ({"X-API-KEY": ""}, 401),
        ({"Authorization": f"Bearer {KEY}"}, 401),
    ],
    ids=["no key", "wrong key", "blank key", "key in the wrong place"],
)
def test_workspace_reads_why_it_was_turned_away(
    gunicorn: Start, workspace_page: WorkspacePage, headers: dict[str, str], status: int
) -> None:
    server = start_backend(gunicorn)
    for path in ("widgets.json", "apps.json", "working"):
        outcome = workspace_page.request(f"{server.url}/{path}", headers=headers)
        assert (outcome.get("status"), outcome.get("type")) == (status, "application/json"), outcome
        assert re.fullmatch(r".+", outcome["body"]["detail"])  # one line, as Workspace and Excel show it
        assert KEY not in str(outcome)
        assert OTHER_KEY not in str(outcome)


@pytest.mark.parametrize(
    ("ask", "status", "detail"),
    [
        ("GET missing", 404, r"There is no such report\."),
        ("POST working", 405, r"POST .*GET.*"),  # POST needs no consent of the preflight, as PUT does
        ("GET numbered?number=many", 422, r".*number.*"),
        ("GET broken", 500, r"(?!.*secret).+"),
    ],
    ids=["404", "405", "422", "500"],
)
def test_workspace_reads_what_went_wrong(
    gunicorn: Start, workspace_page: WorkspacePage, ask: str, status: int, detail: str
) -> None:
    server = start_backend(gunicorn)
    method, path = ask.split()
    outcome = workspace_page.request(f"{server.url}/{path}", method=method, headers={"X-API-KEY": KEY})
    assert (outcome.get("status"), outcome.get("type")) == (status, "application/json"), outcome
    assert re.fullmatch(detail, outcome["body"]["detail"])


@pytest.mark.parametrize(
    "origin",
    [
        "https://pro.openbb.co.evil.example",
        "https://pro.openbb.co-evil.example",
        "https://pro.openbb.co:8443",
    ],
)
def test_an_origin_that_looks_like_workspace_reads_nothing(
    gunicorn: Start, visit: Callable[..., WorkspacePage], origin: str
) -> None:
    server = start_backend(gunicorn)
    page = visit(origin)
    outcome = page.request(f"{server.url}/working", headers={"X-API-KEY": KEY})
    assert outcome == {"url": f"{server.url}/working", "refused": "TypeError: Failed to fetch"}
    assert "Access-Control-Allow-Origin" in page.refusals(1)[0]
    assert [line.split()[0] for line in server.requests() if origin in line] == ["OPTIONS"]


def test_chromium_asks_its_user_before_workspace_may_call_this_machine(
    gunicorn: Start, visit: Callable[..., WorkspacePage]
) -> None:
    server = start_backend(gunicorn)
    page = visit(WORKSPACE, allow_local=False)
    version = int(page.page.context.browser.version.split(".")[0])
    if version < PERMISSION_SINCE:
        pytest.skip(f"Chromium {version} does not ask yet")
    outcome = page.request(f"{server.url}/working", headers={"X-API-KEY": KEY})
    assert outcome == {"url": f"{server.url}/working", "refused": "TypeError: Failed to fetch"}
    assert "access the `loopback` address space" in page.refusals(1)[0]
    assert not [line for line in server.requests() if WORKSPACE in line]
