"""What a user's type checker sees; checked by ``mypy``, never run."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from marshmallow import Schema, fields
from typing_extensions import assert_type

from flask_openbb import (
    AgentQuery,
    ApiKeyAuth,
    ColorRule,
    Column,
    Credentials,
    DataFrameFeed,
    Fault,
    File,
    Form,
    Grid,
    Identity,
    OmniAnswer,
    OpenBB,
    Param,
    Render,
    agents,
    any_of,
    cell_change,
    click_to_group,
    color_rules,
    days_ago,
    green_red,
    hover_card,
    send_to_agent,
    sparkline,
    title_case,
)

app = Flask(__name__)
openbb = OpenBB(app, auth=any_of(ApiKeyAuth(["k"]), lambda credentials: None))


class Price(Schema):
    pass


@app.get("/bare")
@openbb.table
def bare(symbol: str, start: date = days_ago(365)) -> list[dict[str, float]]:
    return []


@app.get("/called")
@openbb.chart(name="Called", grid=(20, 10), columns=[Column("close")], params=[[Param("a")], Param("b")])
def called(n: int = 1) -> dict[str, object]:
    return {}


@app.post("/trades")
@openbb.row_model(source="trades.parquet", key=["id"], errors="toast", timeout=2.5, name="Trades")
def trades(source: Any, desk: str = "all") -> object:
    return None


assert_type(trades(1, desk="fx"), Any)


@app.get("/drawn")
@openbb.chart(template=True, toolbar={"scrollZoom": False}, raw=True)
def drawn(theme: str = "dark") -> dict[str, object]:
    return {}


@app.get("/report")
@openbb.pdf(folder=Path("/srv/reports"), max_file_size=1_000)
def report(name: str = "a.pdf") -> Any:
    return File(name, name="Report")


@app.post("/papers")
@openbb.files
def papers(names: list[str]) -> dict[str, bytes | None]:
    return {}


@app.post("/ask")
@openbb.omni(stale_time=5_000)
def ask(prompt: str) -> Any:
    return OmniAnswer(prompt, parse_as="text", citable=True)


@app.get("/framed")
@openbb.iframe(endpoint="https://example.com", storage={"mcpUrl": "https://example.com/mcp"})
def framed() -> str:
    return ""


@openbb.register_widget({"name": "x", "endpoint": "old"})
@app.get("/old")
def old() -> str:
    return ""


@app.get("/any")
@openbb.widget(type="omni", grid=Grid(10, 10), columns=Price, refetch_interval=False, auth=ApiKeyAuth(["x"]))
def anything() -> str:
    return ""


@app.get("/options")
@openbb.options
def options() -> list[str]:
    return []


class Typed(Schema):
    name = fields.String(required=True)


@app.post("/typed")
@openbb.form(Typed, refreshes=[options, "bare"])
def typed(name: str, button: str = "") -> str:
    return name


@app.post("/typed/bare")
@openbb.form(Typed)
def typed_bare(name: str, button: str) -> str:
    return name


@app.post("/typed/instance")
@openbb.form(Typed(partial=True))
def typed_instance(name: str = "") -> None:
    return None


@app.put("/annotated")
@openbb.form
def annotated(size: int = 1) -> dict[str, int]:
    return {"size": size}


@app.get("/with_form")
@openbb.table(params=[Form(typed, buttons={"add": "Add"}), Param("n")])
def with_form(n: int = 1) -> list[dict[str, int]]:
    return []


class Trade:
    """Neither text nor a mapping: what a Flask route may not return, to a type checker, and our decorators shape."""


@app.post("/saved")
@openbb.form
def saved(name: str) -> None:
    return None


@app.get("/shaped")
@openbb.table
def shaped(n: int = 1) -> Trade:
    return Trade()


@app.get("/shaped-later")
@openbb.metric(name="Later")
async def shaped_later(n: int = 1) -> float:
    return 1.0


@app.get("/registered")
@openbb.register_widget({"name": "x", "endpoint": "registered"})
def registered() -> Trade:
    return Trade()


def policy(credentials: Credentials) -> Identity | None:
    return None


# Decorators keep the view's own signature; what Flask would not send is Any.
assert_type(bare("AAPL"), list[dict[str, float]])
assert_type(called(n=2), dict[str, object])
assert_type(old(), str)
assert_type(options(), list[str])
assert_type(typed("a"), str)
assert_type(shaped(n=2), Any)
shaped("a")  # type: ignore[arg-type]
assert_type(openbb.validate(app), tuple[Fault, ...])
checked: Callable[[Credentials], Identity | None] = policy

bare(3)  # type: ignore[arg-type]
openbb.table(refetchInterval=1)  # type: ignore[call-overload]
openbb.table(grid="wide")  # type: ignore[call-overload]
openbb.widget(type=3)  # type: ignore[arg-type]

# Renders, each with every option.
assert_type(green_red(by="change"), Render)
assert_type(color_rules(ColorRule.gt(1, "green", fill=True), ColorRule.contains("x", "#fff"), by="a"), Render)
Column("a", render=title_case())
Column("a", render=[hover_card(title="T", markdown="{x}", cell_field="name"), click_to_group("p", value_field="id")])
Column("a", render=(send_to_agent("{a}", agent="x"), color_rules(ColorRule.between(1, 2.5, "red"))))
Column("a", render=cell_change(by="change"))
Column(
    "a",
    render=sparkline(
        "line",
        data_field="b",
        custom_formatter="(point) => ({})",
        stroke_width=2,
        direction="vertical",
        tooltip={"enabled": True},
        axis={"type": "time", "padding_inner": 0.1},
        markers={"enabled": True, "shape": "circle", "highlight_size": 3},
        highlight_style={"fill": "red"},
        points_of_interest={"first_last": {"size": 3}, "positive_negative": {"negative": {"fill": "red"}}},
        label={"placement": "inside-end"},
        padding={"top": 1},
    ),
)

Column("a", render="greenRed")  # type: ignore[arg-type]
click_to_group(3)  # type: ignore[arg-type]
color_rules({"condition": "gt"})  # type: ignore[arg-type]
ColorRule.between("a", 2, "red")  # type: ignore[arg-type]
ColorRule("like", "red", 1)  # type: ignore[arg-type]
sparkline("pie")  # type: ignore[arg-type]
sparkline(strokeWidth=1)  # type: ignore[call-arg]
sparkline(axis={"type": "log"})  # type: ignore[typeddict-item]
sparkline(markers={"shape": "circle", "colour": "red"})  # type: ignore[typeddict-unknown-key]


@app.post("/agent")
@openbb.agent
def analyst(query: AgentQuery) -> Iterator[str | agents.Event]:
    yield query.text
    for widget in query.widgets.primary:
        yield agents.get_widget_data(widget, [widget.request(symbol="AAPL")], extra_state={"a": 1})
    for result in query.results:
        assert_type(result.rows(), list[dict[str, Any]])
        yield agents.citations(agents.cite(result, name="N", quotes=[agents.Box("q", 1, 0, 0, 1, 1)]))


@app.post("/async-agent")
@openbb.agent(features={"mcp-tools": True, "own": {"label": "Own"}}, models=["m"], public=True)
async def async_analyst(query: AgentQuery) -> AsyncIterator[str]:
    yield query.model or ""


takes_a_question: Callable[[AgentQuery], Any] = async_analyst

# What is served without a view takes what it can use, and no more.
openbb.sql("/query", "trades.parquet", tables=["trades"], timeout=2.5, grid=(40, 20), auth=ApiKeyAuth(["x"]))
openbb.udf("/udf", DataFrameFeed({}), update_frequency=60_000, category="Charts")
openbb.sql("/query", "trades.parquet", refetch_interval=1_000)  # type: ignore[call-arg]
openbb.udf("/udf", DataFrameFeed({}), refetch_interval=1_000)  # type: ignore[call-arg]
