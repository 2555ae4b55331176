"""The example's forms: what they store in SQLite, what they refuse, and what is shown afterwards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from example_workspace import KEY, ORIGIN, Workspace, flat
from flask import Flask
from servers import ROOT, Gunicorn
from werkzeug.test import TestResponse

import example_app
from example_app import database

TYPED = {"name": "Endowment", "volume": "42.5", "started": "2018-03-01", "instruments": ["WTI", "VIX"]}
"""As Workspace sends it: numbers as text, what was not touched not at all."""

Submit = Callable[..., TestResponse]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "clients.sqlite"


@pytest.fixture
def service(file: Path) -> Flask:
    return example_app.create_app({"TESTING": True, "OPENBB_API_KEYS": KEY, "DATABASE": str(file)})


@pytest.fixture
def workspace(service: Flask) -> Workspace:
    return Workspace(service)


@pytest.fixture
def submit(workspace: Workspace) -> Submit:
    """Press a button of a widget's form: ``submit(widget_id, button, **typed)``."""

    def press(widget_id: str, button: str, **typed: Any) -> TestResponse:
        (form,) = (param for param in flat(workspace.widgets[widget_id]["params"]) if param["type"] == "form")
        assert button in [one["paramName"] for one in form["inputParams"] if one["type"] == "button"]
        path = "/" + form["endpoint"].strip("/")
        return workspace.client.open(path, method=form["method"], json={**typed, button: True})

    return press


def names(workspace: Workspace) -> list[str]:
    return [row["name"] for row in workspace.body("clients_mandates")]


