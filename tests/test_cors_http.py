"""CORS as a browser meets it: on our URLs, on their errors, and nowhere else."""

import pytest
from flask import abort, jsonify
from flask_cors import CORS, cross_origin

from flask_openbb import ApiKeyAuth, ConfigError, OpenBB

PRO = "https://pro.openbb.co"
ALLOWED = ["https://pro.openbb.co", "https://pro.openbb.dev", "http://localhost:1420", "https://excel.openbb.co"]
REFUSED = [
    "https://pro.openbb.co.evil.example",
    "https://evil-pro.openbb.co",
    "http://pro.openbb.co",
    "https://pro.openbb.co:8443",
    "null",
    "https://evil.example",
]


def cors(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


@pytest.fixture
def host(app):
    openbb = OpenBB(app, auth=ApiKeyAuth(["secret"]))

    @app.get("/rows")
    @openbb.table
    def rows(n: int = 1):
        if n == 2:
            abort(404, "No such rows.")
        return [{"n": n}]

    @app.get("/broken")
    @openbb.table
    def broken():
        raise ZeroDivisionError

    @app.get("/plain")
    def plain():
        return jsonify(plain=True)

    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("origin", [*ALLOWED, "tauri://localhost", "HTTPS://PRO.OPENBB.CO"])
def test_default_origins_are_allowed(host, origin):
    answer = host.get("/rows", headers={"Origin": origin, "X-API-KEY": "secret"})
    assert answer.status_code == 200
    assert cors(answer) == {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
    }
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", REFUSED)
@pytest.mark.parametrize("path", ["/rows", "/widgets.json", "/apps.json", "/agents.json"])
def test_other_origins_get_no_header(host, origin, path):
    answer = host.get(path, headers={"Origin": origin, "X-API-KEY": "secret"})
    assert (answer.status_code, cors(answer)) == (200, {})
    assert "Origin" in answer.headers["Vary"]
    preflight = host.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
    assert cors(preflight) == {}


@pytest.mark.parametrize(
    ("path", "method", "key", "status"),
    [
        ("/rows", "GET", None, 401),
        ("/rows", "GET", "wrong", 403),
        ("/rows?n=2", "GET", "secret", 404),
        ("/rows", "POST", "secret", 405),
        ("/rows?n=x", "GET", "secret", 422),
        ("/broken", "GET", "secret", 500),
        ("/widgets.json", "GET", None, 401),
        ("/widgets.json", "GET", "wrong", 403),
        ("/widgets.json", "POST", "secret", 405),
        ("/openbb/widgets/nope", "GET", "secret", 404),
        ("/openbb/widgets/nope", "GET", None, 401),
    ],
)
def test_errors_are_readable_by_the_page(host, path, method, key, status):
    headers = {"Origin": PRO, **({"X-API-KEY": key} if key else {})}
    answer = host.open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert answer.headers.getlist("Access-Control-Allow-Origin") == [PRO]
    assert answer.mimetype == "application/json"
    detail = answer.get_json()["detail"]
    assert detail
    assert "\n" not in detail
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/rows", "/widgets.json", "/openbb/widgets/nope"])
def test_a_preflight_is_answered_before_the_door(host, path):
    answer = host.options(
        path,
        headers={
            "Origin": PRO,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-api-key, content-type",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.status_code == 204
    found = cors(answer)
    assert set(found.pop("Access-Control-Allow-Methods").split(", ")) >= {"GET", "HEAD"}
    assert found == {
        "Access-Control-Allow-Origin": PRO,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Headers": "content-type, x-api-key",
        "Access-Control-Allow-Private-Network": "true",
        "Access-Control-Max-Age": "600",
    }


def test_a_preflight_for_an_unknown_path_is_the_hosts_404(host):
    answer = host.options("/nowhere", headers={"Origin": PRO, "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, cors(answer)) == (404, {})


def test_a_preflight_comes_before_a_hosts_login_hook(app):
    @app.before_request
    def login():
        abort(401)

    openbb = OpenBB(app)

    @app.get("/rows")
    @openbb.table
    def rows():
        return []

    client = app.test_client()
    headers = {"Origin": PRO, "Access-Control-Request-Method": "GET"}
    assert client.options("/rows", headers=headers).status_code == 204
    refused = client.get("/rows", headers={"Origin": PRO})
    assert (refused.status_code, refused.get_json()) == (
        401,
        {"detail": refused.get_json()["detail"]},
    )
    assert refused.headers["Access-Control-Allow-Origin"] == PRO


def test_the_hosts_routes_are_untouched(host):
    answer = host.get("/plain", headers={"Origin": PRO})
    assert answer.get_json() == {"plain": True}
    assert (cors(answer), answer.headers.get("Vary")) == ({}, None)
    preflight = host.options("/plain", headers={"Origin": PRO, "Access-Control-Request-Method": "GET"})
    assert (preflight.status_code, cors(preflight)) == (200, {})


@pytest.mark.parametrize("first", [True, False], ids=["flask-cors first", "flask-cors last"])
def test_a_host_with_flask_cors_gets_no_doubled_header(app, first):
    if first:
        CORS(app, origins="*")
    openbb = OpenBB(app)
    if not first:
        CORS(app, origins="*")

    @app.get("/rows")
    @openbb.table
    def rows():
        return []

    @app.get("/plain")
    def plain():
        return "plain"

    client = app.test_client()
    ours = client.get("/rows", headers={"Origin": PRO})
    assert ours.headers.getlist("Access-Control-Allow-Origin") == [PRO]
    assert ours.headers.getlist("Vary") == ["Origin"]
    assert cors(client.get("/rows", headers={"Origin": "https://evil.example"})) == {}
    assert client.get("/plain", headers={"Origin": "https://x.example"}).headers["Access-Control-Allow-Origin"] in (
        "*",
        "https://x.example",
    )


@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
def test_a_view_with_flask_cors_of_its_own_gets_our_headers_alone(app, openbb, outside):
    foreign = cross_origin(origins=["https://other.example"], supports_credentials=False)

    def rows():
        return jsonify([])

    view = foreign(openbb.table(rows)) if outside else openbb.table(foreign(rows))
    app.get("/rows")(view)
    answer = app.test_client().get("/rows", headers={"Origin": PRO})
    assert cors(answer) == {"Access-Control-Allow-Origin": PRO, "Access-Control-Allow-Credentials": "true"}
    assert answer.headers.getlist("Vary") == ["Origin"]


@pytest.mark.parametrize(
    ("config", "origin", "allowed"),
    [
        ({"OPENBB_CORS_ORIGINS": ["https://a.example"]}, "https://a.example", True),
        ({"OPENBB_CORS_ORIGINS": ["https://a.example"]}, PRO, False),
        ({"OPENBB_CORS_ORIGINS": "https://a.example, https://b.example/"}, "https://b.example", True),
        ({"OPENBB_CORS_ORIGINS": r"regex:https://[a-z]+\.corp\.example"}, "https://desk.corp.example", True),
        ({"OPENBB_CORS_ORIGINS": r"regex:https://[a-z]+\.corp\.example"}, "https://desk.corp.example.evil", False),
        ({"OPENBB_CORS_ORIGINS": "*", "OPENBB_CORS_CREDENTIALS": False}, "https://any.example", True),
    ],
)
def test_configured_origins(make_app, config, origin, allowed):
    app = make_app(**config)
    OpenBB(app)
    answer = app.test_client().get("/widgets.json", headers={"Origin": origin})
    assert ("Access-Control-Allow-Origin" in answer.headers) is allowed


def test_any_origin_with_credentials_is_refused_at_start(make_app):
    with pytest.raises(ConfigError, match="credentials"):
        OpenBB(make_app(OPENBB_CORS_ORIGINS="*"))


def test_private_networks_and_exposed_headers_are_settings(make_app):
    app = make_app(OPENBB_CORS_PRIVATE_NETWORK=False, OPENBB_CORS_EXPOSE_HEADERS=["X-Rows"], OPENBB_CORS_MAX_AGE=None)
    OpenBB(app)
    answer = app.test_client().options(
        "/widgets.json",
        headers={
            "Origin": PRO,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.headers.get("Access-Control-Allow-Private-Network") != "true"
    assert "Access-Control-Max-Age" not in answer.headers
    assert answer.headers["Access-Control-Expose-Headers"] == "X-Rows"


@pytest.mark.parametrize(
    ("rule", "path", "status"),
    [
        ("/p/<int:n>", "/p/a", 404),
        ("/p/<int:n>", "/p/", 404),
        ("/p/<int:n>", "/p", 404),
        ("/p/<n>/x", "/p/a%2Fb/x", None),
        ("/p/<n>/x", "/p//x", None),
    ],
    ids=["misfit", "blank", "blank cut", "slash", "blank inside"],
)
def test_a_path_argument_that_does_not_fit_is_readable(make_app, rule, path, status):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)
    app.add_url_rule(rule, "p", openbb.table(lambda n: [{"n": n}]))
    client = app.test_client()
    preflight = client.options(path, headers={"Origin": PRO, "Access-Control-Request-Method": "GET"})
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (204, PRO)
    assert client.get(path, headers={"Origin": PRO}).status_code == 401
    answer = client.get(path, headers={"Origin": PRO, "X-API-KEY": "k"})
    assert answer.status_code in ((404, 422) if status is None else (status,))
    assert answer.headers["Access-Control-Allow-Origin"] == PRO
    assert "n" in answer.get_json()["detail"]


def test_a_path_that_is_nobodys_stays_the_hosts(app, openbb, client):
    app.add_url_rule("/p/<int:n>", "p", openbb.table(lambda n: [{"n": n}]))
    for path, headers in (("/p/a", {}), ("/p/1/2", {}), ("/q/a", {"Origin": PRO}), ("/pp", {"Origin": PRO})):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.mimetype, cors(answer)) == (404, "text/html", {})
