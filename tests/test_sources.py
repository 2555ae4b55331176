"""One file from anywhere: what is read, what is refused, and that nothing outside of the folder is ever opened."""

import base64
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_openbb import File, RequestError, ShapeError
from flask_openbb.shape.sources import Limits, check_base64, limits_of, read_file

PDF = b"%PDF-1.7\n%%EOF\n"
CONTENT = base64.b64encode(PDF).decode()


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "reports"
    (inside / "2026").mkdir(parents=True)
    (inside / "q1.pdf").write_bytes(PDF)
    (inside / "2026" / "Q2.PDF").write_bytes(PDF)
    (inside / "fake.pdf").write_bytes(b"<html>")
    (inside / "empty.pdf").write_bytes(b"")
    (tmp_path / "secret.pdf").write_bytes(PDF)
    (tmp_path / "reports-old").mkdir()
    (tmp_path / "reports-old" / "x.pdf").write_bytes(PDF)
    os.symlink(tmp_path / "secret.pdf", inside / "link.pdf")
    os.symlink(inside / "q1.pdf", inside / "alias.pdf")
    return inside


def named(filename):
    return {"data_format": {"data_type": "pdf", "filename": filename}, "content": CONTENT}


@pytest.mark.parametrize(
    ("value", "filename"),
    [
        (PDF, "Report.pdf"),
        (bytearray(PDF), "Report.pdf"),
        (memoryview(PDF), "Report.pdf"),
        (b"junk before " + PDF, "Report.pdf"),
        (CONTENT, "Report.pdf"),
        (io.BytesIO(PDF), "Report.pdf"),
        (File(PDF, "a.pdf"), "a.pdf"),
        (File(PDF, name="Annual report"), "Annual report.pdf"),
        (File(PDF, name="A.PDF"), "A.PDF"),
        (File(io.BytesIO(PDF), "b.pdf"), "b.pdf"),
    ],
    ids=["bytes", "bytearray", "memoryview", "late header", "base64", "buffer", "named", "no suffix", "suffix", "both"],
)
def test_content_in_memory(value, filename):
    body = read_file(value, Limits(None), title="Report")
    assert body["data_format"] == {"data_type": "pdf", "filename": filename}
    assert base64.b64decode(body["content"]).endswith(PDF)


@pytest.mark.parametrize(
    ("value", "filename"),
    [
        ("https://h.example/a/b%20c.pdf?sig=1", "b c.pdf"),
        ("http://h.example/", "Report.pdf"),
        (File("https://h.example/x", name="y"), "y.pdf"),
    ],
    ids=["path", "none", "named"],
)
def test_a_url(value, filename):
    url = value.source if isinstance(value, File) else value
    assert read_file(value, Limits(None), title="Report") == {
        "data_format": {"data_type": "pdf", "filename": filename},
        "url": url,
    }


@pytest.mark.parametrize(
    ("make", "filename"),
    [
        (lambda folder: "q1.pdf", "q1.pdf"),
        (lambda folder: Path("q1.pdf"), "q1.pdf"),
        (lambda folder: folder / "q1.pdf", "q1.pdf"),
        (lambda folder: "2026/../q1.pdf", "q1.pdf"),
        (lambda folder: Path("2026") / "Q2.PDF", "Q2.PDF"),
        (lambda folder: "alias.pdf", "alias.pdf"),
        (lambda folder: File("q1.pdf", name="First quarter"), "First quarter.pdf"),
    ],
    ids=["name", "path", "absolute", "dots that stay", "below", "link inside", "named"],
)
def test_a_path_inside_the_folder(folder, make, filename):
    assert read_file(make(folder), limits_of(folder, 1000), title="Report") == named(filename)


OUTSIDE = [
    "../secret.pdf",
    "2026/../../secret.pdf",
    "../reports-old/x.pdf",
    "link.pdf",
    "/etc/passwd",
    "",
    ".",
    "..",
    "2026",
    "q1.pdf/..",
    "q1.pdf/x.pdf",
    "no.pdf",
    "q1.pdf\0.txt",
    "x" * 5000,
    "%2e%2e/secret.pdf",
    "..\\secret.pdf",
    "~/x.pdf",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name)[:20])
