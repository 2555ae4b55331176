"""``cache=``: what is kept, for whom, for how long, and what happens when many ask or a backend fails."""

import datetime
import decimal
import enum
import logging
import re
import threading
import time
import uuid

import cachelib
import pytest
from flask import Response, abort, g, jsonify, make_response, request, session
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from flask_openbb import ApiKeyAuth, Cache, ConfigError, Identity, MissingExtraError, OpenBB, RegistrationError
from flask_openbb.web.cache import UnknownPartError, canonical
from flask_openbb.web.caching import RENEWALS, Entry
from flask_openbb.web.flights import Flights
from flask_openbb.web.stores import ENTRY_COST, REST, CachelibStore, MemoryStore, make_store


class Clock:
    """The time of day, which tests move."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


class Endless:
    """A backend that other processes share and that forgets nothing: the entries' own age decides."""

    def __init__(self):
        self.held = {}

    def get(self, key):
        return self.held.get(key)

    def set(self, key, value, timeout=None):
        self.held[key] = value

    def add(self, key, value, timeout=None):
        return self.held.setdefault(key, value) is value

    def delete(self, key):
        return self.held.pop(key, None) is not None

    @property
    def answers(self):
        return {key: value for key, value in self.held.items() if not key.endswith(":lock")}


@pytest.fixture
def backend():
    return Endless()


def counted(app, openbb, rule="/w", *, view=None, kind="table", **options):
    """Serve a widget that tells how often it was computed."""
    calls = []

    def compute(**arguments):
        calls.append(arguments)
        return [{"n": len(calls)}] if view is None else view(len(calls), **arguments)

    app.add_url_rule(rule, "w", openbb.widget(type=kind, **options)(compute))
    return calls


def numbers(client, *asked, **more):
    return [client.get(path, **more).get_json()[0]["n"] for path in asked]


@pytest.mark.parametrize("cache", [60, Cache(60), Cache(60, shared=True)], ids=["seconds", "Cache", "shared"])
def test_an_answer_is_computed_once(app, openbb, client, cache):
    calls = counted(app, openbb, cache=cache)
    first = client.get("/w")
    second = client.get("/w")
    assert (first.get_data(), "Age" in first.headers) == (b'[{"n":1}]', False)
    assert (second.get_data(), second.headers["Age"]) == (b'[{"n":1}]', "0")
    assert second.headers["Content-Type"] == first.headers["Content-Type"] == "application/json"
    assert client.head("/w").headers["Content-Length"] == "9"
    assert len(calls) == 1


@pytest.mark.parametrize("kind", ["table", "markdown"])
def test_answers_of_every_kind_come_back_the_same(app, openbb, client, kind):
    view = {"table": lambda n: ([{"a": {"b": n}}], {"X-Mine": "1"}), "markdown": lambda n: f"# {n} ä"}[kind]
    counted(app, openbb, kind=kind, view=view, cache=60)
    first, second = client.get("/w"), client.get("/w")
    assert first.get_data() == second.get_data()
    assert sorted(second.headers) == sorted([*first.headers, ("Age", "0")])


def test_an_answer_grows_old(make_app, clock, backend):
    app = make_app(OPENBB_CACHE=backend)
    counted(app, OpenBB(app), cache=10)
    client = app.test_client()
    assert numbers(client, "/w", "/w") == [1, 1]
    clock.now += 9
    assert client.get("/w").headers["Age"] == "9"
    clock.now += 1
    assert numbers(client, "/w", "/w") == [2, 2]
    clock.now -= 3600  # the clock of another worker
    assert client.get("/w").headers["Age"] == "0"


def test_options_are_cached_too(app, openbb, client):
    calls = []

    @app.get("/symbols")
    @openbb.options(cache=60, etag=True)
    def symbols():
        calls.append(1)
        return ["A"]

    first, second = client.get("/symbols"), client.get("/symbols")
    assert first.get_json() == second.get_json() == [{"label": "A", "value": "A"}]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert calls == [1]


# What is in the key


class Side(enum.Enum):
    BUY = "buy"


