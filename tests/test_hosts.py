"""The extension as a guest: common habits of Flask services keep working, on their URLs and on ours."""

import itertools
from collections import Counter
from decimal import Decimal

import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    after_this_request,
    g,
    jsonify,
    make_response,
    redirect,
    request,
    request_finished,
    request_started,
    session,
    stream_with_context,
    url_for,
)
from flask.json.provider import DefaultJSONProvider
from flask.views import MethodView
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from flask_openbb import OpenBB

ORIGIN = {"Origin": "https://pro.openbb.co"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}
ROWS = [{"a": 1}]


def access(response):
    """The CORS headers of a response."""
    return {name: value for name, value in response.headers if name.startswith("Access-Control")}


GRANTED = {
    "Access-Control-Allow-Origin": "https://pro.openbb.co",
    "Access-Control-Allow-Credentials": "true",
}
PREFLIGHT_GRANTED = {
    **GRANTED,
    "Access-Control-Allow-Headers": "x-api-key",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Max-Age": "600",
}


# A host's answers, with and without the extension


def a_host(extended):
    """A service with many habits; extended, it declares widgets on its own URLs and below others."""
    app = Flask("host")
    app.config.update(SECRET_KEY="a-secret-of-the-tests", OPENBB_API_KEYS="k", PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app) if extended else None
    bp = Blueprint("bp", __name__, url_prefix="/bp")

    @app.before_request
    def count():
        g.hooks = [*g.get("hooks", []), "app"]

    @bp.before_request
    def count_in_blueprint():
        g.hooks.append("bp")

    @app.after_request
    def show(response):
        response.headers["X-Hooks"] = ",".join(g.hooks)
        response.headers["X-Endpoint"] = str(request.endpoint)
        return response

    @app.errorhandler(404)
    def missing(error):
        return f"<h1>{request.path} is missing</h1>", 404

    @app.errorhandler(ZeroDivisionError)
    def divided(error):
        return "<h1>divided</h1>", 500

    @app.get("/")
    def home():
        return "<h1>Home</h1>"

    @app.get("/json")
    def as_json():
        return jsonify(z=1, a=[{"nested": {"b": 2}}], nan=None)

    @app.route("/slash/")
    def slash():
        return "slash"

    @app.route("/both", methods=["GET", "POST"])
    def both():
        return request.method

    @app.get("/item/<int:number>")
    def item(number):
        return {"number": number, "query": request.args.to_dict(flat=False)}

    @app.get("/boom")
    def boom():
        return 1 / 0

    @app.get("/raises")
    def raises():
        raise LookupError("not for visitors")

    @app.get("/visits")
    def visits():
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    @app.get("/stream")
    def stream():
        return Response(stream_with_context(iter(["one", "two"])), mimetype="text/plain")

    @app.get("/etag")
    def etag():
        response = make_response("same")
        response.add_etag()
        return response.make_conditional(request)

    @app.route("/options", methods=["OPTIONS"], provide_automatic_options=False)
    def options():
        return "by hand", 200, {"Allow": "TEA"}

    @bp.get("/page")
    def page():
        return redirect(url_for("home"))

    class Things(MethodView):
        def get(self):
            return jsonify(ROWS)

        def post(self):
            return {"got": request.get_json(silent=True)}, 201

    app.add_url_rule("/things", view_func=Things.as_view("things"))
    app.register_blueprint(bp)
    if openbb:
        add_widgets(app, openbb)
    return app


def add_widgets(app, openbb):
    @app.get("/widgets/table")
    @openbb.table
    def table(count: int = 1):
        return ROWS * count

    for endpoint in ("as_json", "item", "things", "slash", "both", "bp.page"):
        openbb.expose(endpoint, type="table")
    openbb.app("App", tabs={"Main": [table]})


