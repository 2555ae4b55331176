"""OpenBB(app), factories, several apps, and the mistakes around them."""

import threading

import pytest
from flask import Flask

from flask_openbb import ApiKeyAuth, ConfigError, ManifestError, OpenBB, Param


def test_a_factory_and_several_apps_share_one_extension():
    openbb = OpenBB()

    @openbb.markdown
    def text():
        return "shared"

    apps = []
    for rule in ("/one", "/two"):
        app = Flask("host")
        openbb.init_app(app)
        app.add_url_rule(rule, "text", text)
        apps.append(app)
    assert [app.test_client().get("/widgets.json").get_json()["text"]["endpoint"] for app in apps] == ["one", "two"]
    assert apps[0].extensions["openbb"] is not apps[1].extensions["openbb"]


def test_a_factory_that_declares_everything_may_run_for_every_test():
    openbb = OpenBB()

    def create_app(word):
        app = Flask("host")
        openbb.init_app(app)

        @app.get("/words")
        @openbb.options
        def words():
            return ["first", "second"]

        @app.get("/text")
        @openbb.markdown
        def text():
            return word

        app.add_url_rule("/old", "old", lambda: f"old {word}")
        openbb.expose("old", type="markdown", params=[Param("word", options=words)])
        openbb.app("App", tabs={"Main": [text, "old"]})
        return app

    apps = [(create_app(word), word) for word in ("first", "second", "third")]
    for app, word in apps:
        client = app.test_client()
        widgets = client.get("/widgets.json").get_json()
        assert list(widgets) == ["text", "old"]
        assert widgets["old"]["params"][0]["optionsEndpoint"] == "words"
        [shown] = client.get("/apps.json").get_json()
        assert [item["i"] for item in shown["tabs"]["main"]["layout"]] == ["text", "old"]
        assert client.get("/text").get_json() == word
        assert client.get("/openbb/widgets/old?word=first").get_json() == f"old {word}"


def test_an_app_never_gets_the_policy_of_another():
    openbb = OpenBB()

    def create_app(**options):
        app = Flask("host")
        openbb.init_app(app)
        app.add_url_rule("/old", "old", lambda: "old")
        openbb.expose("old", type="markdown", **options)
        return app

    create_app(auth=ApiKeyAuth(["first"]))
    second = create_app(auth=ApiKeyAuth(["second"]))
    with pytest.raises(ManifestError, match="Two declarations have the id 'old'"):
        openbb.validate(second)


def test_two_extensions_in_one_process_do_not_mix(make_app):
    first, second = OpenBB(), OpenBB()

    @first.markdown(id="a")
    @second.markdown(id="b")
    def text():
        return "x"

    for openbb, id in ((first, "a"), (second, "b")):
        app = make_app()
        openbb.init_app(app)
        app.add_url_rule("/text", "text", text)
        assert list(app.test_client().get("/widgets.json").get_json()) == [id]


def test_a_second_init_app_is_refused(app, openbb):
    with pytest.raises(ConfigError, match="already has Flask-OpenBB"):
        openbb.init_app(app)
    with pytest.raises(ConfigError, match="already has Flask-OpenBB"):
        OpenBB(app)


def test_after_the_first_request_it_is_refused(app):
    app.test_client().get("/")
    with pytest.raises(ConfigError, match="after the first request"):
        OpenBB(app)
    assert "openbb" not in app.extensions


def test_something_else_than_an_app_is_refused():
    with pytest.raises(ConfigError, match="takes a Flask app"):
        OpenBB("app")


def test_the_extension_keeps_no_app():
    import gc
    import weakref

    openbb = OpenBB()

    def serve_once():
        app = Flask("host")
        openbb.init_app(app)

        @app.get("/text")
        @openbb.markdown
        def text():
            return app.name

        assert app.test_client().get("/widgets.json").status_code == 200
        return weakref.ref(app)

    seen = serve_once()
    gc.collect()
    assert seen() is None


def test_the_hosts_json_provider_is_untouched(app):
    before = app.json
    OpenBB(app)
    assert app.json is before


def test_a_widget_declared_after_the_first_manifest_appears(app, openbb, client, manifest):
    @app.get("/early")
    @openbb.markdown
    def early():
        return "early"

    @app.get("/late")
    def late():
        return "late"

    assert list(manifest()) == ["early"]
    openbb.markdown(late)
    assert list(manifest()) == ["early", "late"]
    assert client.get("/late").get_json() == "late"


def test_validate_and_manifests_keep_nothing(app, openbb, manifest):
    assert openbb.validate(app) == ()

    @app.get("/text")
    @openbb.markdown
    def text():
        return ""

    assert list(openbb.manifests(app)["widgets"]) == ["text"] == list(manifest())


def test_concurrent_first_requests_build_once(app, openbb):
    @app.get("/text")
    @openbb.markdown
    def text():
        return "x"

    barrier = threading.Barrier(8)
    answers = []

    def ask(path):
        barrier.wait(timeout=60)
        answers.append(app.test_client().get(path).status_code)

    threads = [threading.Thread(target=ask, args=(path,)) for path in ("/text", "/widgets.json") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [200] * 8
    # Wrapped once: the host's own view is one call away.
    assert app.view_functions["text"].__wrapped__ is text


def test_init_app_without_the_state_names_the_next_step(app, openbb):
    with pytest.raises(ConfigError, match=r"Call OpenBB\(app\)"):
        openbb.validate(Flask("other"))