def test_values_that_parse_alike_are_one_key(app, openbb, client):
    calls = []

    @app.get("/w/<int:desk>")
    @openbb.table(cache=60)
    def w(desk: int, day: datetime.date = datetime.date(2024, 1, 1), side: Side = Side.BUY, n: int = 1, theme="dark"):
        calls.append((desk, day, side, n, theme))
        return [{"n": len(calls)}]

    asked = ["/w/1", "/w/1?day=2024-01-01", "/w/1?n=1&side=buy", "/w/1?n=2", "/w/2", "/w/1?theme=light", "/w/1"]
    assert numbers(client, *asked) == [1, 1, 1, 2, 3, 4, 1]


def test_what_a_view_reads_by_itself_is_in_the_key(app, openbb, client):
    @app.get("/legacy")
    def legacy():
        calls.append(1)
        return jsonify([{"n": len(calls), "asked": request.args.get("x")}])

    calls = []
    openbb.expose("legacy", id="w", cache=60)
    url = "/openbb/widgets/w"
    assert numbers(client, url, url + "?x=1", url + "?x=2", url + "?x=1", url + "?raw=true") == [1, 2, 3, 2, 4]


def test_a_schemas_parameters_are_in_the_key(app, openbb, client):
    from marshmallow import Schema, fields, post_load

    class Query(Schema):
        start = fields.Integer(data_key="from", load_default=1)
        hidden = fields.Integer(load_default=1)

        @post_load
        def twice(self, data, **_):
            return {"start": data["start"] * 2}

    calls = []

    @app.get("/w")
    @openbb.table(cache=60, params=Query)
    def w(start):
        calls.append(start)
        return [{"n": len(calls)}]

    assert numbers(client, "/w", "/w?from=1", "/w?from=2", "/w?hidden=1", "/w?hidden=2") == [1, 1, 2, 3, 4]


def test_the_host_name_is_in_the_key(app, openbb, client):
    counted(app, openbb, cache=Cache(60, shared=True))
    assert numbers(client, "/w", base_url="http://a.example") == [1]
    assert numbers(client, "/w", base_url="http://b.example") == [2]


def test_headers_named_in_vary_are_in_the_key(app, openbb, client):
    counted(app, openbb, cache=Cache(60, shared=True, vary=["Accept-Language"]))
    for language, number in (("de", 1), ("fr", 2), ("de", 1)):
        assert numbers(client, "/w", headers={"Accept-Language": language}) == [number]


class Money:
    def __init__(self, text):
        self.text = text


class MoneyConverter(BaseConverter):
    def to_python(self, value):
        return Money(value)


def test_a_value_without_a_text_is_computed_each_time(app, openbb, client, caplog):
    app.url_map.converters["money"] = MoneyConverter
    calls = []

    @app.get("/w/<money:amount>")
    @openbb.table(cache=60)
    def w(amount):
        calls.append(amount)
        return [{"n": len(calls)}]

    assert numbers(client, "/w/3", "/w/3") == [1, 2]
    assert [record.message for record in caplog.records] == [
        "Widget 'w': an answer is not cached, because a parameter is a Money, which has no text to keep an answer "
        "under."
    ]


DIFFERENT = [
    None, True, 1, 1.0, "1", b"1", decimal.Decimal("1"), decimal.Decimal("1.0"), float("nan"), Side.BUY, "Side.BUY",
    datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.time(1),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(1), uuid.UUID(int=1),
    [], [1], ["1"], [1, 2], [[1], 2], [[1, 2]], {}, {"a": 1}, {"a": [1]}, {1, 2}, {"a": "b,'c':1"}, "[1]",
    Cache(1), Cache(2), Identity("a"),
]  # fmt: skip


def test_different_values_have_different_texts():
    assert len({canonical(value) for value in DIFFERENT}) == len(DIFFERENT)


def test_equal_values_have_one_text():
    assert canonical({"a": 1, "b": {3, 1, 2}}) == canonical({"b": frozenset({2, 3, 1}), "a": 1})
    assert canonical((1, 2)) == canonical([1, 2])


def test_an_unknown_class_has_no_text():
    with pytest.raises(UnknownPartError, match=r"^Money$"):
        canonical([Money("1")])
    assert canonical([Money("1")], lenient=True).endswith("test_cache.Money]")


# Who shares


