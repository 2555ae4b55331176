"""The manifests and the info page over HTTP."""

import json

import pytest
from flask import abort

from flask_openbb import ApiKeyAuth, ManifestError, OpenBB, Placement


def declare(app, openbb):
    @app.get("/good")
    @openbb.markdown
    def good():
        """A good widget."""
        return "good"

    openbb.app("App", tabs={"Main": [good]}, prompts=["What is good?"])
    return good


@pytest.mark.parametrize("path", ["/widgets.json", "/apps.json", "/templates.json", "/agents.json"])
def test_manifests_answer_get_head_and_304(app, openbb, client, path):
    declare(app, openbb)
    got = client.get(path)
    assert got.status_code == 200
    assert got.mimetype == "application/json"
    assert got.headers["Cache-Control"] == "no-cache"
    etag = got.headers["ETag"]
    assert etag.startswith('"')
    head = client.head(path)
    assert (head.status_code, head.get_data(), head.headers["ETag"]) == (200, b"", etag)
    assert head.headers["Content-Length"] == str(len(got.get_data()))
    same = client.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.get_data(), same.headers["ETag"]) == (304, b"", etag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_apps_json(app, openbb, client):
    good = declare(app, openbb)
    openbb.app("Placed", tabs={"": [Placement("good", x=4, y=2, w=20, h=9), good]}, description="By hand.")
    assert client.get("/templates.json").get_json() == client.get("/apps.json").get_json()
    first, second = client.get("/apps.json").get_json()
    assert first["name"] == "App"
    assert first["prompts"] == ["What is good?"]
    assert (first["groups"], first["allowCustomization"]) == ([], True)
    assert first["tabs"] == {
        "main": {"id": "main", "name": "Main", "layout": [{"i": "good", "x": 0, "y": 0, "w": 20, "h": 8}]}
    }
    assert [item["y"] for item in second["tabs"][""]["layout"]] == [2, 11]
    assert second["description"] == "By hand."


def test_an_app_that_names_no_widget_is_a_fault(app, openbb):
    declare(app, openbb)

    def stranger():
        return ""

    openbb.app("Bad", tabs={"Main": [stranger]})
    with pytest.raises(ManifestError, match=r"'Bad' tabs.main.layout\[0\]: stranger is not a widget.*test_views.py"):
        openbb.validate(app)


def test_nothing_declared_is_still_valid(openbb, client):
    assert [client.get(path).get_json() for path in ("/widgets.json", "/apps.json", "/agents.json")] == [{}, [], {}]


def broken(make_app, **config):
    app = make_app(**config)
    openbb = OpenBB(app)
    declare(app, openbb)

    @app.get("/bad")
    @openbb.table(refetch_interval=5, columns=[])
    def bad():
        return [{"a": 1}]

    return app, openbb


def test_raise_refuses_the_whole_manifest(make_app, caplog):
    app, _ = broken(make_app)
    app.testing = False
    client = app.test_client()
    for _ in range(2):
        answer = client.get("/widgets.json")
        assert answer.status_code == 500
        assert "flask openbb check" in answer.get_json()["detail"]
        assert "5" not in answer.get_json()["detail"]
    logged = [record.getMessage() for record in caplog.records if "refetchInterval" in record.getMessage()]
    assert len(logged) == 1
    # The widgets themselves go on working.
    assert client.get("/bad").get_json() == [{"a": 1}]


def test_in_tests_the_refusal_says_everything(make_app):
    app, _ = broken(make_app)
    detail = app.test_client().get("/widgets.json").get_json()["detail"]
    assert "refetchInterval" in detail
    assert "\n" not in detail


def test_quarantine_serves_the_others(make_app, caplog):
    app, openbb = broken(make_app, OPENBB_ON_INVALID="quarantine")
    client = app.test_client()
    assert list(client.get("/widgets.json").get_json()) == ["good"]
    assert any("refetchInterval" in record.getMessage() for record in caplog.records)
    page = client.get("/").get_data(as_text=True)
    assert "refetchInterval" in page
    assert [fault.widget for fault in openbb.validate(app) if fault.severity == "error"] == ["bad"]


def test_an_app_that_shows_a_quarantined_widget_warns(make_app):
    app, openbb = broken(make_app, OPENBB_ON_INVALID="quarantine")
    openbb.app("Shows it", tabs={"Main": ["bad", "good"]})
    faults = [fault for fault in openbb.validate(app) if fault.document == "apps.json"]
    assert [(fault.severity, fault.value) for fault in faults] == [("warning", "bad")]


@pytest.mark.parametrize(("prefix", "path"), [("", "/"), ("/workspace", "/workspace"), ("/workspace", "/workspace/")])
def test_the_info_page(make_app, prefix, path):
    app = make_app(OPENBB_URL_PREFIX=prefix)
    openbb = OpenBB(app)
    declare(app, openbb)
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = answer.get_data(as_text=True)
    assert "A good widget." in page
    assert f"http://localhost{prefix}<" in page.replace("</code>", "<")


def test_the_info_page_escapes(app, openbb, client):
    @app.get("/x")
    @openbb.markdown(name="<script>alert(1)</script>")
    def x():
        return ""

    assert "<script>" not in client.get("/").get_data(as_text=True)


def test_the_info_page_of_a_protected_backend_lists_nothing(app):
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))
    declare(app, openbb)
    page = app.test_client().get("/").get_data(as_text=True)
    assert "A good widget." not in page
    assert "1 widgets" in page


@pytest.mark.parametrize("path", ["/", "/widgets.json", "/openbb/widgets/good", "/openbb/widgets/nope", "/good"])
def test_a_hosts_login_hook_guards_every_page_of_ours(app, openbb, client, path):
    declare(app, openbb)
    asked = []

    @app.before_request
    def login():
        asked.append(path)
        abort(401)

    assert client.get(path).status_code == 401
    assert asked == [path]


def test_a_hosts_own_page_wins(app, openbb, client):
    @app.get("/")
    def home():
        return "home"

    assert client.get("/").get_data(as_text=True) == "home"


def test_the_info_page_may_be_off(make_app):
    app = make_app(OPENBB_INFO_PAGE=False)
    OpenBB(app)
    assert app.test_client().get("/").status_code == 404


def test_the_manifest_has_strict_json(app, openbb, client):
    declare(app, openbb)
    json.loads(client.get("/widgets.json").get_data(), parse_constant=lambda name: pytest.fail(name))


def test_a_refused_manifest_is_checked_once(make_app, monkeypatch):
    from flask_openbb.web import build

    app, openbb = broken(make_app)
    client = app.test_client()
    checked = []
    lint = build.lint_widgets
    monkeypatch.setattr(build, "lint_widgets", lambda *given, **more: checked.append(1) or lint(*given, **more))
    answers = [client.get(path) for path in ("/widgets.json", "/apps.json", "/widgets.json", "/")]
    assert [answer.status_code for answer in answers] == [500, 500, 500, 200]
    assert answers[0].get_json() == answers[2].get_json()
    assert len(checked) == 1

    @openbb.markdown
    def late():
        return ""

    assert client.get("/widgets.json").status_code == 500
    assert len(checked) == 2