URLS = (
    *("/", "/json", "/json/", "/slash", "/slash/", "/both", "/item/3?x=1&x=2", "/item/three", "/boom", "/raises"),
    *("/visits", "/stream", "/etag", "/options", "/bp/page", "/bp/none", "/things", "/none", "//json", "/static/none"),
    *("/widget.json", "/openbb", "/openbb/none", "/{item}", "/item/{number}/?number=3"),
)
HEADERS = ({}, ORIGIN, PREFLIGHT, {"X-API-KEY": "k", "If-None-Match": '"x"'})


@pytest.mark.parametrize("url", URLS)
def test_a_hosts_answers_are_the_same_to_the_byte(url, monkeypatch):
    # Sessions are signed with the time; both hosts are asked in the same second.
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda signer: 1_760_000_000)
    asked = list(itertools.product(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"), HEADERS))

    def answers(extended):
        client = a_host(extended).test_client()
        if extended:
            assert client.get("/widgets.json", headers={"X-API-KEY": "k"}).status_code == 200
        for method, headers in asked:
            response = client.open(url, method=method, headers=headers, json={"a": 1} if method == "POST" else None)
            kept = [(name, value) for name, value in response.headers if name != "Date"]
            yield response.status, kept, response.get_data()

    assert list(answers(True)) == list(answers(False))


def test_other_methods_of_a_widgets_url_are_the_hosts(app, openbb, client):
    @app.post("/rows")
    def save():
        return "saved", 201

    @app.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    saved = client.post("/rows", headers=ORIGIN)
    assert (saved.status_code, saved.get_data(), access(saved)) == (201, b"saved", {})
    assert client.get("/rows").get_json() == ROWS
    preflight = client.options("/rows", headers={**ORIGIN, "Access-Control-Request-Method": "POST"})
    assert (preflight.status_code, access(preflight)) == (200, {})


# Hooks


@pytest.fixture
def counted(make_app):
    """An app whose hooks are counted, and the count. Made here, as pytest-flask holds a context of ``app`` open."""
    app = make_app()
    openbb = OpenBB(app)
    seen = Counter()
    bp = Blueprint("bp", __name__, url_prefix="/bp")

    @app.before_request
    def before():
        seen["before", request.endpoint] += 1

    @bp.before_request
    def before_in_blueprint():
        seen["before bp", request.endpoint] += 1

    @app.after_request
    def after(response):
        seen["after", request.endpoint] += 1
        return response

    @bp.after_request
    def after_in_blueprint(response):
        seen["after bp", request.endpoint] += 1
        return response

    @app.teardown_request
    def teardown(error):
        seen["teardown", request.endpoint] += 1

    @app.teardown_appcontext
    def teardown_app(error):
        seen["teardown app"] += 1

    @bp.get("/rows/")
    @openbb.table
    def rows():
        return ROWS

    @bp.get("/of/<name>")
    @openbb.table
    def of(name):
        return [{"name": name}]

    @bp.get("/plain/<name>")
    def plain(name):
        return jsonify([{"name": name}])

    @bp.get("/choices")
    @openbb.options
    def choices():
        return ["x"]

    app.register_blueprint(bp)
    openbb.expose("bp.plain", type="table")
    return app, seen


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("/bp/rows/", "bp.rows"),
        ("/bp/rows", "bp.rows"),
        ("/bp/of/x", "bp.of"),
        ("/bp/of/{name}?name=x", "bp.of"),
        ("/bp/plain/x", "bp.plain"),
        ("/openbb/widgets/bp_plain?name=x", "bp.plain"),
        ("/bp/choices", "bp.choices"),
    ],
    ids=["own", "no slash", "path", "placeholder", "host", "exposed", "options"],
)
def test_every_hook_runs_once(counted, method, url, endpoint):
    app, seen = counted
    assert app.test_client().open(url, method=method).status_code == 200
    once = {(hook, endpoint) for hook in ("before", "before bp", "after", "after bp", "teardown")}
    assert seen == dict.fromkeys({*once, "teardown app"}, 1)