def stored(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_a_mandate_is_stored_and_shown(workspace: Workspace, submit: Submit, file: Path) -> None:
    before = names(workspace)
    answer = submit("clients_mandates", "add", **TYPED, discretionary="true")
    assert (answer.status_code, answer.get_json()) == (200, {"message": "Endowment was added."})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert names(workspace) == sorted([*before, "Endowment"])
    assert stored(file, "SELECT * FROM mandates WHERE name = 'Endowment'") == [
        ("Endowment", "balanced", 42.5, "2018-03-01", "WTI,VIX", 1)
    ]


def test_other_widgets_of_the_same_data_are_renewed(workspace: Workspace, submit: Submit) -> None:
    def volumes() -> dict[str, float]:
        return {row["strategy"]: row["volume"] for row in workspace.body("clients_strategies")}

    before = volumes()
    submit("clients_mandates", "add", **TYPED, strategy="equity")
    assert volumes() == before | {"equity": 122.5}


def test_every_worker_shows_what_one_has_stored(file: Path, tmp_path: Path) -> None:
    env = {"OPENBB_API_KEYS": KEY, "DATABASE": str(file)}
    options = [f"--config={ROOT / 'example_app' / 'gunicorn.conf.py'}", "--workers=2", "--threads=1"]
    server = Gunicorn("example_app:create_app()", tmp_path, env=env, options=options)

    def ask(method: str, path: str, body: str | None = None) -> Any:
        with closing(server.connect()) as connection:
            headers = {"X-API-KEY": KEY, "Content-Type": "application/json"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            assert answer.status == 200
            return json.loads(answer.read())

    try:
        server.wait()
        before = [ask("GET", "/widgets/clients/mandates") for _ in range(10)]
        ask("POST", "/widgets/clients/mandate", json.dumps(TYPED | {"add": True}))
        after = [ask("GET", "/widgets/clients/mandates") for _ in range(10)]
    finally:
        server.stop()
    assert {len(rows) for rows in before} == {3}
    assert {len(rows) for rows in after} == {4}


def test_the_same_submission_twice_is_stored_once(workspace: Workspace, submit: Submit) -> None:
    answers = [submit("clients_mandates", "add", **TYPED) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert names(workspace).count("Endowment") == 1


def test_a_mandate_is_changed(submit: Submit, file: Path) -> None:
    submit("clients_mandates", "add", **TYPED)
    answer = submit("clients_mandates", "change", **TYPED | {"volume": "50", "instruments": []})
    assert answer.get_json() == {"message": "Endowment was changed."}
    assert stored(file, "SELECT volume, instruments FROM mandates WHERE name = 'Endowment'") == [(50.0, "")]


@pytest.mark.parametrize(
    ("button", "typed", "error"),
    [
        ("add", {"name": "Equity model"}, "name: Another mandate has this name. Press 'Change' to change it."),
        ("change", {"name": "Nobody's"}, "name: No mandate has this name."),
        ("add", {"name": ""}, "name: Missing data for required field."),
        ("add", {"name": "x" * 81}, "name: Length must be between 1 and 80."),
        ("add", {"volume": "0"}, "volume: Must be greater than 0 and less than or equal to 100000."),
        ("add", {"volume": "much"}, "volume: "),
        ("add", {"started": "soon"}, "started: "),
        ("add", {"strategy": "luck"}, "strategy: Must be one of: balanced, equity, commodities."),
        ("add", {"instruments": ["AAPL"]}, "instruments"),
    ],
)
def test_a_refusal_names_the_field_and_stores_nothing(
    workspace: Workspace, submit: Submit, file: Path, button: str, typed: dict[str, Any], error: str
) -> None:
    names(workspace)
    before = stored(file, "SELECT * FROM mandates ORDER BY name")
    answer = submit("clients_mandates", button, **TYPED | typed)
    assert answer.status_code == 400
    body = answer.get_json()
    assert body["error"].startswith(error)
    assert body["message"].startswith("Nothing was saved")
    assert body["detail"]
    assert stored(file, "SELECT * FROM mandates ORDER BY name") == before


def test_twenty_at_once_lose_nothing(workspace: Workspace, service: Flask, file: Path) -> None:
    workspace.body("clients_mandates")
    url = "/" + workspace.widgets["clients_mandates"]["params"][0]["endpoint"]

    def add(number: int) -> int:
        typed = TYPED | {"name": f"Mandate {number // 2:02}", "add": True}
        return service.test_client().post(url, json=typed, headers={"X-API-KEY": KEY}).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(add, range(20))) == {200}
    found = stored(file, "SELECT name FROM mandates WHERE name LIKE 'Mandate %' ORDER BY name")
    assert found == [(f"Mandate {number:02}",) for number in range(10)]
    assert len(names(workspace)) == 13


def test_workers_that_find_no_file_make_one(file: Path) -> None:
    def read(_: int) -> int:
        with database.connected(file) as connection:
            return len(database.mandates(connection))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [3] * 8


def _set_a_limit_and_fail(file: Path) -> None:
    with database.connected(file, writing=True) as connection:
        database.set_limit(connection, "WTI", 99)
        connection.execute("INSERT INTO limits VALUES ('NASDAQ', 1)")


def test_what_raises_is_not_kept(file: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        _set_a_limit_and_fail(file)
    with database.connected(file) as connection:
        assert database.limits(connection)["WTI"] == 20.0


def test_a_limit_is_set_by_put(workspace: Workspace, submit: Submit) -> None:
    answer = submit("clients_limits", "set_the_limit", symbol="NASDAQ", percent="40")
    assert (answer.status_code, answer.get_json()) == (200, {"message": "NASDAQ may have up to 40 % of the portfolio."})
    (row,) = (row for row in workspace.body("clients_limits") if row["symbol"] == "NASDAQ")
    assert (row["limit"], row["room"]) == (40.0, pytest.approx(40 - row["share"]))


@pytest.mark.parametrize("typed", [{"percent": "101"}, {"percent": "-1"}, {"symbol": "VIX"}, {"percent": ""}])
def test_a_limit_that_is_none_is_refused(submit: Submit, typed: dict[str, str]) -> None:
    answer = submit("clients_limits", "set_the_limit", **{"symbol": "WTI", "percent": "10"} | typed)
    assert answer.status_code == 400
    assert next(iter(typed)) in answer.get_json()["error"]


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"X-API-KEY": "wrong"}, 403)], ids=["none", "wrong"])
def test_submissions_need_the_key(service: Flask, headers: dict[str, str], status: int) -> None:
    answer = service.test_client().post("/widgets/clients/mandate", json=TYPED | {"add": True}, headers=headers)
    assert answer.status_code == status


def test_another_site_submits_nothing(service: Flask, file: Path) -> None:
    headers = {"X-API-KEY": KEY, "Origin": "https://evil.example"}
    answer = service.test_client().post("/widgets/clients/mandate", json=TYPED | {"add": True}, headers=headers)
    assert answer.status_code == 403
    assert not file.exists()


def test_the_database_is_in_the_instance_folder_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_app.config, "DATABASE", None)
    service = example_app.create_app({"OPENBB_API_KEYS": KEY})
    assert service.config["DATABASE"] == str(Path(service.instance_path) / "clients.sqlite")