def test_two_identities_share_nothing(make_app):
    app = make_app(OPENBB_API_KEYS={"alice": "k1", "bob": "k2"})
    openbb = OpenBB(app)
    counted(app, openbb, view=lambda n: [{"n": n, "who": g.openbb_identity.id}], cache=60)
    client = app.test_client()
    alice, bob = {"X-API-KEY": "k1"}, {"X-API-KEY": "k2"}
    rows = [client.get("/w", headers=headers).get_json()[0] for headers in (alice, bob, alice, bob)]
    assert [row["n"] for row in rows] == [1, 2, 1, 2]
    assert rows[0]["who"] != rows[1]["who"]
    assert client.get("/w").status_code == 401
    assert client.get("/w", headers={"X-API-KEY": "wrong"}).status_code == 403


def test_a_shared_answer_is_everybodys(make_app):
    app = make_app()
    openbb = OpenBB(app, auth=ApiKeyAuth(["k1", "k2"], query="api_key"))
    counted(app, openbb, cache=Cache(60, shared=True))
    client = app.test_client()
    client.set_cookie("session", "x")
    asked = [("/w", {"X-API-KEY": "k1"}), ("/w?api_key=k2", {}), ("/w", {"X-API-KEY": "k2", "Cookie": "a=b"})]
    assert [client.get(path, headers=headers).get_json() for path, headers in asked] == [[{"n": 1}]] * 3


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Forwarded-User", "X-Auth-Request-Email", "X-API-Key"])
def test_without_a_policy_a_header_that_tells_who_asks_separates(app, openbb, name):
    counted(app, openbb, cache=60)
    client = app.test_client(use_cookies=False)
    assert [numbers(client, "/w", headers={name: who})[0] for who in ("a", "b", "a")] == [1, 2, 1]


def test_a_session_that_is_signed_anew_each_time_is_one_key(make_app):
    app = make_app(SECRET_KEY="s", SESSION_COOKIE_NAME="sid")
    counted(app, OpenBB(app), cache=60)
    signed = app.session_interface.get_signing_serializer(app)

    class Earlier(signed.signer):
        def get_timestamp(self):
            return super().get_timestamp() - 60

    def ask(serializer, user, other="1"):
        cookies = f"sid={serializer.dumps(user)}; other={other}"
        return numbers(app.test_client(use_cookies=False), "/w", headers={"Cookie": cookies})[0]

    earlier = app.session_interface.get_signing_serializer(app)
    earlier.signer = Earlier
    alice, bob = {"user": "alice"}, {"user": "bob"}
    assert signed.dumps(alice) != earlier.dumps(alice)
    asked = [
        (signed, alice),
        (earlier, alice),
        (signed, bob),
        (signed, alice, "2"),
        (signed, {"user": Markup("alice")}),
    ]
    assert [ask(*each) for each in asked] == [1, 1, 2, 3, 4]


@pytest.mark.parametrize("name", ["User-Agent", "Accept", "X-Request-Id", "Sec-Fetch-User", "Referer"])
def test_other_headers_do_not(app, openbb, client, name):
    counted(app, openbb, cache=60)
    assert [numbers(client, "/w", headers={name: who})[0] for who in ("a", "b")] == [1, 1]


def test_the_servers_user_separates(app, openbb, client):
    counted(app, openbb, cache=60)
    assert [numbers(client, "/w", environ_base={"REMOTE_USER": who})[0] for who in ("a", "b")] == [1, 2]


def test_apps_on_one_backend_share_nothing(make_app, backend):
    served = []
    for config in ({}, {"OPENBB_CACHE_PREFIX": "x"}, {"SECRET_KEY": "s"}, {"SECRET_KEY": b"t"}, {}):
        app = make_app(OPENBB_CACHE=backend, **config)
        counted(app, OpenBB(app), cache=60, view=lambda n: [{"n": len(backend.answers)}])
        served += numbers(app.test_client(), "/w")
    assert served == [0, 1, 2, 3, 0], "the last is the first again"
    assert {key.rpartition(":")[0] for key in backend.answers} == {"openbb:host", "openbb:x"}