def test_the_signals_are_sent_once(counted):
    app = counted[0]
    client = app.test_client()
    sent = Counter()

    def started(sender, **extra):
        sent["started"] += 1

    def finished(sender, response, **extra):
        sent["finished", response.status_code] += 1

    with request_started.connected_to(started, app), request_finished.connected_to(finished, app):
        client.get("/openbb/widgets/bp_plain?name=x")
        client.get("/bp/rows")
    assert sent == {"started": 2, ("finished", 200): 2}


def test_hooks_change_a_widgets_answer_as_any_other(app, openbb, client):
    @app.get("/text")
    @openbb.markdown
    def text():
        @after_this_request
        def add(response):
            response.headers["X-View"] = "1"
            return response

        return "text"

    @app.after_request
    def sign(response):
        response.headers["X-Host"] = "1"
        response.vary.add("Accept")
        return response

    @app.after_request
    def allow_all(response):
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    answer = client.get("/text", headers=ORIGIN)
    assert (answer.headers["X-View"], answer.headers["X-Host"]) == ("1", "1")
    assert access(answer) == GRANTED
    assert answer.headers.getlist("Vary") == ["Accept, Origin"]
    assert client.get("/none").headers["Access-Control-Allow-Origin"] == "*"


def test_a_hook_that_answers_in_the_views_place(app, openbb, client):
    """Maintenance pages and the like win over widgets, at their own URL and at ours."""

    @app.get("/plain")
    def plain():
        return jsonify(ROWS)

    @app.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    openbb.expose("plain", type="table")

    @app.before_request
    def closed():
        return {"message": "Closed until six."}, 503

    for url in ("/rows", "/openbb/widgets/plain", "/widgets.json"):
        answer = client.get(url, headers=ORIGIN)
        assert answer.status_code == 503
        assert answer.get_json() == {"message": "Closed until six.", "detail": "Closed until six."}
        assert access(answer) == GRANTED
    assert client.get("/plain").get_json() == {"message": "Closed until six."}


def test_urls_of_a_language_prefix(app, openbb, client, manifest):
    """Flask's pattern for internationalised URLs: the value is taken away and put back by two hooks."""
    bp = Blueprint("bp", __name__, url_prefix="/<lang>")

    @bp.url_value_preprocessor
    def pull(endpoint, values):
        g.lang = values.pop("lang")

    @bp.url_defaults
    def put(endpoint, values):
        values.setdefault("lang", g.lang)

    @bp.get("/link")
    def link():
        return jsonify([{"link": url_for("bp.link")}])

    app.register_blueprint(bp)
    openbb.expose("bp.link", type="table")
    assert [param["paramName"] for param in manifest()["bp_link"]["params"]] == ["lang"]
    assert client.get("/fr/link").get_json() == [{"link": "/fr/link"}]
    assert client.get("/openbb/widgets/bp_link?lang=de").get_json() == [{"link": "/de/link"}]


# Logins and sessions


@pytest.fixture
def behind_login(make_app):
    """A service whose every page wants a login, as the whole app's hook."""
    app = make_app(SECRET_KEY="a-secret-of-the-tests")
    openbb = OpenBB(app)
    asked = []

    @app.before_request
    def want_login():
        asked.append(request.method)
        if request.endpoint != "login" and "user" not in session:
            return {"error": "Log in first."}, 401
        return None

    @app.post("/login")
    def login():
        session["user"] = "ada"
        return "in"

    @app.get("/who")
    @openbb.table
    def who():
        return [{"user": session["user"]}]

    return app, asked


@pytest.mark.parametrize("url", ["/who", "/widgets.json", "/apps.json", "/openbb/widgets/who"])
def test_a_login_hook_does_not_decide_on_preflights(behind_login, url):
    app, asked = behind_login
    answer = app.test_client().options(url, headers=PREFLIGHT)
    assert (answer.status_code, answer.get_data(), access(answer)) == (204, b"", PREFLIGHT_GRANTED)
    assert asked == ["OPTIONS"]


