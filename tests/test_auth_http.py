"""The door over HTTP: keys, policies, where they apply, and signed endpoints."""

import hashlib
from base64 import b64decode

import pytest
from flask import Flask, abort, g
from flask.views import MethodView
from werkzeug.test import Client

from flask_openbb import ApiKeyAuth, BearerAuth, ConfigError, Identity, ManifestError, OpenBB, any_of

DIGEST = "sha256:" + hashlib.sha256(b"hidden").hexdigest()


def serve(app, **extension):
    openbb = OpenBB(app, **extension)

    @app.get("/who")
    @openbb.markdown
    def who():
        return g.openbb_identity.name or g.openbb_identity.id if g.openbb_identity else "nobody"

    @app.get("/open")
    @openbb.markdown(public=True)
    def open_():
        return "open"

    @app.get("/stricter")
    @openbb.markdown(auth=ApiKeyAuth({"boss": "boss-key"}))
    def stricter():
        return g.openbb_identity.name

    return app.test_client()


@pytest.mark.parametrize(
    ("headers", "query", "status", "says"),
    [
        ({}, "", 401, "'X-API-KEY' header"),
        ({"X-API-KEY": ""}, "", 401, "API key required"),
        ({"X-API-KEY": "wrong"}, "", 403, "Invalid API key."),
        ({"Authorization": "Bearer first"}, "", 401, "not in the 'Authorization' header"),
        ({}, "?X-API-KEY=first", 401, "not as the query parameter"),
        ({"X-API-KEY": DIGEST}, "", 403, "Invalid API key."),
        ({"X-API-KEY": "first"}, "", 200, ""),
        ({"X-API-KEY": " second "}, "", 200, ""),
        ({"X-API-KEY": "hidden"}, "", 200, ""),
    ],
    ids=["none", "blank", "wrong", "bearer", "query", "digest itself", "first", "second", "digest"],
)
@pytest.mark.parametrize("path", ["/who", "/widgets.json", "/apps.json", "/agents.json"])
def test_api_keys(make_app, path, headers, query, status, says):
    client = serve(make_app(OPENBB_API_KEYS=["first", "second", "", DIGEST]))
    answer = client.get(path + query, headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert says in answer.get_json()["detail"]
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize("blank", ["", " , ", [], ["", "  "], {}], ids=repr)
def test_a_blank_key_list_stops_the_app(make_app, blank):
    with pytest.raises(ConfigError, match="no usable key"):
        OpenBB(make_app(OPENBB_API_KEYS=blank))


@pytest.mark.parametrize("name", ["OPENBB_API_KEYS", "VALID_API_KEYS"])
def test_keys_from_the_environment_alone(make_app, monkeypatch, name):
    monkeypatch.setenv(name, "one, two,,")
    client = serve(make_app())
    assert client.get("/who").status_code == 401
    assert client.get("/who", headers={"X-API-KEY": "two"}).status_code == 200
    assert client.get("/who", headers={"X-API-KEY": ","}).status_code == 403


@pytest.mark.parametrize("name", ["OPENBB_API_KEYS", "VALID_API_KEYS"])
def test_a_blank_environment_stops_the_app(make_app, monkeypatch, name):
    monkeypatch.setenv(name, " ")
    with pytest.raises(ConfigError, match="no usable key"):
        OpenBB(make_app())


def test_header_and_query_are_settings(make_app):
    client = serve(make_app(OPENBB_API_KEYS="k", OPENBB_API_KEY_HEADER="X-Desk", OPENBB_API_KEY_QUERY="desk"))
    assert client.get("/who", headers={"X-Desk": "k"}).status_code == 200
    assert client.get("/who?desk=k").status_code == 200
    assert client.get("/who", headers={"X-API-KEY": "k"}).status_code == 401


def test_per_widget_policies(make_app):
    client = serve(make_app(), auth=ApiKeyAuth({"quant": "quant-key"}))
    assert client.get("/who", headers={"X-API-KEY": "quant-key"}).get_json() == "quant"
    assert client.get("/open").get_json() == "open"
    assert client.get("/stricter", headers={"X-API-KEY": "quant-key"}).status_code == 403
    assert client.get("/stricter", headers={"X-API-KEY": "boss-key"}).get_json() == "boss"


def test_any_of_and_a_plain_callable(make_app):
    def by_desk(credentials):
        return Identity("desk-1") if credentials.header("X-Desk") == "1" else None

    client = serve(make_app(), auth=any_of(BearerAuth(["token"]), by_desk))
    assert client.get("/who", headers={"X-Desk": "1"}).get_json() == "desk-1"
    assert client.get("/who", headers={"Authorization": "Bearer token"}).status_code == 200
    assert client.get("/who", headers={"Authorization": "Bearer no"}).status_code == 403
    assert client.get("/who").status_code == 401


@pytest.mark.parametrize("answer", [True, 1, object()], ids=["true", "int", "object"])
def test_a_policy_that_answers_nonsense_admits_nobody(make_app, answer):
    client = serve(make_app(PROPAGATE_EXCEPTIONS=False), auth=lambda credentials: answer)
    for path in ("/who", "/widgets.json"):
        refused = client.get(path)
        assert (refused.status_code, list(refused.get_json())) == (500, ["detail"])


def faulty(app, openbb):
    """Views whose own declaration is wrong, each in its way, and what Flask itself would serve of them."""
    keyless = ApiKeyAuth(keys_from_env="A_VARIABLE_NOBODY_SET")

    class Both(MethodView):
        @openbb.widget(type="omni")
        def get(self):
            return "closed"

        def post(self):
            return "not a widget"

    def view():
        return "closed"

    for name, decorate in {
        "good": openbb.markdown(id="same"),
        "duplicate": openbb.markdown(id="same"),
        "keyless": openbb.markdown(auth=keyless),
        "method": openbb.widget(type="omni"),
        "public": openbb.markdown(id="same", public=True),
    }.items():
        app.add_url_rule(f"/{name}", name, decorate(lambda: "closed"))
    app.add_url_rule("/params", "params", openbb.markdown(lambda *args: "closed"))
    app.add_url_rule("/both", view_func=Both.as_view("both"))
    app.add_url_rule("/plain", "plain", view)


@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"])
@pytest.mark.parametrize(
    ("method", "path", "keys", "status"),
    [
        ("GET", "/duplicate", "k", 500),
        ("HEAD", "/duplicate", "k", 500),
        ("GET", "/keyless", "k", 500),
        ("GET", "/keyless", None, 500),
        ("GET", "/method", "k", 500),
        ("GET", "/params", "k", 500),
        ("GET", "/both", "k", 500),
        ("POST", "/both", "k", 200),
        ("GET", "/good", "k", 401),
        ("GET", "/plain", "k", 200),
        ("GET", "/public", "k", 200),
        ("GET", "/duplicate", None, 200),
    ],
)
def test_a_faulty_declaration_opens_no_door(make_app, on_invalid, method, path, keys, status):
    app = make_app(OPENBB_API_KEYS=keys, OPENBB_ON_INVALID=on_invalid)
    faulty(app, OpenBB(app))
    answer = app.test_client().open(path, method=method, headers={"Origin": "https://pro.openbb.co"})
    assert answer.status_code == status
    if status != 200:
        assert b"closed" not in answer.get_data()
        assert "Access-Control-Allow-Origin" in answer.headers


def test_without_a_policy_everybody_may_ask(make_app):
    assert serve(make_app()).get("/who").get_json() == "nobody"


def protected_pdf(app: Flask, **extension):
    openbb = OpenBB(app, **extension)

    @app.get("/report")
    @openbb.widget(type="pdf")
    def report(page: int = 1):
        return {
            "data_format": {"data_type": "pdf", "filename": "r.pdf"},
            "content": b"%PDF-" + f"{g.openbb_identity.id}{page}".encode(),
        }

    return app.test_client()


def test_signed_endpoints_where_workspace_sends_no_headers(make_app):
    client = protected_pdf(make_app(OPENBB_API_KEYS="k, l", SECRET_KEY="s"))
    answer = client.get("/widgets.json", headers={"X-API-KEY": "k"})
    endpoint = answer.get_json()["report"]["endpoint"]
    assert endpoint.startswith("openbb/signed/")
    assert endpoint.endswith("/widgets/report")
    assert "?" not in endpoint
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert {"X-API-KEY", "Origin"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    content = client.get(f"/{endpoint}?page=2").get_json()["content"]
    assert b64decode(content).endswith(b"2")

    other = client.get("/widgets.json", headers={"X-API-KEY": "l"})
    assert other.get_json()["report"]["endpoint"] != endpoint
    assert other.headers["ETag"] != answer.headers["ETag"]
    again = client.get("/widgets.json", headers={"X-API-KEY": "k", "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")

    assert client.get("/report").status_code == 401
    assert client.get("/report", headers={"X-API-KEY": "k"}).status_code == 200
    forged = endpoint.replace("signed/", "signed/A", 1)
    assert client.get("/" + forged).status_code == 403


def test_a_token_opens_one_widget_only(make_app):
    app = make_app(OPENBB_API_KEYS="k", SECRET_KEY="s")
    openbb = OpenBB(app)
    for name in ("one", "two"):
        app.add_url_rule(f"/{name}", name, openbb.widget(type="pdf", id=name)(lambda: b"%PDF-1.7"))
    client = app.test_client()
    widgets = client.get("/widgets.json", headers={"X-API-KEY": "k"}).get_json()
    token = widgets["one"]["endpoint"].split("/")[2]
    assert client.get(f"/openbb/signed/{token}/widgets/one").status_code == 200
    assert client.get(f"/openbb/signed/{token}/widgets/two").status_code == 403


@pytest.mark.parametrize("path", ["/rows", "/openbb/widgets/rows"])
def test_an_environ_used_again_opens_no_door(make_app, path):
    """A cascade asks a second app with the same environ where the first answers 404; a retry, the same app."""
    opened, guarded = make_app(), make_app(OPENBB_API_KEYS="k")

    def none():
        abort(404)

    def closed():
        return "closed"

    for app in (opened, guarded):
        app.add_url_rule("/rows", "rows", OpenBB(app).markdown(none if app is opened else closed))

    def cascade(environ, start_response):
        for app in (opened, opened):
            assert b"".join(app(environ, lambda *_: None)) == opened_says
        return guarded(environ, start_response)

    opened_says = opened.test_client().get(path).get_data()
    refused = Client(cascade).get(path)
    assert refused.status_code == 401
    assert Client(cascade).get(path, headers={"X-API-KEY": "k"}).get_json() == "closed"


def test_a_rotated_key_ends_its_signed_endpoints(make_app):
    keys = ["old"]
    client = protected_pdf(make_app(SECRET_KEY="s"), auth=ApiKeyAuth(get_keys=lambda: keys))
    endpoint = client.get("/widgets.json", headers={"X-API-KEY": "old"}).get_json()["report"]["endpoint"]
    assert client.get("/" + endpoint).status_code == 200
    keys[:] = ["new"]
    refused = client.get("/" + endpoint)
    assert refused.status_code == 403
    assert "no longer valid" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    "auth",
    [None, ApiKeyAuth(["k"], query="key"), any_of(BearerAuth(["t"]), any_of(ApiKeyAuth(["k"], query="key")))],
    ids=["settings", "policy", "one of several"],
)
def test_options_are_signed_where_the_key_is_in_the_query(make_app, auth):
    from typing import Annotated

    from flask_openbb import Param

    app = make_app(OPENBB_API_KEYS="k", OPENBB_API_KEY_QUERY="key", SECRET_KEY="s")
    openbb = OpenBB(app, auth=auth)

    @app.get("/symbols")
    @openbb.options
    def symbols():
        return ["AAPL"]

    @app.get("/prices")
    @openbb.table
    def prices(symbol: Annotated[str, Param(options=symbols)] = "AAPL"):
        return [{"symbol": symbol}]

    client = app.test_client()
    widget = client.get("/widgets.json?key=k").get_json()["prices"]
    assert widget["endpoint"] == "prices"
    endpoint = widget["params"][0]["optionsEndpoint"]
    # Workspace groups parameters by the last part of this URL, so it must not change with the token.
    assert endpoint.endswith("/options/symbols")
    assert client.get("/symbols").status_code == 401
    assert client.get("/" + endpoint).status_code == 200


def test_a_manifest_with_one_signed_endpoint_is_private(make_app):
    app = make_app(SECRET_KEY="s")
    openbb = OpenBB(app)
    policy = ApiKeyAuth(["k"], header="X-Desk")
    app.add_url_rule("/report", "report", openbb.widget(type="pdf", auth=policy)(lambda: {}))
    client = app.test_client()
    for headers, start in (({"X-Desk": "k"}, "openbb/signed/"), ({}, "report")):
        answer = client.get("/widgets.json", headers=headers)
        assert answer.get_json()["report"]["endpoint"].startswith(start)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "X-Desk" in answer.headers["Vary"]
    assert client.get("/apps.json").headers["Cache-Control"] == "no-cache"


def test_signing_without_a_secret_is_a_fault(make_app):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)

    @app.get("/report")
    @openbb.widget(type="pdf")
    def report():
        return {}

    with pytest.raises(ManifestError, match="SECRET_KEY"):
        openbb.validate(app)


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://pro.openbb.co"}], ids=["bare", "origin"])
def test_a_view_that_answers_options_itself_is_guarded_too(make_app, headers):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)
    app.add_url_rule("/x", "x", openbb.table(lambda: [{"secret": 1}]), methods=["GET", "OPTIONS"])
    app.add_url_rule("/y/", "y", openbb.table(lambda: [{"secret": 1}]), methods=["GET", "OPTIONS"])
    app.add_url_rule("/z/<n>", "z", openbb.table(lambda n: [{"secret": 1}]), methods=["GET", "OPTIONS"])
    client = app.test_client()
    for path in ("/x", "/y/", "/y", "/z/1", "/z/{n}", "/z/{n}?n=1", "/openbb/widgets/x"):
        answer = client.options(path, headers=headers)
        assert b"secret" not in answer.get_data(), path
    preflight = {"Origin": "https://pro.openbb.co", "Access-Control-Request-Method": "GET"}
    assert client.options("/x", headers=preflight).status_code == 204
    assert client.options("/x", headers={"X-API-KEY": "k"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_no_method_gets_past_the_door(make_app, method):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)
    asked = []

    def view():
        asked.append(method)
        return [{"secret": 1}]

    app.add_url_rule("/x", "x", openbb.table(view), methods=["GET", "HEAD", "OPTIONS"])
    app.add_url_rule("/y", "y", view)
    openbb.expose("y", type="table")
    client = app.test_client()
    for path in ("/x", "/x/", "/openbb/widgets/x", "/openbb/widgets/y", "/openbb/signed/a.b.c/widgets/y"):
        assert b"secret" not in client.open(path, method=method).get_data()
    assert asked == []


def test_other_methods_of_a_guarded_view_are_warned_about(make_app):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)
    for name, methods, options in (
        ("both", ["GET", "POST"], {}),
        ("get", ["GET"], {}),
        ("public", ["GET", "POST"], {"public": True}),
    ):
        app.add_url_rule(f"/{name}", name, openbb.table(id=name, **options)(lambda: []), methods=methods)
    warned = [fault for fault in openbb.validate(app) if fault.severity == "warning"]
    assert [fault.widget for fault in warned] == ["both"]
    assert "also answers POST" in warned[0].message