@pytest.mark.parametrize(
    "changed",
    [{"name": "Other"}, {"limit": 5}, {"separator": "-"}, {"data_key": "rows"}, {"columns": []}],
    ids=lambda options: next(iter(options)),
)
def test_a_changed_declaration_has_other_keys(make_app, backend, changed):
    for options in ({}, changed, {}):
        app = make_app(OPENBB_CACHE=backend)
        counted(app, OpenBB(app), cache=60, view=lambda n: [{"a": {"b": n}}], **options)
        app.test_client().get("/w")
    assert len(backend.answers) == (1 if changed == {"columns": []} else 2)


def test_a_widget_the_manifest_refuses_is_still_cached(app, openbb, client):
    counted(app, openbb, cache=60, grid=(1, 2, 3, 4, 5))
    assert numbers(client, "/w", "/w") == [1, 1]


# What is not kept


def stream(n):
    return Response((part for part in [b"[", b"]"]), mimetype="application/pdf")


def with_cookie(n):
    response = make_response(jsonify([{"n": n}]))
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    ("view", "cache", "said"),
    [
        (lambda n: (jsonify([{"n": n}]), {"Cache-Control": "no-store"}), 60, None),
        (lambda n: ([{"n": n}], {"Cache-Control": "private"}), Cache(60, shared=True), None),
        (lambda n: ([{"n": n}], 201), 60, None),
        (lambda n: ({"error": "no"}, 404), 60, None),
        (lambda n: abort(403), 60, None),
        (with_cookie, 60, "is a stream, compressed, or sets a cookie"),
        (lambda n: Response(b"x", headers={"Content-Encoding": "gzip"}), 60, "compressed"),
        (lambda n: ([{"n": n}], {"Vary": "X-Desk, Origin"}), 60, r"it varies by X-Desk: name it in Cache\(vary=...\)"),
        (lambda n: ([{"n": "x" * 999}]), 60, "it has 1009 bytes, more than OPENBB_CACHE_MAX_BYTES"),
    ],
    ids=["no-store", "private", "201", "404", "abort", "cookie", "compressed", "vary", "large"],
)
def test_such_an_answer_is_not_kept(make_app, caplog, view, cache, said):
    app = make_app(OPENBB_CACHE_MAX_BYTES=1000)
    calls = counted(app, OpenBB(app), view=view, cache=cache)
    client = app.test_client()
    answers = [client.get("/w") for _ in range(3)]
    assert len(calls) == 3
    assert all("Age" not in answer.headers for answer in answers)
    messages = [record.message for record in caplog.records if record.name == "flask_openbb"]
    assert len(messages) == (1 if said else 0), "said once"
    if said:
        assert re.search(said, messages[0])


def test_a_stream_is_not_kept(app, openbb, client):
    calls = counted(app, openbb, kind="@desk/plugins/raw", view=stream, cache=60)
    assert [client.get("/w").get_data() for _ in range(2)] == [b"[]", b"[]"]
    assert len(calls) == 2


def test_a_header_named_in_both_is_fine(app, openbb, client):
    counted(app, openbb, cache=Cache(60, vary=["x-desk"]), view=lambda n: ([{"n": n}], {"Vary": "X-Desk"}))
    assert numbers(client, "/w", "/w", headers={"X-Desk": "1"}) == [1, 1]


def test_an_exception_is_not_kept(make_app):
    app = make_app(PROPAGATE_EXCEPTIONS=False)

    def view(n):
        if n == 1:
            raise RuntimeError("down")
        return [{"n": n}]

    counted(app, OpenBB(app), cache=60, view=view)
    client = app.test_client()
    assert client.get("/w").status_code == 500
    assert numbers(client, "/w", "/w") == [2, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cache": 0}, r"Cache\(seconds=0\) is not a whole number of seconds, 1 or more"),
        ({"cache": True}, "cache=True is not a time. Give whole seconds"),
        ({"cache": "60"}, "cache='60' is not a time"),
        (
            {"cache": 60, "kind": "omni", "methods": ["POST"]},
            "cache= is for widgets asked with GET, and 'omni' is asked",
        ),
    ],
    ids=["zero", "bool", "text", "post"],
)
def test_a_wrong_cache_is_a_fault(app, openbb, options, said):
    kind, methods = options.pop("kind", "table"), options.pop("methods", ["GET"])
    app.add_url_rule("/w", "w", openbb.widget(type=kind, **options)(lambda: []), methods=methods)
    with pytest.raises(ValueError, match=said):
        openbb.validate(app)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"seconds": 1.5}, "seconds=1.5"),
        ({"seconds": 1, "stale": -1}, "stale=-1"),
        ({"seconds": 1, "vary": "X-Desk"}, "vary='X-Desk'"),
        ({"seconds": 1, "vary": [1]}, r"vary=\[1\]"),
    ],
    ids=["seconds", "stale", "text", "number"],
)
def test_a_wrong_time_is_refused_at_once(arguments, said):
    with pytest.raises(RegistrationError, match=said):
        Cache(**arguments)