def test_a_login_hook_guards_widgets_too(behind_login):
    app, asked = behind_login
    client = app.test_client()
    for url in ("/who", "/widgets.json"):
        refused = client.get(url, headers=ORIGIN)
        assert refused.status_code == 401
        assert refused.get_json() == {"error": "Log in first.", "detail": "Log in first."}
        assert access(refused) == GRANTED
    client.post("/login")
    assert client.get("/who").get_json() == [{"user": "ada"}]
    assert list(client.get("/widgets.json").get_json()) == ["who"]
    assert asked == ["GET", "GET", "POST", "GET", "GET"]


def test_sessions_work_in_widgets(make_app):
    app = make_app(SECRET_KEY="a-secret-of-the-tests")
    openbb = OpenBB(app)

    @app.get("/visits")
    @openbb.metric
    def visits():
        session["visits"] = session.get("visits", 0) + 1
        return {"label": "Visits", "value": session["visits"]}

    client = app.test_client()
    answers = [client.get("/visits", headers=ORIGIN) for _ in range(3)]
    assert [answer.get_json()["value"] for answer in answers] == [1, 2, 3]
    assert [len(answer.headers.getlist("Set-Cookie")) for answer in answers] == [1, 1, 1]
    # Flask names Cookie when it saves the session, after every after_request hook.
    assert {", ".join(answer.headers.getlist("Vary")) for answer in answers} == {"Origin, Cookie"}
    assert "Set-Cookie" not in client.get("/widgets.json").headers


# Errors


@pytest.fixture(params=[Exception, HTTPException], ids=["Exception", "HTTPException"])
def html_errors(request, make_app):
    """A service that shows every error as a page."""
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)

    @app.errorhandler(request.param)
    def page(error):
        return f"<h1>{type(error).__name__}</h1>", getattr(error, "code", 500)

    @app.get("/widget")
    @openbb.table
    def widget(number: int = 0):
        if number == 404:
            abort(404, "No such number.")
        return [{"a": 1 / number}]

    @app.get("/page/<int:number>")
    def host_page(number):
        abort(number)

    return app, request.param


@pytest.mark.parametrize(
    ("url", "status", "detail"),
    [
        ("/widget?number=404", 404, "No such number."),
        ("/widget?number=x", 422, "Invalid request: number: 'x' is not a whole number."),
        (
            "/openbb/widgets/none",
            404,
            "No widget 'none' here. Reload the backend in Workspace to get its current widgets.",
        ),
    ],
    ids=["aborted", "wrong", "unknown"],
)
def test_pages_for_errors_stay_the_hosts_alone(html_errors, url, status, detail):
    answer = html_errors[0].test_client().get(url, headers=ORIGIN)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.get_json()["detail"] == detail
    assert access(answer) == GRANTED


@pytest.mark.parametrize("number", [403, 404, 500])
def test_the_hosts_own_pages_for_errors(html_errors, number):
    answer = html_errors[0].test_client().get(f"/page/{number}", headers=ORIGIN)
    name = {403: "Forbidden", 404: "NotFound", 500: "InternalServerError"}[number]
    assert (answer.status_code, answer.get_data(as_text=True)) == (number, f"<h1>{name}</h1>")
    assert access(answer) == {}


def test_a_crash_is_json_where_the_host_shows_pages(html_errors):
    app, _ = html_errors
    answer = app.test_client().get("/widget", headers=ORIGIN)
    detail = "The server failed to answer; its log says why."
    assert (answer.status_code, answer.get_json(), access(answer)) == (500, {"detail": detail}, GRANTED)


def test_a_hosts_handler_for_its_own_exception(app, openbb, client):
    class OutOfStock(Exception):
        pass

    @app.errorhandler(OutOfStock)
    def explain(error):
        return {"error": f"{error} is out of stock"}, 409

    @app.get("/rows")
    @openbb.table
    def rows():
        raise OutOfStock("MSFT")

    answer = client.get("/rows")
    assert answer.status_code == 409
    assert answer.get_json() == {"error": "MSFT is out of stock", "detail": "MSFT is out of stock"}


