"""Options endpoints of parameters with a ``query``: the client posts it, and wants rows."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from conftest import ORIGIN
from flask import Flask

from flask_openbb import ApiKeyAuth, ManifestError, OpenBB, Param


@pytest.fixture
def queried(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(SECRET_KEY="s")
    openbb = OpenBB(app, auth=ApiKeyAuth(["key-of-the-desk"], query="key"))

    @app.route("/desks", methods=["GET", "POST"])
    @openbb.options(cache=60)
    def desks(query: str = "all") -> Any:
        return [("Desk " + query, query), "rates"]

    @app.get("/rows")
    @openbb.table
    def rows(desk: Annotated[str, Param(options=desks, query="SELECT name FROM desks")] = "rates") -> Any:
        return []

    return app


def test_a_query_is_posted_and_answered_with_rows(queried: Flask) -> None:
    client = queried.test_client()
    headers = {"X-API-KEY": "key-of-the-desk", "Origin": ORIGIN}
    answer = client.post("/desks", json={"query": "fx"}, headers=headers)
    rows = [{"label": "Desk fx", "value": "fx"}, {"label": "rates", "value": "rates"}]
    assert (answer.status_code, answer.get_json()) == (200, {"rowData": rows})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert client.get("/desks?query=fx", headers=headers).get_json() == rows
    assert client.post("/desks", json={"query": "fx"}, headers=headers).get_json() == {"rowData": rows}
    assert client.post("/desks", json={}, headers=headers).get_json()["rowData"][0]["value"] == "all"
    assert client.post("/desks", json={"query": ["x"]}, headers=headers).status_code == 422


def test_the_door_stands_before_both_methods(queried: Flask) -> None:
    client = queried.test_client()
    assert [client.open("/desks", method=method, json={}).status_code for method in ("GET", "POST")] == [401, 401]
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    assert "POST" in client.options("/desks", headers=preflight).headers["Access-Control-Allow-Methods"]
    param = client.get("/widgets.json?key=key-of-the-desk").get_json()["rows"]["params"][0]
    assert param["query"] == "SELECT name FROM desks"
    assert param["optionsEndpoint"].startswith("openbb/signed/")
    signed = f"/{param['optionsEndpoint']}"
    assert client.post(signed, json={"query": "fx"}).get_json()["rowData"][0]["value"] == "fx"
    assert client.get(signed).get_json()[0]["value"] == "all"
    assert client.put(signed).status_code == 405


def test_both_methods_are_ours_so_nothing_is_warned_about(queried: Flask) -> None:
    warnings = queried.test_cli_runner().invoke(args=["openbb", "check"]).output
    assert "0 errors, 0 warnings" in warnings


def test_rows_given_as_rows_stay_so(app: Flask, openbb: OpenBB) -> None:
    @app.route("/desks", methods=["GET", "POST"])
    @openbb.options
    def desks(query: str = "") -> Any:
        return {"rowData": [{"label": "A", "value": 1}]} if query else []

    assert app.test_client().post("/desks", json={"query": "q"}).get_json() == {"rowData": [{"label": "A", "value": 1}]}


def test_an_options_view_without_post_is_a_fault_with_the_fix(app: Flask, openbb: OpenBB) -> None:
    @openbb.options
    def desks() -> Any:
        return []

    app.get("/desks")(desks)

    @app.get("/rows")
    @openbb.table
    def rows(desk: Annotated[str, Param(options=desks, query="SELECT 1")] = "") -> Any:
        return []

    with pytest.raises(ManifestError, match=r"Add methods=\['GET', 'POST'\]"):
        openbb.validate(app)


def test_options_under_the_prefix_take_both_methods(make_app: Callable[..., Flask]) -> None:
    app = make_app(OPENBB_URL_PREFIX="/obb")
    openbb = OpenBB(app)

    @app.route("/desks", methods=["GET", "POST"])
    @openbb.options
    def desks(query: str = "all") -> Any:
        return [query]

    client = app.test_client()
    assert client.post("/obb/openbb/options/desks", json={"query": "q"}).get_json()["rowData"][0]["value"] == "q"
    assert client.get("/obb/openbb/options/desks").get_json() == [{"label": "all", "value": "all"}]