# Many at once


def at_once(count, work):
    """Run work in threads that start together; return what each got, exceptions too."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number):
        barrier.wait(60)
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return results


class Crowd:
    """Lets a computation go on when as many others as expected wait for it: those that found nothing kept."""

    def __init__(self, others):
        self.missing = threading.Semaphore(0)
        self.others = others

    def looked(self):
        self.missing.release()

    def gather(self):
        for _ in range(self.others):
            assert self.missing.acquire(timeout=60)


class Watched(Endless):
    """Tells a crowd of every look that found nothing."""

    def __init__(self, crowd):
        super().__init__()
        self.crowd = crowd

    def get(self, key):
        found = super().get(key)
        if found is None:
            self.crowd.looked()
        return found


@pytest.mark.parametrize("count", [2, 20])
def test_many_at_once_compute_once(make_app, count):
    crowd = Crowd(count + 1)  # each looks, and who computes looks again
    app = make_app(OPENBB_CACHE=Watched(crowd))

    def view(n):
        crowd.gather()
        return [{"n": n}]

    calls = counted(app, OpenBB(app), cache=60, view=view)
    app.test_client().get("/widgets.json")
    answers = at_once(count, lambda _: app.test_client().get("/w").get_json())
    assert answers == [[{"n": 1}]] * count
    assert len(calls) == 1


def test_after_an_exception_the_others_try_one_at_a_time(make_app):
    crowd = Crowd(11)
    app = make_app(OPENBB_CACHE=Watched(crowd), PROPAGATE_EXCEPTIONS=False)
    running = threading.Semaphore(1)

    def view(n):
        assert running.acquire(blocking=False), "two at a time"
        try:
            if n == 1:
                crowd.gather()
            if n <= 3:
                raise RuntimeError("down")
            return [{"n": n}]
        finally:
            running.release()

    calls = counted(app, OpenBB(app), cache=60, view=view)
    app.test_client().get("/widgets.json")
    answers = at_once(10, lambda _: app.test_client().get("/w"))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [500] * 3
    assert {answer.get_data() for answer in answers if answer.status_code == 200} == {b'[{"n":4}]'}
    assert len(calls) == 4


def test_when_the_answer_cannot_be_kept_the_others_do_not_queue(make_app):
    crowd, together = Crowd(4), threading.Barrier(2)
    app = make_app(OPENBB_CACHE=Watched(crowd))

    def view(n):
        if n == 1:
            crowd.gather()
        else:
            together.wait(60)
        return [{"n": n}], {"Cache-Control": "no-store"}

    calls = counted(app, OpenBB(app), cache=60, view=view)
    app.test_client().get("/widgets.json")
    answers = at_once(3, lambda _: app.test_client().get("/w").status_code)
    assert answers == [200] * 3
    assert len(calls) == 3


def test_nobody_waits_for_ever():
    flights = Flights(MemoryStore(1000), wait=0)
    inside, leave = threading.Event(), threading.Event()

    def slow():
        inside.set()
        leave.wait(60)
        return "kept", "slow"

    first = threading.Thread(target=lambda: flights.once("key", look=lambda: None, compute=slow))
    first.start()
    assert inside.wait(60)
    assert flights.once("key", look=lambda: None, compute=lambda: ("kept", "quick")) == "quick"
    flights.alone("key", look=lambda: None, compute=lambda: pytest.fail("somebody computes already"))
    leave.set()
    first.join(60)


def test_another_workers_lock_is_waited_for(backend):
    looks = []

    def look():
        looks.append(1)
        return "theirs" if len(looks) > 3 else None

    backend.held["key:lock"] = b"of another worker"
    flights = Flights(CachelibStore(backend), wait=30)
    assert flights.once("key", look=look, compute=lambda: pytest.fail("they compute")) == "theirs"
    flights.alone("key", look=look, compute=lambda: pytest.fail("they compute"))
    assert backend.held == {"key:lock": b"of another worker"}, "only who took it releases it"


def test_another_workers_lock_is_not_waited_for_for_ever(backend):
    backend.held["key:lock"] = b"of a worker that died"
    flights = Flights(CachelibStore(backend), wait=0)
    assert flights.once("key", look=lambda: None, compute=lambda: ("kept", "own")) == "own"


# Stale answers


@pytest.fixture
def threads(monkeypatch):
    """Hold background threads back until they are started by hand."""
    held = []

    class Held(threading.Thread):
        def start(self):
            held.append(self) if self.name.startswith("openbb-renew") else super().start()

    monkeypatch.setattr(threading, "Thread", Held)
    return held


def run(held):
    for thread in held:
        thread.run()
    held.clear()


@pytest.fixture
def stale(make_app, clock, backend):
    """An app with a widget that is fresh for 10 seconds and stale for 20 more."""
    app = make_app(OPENBB_CACHE=backend)
    return app, OpenBB(app), Cache(10, stale=20)


def test_a_stale_answer_is_served_and_renewed(stale, clock, threads):
    app, openbb, cache = stale
    calls = counted(app, openbb, cache=cache)
    client = app.test_client()
    assert numbers(client, "/w") == [1]
    clock.now += 10
    served = client.get("/w")
    assert (served.get_json(), served.headers["Age"], len(calls), len(threads)) == ([{"n": 1}], "10", 1, 1)
    run(threads)
    assert len(calls) == 2
    assert client.get("/w").get_json() == [{"n": 2}]
    clock.now += 30
    assert (numbers(client, "/w"), threads) == ([3], []), "too old to be served"


def test_a_stale_answer_is_renewed_once(stale, clock, threads):
    app, openbb, cache = stale
    calls = counted(app, openbb, cache=cache)
    client = app.test_client()
    client.get("/w")
    clock.now += 10
    assert numbers(client, "/w", "/w", "/w") == [1, 1, 1]
    run(threads)
    assert len(calls) == 2, "the later ones found it done"


def test_renewals_are_bounded(stale, clock, threads):
    app, openbb, cache = stale
    calls = counted(app, openbb, cache=cache)
    client = app.test_client()
    paths = [f"/w?x={number}" for number in range(RENEWALS + 3)]
    numbers(client, *paths)
    clock.now += 10
    numbers(client, *paths)
    assert len(threads) == RENEWALS
    run(threads)
    assert len(calls) == 2 * RENEWALS + 3
    numbers(client, *paths)
    assert len(threads) == 3
    run(threads)


def test_the_background_has_the_request_and_what_hooks_set_up(stale, clock, threads):
    app, openbb, cache = stale
    app.secret_key = "s"
    closed = []

    @app.before_request
    def connect():
        g.database = object()

    @app.teardown_request
    def close(error):
        closed.append(g.pop("database", None))

    @app.get("/w/<symbol>")
    @openbb.table(cache=cache, auth=lambda credentials: credentials.query_value("who"))
    def w(symbol: str, days: int = 1):
        seen.append((
            request.method, request.path, request.view_args, request.args["days"], request.endpoint,
            g.openbb_identity.id, g.database is not None, session.get("user"), request.headers.get("If-None-Match"),
        ))  # fmt: skip
        return [{"n": len(seen)}]

    seen = []
    client = app.test_client()
    with client.session_transaction() as stored:
        stored["user"] = "u"
    url = "/w/A?days=3&who=alice"
    client.get(url)
    clock.now += 10
    assert client.head(url, headers={"If-None-Match": '"x"'}).status_code == 200
    before = len(closed)
    run(threads)
    assert seen == [("GET", "/w/A", {"symbol": "A"}, "3", "w", "alice", True, "u", None)] * 2
    assert len(closed) == before + 1


def test_the_background_renews_exposed_views(stale, clock, threads):
    app, openbb, cache = stale
    calls = []

    @app.get("/reports/<int:number>")
    def report(number):
        calls.append((number, request.path, request.url_rule.rule))
        return jsonify([{"n": len(calls)}])

    openbb.expose("report", id="w", cache=cache)
    client = app.test_client()
    url = "/openbb/widgets/w?number=3"
    assert numbers(client, url) == [1]
    clock.now += 10
    assert numbers(client, url) == [1]
    run(threads)
    assert calls == [(3, "/reports/3", "/reports/<int:number>")] * 2
    assert numbers(client, url) == [2]


@pytest.mark.parametrize("why", ["raises", "refused", "404"])
def test_a_renewal_that_fails_keeps_the_old_answer(stale, clock, threads, caplog, why):
    app, openbb, cache = stale
    broken = []

    @app.before_request
    def refuse():
        return ("no", 403) if broken == ["refused"] else None

    def view(n):
        if broken == ["raises"]:
            raise RuntimeError("down")
        return ([], 404) if broken else [{"n": n}]

    calls = counted(app, openbb, cache=cache, view=view)
    client = app.test_client()
    client.get("/w")
    clock.now += 10
    client.get("/w")
    broken.append(why)
    run(threads)
    broken.clear()
    assert numbers(client, "/w") == [1]
    run(threads)
    assert numbers(client, "/w") == [len(calls)]
    logged = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert logged == ([] if why == "404" else ["Widget 'w': its stale answer could not be renewed."])


def test_without_threads_the_stale_answer_is_still_served(stale, clock, monkeypatch):
    app, openbb, cache = stale

    def none_left(self):
        raise RuntimeError("can't start new thread")

    counted(app, openbb, cache=cache)
    client = app.test_client()
    client.get("/w")
    clock.now += 10
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        assert numbers(client, *["/w"] * (RENEWALS + 2)) == [1] * (RENEWALS + 2)


# Backends


class Down:
    """A backend that fails, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def get(self, key, *_, **__):
        self.asked += 1
        raise ConnectionError("redis://user:password@host")

    set = add = delete = get


