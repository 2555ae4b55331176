"""``flask openbb``, run through Flask's own runner."""

import json

import pytest

from flask_openbb import ApiKeyAuth, OpenBB


@pytest.fixture
def run(app):
    openbb = OpenBB(app, auth=ApiKeyAuth(["k"]))

    @app.get("/stock/<symbol>")
    @openbb.markdown(id="stock")
    def stock(symbol):
        """One stock."""
        return symbol

    @app.get("/symbols")
    @openbb.options(public=True)
    def symbols():
        return ["A"]

    openbb.app("App", tabs={"Main": [stock]})
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["openbb", *words])


def test_widgets_and_apps(run):
    widgets = run("widgets")
    assert widgets.exit_code == 0
    assert json.loads(widgets.stdout)["stock"]["endpoint"] == "stock/{symbol}"
    assert json.loads(run("apps").stdout)[0]["name"] == "App"


def test_output_goes_to_a_file(run, tmp_path):
    target = tmp_path / "widgets.json"
    assert run("widgets", "--output", str(target)).exit_code == 0
    assert json.loads(target.read_text()) == json.loads(run("widgets").stdout)


def test_an_output_that_cannot_be_written_is_said(run, tmp_path):
    result = run("apps", "--output", str(tmp_path / "missing" / "apps.json"))
    assert result.exit_code == 1
    assert "Choose another --output" in result.output


def test_check_passes(run):
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "1 valid widgets, 1 valid apps: 0 errors" in result.output


def test_check_fails_with_every_fault(app):
    openbb = OpenBB(app)

    @app.get("/a")
    @openbb.table(refetch_interval=1)
    def a():
        return []

    @app.get("/b")
    @openbb.table(stale_time=2)
    def b():
        return []

    result = app.test_cli_runner().invoke(args=["openbb", "check"])
    assert result.exit_code == 1
    assert "refetchInterval" in result.output
    assert "staleTime" in result.output
    assert "test_cli.py:" in result.output


def test_a_faulty_manifest_is_printed_but_fails(make_app):
    for on_invalid, code in (("raise", 1), ("quarantine", 0)):
        app = make_app(OPENBB_ON_INVALID=on_invalid)
        openbb = OpenBB(app)
        app.add_url_rule("/good", "good", openbb.markdown(lambda: ""))
        app.add_url_rule("/bad", "bad", openbb.markdown(stale_time=1)(lambda: ""))
        result = app.test_cli_runner().invoke(args=["openbb", "widgets"])
        assert result.exit_code == code
        assert list(json.loads(result.stdout)) == ["good"]
        assert "staleTime" in result.stderr


def test_strict_fails_on_warnings(app):
    openbb = OpenBB(app)

    @app.get("/a")
    @openbb.table(extra={"subcategory": "x"})
    def a():
        return []

    runner = app.test_cli_runner()
    assert runner.invoke(args=["openbb", "check"]).exit_code == 0
    assert runner.invoke(args=["openbb", "check", "--strict"]).exit_code == 1


def test_routes(run):
    lines = run("routes").stdout.splitlines()
    assert lines[0].split() == ["ID", "TYPE", "METHOD", "URL", "AUTH", "VIEW"]
    assert lines[1].split()[:6] == ["stock", "markdown", "GET", "/stock/{symbol}", "ApiKeyAuth", "stock"]
    assert lines[2].split()[:5] == ["symbols", "options", "GET", "/symbols", "public"]


def test_cert(run, tmp_path):
    first = run("cert", "--directory", str(tmp_path), "--days", "30")
    assert first.exit_code == 0, first.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["localhost-key.pem", "localhost.pem"]
    again = run("cert", "--directory", str(tmp_path))
    assert again.exit_code == 1
    assert "force" in again.output
    assert run("cert", "--directory", str(tmp_path), "--force", "--host", "dev.example").exit_code == 0
