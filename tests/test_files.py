"""The bodies of pdf, files and file viewer widgets, by value and over HTTP."""

import base64
import dataclasses
import logging
from pathlib import Path
from typing import Annotated

import pytest
from flask import Response, abort, jsonify, redirect, send_file

from flask_openbb import File, ManifestError, OpenBB, Param, RequestError, ShapeError
from flask_openbb.shape.files import Asked, file_list, files, pdf
from flask_openbb.shape.shaping import Shaping

PDF = b"%PDF-1.7\n%%EOF\n"
CONTENT = base64.b64encode(PDF).decode()
SHAPING = Shaping("w", title="Report")
URL = "https://h.example/a.pdf"


def named(filename, **source):
    return {"data_format": {"data_type": "pdf", "filename": filename}, **(source or {"content": CONTENT})}


@dataclasses.dataclass
class Format:
    data_type: str = "pdf"
    filename: str = "d.pdf"


@dataclasses.dataclass
class Content:
    content: str = CONTENT
    data_format: Format = dataclasses.field(default_factory=Format)


@dataclasses.dataclass
class Error:
    error_type: str = "not_found"
    content: str = "gone"


@pytest.mark.parametrize(
    ("value", "body"),
    [
        (PDF, named("Report.pdf")),
        (File(PDF, "q1"), named("q1.pdf")),
        (URL, named("a.pdf", url=URL)),
        (named("x.pdf"), named("x.pdf")),
        (named("x.pdf", content=PDF), named("x.pdf")),
        ({"content": PDF}, named("Report")),
        ({"content": CONTENT, "url": None, "data_format": {"filename": None}}, {**named("Report"), "url": None}),
        (named("x.pdf", url=URL, expiration=5), named("x.pdf", url=URL, expiration=5)),
        ({"data_format": {"data_type": "pdf"}, "file_reference": URL}, named("Report", file_reference=URL)),
        (Content(), named("d.pdf")),
    ],
    ids=["bytes", "named", "url", "body", "bytes inside", "no format", "nulls", "url body", "reference", "dataclass"],
)
def test_one_pdf(value, body):
    assert pdf(value, SHAPING) == body


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "returned None"),
        (b"<html>", "is no PDF"),
        ([PDF], "a list, not a file"),
        ({}, "has no content"),
        (named("x", content=CONTENT, url=URL), "'content' and 'url'"),
        (named("x", url="/files/a.pdf"), "not an http"),
        (named("x", content="@"), "not base64"),
        ({"data_format": {"data_type": "csv"}, "content": PDF}, "'csv'"),
    ],
    ids=["none", "html", "list", "empty", "both", "relative", "base64", "csv"],
)
def test_what_is_no_pdf(value, says):
    with pytest.raises(ShapeError, match=says) as caught:
        pdf(value, SHAPING)
    assert str(caught.value).startswith("Widget 'w': ")


NONE_B = {"error_type": "not_found", "content": "The file 'b' was not found."}
BROKEN_B = {"error_type": "unexpected_error", "content": "The file 'b' could not be read; the server's log says why."}


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"b": URL, "a": PDF}, [named("a.pdf"), named("a.pdf", url=URL)]),
        ({"a": PDF}, [named("a.pdf"), NONE_B]),
        ({"a": PDF, "b": None, "c": PDF}, [named("a.pdf"), NONE_B]),
        ([PDF, None], [named("a.pdf"), NONE_B]),
        ((PDF, KeyError("b")), [named("a.pdf"), NONE_B]),
        (iter([PDF, FileNotFoundError("/srv/b")]), [named("a.pdf"), NONE_B]),
        ([PDF, b"<html>"], [named("a.pdf"), BROKEN_B]),
        ([PDF, OSError("/srv/secret")], [named("a.pdf"), BROKEN_B]),
        ([PDF, 5], [named("a.pdf"), BROKEN_B]),
        ([PDF, RequestError(404, "No b.")], [named("a.pdf"), {"error_type": "not_found", "content": "No b."}]),
        ([PDF, RequestError(403, "Not b.")], [named("a.pdf"), {"error_type": "unexpected_error", "content": "Not b."}]),
        ([PDF, {"error_type": "mine", "content": 5}], [named("a.pdf"), {"error_type": "mine", "content": "5"}]),
        ([Content(), Error()], [named("d.pdf"), {"error_type": "not_found", "content": "gone"}]),
        ([named("x.pdf"), named("y.pdf", url=URL)], [named("x.pdf"), named("y.pdf", url=URL)]),
    ],
    ids=[
        "order",
        "lacking",
        "null and more",
        "list",
        "lookup",
        "missing",
        "no pdf",
        "failure",
        "no file",
        "404",
        "403",
        "entry",
        "dataclasses",
        "bodies",
    ],
)
def test_files_come_in_the_order_asked(value, body):
    assert files(Asked(("a", "b"), value), SHAPING) == body


