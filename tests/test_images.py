"""Images in texts: what a Markdown widget makes of local files, and ``data_uri`` of bytes."""

import base64
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_openbb import RequestError, ShapeError, data_uri
from flask_openbb.shape import bodies
from flask_openbb.shape.images import embedded, image_type
from flask_openbb.shape.shaping import Shaping
from flask_openbb.shape.sources import Limits

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
PNG_URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
SVG_URI = "data:image/svg+xml;base64," + base64.b64encode(SVG).decode()


@pytest.fixture
def folder(tmp_path):
    """A folder with images, and a secret beside it."""
    inside = tmp_path / "pictures"
    (inside / "deep").mkdir(parents=True)
    (inside / "a.png").write_bytes(PNG)
    (inside / "two words.png").write_bytes(PNG)
    (inside / "deep" / "b.svg").write_bytes(SVG)
    (inside / "notes.txt").write_text("no image")
    (tmp_path / "secret.png").write_bytes(PNG)
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    return inside


def markdown(text, folder=None, **more):
    return bodies.markdown(text, Shaping("w", folder=folder, **more))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![A](a.png)", f"![A]({PNG_URI})"),
        ("# T\n\n![](deep/b.svg) and ![A]( a.png )", f"# T\n\n![]({SVG_URI}) and ![A]( {PNG_URI} )"),
        ('![A](a.png "Title")', f'![A]({PNG_URI} "Title")'),
        ("![A](<two words.png>)", f"![A]({PNG_URI})"),
        ("![A](two%20words.png)", f"![A]({PNG_URI})"),
        ("![A](./deep/../a.png)", f"![A]({PNG_URI})"),
        (r"![a \] b](a.png)", rf"![a \] b]({PNG_URI})"),
        ("[![A](a.png)](https://openbb.co)", f"[![A]({PNG_URI})](https://openbb.co)"),
    ],
)
def test_images_of_the_folder_become_data_uris(folder, text, found):
    assert markdown(text, folder) == found


@pytest.mark.parametrize(
    "text",
    [
        "![A](https://openbb.co/a.png)",
        "![A](//openbb.co/a.png)",
        f"![A]({PNG_URI})",
        "![A](#a)",
        "![A](<>)",
        "[A](a.png)",
        "`![A](a.png)`",
        "```\n![A](a.png)\n```",
        "~~~\n![A](nothing.png)\n~~~",
        "![A][a.png]",
        "no image!",
    ],
)
def test_what_is_no_local_image_stays(folder, text):
    assert markdown(text, folder) == text


@pytest.mark.parametrize(
    "path", ["nothing.png", "../secret.png", "link.png", "..%2Fsecret.png", "/etc/passwd", "deep", "a.png%00"]
)
def test_nothing_outside_of_the_folder_is_read(folder, path):
    with pytest.raises(RequestError, match="was not found") as refusal:
        markdown(f"![A]({path})", folder)
    assert refusal.value.status == 404


def test_a_file_that_is_no_image_is_refused(folder):
    with pytest.raises(ShapeError, match=r"Widget 'w': the image 'notes.txt' is no image that a browser shows"):
        markdown("![A](notes.txt)", folder)


def test_an_image_that_is_too_large_is_refused(folder):
    with pytest.raises(ShapeError, match=r"Widget 'w': the file has more than 10 bytes .*max_file_size="):
        markdown("![A](a.png)", folder, max_file_size=10)


def test_without_a_folder_a_local_image_stays_and_is_told_once(caplog):
    shaping = Shaping("w")
    for _ in range(2):
        assert bodies.markdown("![A](a.png)", shaping) == "![A](a.png)"
    (record,) = caplog.records
    assert record.getMessage() == (
        "Widget 'w': Workspace finds no image at 'a.png'. Name the folder it is in with folder=, or give its URL."
    )


@pytest.mark.parametrize("as_file", [False, True], ids=["bytes", "file"])
def test_data_uri_of_what_is_in_memory(as_file):
    assert data_uri(io.BytesIO(PNG) if as_file else PNG) == PNG_URI


def test_data_uri_of_a_path(folder):
    assert data_uri(folder / "deep" / "b.svg") == SVG_URI


@pytest.mark.parametrize("given", [b"", b"text", io.StringIO("text"), "a.png", 5, None])
def test_data_uri_refuses_what_is_no_image(given):
    with pytest.raises(ShapeError):
        data_uri(given)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBP", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\x01\0", "image/x-icon"),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_type_is_read_from_the_content(content, kind):
    assert image_type(content) == kind


@given(st.text(alphabet="![]()<>`~\\\"' \n/ax.", max_size=60))
def test_any_text_passes_where_no_folder_is(text):
    assert embedded(text, Limits(None), warn=lambda why: None) == text


@pytest.mark.parametrize("part", ["![", "![](", "![](a ", '![](a "', "```", "`", "![](<", "~~~", "![\\"])
def test_long_texts_are_read_in_one_pass(part):
    text = part * (200_000 // len(part))
    assert embedded(text, Limits(None), warn=lambda why: None) == text


def test_over_http(app, openbb, folder):
    @app.get("/review")
    @openbb.markdown(folder=os.fspath(folder))
    def review(name: str = "a.png"):
        """A picture."""
        return f"![A]({name})"

    client = app.test_client()
    assert client.get("/review").get_json() == f"![A]({PNG_URI})"
    answer = client.get("/review?name=../secret.png")
    assert (answer.status_code, answer.get_json()) == (404, {"detail": "The file 'secret.png' was not found."})