def test_a_backend_that_is_down_is_done_without(make_app, caplog, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    down = Down()
    app = make_app(OPENBB_CACHE=down)
    counted(app, OpenBB(app), cache=60)
    client = app.test_client()
    assert numbers(client, "/w", "/w", "/w") == [1, 2, 3]
    assert down.asked == 1, "left alone for a while"
    clock.now += REST
    assert numbers(client, "/w") == [4]
    assert down.asked == 2
    messages = [record.message for record in caplog.records if record.name == "flask_openbb"]
    assert messages == [
        "The cache backend failed (ConnectionError); answers are computed without it until it is back."
    ], "once a minute, without the URL"
    clock.now += 60
    assert numbers(client, "/w") == [5]
    assert len([record for record in caplog.records if record.name == "flask_openbb"]) == 2


def test_while_one_request_tries_a_backend_again_the_others_do_without(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    inside, leave = threading.Event(), threading.Event()
    asked = []

    class Hangs(Endless):
        def get(self, key):
            asked.append(key)
            if key == "down":
                raise ConnectionError
            inside.set()
            assert leave.wait(60)
            return b"back"

    store, found = CachelibStore(Hangs()), []
    assert store.get("down") is None
    clock.now += REST
    first = threading.Thread(target=lambda: found.append(store.get("first")))
    first.start()
    assert inside.wait(60)
    assert (store.get("second"), asked) == (None, ["down", "first"])
    leave.set()
    first.join(60)
    assert (found, store.get("third")) == ([b"back"], b"back")


def test_a_redis_that_is_down_is_done_without(make_app):
    app = make_app(OPENBB_CACHE="redis://127.0.0.1:1/0")  # nobody listens on port 1
    counted(app, OpenBB(app), cache=60)
    began = time.perf_counter()
    assert numbers(app.test_client(), "/w", "/w") == [1, 2]
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("make", [cachelib.SimpleCache, Endless], ids=["SimpleCache", "own"])
def test_a_backend_of_the_users_keeps_bytes(make_app, make):
    backend = make()
    app = make_app(OPENBB_CACHE=backend)
    counted(app, OpenBB(app), cache=60)
    assert numbers(app.test_client(), "/w", "/w") == [1, 1]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x80\x04K\x01.",
        b"openbb1",
        b"openbb1\0\0\0\x02[]",
        b"openbb1\0\0\0\xff[1]",
        b'openbb1\0\0\0\x08[1,2,"a"',
        7,
    ],
    ids=["empty", "pickle", "magic", "list", "length", "json", "number"],
)
def test_what_others_write_into_the_backend_is_ignored(make_app, backend, garbage):
    app = make_app(OPENBB_CACHE=backend)
    counted(app, OpenBB(app), cache=60)
    client = app.test_client()
    client.get("/w")
    (key,) = backend.answers
    backend.held[key] = garbage
    assert numbers(client, "/w", "/w") == [2, 2]