def test_the_cause_of_a_failure_is_in_the_log_alone(caplog):
    caplog.set_level(logging.INFO, "flask_openbb")
    entries = files(Asked(("a", "b"), [OSError("/srv/secret"), b"<html>"]), SHAPING)
    assert "/srv" not in str(entries)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "/srv/secret" in caplog.text
    assert "is no PDF" in caplog.text


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": PDF, "b": URL}, [named("a.pdf"), named("a.pdf", url=URL)]),
        ([PDF, None], [named("Report.pdf"), {"error_type": "not_found", "content": "The file was not found."}]),
        (PDF, [named("Report.pdf")]),
        (memoryview(PDF), [named("Report.pdf")]),
        (named("x.pdf"), [named("x.pdf")]),
        ({"error_type": "x", "content": "y"}, [{"error_type": "x", "content": "y"}]),
        ([], []),
    ],
    ids=["mapping", "list", "bytes", "view", "body", "error", "none asked"],
)
def test_files_without_names(value, body):
    assert files(value, SHAPING) == body


@pytest.mark.parametrize(
    ("value", "says"),
    [([PDF], "1 file.s., and 2 were asked"), ([PDF] * 3, "3 file"), (PDF, "1 file"), (None, "returned None")],
    ids=["fewer", "more", "one", "none"],
)
def test_a_list_of_another_length_is_refused(value, says):
    with pytest.raises(ShapeError, match=says):
        files(Asked(("a", "b"), value), SHAPING)


def test_a_list_of_documents():
    rows = [{"title": "Note", "link": "/a.md", "pages": 3, "by": {"desk": "rates"}}]
    assert file_list(rows, SHAPING) == [{"title": "Note", "link": "/a.md", "pages": 3, "by": {"desk": "rates"}}]
    assert file_list([], SHAPING) == []


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "returned None"),
        ([{"title": "Note"}], "row 0 .* no 'link'"),
        ([{"title": 5, "link": "a"}], "no 'title'"),
        ([{"title": "a", "link": ""}], "no 'link'"),
        (5, "Widget 'w'"),
    ],
    ids=["none", "no link", "number", "blank", "scalar"],
)
def test_what_is_no_list_of_documents(value, says):
    with pytest.raises(ShapeError, match=says):
        file_list(value, SHAPING)


# Over HTTP


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "reports").mkdir()
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / "reports" / name).write_bytes(PDF)
    (tmp_path / "reports" / "fake.pdf").write_bytes(b"<html>")
    (tmp_path / "secret.pdf").write_bytes(PDF)
    return tmp_path / "reports"


