"""``openbb.app``: tabs, places, parameters, groups, prompts, images and servers, as Workspace gets them."""

import base64
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from flask import Blueprint, Flask

from flask_openbb import (
    Fault,
    Group,
    ManifestError,
    McpServer,
    OpenBB,
    Param,
    Placement,
    RegistrationError,
    days_ago,
    place,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Side(Enum):
    buy = "b"
    sell = "s"


class Service:
    """An app with widgets, and what its apps.json is."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.openbb = openbb = OpenBB(app)

        @app.get("/symbols")
        @openbb.options
        def symbols() -> list[str]:
            return ["AAPL", "MSFT"]

        @app.get("/other_symbols")
        @openbb.options
        def other_symbols() -> list[str]:
            return ["AAPL"]

        @app.get("/prices")
        @openbb.table(grid=(20, 9))
        def prices(
            symbol: Annotated[str, Param(options=symbols)] = "AAPL",
            start: date = days_ago(30),
            interval: Literal["1d", "1w"] = "1d",
        ) -> list[dict[str, Any]]:
            """Prices."""
            return [{"a": 1}]

        @app.get("/news")
        @openbb.markdown(grid=(20, 9))
        def news(symbol: Annotated[str, Param(options=symbols)] = "AAPL", interval: Literal["1d", "1w"] = "1d") -> str:
            """News."""
            return symbol

        @app.get("/levels")
        @openbb.markdown(grid=(10, 4))
        def levels(
            symbol: Annotated[str, Param(options=other_symbols)] = "AAPL",
            level: Literal[1, 2] = 1,
            limit: int = 10,
            side: Side = Side.buy,
            adjusted: bool = True,
            go: Annotated[str, Param(type="button")] = "",
            fields: list[Literal["open", "close"]] = ["close"],
        ) -> str:
            """Levels."""
            return symbol

        @app.get("/quote")
        @openbb.markdown(grid=(8, 4))
        def quote(ticker: Annotated[str, Param(type="ticker")] = "", limit: int = 20) -> str:
            """A quote."""
            return ticker

        @app.get("/chat")
        @openbb.markdown(grid=(8, 4))
        def chat(stock: Annotated[str, Param(type="ticker")] = "") -> str:
            """Talk."""
            return stock

        self.prices, self.news, self.levels, self.quote, self.chat = prices, news, levels, quote, chat

    def wire(self, **options: Any) -> dict[str, Any]:
        """Declare one app and fetch it."""
        self.openbb.app("A", **options)
        answer = self.app.test_client().get("/apps.json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        [wire] = answer.get_json()
        assert [fault for fault in self.openbb.validate(self.app) if fault.severity == "warning"] == []
        return wire

    def told(self) -> list[Fault]:
        """What is said of the apps declared, hints left out."""
        try:
            found = self.openbb.validate(self.app)
        except ManifestError as error:
            found = error.faults
        return [fault for fault in found if fault.document == "apps.json" and fault.severity != "hint"]

    def faults(self, **options: Any) -> list[Fault]:
        """Declare one app and say what is wrong with it."""
        self.openbb.app("A", **options)
        with pytest.raises(ManifestError) as caught:
            self.openbb.validate(self.app)
        return list(caught.value.faults)

    def said(self, **options: Any) -> list[tuple[Any, ...]]:
        """As :meth:`faults`: path and fix of each."""
        return [(fault.path, fault.fix) for fault in self.faults(**options)]


@pytest.fixture
def service(make_app: Callable[..., Flask]) -> Service:
    return Service(make_app())


def boxes(wire: dict[str, Any], tab: str = "main") -> list[tuple[Any, ...]]:
    return [tuple(item[side] for side in "ixywh") for item in wire["tabs"][tab]["layout"]]


# -- Tabs and places --------------------------------------------------------------------------------------------------


def test_widgets_are_packed_around_chosen_places(service: Service) -> None:
    wire = service.wire(
        tabs={
            "Main": [
                service.prices,
                "news",
                place(service.levels, x=30, y=0, h=9),
                place("quote", w=12),
                place("rich_note_1", x=0),
            ]
        }
    )
    assert boxes(wire) == [
        ("prices", 0, 0, 20, 9),
        ("news", 0, 9, 20, 9),
        ("levels", 30, 0, 10, 9),
        ("quote", 20, 9, 12, 4),
        ("rich_note_1", 0, 18, 20, 12),
    ]


def test_tabs_begin_below_the_navigation_bar(service: Service) -> None:
    wire = service.wire(tabs={"One": [service.news], "Two & more": [service.news], "Two  more": [], "日": [], "": []})
    assert list(wire["tabs"]) == ["one", "two-more", "two-more-2", "日", "tab"]
    assert [tab["name"] for tab in wire["tabs"].values()] == ["One", "Two & more", "Two  more", "日", ""]
    assert boxes(wire, "one") == [("news", 0, 2, 20, 9)]


def test_one_tab_may_have_no_name(service: Service) -> None:
    assert list(service.wire(tabs={"": [service.news]})["tabs"]) == [""]


def test_small_widgets_get_the_size_workspace_draws(service: Service) -> None:
    @service.app.get("/small")
    @service.openbb.metric(grid=(5, 2))
    def small() -> dict[str, Any]:
        """Small."""
        return {"label": "a", "value": 1}

    assert boxes(service.wire(tabs={"Main": [small, small]})) == [("small", 0, 0, 8, 4), ("small", 8, 0, 8, 4)]


def test_small_placements_get_the_size_workspace_draws(service: Service) -> None:
    wire = service.wire(tabs={"Main": [service.news, place(service.news, x=20, y=0, w=5, h=2), service.quote]})
    assert boxes(wire) == [("news", 0, 0, 20, 9), ("news", 20, 0, 8, 4), ("quote", 28, 0, 8, 4)]
    hints = [fault.message for fault in service.openbb.validate(service.app) if fault.document == "apps.json"]
    assert hints == ["Workspace draws this widget 8 x 4 cells."]


def test_tabs_of_symbols_alone_have_ids(service: Service) -> None:
    assert list(service.wire(tabs={"!": [], "?": []})["tabs"]) == ["tab", "tab-2"]


def test_wide_placements_are_cut_and_told(service: Service) -> None:
    service.openbb.app("A", tabs={"Main": [place(service.news, w=50), place("zzz", w=8)]})
    found = [fault for fault in service.openbb.validate(service.app) if fault.document == "apps.json"]
    assert [(fault.severity, fault.path) for fault in found] == [
        ("warning", ("tabs", "main", "layout", 0, "w")),
        ("warning", ("tabs", "main", "layout", 1, "i")),
    ]
    assert boxes(service.openbb.manifests(service.app)["apps"][0])[0] == ("news", 0, 0, 40, 9)


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        ({"x": -1}, ["x"]),
        ({"x": 1.5, "w": 0, "h": True}, ["x", "w", "h"]),
        ({"x": 30, "w": 20}, ["x"]),
        ({"y": "0"}, ["y"]),
    ],
    ids=repr,
)
def test_places_off_the_grid_are_errors(service: Service, chosen: dict[str, Any], keys: list[str]) -> None:
    faults = service.faults(tabs={"Main": [place(service.news, **chosen)]})
    assert [fault.path for fault in faults] == [("tabs", "main", "layout", 0, key) for key in keys]
    assert all(fault.location.startswith("tests/test_apps.py:") for fault in faults)


def test_every_fault_of_an_app_at_once(service: Service) -> None:
    said = service.said(
        tabs={"Main": [place(service.news, params={"symbl": "AAPL"}), print]},
        groups=[Group("Group 1", param_name="symbl")],
        img="missing.png",
    )
    assert [path for path, _ in said] == [
        ("tabs", "main", "layout", 1),
        ("tabs", "main", "layout", 0, "state", "params", "symbl"),
        ("groups", 0, "paramName"),
        ("img",),
    ]


def test_faults_of_a_malformed_placement(service: Service) -> None:
    said = service.said(tabs={"Main": [Placement("news", params=["a"]), Placement("news", state="x")]})  # type: ignore[arg-type]
    assert [path for path, _ in said] == [("tabs", "main", "layout", 0), ("tabs", "main", "layout", 1)]


@pytest.mark.parametrize(
    "options",
    [{"prompts": "x"}, {"groups": "Group 1"}, {"tabs": ["x"]}],
    ids=repr,
)
def test_wrong_arguments_are_told_at_once(service: Service, options: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError, match=r"is a list of questions|is 'auto' or a list|maps each tab's name"):
        service.openbb.app("A", **{"tabs": {}, **options})


def test_a_factory_that_runs_again_replaces_its_app() -> None:
    openbb = OpenBB()

    def create() -> Flask:
        app = Flask("made")
        bp = Blueprint("b", "b", url_prefix="/b")

        @bp.get("/one")
        @openbb.markdown
        def one(name: str = "") -> str:
            """One."""
            return name

        openbb.app("A", tabs={"Main": [place(one, w=30)]}, prompts=[f"Read {openbb.mention(one)}."])
        openbb.init_app(app)
        app.register_blueprint(bp)
        return app

    for app in (create(), create()):
        [wire] = app.test_client().get("/apps.json").get_json()
        assert wire["prompts"] == ["Read @[id:b_one]."]


# -- Parameters -------------------------------------------------------------------------------------------------------


def test_parameters_become_state(service: Service) -> None:
    params = {
        "level": 2,
        "limit": Decimal("7"),
        "side": Side.sell,
        "adjusted": False,
        "fields": ("open", "close"),
    }
    dates = {"start": date(2024, 1, 2)}
    wire = service.wire(
        tabs={
            "Main": [
                place(service.levels, params=params, state={"chartView": {"enabled": True}, "params": {"symbol": "A"}}),
                place(service.prices, params=dates),
                place(service.prices, params={"start": days_ago(7), "symbol": None}),
            ]
        },
        groups=(),
    )
    states = [item["state"] for item in wire["tabs"]["main"]["layout"]]
    levels = {
        param["paramName"]: param for param in service.openbb.manifests(service.app)["widgets"]["levels"]["params"]
    }
    second = levels["level"]["options"][1]["value"]
    sell = levels["side"]["options"][1]["value"]
    assert states == [
        {
            "chartView": {"enabled": True},
            "params": {
                "symbol": "A",
                "level": second,
                "limit": 7,
                "side": sell,
                "adjusted": False,
                "fields": ["open", "close"],
            },
        },
        {"params": {"start": "2024-01-02"}},
        {"params": {"start": "$currentDate-7d", "symbol": None}},
    ]


@pytest.mark.parametrize(
    ("params", "message", "fix"),
    [
        ({"symbl": "A"}, "has no parameter 'symbl'", "Did you mean 'symbol'?"),
        ({"zzz": "A"}, "has no parameter 'zzz'", "It has 'symbol', 'start', 'interval'."),
        ({"interval": "1y"}, "offers no '1y'", "It offers '1d', '1w'."),
        ({"start": "soon"}, "for today", "Give 'YYYY-MM-DD', or '$currentDate-30d' for 30 days ago."),
        ({"start": object()}, "type object has no wire form", "Give text, a number, a date or a list of them."),
        ({"start": float("nan")}, "type float has no wire form", "Give text, a number, a date or a list of them."),
    ],
)
def test_parameters_that_do_not_fit(service: Service, params: Any, message: str, fix: str) -> None:
    (fault,) = service.faults(tabs={"Main": [place(service.prices, params=params)]})
    assert (fault.path, fault.fix) == (("tabs", "main", "layout", 0, "state", "params", *params), fix)
    assert message in fault.message


def test_a_widget_without_parameters_says_so(service: Service) -> None:
    @service.app.get("/bare")
    @service.openbb.markdown
    def bare() -> str:
        """Bare."""
        return ""

    assert service.said(tabs={"Main": [place(bare, params={"a": 1})]})[0][1] == "It has none."


def test_parameters_of_unknown_widgets_pass(service: Service) -> None:
    service.openbb.app("A", tabs={"Main": [place("rich_note", params={"a": 1})]})
    [wire] = service.openbb.manifests(service.app)["apps"]
    assert wire["tabs"]["main"]["layout"][0]["state"] == {"params": {"a": 1}}


# -- Groups -----------------------------------------------------------------------------------------------------------


def test_shared_parameters_become_groups(service: Service) -> None:
    wire = service.wire(tabs={"Main": [service.prices, service.news, service.levels], "More": ["quote", service.chat]})
    ids = ["prices", "news"]
    assert wire["groups"] == [
        {
            "name": "Group 1",
            "type": "endpointParam",
            "paramName": "symbol",
            "widgetIds": ids,
            "defaultValue": "AAPL",
        },
        {"name": "Group 2", "type": "param", "paramName": "interval", "widgetIds": ids, "defaultValue": "1d"},
        {"name": "Group 3", "type": "ticker", "paramName": "ticker", "widgetIds": ["quote", "chat"]},
    ]
    placed = {item["i"]: item["groups"] for tab in wire["tabs"].values() for item in tab["layout"]}
    assert placed == {
        "prices": ["Group 1", "Group 2"],
        "news": ["Group 1", "Group 2"],
        "levels": [],
        "quote": ["Group 3"],
        "chat": ["Group 3"],
    }


def test_groups_never_change_what_a_widget_starts_with(service: Service) -> None:
    wire = service.wire(
        tabs={
            "Main": [
                place(service.prices, params={"symbol": "MSFT"}),
                place(service.news, params={"symbol": "MSFT", "interval": "1w"}),
                service.prices,
                place(service.news, groups=()),
                service.news,
            ]
        }
    )
    assert [(group["paramName"], group["defaultValue"]) for group in wire["groups"]] == [
        ("symbol", "MSFT"),
        ("start", "$currentDate-30d"),
        ("interval", "1d"),
        ("symbol", "AAPL"),
    ]
    assert [item["groups"] for item in wire["tabs"]["main"]["layout"]] == [
        ["Group 1", "Group 2", "Group 3"],
        ["Group 1"],
        ["Group 2", "Group 3", "Group 4"],
        [],
        ["Group 3", "Group 4"],
    ]


def test_no_groups_where_none_are_wanted(service: Service) -> None:
    wire = service.wire(tabs={"Main": [service.prices, service.news]}, groups=())
    assert wire["groups"] == []
    assert all("groups" not in item for item in wire["tabs"]["main"]["layout"])


@pytest.mark.parametrize(
    ("group", "members"),
    [
        (Group("Group 1", param_name="symbol"), ["prices", "news"]),
        (Group("Group 1", param_name="symbol", widgets=["prices"]), ["prices"]),
        (Group("Group 1", param_name="symbol", widget_ids=["news"], type="endpointParam"), ["news"]),
    ],
    ids=["all that have it", "by id", "by widgetIds"],
)
def test_groups_by_hand(service: Service, group: Group, members: list[str]) -> None:
    wire = service.wire(tabs={"Main": [service.prices, service.news, service.chat]}, groups=[group])
    assert wire["groups"] == [
        {
            "name": "Group 1",
            "type": "endpointParam",
            "paramName": "symbol",
            "widgetIds": members,
            "defaultValue": "AAPL",
        }
    ]
    assert [item["i"] for item in wire["tabs"]["main"]["layout"] if item["groups"]] == members


def test_groups_by_hand_and_the_rest_found(service: Service) -> None:
    wire = service.wire(
        tabs={"Main": [service.prices, place(service.news, groups=["Symbol"]), service.news, service.chat]},
        groups=[
            Group("Symbol", param_name="symbol", widgets=[service.prices], default_value="MSFT"),
            Group("Group 1", type="ticker"),
            "auto",
        ],
    )
    told = [(group["name"], group["type"], group["widgetIds"], group.get("defaultValue")) for group in wire["groups"]]
    assert told == [
        ("Symbol", "endpointParam", ["prices", "news"], "MSFT"),
        ("Group 1", "ticker", ["chat"], None),
        ("Group 2", "param", ["prices", "news"], "1d"),
    ]
    assert [item["groups"] for item in wire["tabs"]["main"]["layout"]] == [
        ["Symbol", "Group 2"],
        ["Symbol"],
        ["Group 2"],
        ["Group 1"],
    ]


@pytest.mark.parametrize(
    ("group", "path", "fix"),
    [
        (Group("G", param_name="symbl"), "paramName", "Did you mean 'symbol'?"),
        (Group("G", param_name="zzz"), "paramName", "Name the parameter its widgets share."),
        (Group("G"), "paramName", "Write Group('G', param_name='symbol')."),
        (Group("G", param_name="symbol", type="params"), "type", "Did you mean 'param'?"),
        (Group("G", param_name="symbol", type="zzz"), "type", "Use one of param, endpointParam, ticker."),
        (Group("G", param_name="symbol", widgets=["news", "chat"]), "paramName", "Take it out of the group."),
        (Group("G", param_name="symbol", widgets=[print, "news"]), ("widgetIds", 0), ""),
        (Group("G", param_name="symbol", widgets=["newz"]), ("widgetIds", 0), "Did you mean 'news'?"),
        (
            Group("G", param_name="symbol", widgets=["news", "quote"], type="endpointParam"),
            ("widgetIds", 1),
            "Place it on a tab, or leave it out.",
        ),
        (Group("G", param_name="symbol", default_value=object()), "defaultValue", None),
        (Group("G", type="param", param_name="symbol", widgets=["news"]), "type", None),
        ("Group 1", (), "Write groups='auto', or a list of Group(...)."),
    ],
    ids=repr,
)
def test_groups_that_do_not_fit(service: Service, group: Any, path: Any, fix: str | None) -> None:
    faults = service.faults(tabs={"Main": [service.prices, service.news, service.chat]}, groups=[group])
    path = path if isinstance(path, tuple) else (path,)
    assert [fault.path for fault in faults] == [("groups", 0, *path)]
    if fix is not None:
        assert faults[0].fix == fix


def test_a_ticker_group_needs_a_ticker(service: Service) -> None:
    (fault,) = service.faults(tabs={"Main": [service.news]}, groups=Group("G", type="ticker"))
    assert fault.message == "No widget here has a ticker."


def test_a_placement_names_a_group_that_exists(service: Service) -> None:
    tabs = {"Main": [place(service.news, groups=["Grup"]), place(service.prices, groups=["zzz"])]}
    said = service.said(tabs=tabs, groups=[Group("Group", param_name="symbol", widgets=["news"])])
    assert said == [
        (("tabs", "main", "layout", 0, "groups", 0), "Did you mean 'Group'?"),
        (("tabs", "main", "layout", 1, "groups", 0), "Add Group('zzz', param_name=...) to groups=."),
    ]


# -- Prompts, images, servers -----------------------------------------------------------------------------------------


def test_prompts_mention_views(service: Service) -> None:
    mention = service.openbb.mention
    assert mention(service.prices) != mention(service.news)
    prompts = [f"Is {mention(service.news)} in {mention('prices')}?", f"{mention(service.news)}!", "Plain"]
    wire = service.wire(tabs={"Main": [service.prices, service.news]}, prompts=prompts)
    assert wire["prompts"] == ["Is @[id:news] in @[id:prices]?", "@[id:news]!", "Plain"]
    assert service.app.test_client().get("/apps.json").get_json() == [wire]


def test_a_mention_of_no_widget_is_an_error(service: Service) -> None:
    (fault,) = service.faults(tabs={}, prompts=[service.openbb.mention(print)])
    assert fault.path == ("prompts", 0)
    with pytest.raises(RegistrationError, match="takes a view or a widget's id, not 5"):
        service.openbb.mention(5)


@pytest.mark.parametrize("given", [Path("logo.png"), "logo.png"], ids=["Path", "name"])
def test_images_become_data_uris(make_app: Callable[..., Flask], tmp_path: Path, given: Any) -> None:
    app = make_app()
    app.root_path = str(tmp_path)
    (tmp_path / "logo.png").write_bytes(PNG)
    wire = Service(app).wire(tabs={}, img=given, img_dark="https://example.com/a.png", img_light="data:image/png,x")
    assert wire["img"] == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert (wire["img_dark"], wire["img_light"]) == ("https://example.com/a.png", "data:image/png,x")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.svg", b"\n<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
        ("a.avif", b"\0\0\0\x20ftypavif", "image/avif"),
        ("a.ico", b"\0\0\1\0", "image/x-icon"),
    ],
)
def test_images_are_known_by_their_content(
    service: Service, tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert service.wire(tabs={}, img=tmp_path / name)["img"].startswith(f"data:{kind};base64,")


@pytest.mark.parametrize(
    ("content", "severity", "message"),
    [
        (None, "error", "cannot be read: No such file"),
        (b"", "error", "is no image"),
        (b"text", "error", "is no image"),
        (PNG + b"\0" * 300_000, "warning", "300,070 bytes"),
        (PNG + b"\0" * 2_000_000, "error", "2,000,070 bytes"),
    ],
    ids=["missing", "empty", "no image", "large", "too large"],
)
def test_image_files_that_do_not_fit(
    service: Service, tmp_path: Path, content: bytes | None, severity: str, message: str
) -> None:
    file = tmp_path / "a.png"
    if content is not None:
        file.write_bytes(content)
    service.openbb.app("A", tabs={}, img=file)
    (fault,) = service.told()
    assert (fault.severity, fault.path) == (severity, ("img",))
    assert message in fault.message


@pytest.mark.parametrize(
    ("value", "severities"),
    [(5, ["error"]), ("/static/logo", ["warning"]), ("logo", ["warning"]), (base64.b64encode(PNG).decode(), [])],
)
def test_images_that_are_no_files(service: Service, value: Any, severities: list[str]) -> None:
    service.openbb.app("A", tabs={}, img=value)
    assert [fault.severity for fault in service.told()] == severities


def test_servers_agent_and_the_rest(service: Service) -> None:
    server = McpServer("Docs", "https://example.com/mcp", description="d", auth_type="token")
    wire = service.wire(
        tabs={},
        mcp_servers=server,
        selected_agent="analyst",
        id="custom-a",
        template_id="t",
        allow_customization=False,
        description="d",
    )
    assert wire == {
        "name": "A",
        "description": "d",
        "id": "custom-a",
        "templateId": "t",
        "selected_agent": "analyst",
        "allowCustomization": False,
        "tabs": {},
        "groups": [],
        "prompts": [],
        "mcpServers": [
            {"name": "Docs", "url": "https://example.com/mcp", "description": "d", "authType": "token"},
        ],
    }


def test_the_selected_agent_may_be_a_view(service: Service) -> None:
    @service.app.post("/analyst")
    @service.openbb.agent(name="The Analyst")
    def analyst(query: Any) -> Any:
        """Answers."""
        yield "hello"

    assert service.wire(tabs={}, selected_agent=analyst)["selected_agent"] == "analyst"
    for known in ("analyst", "The Analyst", "somebody-else"):
        assert service.wire(tabs={}, selected_agent=known)["selected_agent"] == known


@pytest.mark.parametrize(
    ("given", "severity", "fix"),
    [
        ("analist", "warning", "Did you mean 'analyst'?"),
        (print, "error", "Put '@openbb.agent' above it, or give an agent's id or name."),
    ],
)
def test_selected_agents_that_are_none(service: Service, given: Any, severity: str, fix: str) -> None:
    @service.app.post("/analyst")
    @service.openbb.agent(name="Analyst")
    def analyst(query: Any) -> Any:
        """Answers."""
        yield "hello"

    service.openbb.app("A", tabs={}, selected_agent=given)
    (fault,) = service.told()
    assert (fault.severity, fault.path, fault.fix) == (severity, ("selected_agent",), fix)


def test_servers_are_checked(service: Service) -> None:
    said = service.said(
        tabs={}, id="mine", mcp_servers=[{"name": "a", "url": "/mcp"}, McpServer("b", "https://b.com", auth_type="key")]
    )
    assert [path for path, _ in said] == [("id",), ("mcpServers", 0, "url"), ("mcpServers", 1, "authType")]


def test_apps_of_one_name_are_told(service: Service) -> None:
    service.openbb.app("A", tabs={})
    service.openbb.app("a", tabs={})
    (fault,) = service.told()
    assert (fault.severity, fault.value) == ("warning", "a")


def test_a_value_without_json_is_a_fault_of_its_app(service: Service) -> None:
    service.openbb.app("Good", tabs={})
    service.openbb.app("A", tabs={}, extra={"later": object()})
    assert [app["name"] for app in service.openbb.manifests(service.app)["apps"]] == ["Good"]
    (fault,) = service.told()
    assert (fault.severity, fault.widget) == ("error", "A")
    assert "not JSON serializable" in fault.message


# -- what careless hands write -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tabs", [{"Main": 5}, {"Main": None}, {1: ["prices"]}, {"Main": {"prices": 1}}, [("Main", ["prices"])]], ids=repr
)
def test_tabs_that_are_none_are_told_where_they_are_written(service: Service, tabs: Any) -> None:
    with pytest.raises(RegistrationError, match="tabs= maps each tab's name to a list of widgets"):
        service.openbb.app("A", tabs=tabs)


def test_widgets_of_a_generator_are_there_every_time(service: Service) -> None:
    service.openbb.app("A", tabs={"Main": (id for id in ["prices"])})
    for _ in range(2):
        [app] = service.openbb.manifests(service.app)["apps"]
        assert [placed["i"] for placed in app["tabs"]["main"]["layout"]] == ["prices"]


def test_one_group_name_is_no_list_of_names() -> None:
    with pytest.raises(RegistrationError, match=r"not 'Group 1'. Write \['Group 1'\]"):
        place("prices", groups="Group 1")


def test_what_is_no_server_is_one_clear_fault(service: Service) -> None:
    service.openbb.app("A", tabs={"Main": ["prices"]}, mcp_servers=[5])
    with pytest.raises(ManifestError) as caught:
        service.openbb.validate(service.app)
    [fault] = [fault for fault in caught.value.faults if fault.severity == "error"]
    assert (fault.path, fault.message) == (("mcpServers", 0), "This is no MCP server.")


@pytest.mark.parametrize("image", ["javascript:alert(1)", "file:///etc/hostname", "ftp://example.com/a.png"])
def test_an_image_that_no_page_loads_is_told(service: Service, image: str) -> None:
    service.openbb.app("A", tabs={"Main": ["prices"]}, img=image)
    faults = [fault for fault in service.openbb.validate(service.app) if fault.path == ("img",)]
    assert [fault.severity for fault in faults] == ["warning"]


def test_an_image_file_with_an_impossible_name_is_told(service: Service) -> None:
    service.openbb.app("A", tabs={"Main": ["prices"]}, img="a\0.png")
    with pytest.raises(ManifestError, match=r"The file cannot be read: .*embedded null"):
        service.openbb.validate(service.app)


def test_views_made_in_a_loop_are_told_apart(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    openbb = OpenBB(app)
    views = {}
    for name in ("gold", "oil", "gas"):

        def options(name: str = name) -> list[str]:
            return [name]

        options.__name__ = f"{name}_options"
        app.get(f"/{name}/options")(openbb.options(options))

        def view(symbol: Annotated[str, Param(options=options)] = "", name: Any = name) -> list[Any]:
            return [name]

        view.__annotations__["symbol"] = Annotated[str, Param(options=options)]
        view.__name__ = name
        app.get(f"/{name}")(openbb.table(name=name, description=name, id=name)(view))
        views[name] = view
    openbb.app(
        "Commodities",
        tabs={"Main": [views["gas"], views["oil"]]},
        prompts=[
            f"{openbb.mention(views['oil'])} or {openbb.mention(views['gas'])}, not {openbb.mention(views['oil'])}"
        ],
    )
    manifests = openbb.manifests(app)
    assert [placed["i"] for placed in manifests["apps"][0]["tabs"]["main"]["layout"]] == ["gas", "oil"]
    assert manifests["apps"][0]["prompts"] == ["@[id:oil] or @[id:gas], not @[id:oil]"]
    sources = {id: widget["params"][0]["optionsEndpoint"] for id, widget in manifests["widgets"].items()}
    assert sources == {name: f"{name}/options" for name in views}
