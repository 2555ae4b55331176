"""``openbb.apps_from``: exported apps are read, checked against the widgets, and repaired where that is wanted."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb import Fault, ManifestError, OpenBB, Param, RegistrationError
from flask_openbb.manifest.app_files import check_apps
from flask_openbb.manifest.lint import lint_apps

FITS: dict[str, Any] = {
    "name": "Exported",
    "img": "https://example.com/a.png",
    "img_dark": "",
    "img_light": "",
    "description": "d",
    "allowCustomization": True,
    "tabs": {
        "": {
            "id": "",
            "name": "",
            "layout": [
                {
                    "i": "prices",
                    "x": 0,
                    "y": 2,
                    "w": 20,
                    "h": 9,
                    "state": {
                        "params": {"symbol": "AAPL", "interval": "1w"},
                        "chartView": {"enabled": False, "chartType": "line"},
                        "columnState": {"default_undefined": {"version": "33.2.1"}},
                    },
                    "groups": ["Group 1"],
                },
                {"i": "news", "x": 20, "y": 2, "w": 20, "h": 9, "groups": ["Group 1"]},
            ],
        }
    },
    "groups": [
        {
            "name": "Group 1",
            "type": "endpointParam",
            "paramName": "symbol",
            "defaultValue": "AAPL",
            "widgetIds": ["prices", "news"],
        }
    ],
    "prompts": ["What moved in @[id:news]?"],
}


def aged() -> dict[str, Any]:
    """An app whose widgets have changed since."""
    app = json.loads(json.dumps(FITS))
    layout = app["tabs"][""]["layout"]
    layout[0]["state"]["params"] = {"symbol": "AAPL", "interval": "1y", "gone": 1}
    layout[1]["groups"] = ["Group 1", "Group 2"]
    layout.append({"i": "old/news~", "x": 0, "y": 11, "w": 40, "h": 9, "groups": ["Group 3"]})
    app["groups"] += [
        {"name": "Group 2", "type": "param", "paramName": "interval", "defaultValue": "1d", "widgetIds": ["news"]},
        {"name": "Group 3", "type": "param", "paramName": "x", "defaultValue": "1", "widgetIds": ["old/news~"]},
    ]
    app["prompts"].append("Ask @[id:old/news~].")
    return app


def declare(app: Flask) -> OpenBB:
    openbb = OpenBB(app)

    @app.get("/symbols")
    @openbb.options
    def symbols() -> list[str]:
        return ["AAPL"]

    @app.get("/prices")
    @openbb.table
    def prices(
        symbol: Annotated[str, Param(options=symbols)] = "AAPL", interval: Literal["1d", "1w"] = "1d"
    ) -> list[dict[str, Any]]:
        """Prices."""
        return [{"a": 1}]

    @app.get("/news")
    @openbb.markdown
    def news(symbol: Annotated[str, Param(options=symbols)] = "AAPL") -> str:
        """News."""
        return symbol

    return openbb


@pytest.fixture
def home(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    app = make_app()
    app.root_path = str(tmp_path)
    return app


def told(app: Flask, openbb: OpenBB) -> list[Fault]:
    """What is said of the apps, hints left out."""
    try:
        found = openbb.validate(app)
    except ManifestError as error:
        found = error.faults
    return [fault for fault in found if fault.document == "apps.json" and fault.severity != "hint"]


def served(app: Flask) -> Any:
    answer = app.test_client().get("/apps.json")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


# -- Sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [list, dict], ids=["a list", "one app"])
@pytest.mark.parametrize("source", ["apps.json", "file", "json"])
def test_exported_apps_are_served_as_they_are(home: Flask, tmp_path: Path, wrap: type, source: str) -> None:
    content = [FITS] if wrap is list else FITS
    file = tmp_path / "apps.json"
    file.write_text("\ufeff" + json.dumps(content), encoding="utf-8")
    openbb = declare(home)
    openbb.apps_from({"apps.json": "apps.json", "file": file, "json": content}[source])
    assert served(home) == [FITS]
    assert home.test_client().get("/templates.json").get_json() == [FITS]
    assert told(home, openbb) == []


def test_what_we_serve_can_be_read_again(home: Flask) -> None:
    openbb = declare(home)
    openbb.app("Ours", tabs={"A": ["prices", "news"], "B": ["news"]}, prompts=["Read @[id:news]."])
    ours = openbb.manifests(home)["apps"]
    again = Flask("again")
    declare(again).apps_from(ours)
    assert served(again) == ours
    assert ours[0]["groups"] != []


def test_the_old_spelling_and_missing_keys_are_written_as_ours(home: Flask) -> None:
    server = {"name": "m", "url": "https://example.com/mcp"}
    openbb = declare(home)
    openbb.apps_from({"name": "Old", "tabs": {}, "mcp_servers": [server]})
    assert served(home) == [
        {
            "name": "Old",
            "allowCustomization": True,
            "tabs": {},
            "groups": [],
            "prompts": [],
            "mcpServers": [server],
        }
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "The file of apps cannot be read: No such file"),
        (b"[{]", "apps.json, line 1, column 3: "),
        (b"[NaN]", "apps.json: NaN is no JSON."),
        (b"\xff\xfe[", "apps.json: 'utf-8' codec"),
        (b"[" * 200_000, "apps.json: maximum recursion"),
        (b"5", "apps.json is a list of apps."),
        (b"[5]", "An app is an object"),
    ],
    ids=["missing", "broken", "NaN", "UTF-16", "deep", "number", "no object"],
)
def test_files_that_cannot_be_read(home: Flask, tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "apps.json").write_bytes(content)
    openbb = declare(home)
    openbb.apps_from("apps.json")
    (fault,) = told(home, openbb)
    assert fault.severity == "error"
    assert fault.message.startswith(message)
    assert openbb.manifests(home)["apps"] == []
    assert len(openbb.manifests(home)["widgets"]) == 2


@pytest.mark.parametrize(("source", "options"), [(5, {}), (b"x", {}), ("x", {"misfits": "keep"})], ids=repr)
def test_wrong_arguments(source: Any, options: Any) -> None:
    with pytest.raises(RegistrationError, match=r"takes a file or the apps in it|misfits= is one of"):
        OpenBB().apps_from(source, **options)


def test_files_are_read_when_the_manifests_are_built(home: Flask, tmp_path: Path) -> None:
    openbb = declare(home)
    openbb.apps_from("apps.json")
    file = tmp_path / "apps.json"
    file.write_text(json.dumps(FITS))
    assert [app["name"] for app in served(home)] == ["Exported"]
    file.write_text(json.dumps({**FITS, "name": "Changed"}))
    assert [app["name"] for app in served(home)] == ["Exported"]


def test_a_changed_file_is_read_again_in_debug(home: Flask, tmp_path: Path) -> None:
    home.debug = True
    openbb = declare(home)
    openbb.apps_from("apps.json")
    file = tmp_path / "apps.json"
    assert home.test_client().get("/apps.json").status_code == 500
    for step, name in enumerate(("First", "Second"), 1):
        file.write_text(json.dumps({**FITS, "name": name}))
        os.utime(file, (step, step))
        assert [app["name"] for app in served(home)] == [name]
        assert [app["name"] for app in served(home)] == [name]


# -- What no longer fits ----------------------------------------------------------------------------------------------

MISFITS = [
    ("/0/tabs//layout/2/i", "old/news~"),
    ("/0/groups/1/paramName", "interval"),
    ("/0/tabs//layout/0/state/params/interval", "1y"),
    ("/0/tabs//layout/0/state/params/gone", 1),
    ("/0/groups/2/widgetIds/0", "old/news~"),
    ("/0/prompts/1", "Ask @[id:old/news~]."),
]


def test_misfits_are_told_with_their_place_in_the_file(home: Flask, tmp_path: Path) -> None:
    (tmp_path / "apps.json").write_text(json.dumps([aged()]))
    openbb = declare(home)
    openbb.apps_from("apps.json")
    found = told(home, openbb)
    assert {fault.severity for fault in found} == {"warning"}
    assert {fault.widget for fault in found} == {"Exported"}
    assert sorted((fault.location, fault.value) for fault in found) == sorted(
        (f"apps.json#{pointer}", value) for pointer, value in MISFITS
    )
    assert served(home) == [aged()]


def test_misfits_can_be_dropped(home: Flask) -> None:
    openbb = declare(home)
    openbb.apps_from([aged(), FITS], misfits="drop")
    app, untouched = served(home)
    assert untouched == FITS
    prices, news = FITS["tabs"][""]["layout"]
    fitting = {**prices, "state": {**prices["state"], "params": {"symbol": "AAPL"}}}
    assert app["tabs"][""]["layout"] == [fitting, news]
    assert app["groups"] == FITS["groups"]
    assert app["prompts"] == FITS["prompts"]
    found = [fault for fault in told(home, openbb) if "Dropped." in fault.fix]
    assert {fault.location.partition("#")[2] for fault in found} == {pointer for pointer, _ in MISFITS}
    assert [fault for fault in told(home, openbb) if fault not in found and "same id" not in fault.message] == []


@pytest.mark.parametrize("on_invalid", ["raise", "quarantine"])
def test_misfits_can_be_errors(make_app: Callable[..., Flask], on_invalid: str) -> None:
    app = make_app(OPENBB_ON_INVALID=on_invalid)
    openbb = declare(app)
    openbb.apps_from([aged(), {**FITS, "name": "Good"}], misfits="error")
    assert [fault.severity for fault in told(app, openbb)] == ["error"] * len(MISFITS)
    answer = app.test_client().get("/apps.json")
    if on_invalid == "raise":
        assert answer.status_code == 500
    else:
        assert [entry["name"] for entry in answer.get_json()] == ["Good"]


@pytest.mark.parametrize("misfits", ["warn", "drop", "error"])
def test_an_app_that_workspace_refuses_is_an_error(home: Flask, misfits: Any) -> None:
    openbb = declare(home)
    openbb.apps_from([{**FITS, "id": "mine"}, {**FITS, "name": "Good"}], misfits=misfits)
    (fault,) = told(home, openbb)
    assert (fault.severity, fault.path, fault.location.partition("#")[2]) == ("error", ("id",), "/0/id")
    assert [app["name"] for app in openbb.manifests(home)["apps"]] == ["Good"]


def test_widgets_with_new_ids_are_renamed(home: Flask) -> None:
    openbb = declare(home)
    news = home.view_functions["news"]
    text = json.dumps(FITS).replace("news", "news_custom_obb").replace("prices", "prices_custom_obb")
    source = json.loads(text)
    source["groups"][0]["widgetIds"].append(5)
    rename = {"news_custom_obb": news, "prices_custom_obb": "prices"}
    openbb.apps_from(source, rename=rename)
    (fault,) = told(home, openbb)
    assert fault.path == ("groups", 0, "widgetIds", 2)
    source["groups"][0]["widgetIds"].pop()
    assert served_with(source, rename) == [FITS]
    source["prompts"] = [5]
    assert check_apps(source, {}, shown="x", misfits="warn", rename={"a": "b"})[0] == []
    assert check_apps([5], {}, shown="x", misfits="warn", rename={"a": "b"})[0] == []


@pytest.mark.parametrize("id", [5, ["prices"], None], ids=repr)
def test_ids_that_are_no_text_are_errors(home: Flask, id: Any) -> None:
    openbb = declare(home)
    source = {**FITS, "tabs": {"": {"id": "", "name": "", "layout": [{"i": id, "x": 0, "y": 0, "w": 20, "h": 9}]}}}
    openbb.apps_from(source, rename={"a": "prices"}, misfits="drop")
    assert ("tabs", "", "layout", 0, "i") in [fault.path for fault in told(home, openbb)]


def test_json_in_python_is_json(home: Flask) -> None:
    openbb = declare(home)
    openbb.apps_from({**FITS, "extra": object()})
    (fault,) = told(home, openbb)
    assert "not JSON serializable" in fault.message


def served_with(source: Any, rename: Any) -> Any:
    app = Flask("renamed")
    openbb = declare(app)
    openbb.apps_from(source, rename={**rename, "news_custom_obb": "news"})
    return served(app)


def test_a_rename_to_no_widget_is_told(home: Flask) -> None:
    openbb = declare(home)
    openbb.apps_from(FITS, rename={"a": print})
    (fault,) = told(home, openbb)
    assert "print is not a widget" in fault.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.sampled_from(["prices", "news", "zzz", "Group 1", "symbol"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["i", "x", "state", "params", "groups", "symbol", "name"]), inner, max_size=3)
    ),
    max_leaves=8,
)
WIDGETS = {
    "prices": {"params": [{"paramName": "symbol", "options": [{"label": "A", "value": "A"}]}, {"paramName": "n"}]},
    "news": {"params": [{"paramName": "symbol", "type": "endpoint", "optionsEndpoint": "/s"}]},
}
ITEMS = st.fixed_dictionaries(
    {"i": st.sampled_from(["prices", "news", "zzz"]), "x": st.just(0), "w": st.just(40), "h": st.just(4)},
    optional={
        "groups": st.lists(st.sampled_from(["Group 1", "Group 2", "Group 3"]), max_size=3),
        "state": st.fixed_dictionaries({"params": st.dictionaries(st.sampled_from(["symbol", "n", "z"]), JSON)}),
    },
)
GROUPS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Group 1", "Group 2"]),
        "type": st.sampled_from(["param", "endpointParam", "ticker"]),
        "paramName": st.sampled_from(["symbol", "n", "z"]),
        "widgetIds": st.lists(st.sampled_from(["prices", "news", "zzz"]), max_size=3),
    },
    optional={"defaultValue": st.sampled_from(["A", "B", None, 5])},
)


@given(
    st.lists(ITEMS, max_size=5),
    st.lists(GROUPS, max_size=3),
    st.lists(st.sampled_from(["@[id:zzz]", "@[id:news]", "plain"]), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_what_is_left_after_dropping_fits(items: list[Any], groups: list[Any], prompts: list[str]) -> None:
    layout = [{**item, "y": 4 * row} for row, item in enumerate(items)]
    app = {"name": "A", "tabs": {"t": {"id": "t", "name": "T", "layout": layout}}, "groups": groups, "prompts": prompts}
    made, faults = check_apps(app, WIDGETS, shown="apps.json", misfits="drop", rename={})
    assert [fault for fault in faults if fault.severity == "error"] == []
    alone = {fault.message for fault in lint_apps(made)}
    left = [fault for fault in lint_apps(made, widgets=WIDGETS) if fault.severity == "warning"]
    assert [fault for fault in left if fault.message not in alone] == []


@given(JSON | st.lists(JSON, max_size=2))
@settings(max_examples=150, deadline=None)
def test_any_json_is_told_about_and_never_raises(source: Any) -> None:
    for misfits in ("warn", "drop", "error"):
        made, faults = check_apps(source, WIDGETS, shown="x", misfits=misfits, rename={"zzz": "news"})
        assert made == [] or all(fault.severity != "error" for fault in faults) or len(made) < len(source)


@pytest.mark.parametrize(
    ("value", "message"),
    [('"\\ud800"', "surrogates not allowed"), ("9" * 30, "Integer exceeds 64-bit range")],
    ids=["half a surrogate pair", "30 digits"],
)
def test_a_file_that_cannot_be_written_again_spoils_nothing_else(
    make_app: Callable[..., Flask], tmp_path: Path, value: str, message: str
) -> None:
    """Such a value is JSON to Python, and was an error of every manifest once they were encoded."""
    app = make_app(OPENBB_ON_INVALID="quarantine")
    openbb = OpenBB(app)
    file = tmp_path / "apps.json"
    file.write_text(json.dumps([FITS]).replace('"y": 2', f'"y": 2, "more": {value}', 1))
    openbb.apps_from(file)
    app.get("/prices")(openbb.table(name="Prices", description="p")(lambda: []))
    client = app.test_client()
    assert client.get("/apps.json").json == []
    assert [widget["name"] for widget in client.get("/widgets.json").json.values()] == ["Prices"]
    [fault] = [fault for fault in openbb.validate(app) if fault.document == "apps.json"]
    assert message in fault.message
    assert "test_apps_from.py:" in fault.location


def test_keys_that_are_not_known_are_kept_wherever_they_are(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    openbb = OpenBB(app)
    tab = FITS["tabs"][""]
    placed = {**tab["layout"][0], "newer": {"a": 1}, "groups": []}
    given = {
        **FITS,
        "newer": 1,
        "tabs": {"": {**tab, "newer": [2], "layout": [placed]}},
        "groups": [{**FITS["groups"][0], "widgetIds": [], "newer": {"c": 3}}],
        "prompts": [],
    }
    openbb.apps_from([given])
    assert openbb.manifests(app)["apps"] == [given]