def test_a_protected_pdf_end_to_end(make_app, folder):
    """Workspace reads the manifest with its key, and asks the PDF without any header."""
    app = make_app(OPENBB_API_KEYS="k", SECRET_KEY="s")
    openbb = OpenBB(app)

    @app.get("/report")
    @openbb.pdf(folder=folder)
    def report(name: str = "a.pdf"):
        return name

    client = app.test_client()
    assert client.get("/report").status_code == 401
    entry = client.get("/widgets.json", headers={"X-API-KEY": "k"}).get_json()["report"]
    assert entry["type"] == "pdf"
    answer = client.get("/" + entry["endpoint"], query_string={"name": "b.pdf"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.get_json() == named("b.pdf")
    for name in ("../secret.pdf", "no.pdf"):
        answer = client.get("/" + entry["endpoint"], query_string={"name": name})
        assert (answer.status_code, answer.get_json()) == (
            404,
            {"detail": f"The file {Path(name).name!r} was not found."},
        )
    altered = entry["endpoint"].replace("signed/", "signed/x", 1)
    assert client.get("/" + altered).status_code == 403


@pytest.mark.parametrize(
    ("view", "content_type"),
    [
        (lambda path: send_file(path), "application/pdf"),
        (lambda path: send_file(path, mimetype="application/pdf; charset=utf-8"), "application/pdf"),
        (lambda path: jsonify(named("x.pdf")), "application/json"),
        (lambda path: (PDF, {"X-Desk": "1"}), "application/json"),
    ],
    ids=["send_file", "parameter", "jsonify", "headers"],
)
def test_the_content_type_is_exact(app, openbb, client, folder, view, content_type):
    app.add_url_rule("/report", "report", openbb.pdf(lambda: view(folder / "a.pdf")))
    answer = client.get("/report")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.get_data() == PDF if content_type.endswith("pdf") else answer.get_json()["content"] == CONTENT
    answer.close()


def test_a_response_of_another_type_is_refused(app, openbb, client, folder):
    app.add_url_rule("/report", "report", openbb.pdf(lambda: Response(PDF, mimetype="application/octet-stream")))
    with pytest.raises(ShapeError, match="'application/octet-stream'"):
        client.get("/report")


@pytest.mark.parametrize("options", [{}, {"shape": False}], ids=["redirect", "unshaped"])
def test_what_is_left_alone(app, openbb, client, folder, options):
    view = (lambda: send_file(folder / "a.pdf", mimetype="image/png")) if options else (lambda: redirect("/other"))
    app.add_url_rule("/report", "report", openbb.pdf(**options)(view))
    answer = client.get("/report")
    assert answer.status_code == (200 if options else 302)
    answer.close()


@pytest.mark.parametrize(
    ("config", "options", "status"),
    [({}, {}, 200), ({"OPENBB_MAX_FILE_SIZE": 5}, {}, 500), ({"OPENBB_MAX_FILE_SIZE": 5}, {"max_file_size": 99}, 200)],
    ids=["default", "setting", "widget"],
)
def test_the_largest_file(make_app, config, options, status):
    app = make_app(**config, PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    app.add_url_rule("/report", "report", openbb.pdf(**options)(lambda: PDF))
    assert app.test_client().get("/report").status_code == status


def test_a_relative_folder_is_a_fault_of_the_manifest(app, openbb):
    app.add_url_rule("/report", "report", openbb.pdf(folder="reports")(lambda: "a.pdf"))
    with pytest.raises(ManifestError, match="not an absolute path"):
        openbb.validate(app)


def viewer(app, openbb, view=None, *, folder=None, **options):
    @app.get("/names")
    @openbb.options
    def names():
        return ["a.pdf", "b.pdf"]

    calls = []

    @app.post("/papers")
    @openbb.files(folder=folder, **options)
    def papers(papers: Annotated[list[str], Param(options=names)] = ["a.pdf"], desk: str = "rates"):
        calls.append(papers)
        return papers if view is None else view(papers)

    return calls


def test_the_selector_is_made(app, openbb, manifest):
    viewer(app, openbb)
    assert manifest()["papers"]["params"][0] == {
        "paramName": "papers",
        "type": "endpoint",
        "label": "Papers",
        "show": False,
        "value": ["a.pdf"],
        "multiSelect": True,
        "optionsEndpoint": "names",
        "roles": ["fileSelector"],
    }


def test_a_selector_that_was_given_stays(app, openbb, manifest, client):
    @app.get("/names")
    @openbb.options
    def names():
        return ["a"]

    many = Annotated[list[str], Param(options=names)]

    @app.post("/papers")
    @openbb.files(
        params=[[Param("desks", options=names), Param("papers", roles=["fileSelector"], show=True, options=names)]]
    )
    def papers(papers: many = [], desks: many = []):
        return dict.fromkeys(papers, PDF)

    [[desks, chosen]] = manifest()["papers"]["params"]
    assert "roles" not in desks
    assert (chosen["roles"], chosen["show"]) == (["fileSelector"], True)
    assert client.post("/papers", json={"papers": ["x"]}).get_json() == [named("x.pdf")]


def test_two_lists_that_could_select_are_a_fault(app, openbb):
    @openbb.options
    def names():
        return ["a"]

    app.add_url_rule("/names", "names", names)
    many = Annotated[list[str], Param(options=names)]

    @app.post("/papers")
    @openbb.files
    def papers(left: many, right: many):
        return []

    with pytest.raises(ManifestError, match="'left' and 'right' could each select"):
        openbb.validate(app)


def test_a_parameter_that_is_never_sent_needs_a_default(app, openbb):
    @openbb.options
    def names():
        return ["a"]

    app.add_url_rule("/names", "names", names)

    @app.post("/papers")
    @openbb.files
    def papers(papers: Annotated[list[str], Param(options=names)], desk: str):
        return []

    with pytest.raises(ManifestError, match="'desk' has no default"):
        openbb.validate(app)


def test_without_a_list_to_select_from_there_is_a_fault(app, openbb):
    app.add_url_rule("/papers", "papers", openbb.files(lambda: []), methods=["POST"])
    with pytest.raises(ManifestError, match="needs a parameter that selects the files"):
        openbb.validate(app)


def test_files_end_to_end(app, openbb, client, folder):
    viewer(app, openbb, folder=folder)
    asked = ["../secret.pdf", "a.pdf", "fake.pdf", "no.pdf"]
    answer = client.post("/papers", json={"papers": asked})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.get_json() == [
        {"error_type": "not_found", "content": "The file 'secret.pdf' was not found."},
        named("a.pdf"),
        {
            "error_type": "unexpected_error",
            "content": "The file 'fake.pdf' could not be read; the server's log says why.",
        },
        {"error_type": "not_found", "content": "The file 'no.pdf' was not found."},
    ]


KNOWN = {"a.pdf": PDF, "b.pdf": PDF}
NO_X = {"error_type": "not_found", "content": "The file 'x' was not found."}


def raises(error):
    def view(names):
        for name in names:
            if name not in KNOWN:
                raise error
        return [KNOWN[name] for name in names]

    return view


def aborts(names):
    return [KNOWN.get(name) or abort(404, "No such paper.") for name in names]


@pytest.mark.parametrize(
    ("view", "entry"),
    [
        (lambda names: [KNOWN[name] for name in names], NO_X),
        (raises(FileNotFoundError("/srv/x")), NO_X),
        (raises(ValueError("x")), {**BROKEN_B, "content": BROKEN_B["content"].replace("'b'", "'x'")}),
        (aborts, {"error_type": "not_found", "content": "No such paper."}),
        (lambda names: jsonify([named(name, content=base64.b64encode(KNOWN[name]).decode()) for name in names]), NO_X),
        (lambda names: ([KNOWN[name] for name in names], {"X-Desk": "1"}), NO_X),
    ],
    ids=["lookup", "missing", "value", "abort", "jsonify", "headers"],
)
def test_a_view_that_raises_for_one_name_loses_one_file(app, openbb, client, view, entry):
    calls = viewer(app, openbb, view)
    answer = client.post("/papers", json={"papers": ["a.pdf", "b.pdf", "x"]})
    assert (answer.status_code, answer.get_json()) == (200, [named("a.pdf"), named("b.pdf"), entry])
    assert calls == [["a.pdf", "b.pdf", "x"], ["a.pdf"], ["b.pdf"], ["x"]]
    assert client.post("/papers", json={"papers": ["x"]}).get_json() == [entry]
    assert len(calls) == 5


@pytest.mark.parametrize("error", [RuntimeError("lost"), ConnectionError("lost")], ids=repr)
@pytest.mark.parametrize("first", [True, False], ids=["at once", "again"])
def test_what_is_not_about_a_name_is_raised(app, openbb, client, error, first):
    def view(names):
        if first or len(names) == 1:
            raise error
        raise KeyError(names[0])

    viewer(app, openbb, view)
    with pytest.raises(type(error), match="lost"):
        client.post("/papers", json={"papers": ["a", "b"]})


def test_an_abort_of_the_server_is_an_error(app, openbb, client):
    viewer(app, openbb, lambda names: abort(503))
    assert client.post("/papers", json={"papers": ["a", "b"]}).status_code == 503


def test_unshaped_files_are_the_views_own(app, openbb, client):
    viewer(app, openbb, lambda names: {"mine": names}, shape=False)
    assert client.post("/papers", json={"papers": ["b", "a"]}).get_json() == {"mine": ["b", "a"]}


def test_the_docs_own_entry(app, openbb, client):
    app.add_url_rule("/get_pdf_options", "options", openbb.options(lambda: ["Sample"]))

    @openbb.register_widget(
        {
            "name": "Multi PDF Viewer",
            "description": "PDFs",
            "type": "multi_file_viewer",
            "endpoint": "/papers",
            "params": [
                [
                    {
                        "paramName": "pdf_name",
                        "type": "endpoint",
                        "optionsEndpoint": "/get_pdf_options",
                        "multiSelect": True,
                        "roles": ["fileSelector"],
                    },
                    5,
                ]
            ],
        }
    )
    @app.post("/papers")
    def papers(pdf_name: list[str]):
        return {"Sample": PDF}

    assert client.post("/papers", json={"pdf_name": ["No", "Sample"]}).get_json() == [
        {"error_type": "not_found", "content": "The file 'No' was not found."},
        named("Sample.pdf"),
    ]