# The rest of the house


def test_a_catch_all_route_leaves_us_our_urls(app, openbb, client):
    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>", methods=["GET", "POST"])
    def single_page(path):
        return f"page {path}"

    @app.get("/rows/")
    @openbb.table
    def rows():
        return ROWS

    assert list(client.get("/widgets.json").get_json()) == ["rows"]
    assert client.get("/rows").get_json() == ROWS == client.get("/rows/").get_json()
    preflight = client.options("/rows", headers=PREFLIGHT)
    assert (preflight.status_code, access(preflight)) == (204, PREFLIGHT_GRANTED)
    for url in ("/", "/rows/more", "/index.html", "/openbb"):
        answer = client.get(url, headers=ORIGIN)
        assert (answer.get_data(as_text=True), access(answer)) == (f"page {url[1:]}", {})
    assert client.get("/openbb/widgets/none").status_code == 404


def test_a_json_provider_of_the_host(app, openbb, client):
    class Money:
        def __init__(self, amount):
            self.amount = amount

    class Provider(DefaultJSONProvider):
        sort_keys = False

        @staticmethod
        def default(value):
            return f"{value.amount} EUR" if isinstance(value, Money) else DefaultJSONProvider.default(value)

    app.json = Provider(app)

    @app.get("/host")
    def host():
        return jsonify(total=Money(3), rate=Decimal("1.5"))

    @app.get("/rows")
    @openbb.table
    def rows():
        return jsonify([{"total": Money(3), "rate": Decimal("1.5")}])

    assert client.get("/host").get_data() == b'{"total":"3 EUR","rate":"1.5"}\n'
    assert client.get("/rows").get_json() == [{"total": "3 EUR", "rate": "1.5"}]


def test_a_response_class_of_the_host(app, openbb, client):
    class Branded(Response):
        default_mimetype = "text/plain"

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.headers["X-Brand"] = "host"

    app.response_class = Branded

    @app.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    for url in ("/rows", "/rows?a", "/widgets.json", "/openbb/widgets/none"):
        answer = client.get(url)
        assert (answer.mimetype, answer.headers["X-Brand"]) == ("application/json", "host")


def test_a_hook_that_reads_the_body_first(app, openbb, client):
    bodies = []

    @app.before_request
    def keep_body():
        bodies.append(request.get_data())

    @app.post("/say")
    @openbb.widget(type="omni")
    def say(prompt: str = ""):
        return {"content": prompt, "data_format": {"data_type": "object", "parse_as": "text"}}

    assert client.post("/say", data=b'{"prompt": "hi"}', content_type="application/json").get_json()["content"] == "hi"
    assert bodies == [b'{"prompt": "hi"}']


def test_a_service_mounted_below_another(app, openbb):
    @app.get("/rows")
    @openbb.table
    def rows():
        return ROWS

    client = Client(DispatcherMiddleware(Flask("front"), {"/below": app}))
    manifest = client.get("/below/widgets.json")
    assert manifest.get_json()["rows"]["endpoint"] == "rows"
    assert client.get("/below/rows").get_json() == ROWS
    assert client.get("/widgets.json").status_code == 404


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "failed"])
def test_teardowns_close_what_a_widget_opened(make_app, answered):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    log = []

    @app.before_request
    def open_session():
        g.db = "open"

    @app.teardown_request
    def close_session(error):
        log.append(g.pop("db"))

    @app.get("/rows")
    @openbb.table
    def rows():
        log.append("view")
        return ROWS if answered else 1 / 0

    assert app.test_client().get("/rows").status_code == (200 if answered else 500)
    assert log == ["view", "open"]


# What a trial with real services found