def test_an_entry_comes_back_as_it_was():
    entry = Entry(stored=1.5, headers=(("A", "b"), ("A", "c")), digest="d", body=b"\0body")
    assert Entry.unpack(entry.pack()) == entry
    assert Entry.unpack(None) is None


class FakeRedis:
    """What cachelib asks of a client."""

    def __init__(self):
        self.held = {}

    def get(self, name):
        return self.held.get(name)

    def set(self, name, value, ex=None):
        self.held[name] = value

    def setex(self, name, value, time):  # cachelib before 0.14
        self.held[name] = value

    def setnx(self, name, value):
        return self.held.setdefault(name, value) is value

    def expire(self, name, time):
        return True

    def delete(self, name):
        return self.held.pop(name, None) is not None


def test_a_redis_backend_of_the_users_is_read_without_pickle(make_app):
    backend = cachelib.RedisCache(FakeRedis())
    store = make_store(backend, memory_bytes=1)
    store.set("a", b"!value", 9)
    assert store.get("a") == b"!value"
    assert store.add("b", b"token", 9) is True
    assert store.add("b", b"other", 9) is False
    store.release("b", b"other")
    store.release("a", b"!value")
    assert backend._write_client.held == {"b": b"token"}
    assert type(backend.serializer) is type(cachelib.RedisCache.serializer), "the user's own object is as it was"


