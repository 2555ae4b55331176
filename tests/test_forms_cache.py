"""What a submission makes old: the kept answers of the widgets it changes, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cachelib import SimpleCache
from flask import Flask, abort, redirect, request
from flask.testing import FlaskClient

from flask_openbb import Cache, Form, OpenBB
from flask_openbb.web.generations import Generations


class Flaky(SimpleCache):
    """A backend that can be told to lose what it is given."""

    lossy = False

    def set(self, key: str, value: Any, timeout: int | None = None) -> bool | None:
        return None if self.lossy else super().set(key, value, timeout)


@pytest.fixture(params=["memory", "shared"])
def client(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> FlaskClient:
    """Widgets that count how often they ran."""
    app = make_app(OPENBB_CACHE=SimpleCache()) if request.param == "shared" else make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    openbb = OpenBB(app)
    ran = {"shown": 0, "named": 0, "other": 0, "choices": 0}

    def count(name: str) -> list[dict[str, int]]:
        ran[name] += 1
        return [{"ran": ran[name]}]

    @app.get("/named")
    @openbb.table(cache=Cache(600, stale=600))
    def named() -> Any:
        return count("named")

    @app.get("/choices")
    @openbb.options(cache=600)
    def choices() -> Any:
        return [count("choices")[0]["ran"]]

    @app.post("/save")
    @openbb.form(refreshes=[named, "choices"])
    def save(outcome: str = "") -> Any:
        if outcome == "refuse":
            abort(409, "No.")
        if outcome == "crash":
            raise RuntimeError
        return None

    @app.get("/shown")
    @openbb.table(cache=600, params=[Form(save)])
    def shown() -> Any:
        return count("shown")

    @app.get("/other")
    @openbb.table(cache=600)
    def other() -> Any:
        return count("other")

    return app.test_client()


def ran(client: FlaskClient) -> list[int]:
    rows = [client.get(path).get_json()[0]["ran"] for path in ("/shown", "/named", "/other")]
    return [*rows, client.get("/choices").get_json()[0]["value"]]


@pytest.mark.parametrize(
    ("body", "status", "after"),
    [
        ({}, 200, [2, 2, 1, 2]),
        ({"outcome": "crash"}, 500, [2, 2, 1, 2]),
        ({"outcome": "refuse"}, 409, [1, 1, 1, 1]),
        ({"outcome": ["a", "b"]}, 400, [1, 1, 1, 1]),
    ],
    ids=["accepted", "failed half-way", "refused by the view", "refused by its fields"],
)
def test_a_submission_makes_old_what_it_changes(client: FlaskClient, body: Any, status: int, after: list[int]) -> None:
    assert ran(client) == ran(client) == [1, 1, 1, 1]
    assert client.post("/save", json=body).status_code == status
    assert ran(client) == ran(client) == after


def test_a_preflight_and_a_wrong_method_make_nothing_old(client: FlaskClient) -> None:
    assert ran(client) == [1, 1, 1, 1]
    headers = {"Origin": "https://pro.openbb.co", "Access-Control-Request-Method": "POST"}
    assert client.options("/save", headers=headers).status_code == 204
    assert client.get("/save").status_code == 405
    assert ran(client) == [1, 1, 1, 1]


def test_what_a_backend_did_not_take_is_told_again() -> None:
    from flask_openbb.web.stores import CachelibStore

    cache = Flaky()
    here, elsewhere = Generations(CachelibStore(cache)), Generations(CachelibStore(cache))
    here.change("widget", 60)
    first = here.current("widget")
    assert first == elsewhere.current("widget") != ""
    cache.lossy = True
    here.change("widget", 60)
    second = here.current("widget")
    assert second != first, "this worker serves nothing old"
    assert elsewhere.current("widget") == first
    cache.lossy = False
    assert here.current("widget") == second
    assert elsewhere.current("widget") == second


@pytest.mark.parametrize(("settings", "hints"), [({}, 1), ({"OPENBB_CACHE": SimpleCache()}, 0)])
def test_a_hint_says_that_memory_is_each_workers_own(
    make_app: Callable[..., Flask], settings: dict[str, Any], hints: int
) -> None:
    app = make_app(**settings)
    openbb = OpenBB(app)

    @app.post("/save")
    @openbb.form
    def save() -> None:
        return None

    @app.get("/rows")
    @openbb.table(cache=60, params=[Form(save)])
    def rows() -> Any:
        return []

    found = [fault for fault in openbb.validate(app) if "OPENBB_CACHE" in fault.fix]
    assert [fault.severity for fault in found] == ["hint"] * hints


def test_a_login_hook_that_redirects_makes_nothing_old(client: FlaskClient) -> None:
    """Or whoever has no account could keep the backend computing."""
    client.application.before_request(lambda: redirect("/login") if request.method == "POST" else None)
    before = ran(client)
    assert client.post("/save", json={}).status_code == 302
    assert ran(client) == before