@pytest.mark.parametrize("make", [str, Path], ids=["text", "path"])
def test_what_is_not_in_the_folder_is_not_there(folder, name, make):
    with pytest.raises(RequestError, match="was not found") as caught:
        read_file(make(name), limits_of(folder, 1000), title="Report")
    assert caught.value.status == 404
    assert str(folder.parent) not in caught.value.detail


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.sampled_from(["..", ".", "", "/", "secret.pdf", "reports", "reports-old", "x.pdf", "2026", "link.pdf"]))
)
def test_no_path_of_parts_gets_out(folder, parts):
    for name in ("/".join(parts), str(folder) + "/" + "/".join(parts)):
        with pytest.raises(RequestError):
            read_file(name, limits_of(folder, 1000), title="Report")


def test_a_special_file_is_not_opened(folder):
    os.mkfifo(folder / "pipe.pdf")
    with pytest.raises(RequestError, match=r"'pipe.pdf' was not found"):
        read_file("pipe.pdf", limits_of(folder, 1000), title="Report")


def test_a_folder_that_is_a_link_is_followed(folder, tmp_path):
    os.symlink(folder, tmp_path / "current")
    assert read_file("q1.pdf", limits_of(tmp_path / "current", 1000), title="x") == named("q1.pdf")


def test_a_file_object_is_wound_back_and_closed(folder):
    file = open(folder / "q1.pdf", "rb")  # noqa: SIM115 - the reader closes it
    file.read()
    assert read_file(file, Limits(None), title="x") == named("q1.pdf")
    assert file.closed
    buffer = io.BytesIO()
    buffer.write(PDF)
    for _ in range(2):
        assert read_file(buffer, Limits(None), title="x") == named("x.pdf")


class Socket:
    """A file object that cannot be wound back and has no close."""

    name = 7

    def read(self, most):
        return PDF[:most]


def test_a_bare_reader():
    assert read_file(Socket(), Limits(None), title="x") == named("x.pdf")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"", "is empty"),
        (b"<html>", "is no PDF"),
        (b" " * 980 + b"%PDF-1.7"[::-1], "is no PDF"),
        (PDF + b" " * 1000, r"more than 1,000 bytes \(1,015\)"),
        (io.BytesIO(PDF + b" " * 1000), "more than 1,000 bytes"),
        (io.StringIO("text"), "opened as text"),
        ("report.pdf", "has no folder"),
        (Path("report.pdf"), "has no folder"),
        ("JVBERi0*", "not base64"),
        (5, "a int, not a file"),
        (File(None), "a NoneType, not a file"),
    ],
    ids=["empty", "html", "late", "large", "large buffer", "text", "name", "path", "base64", "int", "none"],
)
def test_what_is_refused(value, says):
    with pytest.raises(ShapeError, match=says):
        read_file(value, limits_of(None, 1000), title="x")


@pytest.mark.parametrize(
    ("name", "says"),
    [("fake.pdf", "is no PDF"), ("empty.pdf", "is empty"), ("q1.pdf", "more than 9 bytes"), (b"q1.pdf", "not a file")],
    ids=["fake", "empty", "large", "bytes"],
)
def test_what_is_refused_of_a_folder(folder, name, says):
    with pytest.raises(ShapeError, match=says if isinstance(name, str) else "is no PDF"):
        read_file(name, limits_of(folder, 9), title="x")


class BytesPath:
    def __fspath__(self):
        return b"q1.pdf"


def test_a_path_of_bytes(folder):
    with pytest.raises(ShapeError, match="given as bytes"):
        read_file(BytesPath(), limits_of(folder, 9), title="x")


@pytest.mark.parametrize("folder", ["reports", Path("reports"), 5, b"/x", "/x\0", ""], ids=repr)
def test_a_folder_is_absolute(folder):
    with pytest.raises(ShapeError, match="not an absolute path"):
        limits_of(folder, 1)


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "1 MB", None], ids=repr)
def test_a_size_is_a_number_of_bytes(size):
    with pytest.raises(ShapeError, match="max_file_size="):
        limits_of(None, size)


def test_base64_is_checked():
    check_base64(CONTENT, Limits(None))
    with pytest.raises(ShapeError, match="not base64"):
        check_base64("data:application/pdf;base64," + CONTENT, Limits(None))
