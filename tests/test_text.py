"""shape/text.py: pages, videos and their raw halves; and the widgets that Workspace never asks."""

from __future__ import annotations

import json

import pytest
from flask import jsonify, redirect

from flask_openbb import ApiKeyAuth, OpenBB
from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape import text as bodies
from flask_openbb.shape.encode import dumps
from flask_openbb.shape.shaping import Shaping

PLAIN = Shaping("w")
RAW = PLAIN.asked(theme="dark", raw=True)
VIDEO = "https://www.youtube.com/watch?v=uYyhswnZkSw"


class Markup(str):
    def __html__(self):
        return "<b>"


class Template:
    def __html__(self):
        return Markup("<i>")


@pytest.mark.parametrize("name", ["html", "youtube"])
@pytest.mark.parametrize("shaping", [PLAIN, RAW], ids=["shown", "raw"])
def test_none_is_an_error_of_the_view(name, shaping):
    with pytest.raises(ShapeError, match=r"^Widget 'w': the view returned None\. Return .*; does a branch lack"):
        getattr(bodies, name)(None, shaping)


# HTML


@pytest.mark.parametrize(
    ("value", "text"), [("<p>", "<p>"), (Markup("x"), "x"), (Template(), "<i>")], ids=["str", "Markup", "__html__"]
)
def test_html(value, text):
    found = bodies.html(value, PLAIN)
    assert found == text
    assert type(found) is str


@pytest.mark.parametrize("value", [b"<p>", 5, {}, ["x"]], ids=repr)
def test_html_refuses(value):
    with pytest.raises(ShapeError, match=r"not HTML text\. Return a str"):
        bodies.html(value, PLAIN)


def test_html_that_is_no_unicode_is_refused():
    with pytest.raises(EncodeError, match="Widget 'w': The answer holds text that is not valid Unicode"):
        bodies.html("\ud800", PLAIN)


def test_raw_html_is_rows():
    assert json.loads(dumps(bodies.html([{"a": {"b": 1}}], RAW))) == [{"a_b": 1}]
    assert json.loads(dumps(bodies.html({"results": [{"a": 1}]}, RAW))) == [{"a": 1}]


@pytest.mark.parametrize("value", ["<p>", Template()], ids=["str", "__html__"])
def test_raw_html_that_is_still_a_page_is_refused(value):
    with pytest.raises(ShapeError, match=r"raw=true asks for the rows behind the page\. Name 'raw' in the view"):
        bodies.html(value, RAW)


def test_html_over_http(app, openbb, client, manifest):
    @app.get("/page")
    @openbb.html(raw=True)
    def page(raw: bool = False, theme: str = "dark"):
        return [{"a": 1}] if raw else f"<b class={theme}>é</b>"

    assert manifest()["page"]["type"] == "html"
    answer = client.get("/page?theme=light")
    assert (answer.get_data(as_text=True), answer.content_type) == (
        "<b class=light>é</b>",
        "text/html; charset=utf-8",
    )
    answer = client.get("/page?theme=light&raw=true")
    assert (answer.get_json(), answer.mimetype) == ([{"a": 1}], "application/json")


def test_what_jsonify_wrote_is_shaped_where_rows_are_asked_for(app, openbb, client):
    @app.get("/page")
    @openbb.html(raw=True)
    def page(raw: bool = False):
        return jsonify([{"a": {"b": 1}}]) if raw else "<p>"

    assert client.get("/page?raw=true").get_json() == [{"a_b": 1}]


# YouTube


@pytest.mark.parametrize(
    "value",
    [
        VIDEO,
        f"  {VIDEO}\n",
        "uYyhswnZkSw",
        "https://youtu.be/uYyhswnZkSw?t=5",
        "youtu.be/uYyhswnZkSw",
        "http://youtube.com/watch?list=x&v=uYyhswnZkSw",
        "https://m.youtube.com/watch?v=uYyhswnZkSw",
        "https://www.youtube.com/embed/uYyhswnZkSw?start=1",
        "https://www.youtube-nocookie.com/embed/uYyhswnZkSw",
        "https://www.youtube.com/shorts/uYyhswnZkSw",
        "https://www.youtube.com/live/uYyhswnZkSw",
        "//www.youtube.com/watch?v=uYyhswnZkSw",
    ],
)
def test_youtube(value):
    if value.startswith("//"):
        with pytest.raises(ShapeError, match="names no YouTube video"):
            bodies.youtube(value, PLAIN)
    else:
        assert bodies.youtube(value, PLAIN) == VIDEO


def test_no_video_is_chosen():
    assert bodies.youtube(" ", PLAIN) == ""


