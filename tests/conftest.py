"""Fixtures for every test: a new Flask app each time, and a way to ask it as Workspace does."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from flask_openbb import OpenBB
from flask_openbb.manifest.dates import RelativeDate

ORIGIN = "https://pro.openbb.co"

# How long an example takes says more of the machine than of what is tried; in CI the examples are always the same.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the keys and settings of the machine it runs on."""
    import os

    for name in list(os.environ):
        if name.startswith("OPENBB_") or name == "VALID_API_KEYS":
            monkeypatch.delenv(name)


@pytest.fixture
def closed_engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the engines that the test made, or an app of it from a URL: Python 3.13 warns of SQLite's left open."""
    import sqlalchemy

    made = []
    create_engine = sqlalchemy.create_engine

    def create(*args: Any, **options: Any) -> sqlalchemy.Engine:
        made.append(create_engine(*args, **options))
        return made[-1]

    monkeypatch.setattr(sqlalchemy, "create_engine", create)
    yield
    for engine in made:
        engine.dispose()


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> date:
    """Today, as relative dates have it: one that does not end while the test runs."""
    noon = datetime(2028, 2, 29, 12)
    resolve = RelativeDate.resolve
    monkeypatch.setattr(RelativeDate, "resolve", lambda relative, now=None: resolve(relative, noon))
    return noon.date()


@pytest.fixture
def make_app() -> Callable[..., Flask]:
    """Make a Flask app as a host would have it; keyword arguments are its config."""

    def make(**config: Any) -> Flask:
        app = Flask("host")
        app.config.update({"TESTING": True, **config})
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def openbb(app: Flask) -> OpenBB:
    return OpenBB(app)


@pytest.fixture
def manifest(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Fetch widgets.json, which must answer 200."""

    def fetch(**headers: str) -> dict[str, Any]:
        answer = client.get("/widgets.json", headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    return fetch
