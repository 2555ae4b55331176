"""Every widget of the example answers what the shipped files say; one proof a widget, in ``example_proofs``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from example_proofs import PROOFS, clients, desks, holdings, markets  # noqa: F401 -- they register their proofs
from example_workspace import KEY, ORIGIN, Workspace, flat
from rates_stub import RatesStub

import example_app

WIDGETS = sorted(PROOFS)


@pytest.fixture(scope="module")
def rates() -> Iterator[RatesStub]:
    with RatesStub().running() as stub:
        yield stub


@pytest.fixture(scope="module")
def workspace(rates: RatesStub, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    file = tmp_path_factory.mktemp("example") / "clients.sqlite"
    settings = {"TESTING": True, "OPENBB_API_KEYS": KEY, "RATES_URL": rates.url, "DATABASE": str(file)}
    return Workspace(example_app.create_app(settings))


def test_every_widget_has_a_proof(workspace: Workspace) -> None:
    assert sorted(workspace.widgets) == WIDGETS
    assert len(WIDGETS) >= 45


@pytest.mark.parametrize("widget_id", WIDGETS)
def test_body(workspace: Workspace, widget_id: str) -> None:
    PROOFS[widget_id](workspace)


@pytest.mark.parametrize("widget_id", WIDGETS)
def test_widget_draws_data_at_first_sight(workspace: Workspace, widget_id: str) -> None:
    answer = workspace.ask(widget_id, **{"prompt": "a table"} if widget_id == "desk_ask" else {})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert len(answer.get_data()) > 10


@pytest.mark.parametrize("widget_id", [name for name in WIDGETS if not name.startswith("desk")])
def test_tables_are_flat_and_hold_their_columns(workspace: Workspace, widget_id: str) -> None:
    widget = workspace.widgets[widget_id]
    if widget["type"] != "table":
        return
    body = workspace.body(widget_id)
    rows = body[widget["data"]["dataKey"]] if "dataKey" in widget.get("data", {}) else body
    columns = widget["data"]["table"].get("columnsDefs", [])
    whole = {
        column["field"] for column in columns if "sparkline" in column or "hoverCard" in column.get("renderFn", "")
    }
    assert rows
    assert all(list(row) == list(rows[0]) for row in rows)
    nested = {name for row in rows for name, cell in row.items() if isinstance(cell, dict | list)}
    assert nested == whole
    assert {item["field"] for item in columns} <= set(rows[0])


@pytest.mark.parametrize("widget_id", WIDGETS)
def test_widget_is_described(workspace: Workspace, widget_id: str) -> None:
    widget = workspace.widgets[widget_id]
    assert widget["description"].endswith((".", "?"))
    assert "`" not in widget["description"]
    assert {"name", "category", "gridData"} <= set(widget)
    assert {"theme", "raw"}.isdisjoint(param["paramName"] for param in flat(widget.get("params", [])))


def test_names_are_told_apart(workspace: Workspace) -> None:
    names = [widget["name"] for widget in workspace.widgets.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("widget_id", WIDGETS)
def test_options_endpoints_offer_the_defaults(workspace: Workspace, widget_id: str) -> None:
    params = flat(workspace.widgets[widget_id].get("params", []))
    values = {param.get("paramName"): param.get("value") for param in params}
    for param in params:
        if "optionsEndpoint" not in param:
            continue
        sent = {
            name: values[value[1:]] if value.startswith("$") else value
            for name, value in param.get("optionsParams", {}).items()
        }
        url = "/" + param["optionsEndpoint"].strip("/")
        if "query" in param:
            offered = workspace.client.post(url, json={"query": param["query"]}).get_json()["rowData"]
        else:
            offered = workspace.client.get(url, query_string=sent).get_json()
        chosen: Any = param["value"] if isinstance(param["value"], list) else [param["value"]]
        assert set(chosen) <= {option["value"] for option in offered}


def test_a_static_choice_is_offered(workspace: Workspace) -> None:
    for widget in workspace.widgets.values():
        for param in flat(widget.get("params", [])):
            if param.get("options") and param.get("value") is not None:
                # Several of a static list are joined with commas, in the manifest as in a query.
                chosen = str(param["value"]).split(",") if param.get("multiSelect") else [param["value"]]
                assert set(chosen) <= {option["value"] for option in param["options"]}