@pytest.mark.parametrize(
    "value",
    [
        "https://vimeo.com/uYyhswnZkSw",
        "https://www.youtube.com/@openbb",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=short",
        "https://youtu.be/",
        "https://youtube.com.evil.example/watch?v=uYyhswnZkSw",
        "javascript://www.youtube.com/watch?v=uYyhswnZkSw",
        "https://[",
        "no video",
    ],
)
def test_youtube_refuses(value):
    with pytest.raises(ShapeError, match=r"names no YouTube video\. Return the video's URL as text"):
        bodies.youtube(value, PLAIN)


def test_youtube_wants_text():
    with pytest.raises(ShapeError, match="the view returned a dict, not text"):
        bodies.youtube({"url": VIDEO}, PLAIN)


def test_a_transcript_is_text_and_not_the_video():
    assert bodies.youtube("# Demo\n\nHello", RAW) == "# Demo\n\nHello"
    with pytest.raises(ShapeError, match="raw=true asks for the transcript, and the view returned the video"):
        bodies.youtube(VIDEO, RAW)
    with pytest.raises(EncodeError, match="Widget 'w': "):
        bodies.youtube("\ud800", RAW)


def test_youtube_over_http(app, openbb, client, manifest):
    @app.get("/video")
    @openbb.youtube(raw=True)
    def video(raw: bool = False):
        return "# Transcript" if raw else "youtu.be/uYyhswnZkSw"

    assert manifest()["video"]["type"] == "youtube"
    answer = client.get("/video")
    assert (answer.get_data(as_text=True), answer.content_type) == (VIDEO, "text/plain; charset=utf-8")
    answer = client.get("/video?raw=true")
    assert (answer.get_data(as_text=True), answer.content_type) == ("# Transcript", "text/markdown; charset=utf-8")


# Widgets that are not asked


def test_an_iframe_shows_the_views_own_page(app, openbb, client, manifest):
    @app.get("/desk")
    @openbb.iframe(storage={"mcpUrl": "http://localhost:7769/mcp"})
    def desk(symbol: str = "AAPL"):
        return f"<h1>{symbol}</h1>"

    entry = manifest()["desk"]
    assert (entry["type"], entry["endpoint"]) == ("iframe", "desk")
    assert entry["storage"] == {"mcpUrl": "http://localhost:7769/mcp"}
    answer = client.get("/desk?symbol=MSFT&theme=dark")
    assert (answer.get_data(as_text=True), answer.mimetype) == ("<h1>MSFT</h1>", "text/html")


def test_an_iframe_may_redirect(app, openbb, client):
    @app.get("/desk")
    @openbb.iframe
    def desk():
        return redirect("http://localhost:8501/")

    answer = client.get("/desk")
    assert (answer.status_code, answer.location) == (302, "http://localhost:8501/")


@pytest.mark.parametrize("secret", [None, "s" * 32], ids=["no secret", "secret"])
@pytest.mark.parametrize("pasted", [False, True], ids=["decorator", "register_widget"])
def test_an_iframe_elsewhere_keeps_its_address_and_is_not_signed(make_app, secret, pasted):
    app = make_app(SECRET_KEY=secret)
    openbb = OpenBB(app, auth=ApiKeyAuth(keys=["k" * 32]))
    entry = {"widgetId": "desk", "name": "Desk", "type": "iframe", "endpoint": "http://localhost:8501"}
    declare = openbb.register_widget(entry) if pasted else openbb.iframe(endpoint="http://localhost:8501")

    @app.get("/desk")
    @declare
    def desk():
        return ""

    answer = app.test_client().get("/widgets.json", headers={"X-API-KEY": "k" * 32})
    assert answer.status_code == 200
    assert answer.get_json()["desk"]["endpoint"] == "http://localhost:8501"


def test_an_iframe_is_asked_without_credentials_and_so_is_signed(make_app):
    app = make_app(SECRET_KEY="s" * 32)
    openbb = OpenBB(app, auth=ApiKeyAuth(keys=["k" * 32]))

    @app.get("/desk")
    @openbb.iframe
    def desk():
        return "<p>"

    client = app.test_client()
    endpoint = client.get("/widgets.json", headers={"X-API-KEY": "k" * 32}).get_json()["desk"]["endpoint"]
    assert endpoint.startswith("openbb/signed/")
    assert client.get("/desk").status_code == 401
    assert client.get(f"/{endpoint}?theme=dark").get_data(as_text=True) == "<p>"


def test_a_note_has_its_first_text_in_the_manifest(app, openbb, client, manifest):
    @app.get("/note")
    @openbb.note(storage={"html": "<p>Read me</p>"})
    def note():
        return "Read me"

    entry = manifest()["note"]
    assert (entry["type"], entry["endpoint"], entry["storage"]) == ("note", "note", {"html": "<p>Read me</p>"})
    assert client.get("/note").get_json() == "Read me"