@pytest.mark.parametrize(
    ("method", "url", "headers", "status"),
    [
        ("OPTIONS", "/rows", PREFLIGHT, 204),
        ("OPTIONS", "/widgets.json", PREFLIGHT, 204),
        ("OPTIONS", "/openbb/widgets/plain", PREFLIGHT, 204),
        ("GET", "/openbb/widgets/plain", ORIGIN, 401),
        ("GET", "/openbb/widgets/none", ORIGIN, 401),
        ("POST", "/rows", ORIGIN, 405),
        ("GET", "/", ORIGIN, 200),
    ],
)
def test_a_pair_of_hooks_that_times_requests(make_app, method, url, headers, status):
    app = make_app(OPENBB_API_KEYS="k", PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)

    @app.before_request
    def start():
        g.start = 1

    @app.after_request
    def stop(response):
        response.headers["X-Time"] = str(g.start)
        return response

    @app.get("/rows")
    @openbb.table
    def rows():
        return [{"a": 1}]

    @app.get("/plain")
    def plain():
        return jsonify([{"a": 1}])

    openbb.expose("plain", type="table")
    answer = app.test_client().open(url, method=method, headers=headers)
    assert (answer.status_code, answer.headers.get("X-Time")) == (status, "1")


@pytest.mark.parametrize(
    "options",
    [{"columns": ["x"]}, {"extra": 5}, {"id": 5}, {"name": object()}, {"id": ""}, {"shape": "no"}, {"endpoint": 5}],
    ids=str,
)
def test_a_wrong_declaration_never_breaks_the_hosts_pages(make_app, options):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)

    @app.get("/page")
    def page():
        return "page"

    @app.get("/rows")
    @openbb.table(**options)
    def rows():
        return []

    client = app.test_client()
    assert client.get("/page").get_data() == b"page"
    answer = client.get("/widgets.json")
    assert answer.status_code == 500
    assert "test_hosts.py:" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "refuse",
    [lambda: abort(503, "Closed until six."), lambda: abort(make_response({"error": "Closed until six."}, 503))],
    ids=["text", "response"],
)
def test_what_a_hook_says_when_it_aborts_is_shown(make_app, refuse):
    app = make_app()
    openbb = OpenBB(app)
    app.before_request(refuse)

    @app.get("/rows")
    @openbb.table
    def rows():
        return []

    assert app.test_client().get("/rows").get_json()["detail"] == "Closed until six."


def test_a_teardown_learns_of_the_exception(make_app):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    log = []

    @app.teardown_request
    def finish(error):
        log.append("commit" if error is None else "rollback")

    @app.get("/host")
    def host():
        return 1 / 0

    @app.get("/rows")
    @openbb.table
    def rows():
        return 1 / 0

    assert app.test_client().get("/host").status_code == 500
    assert app.test_client().get("/rows").status_code == 500
    assert log == ["rollback", "rollback"]


def test_the_hosts_handler_of_500_is_told(make_app):
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    openbb = OpenBB(app)
    told = []

    @app.errorhandler(500)
    def pager(error):
        told.append(type(error.original_exception).__name__)
        return "<h1>sorry</h1>", 500

    @app.get("/rows")
    @openbb.table
    def rows():
        return 1 / 0

    assert app.test_client().get("/rows").status_code == 500
    assert told == ["ZeroDivisionError"]


def test_the_identity_is_known_to_a_login_hook(make_app):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)

    @app.before_request
    def login():
        return None if g.get("openbb_identity") else ({"detail": "log in"}, 401)

    @app.get("/rows")
    @openbb.table
    def rows():
        return [{"a": 1}]

    client = app.test_client()
    for url in ("/rows", "/widgets.json"):
        assert client.get(url, headers={"X-API-KEY": "k"}).status_code == 200


@pytest.mark.parametrize("value", ["no", "false", 0.5])
def test_public_wants_a_boolean(make_app, value):
    app = make_app(OPENBB_API_KEYS="k")
    openbb = OpenBB(app)

    @app.get("/rows")
    @openbb.table(public=value)
    def rows():
        return [{"a": 1}]

    closed = app.test_client().get("/rows")
    assert (closed.status_code, "has a fault" in closed.get_json()["detail"]) == (500, True)