def test_memory_is_bounded():
    clock = Clock()
    store = MemoryStore(2 * ENTRY_COST + 10, clock=clock)
    store.set("a", b"aaaa", 9)
    store.set("b", b"bbbb", 9)
    assert store.get("a") == b"aaaa"
    store.set("c", b"cccc", 9)
    assert [store.get(key) for key in "abc"] == [b"aaaa", None, b"cccc"], "b was not used for longest"
    store.set("a", b"x" * (ENTRY_COST + 11), 9)
    assert store.get("a") is None
    assert store.add("c", b"d", 9) is False
    clock.now += 9
    assert store.get("c") is None
    assert store.add("c", b"d", 9) is True
    store.release("c", b"other")
    assert store.get("c") == b"d"
    store.release("c", b"d")
    assert store.get("c") is None


@pytest.mark.parametrize("missing", ["redis", "cachelib"])
def test_redis_without_its_packages_says_what_to_install(make_app, monkeypatch, missing):
    import sys

    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'Flask-OpenBB\[redis\]'"):
        OpenBB(make_app(OPENBB_CACHE="redis://localhost"))


@pytest.mark.parametrize("url", ["redis://localhost:port/0", "memcached://x", "redis"])
def test_a_wrong_url_stops_the_app(make_app, url):
    with pytest.raises(ConfigError, match="OPENBB_CACHE"):
        OpenBB(make_app(OPENBB_CACHE=url))


def test_a_copy_without_metadata_keeps_answers(make_app, monkeypatch):
    import importlib.metadata

    from flask_openbb.web import caching

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    caching.package_version.cache_clear()
    app = make_app()
    calls = []

    @app.get("/rows")
    @OpenBB(app).table(cache=60)
    def rows():
        calls.append(1)
        return [{"a": 1}]

    client = app.test_client()
    assert [client.get("/rows").get_json() for _ in range(2)] == [[{"a": 1}]] * 2
    assert len(calls) == 1
    caching.package_version.cache_clear()
