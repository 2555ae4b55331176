"""The events that agents yield, held against the models and helpers of OpenBB's own SDK."""

import json
from datetime import date
from decimal import Decimal
from uuid import uuid4

import openbb_ai
import openbb_ai.models as sdk
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from flask_openbb import EncodeError, ShapeError, agents
from flask_openbb.agents.calls import FUNCTIONS
from flask_openbb.agents.events import event_of

ROWS = [{"date": "2024-01-02", "close": 1.5, "open": 1}, {"date": "2024-01-03", "close": None, "open": 2}]
SDK_EVENTS = TypeAdapter(sdk.SSE)


def widget(**more):
    given = {
        "uuid": str(uuid4()),
        "origin": "Backend",
        "widget_id": "prices",
        "name": "Prices",
        "description": "d",
        "params": [{"name": "symbol", "type": "text", "description": "", "current_value": "AAPL"}],
        **more,
    }
    body = {"messages": [{"role": "human", "content": "?"}], "widgets": {"primary": [given]}}
    return agents.AgentQuery.from_body(body).widgets.primary[0], sdk.Widget(**given)


def sent(event):
    """What is on the wire, parsed as a browser parses it."""
    text = event.encode().decode()
    assert text.endswith("\n\n")
    name, data = text[:-2].split("\n")
    assert name.startswith("event: ")
    assert data.startswith("data: ")
    return {"event": name.removeprefix("event: "), "data": json.loads(data.removeprefix("data: "))}


def same_as_sdk(event):
    """The SDK reads it and would write the same."""
    wire = sent(event)
    parsed = SDK_EVENTS.validate_python(wire).model_dump()
    assert parsed["event"] == wire["event"]
    assert json.loads(parsed["data"]) == wire["data"]
    return wire


BOX = agents.Box("quoted", 1, 10.5, 20, 90, 32)
ASKED, SDK_ASKED = widget()
MADE = [
    (agents.text("Hi"), openbb_ai.message_chunk("Hi")),
    (agents.text("a\nb\r\n\u2028é😀"), openbb_ai.message_chunk("a\nb\r\n\u2028é😀")),
    (agents.reasoning("Step"), openbb_ai.reasoning_step("Step")),
    (
        agents.reasoning("Step", kind="warning", details={"rows": 3, "ID": 5, "url": "x", "Source": "y"}),
        openbb_ai.reasoning_step("Step", "WARNING", {"rows": 3, "ID": 5, "url": "x", "Source": "y"}),
    ),
    (agents.reasoning("No", kind="ERROR", details="why"), openbb_ai.reasoning_step("No", "ERROR", "why")),
    (agents.suggestions("a", "b"), openbb_ai.prompt_suggestions(["a", "b"])),
    (
        agents.get_widget_data(ASKED),
        openbb_ai.get_widget_data([openbb_ai.WidgetRequest(widget=SDK_ASKED, input_arguments={"symbol": "AAPL"})]),
    ),
    (
        agents.get_widget_data([ASKED.request(symbol="MSFT", n=1), ASKED]),
        openbb_ai.get_widget_data(
            [
                openbb_ai.WidgetRequest(widget=SDK_ASKED, input_arguments={"symbol": "MSFT", "n": 1}),
                openbb_ai.WidgetRequest(widget=SDK_ASKED, input_arguments={"symbol": "AAPL"}),
            ]
        ),
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), MADE)
def test_the_sdk_makes_the_same_event(ours, theirs):
    dumped = theirs.model_dump()
    assert same_as_sdk(ours) == {"event": dumped["event"], "data": json.loads(dumped["data"])}


def without_made_up(wire):
    data = {key: value for key, value in wire["data"].items() if key != "uuid"}
    return {**wire, "data": data}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            agents.table(ROWS, name="T", description="d"),
            openbb_ai.table(ROWS, name="T", description="d"),
        ),
        (
            agents.chart(ROWS, type="bar", x="date", y=["close", "open"], name="C", description="d"),
            openbb_ai.chart("bar", ROWS, x_key="date", y_keys=["close", "open"], name="C", description="d"),
        ),
        (
            agents.chart(ROWS, x="date", y="close", name="C", description="d"),
            openbb_ai.chart("line", ROWS, x_key="date", y_keys=["close"], name="C", description="d"),
        ),
        (
            agents.chart(ROWS, type="scatter", x="open", y="close", name="C", description="d"),
            openbb_ai.chart("scatter", ROWS, x_key="open", y_keys=["close"], name="C", description="d"),
        ),
        (
            agents.chart(ROWS, type="pie", angle="open", label="date", name="C", description="d"),
            openbb_ai.chart("pie", ROWS, angle_key="open", callout_label_key="date", name="C", description="d"),
        ),
        (
            agents.chart(ROWS, type="doughnut", angle="open", label="date", name="C", description="d"),
            openbb_ai.chart("donut", ROWS, angle_key="open", callout_label_key="date", name="C", description="d"),
        ),
    ],
    ids=["table", "bar", "line", "scatter", "pie", "donut"],
)
def test_artifacts_are_the_sdks_but_for_their_uuid(ours, theirs):
    dumped = theirs.model_dump()
    theirs = {"event": dumped["event"], "data": json.loads(dumped["data"])}
    assert without_made_up(same_as_sdk(ours)) == without_made_up(theirs)


@pytest.mark.parametrize(
    "event",
    [
        agents.markdown("# Long", name="M"),
        agents.html("<b>x</b>"),
        agents.table([]),
        agents.reasoning("Rows", artifacts=[agents.table(ROWS, name="In a step")], hidden=True),
        agents.get_options(ASKED, "symbol", exchange="NYSE"),
        agents.call_tool(agents.Tool(name="t", server_id="s"), {"a": 1}, extra_state={"step": 2}),
        agents.get_skill("valuation", reason="Asked."),
        agents.get_widget_data(ASKED, extra_state={"seen": ["a"]}),
        agents.citations(agents.cite(ASKED), [agents.cite("https://example.com/a", name="A", details={"Page": 1})]),
        agents.citations(agents.cite(ASKED, {"symbol": "X"}, details=[{"Page": 3}], quotes=[BOX])),
        agents.citations(),
    ],
)
def test_the_sdk_reads_what_it_has_no_helper_for(event):
    wire = sent(event)
    json.loads(SDK_EVENTS.validate_python(wire).model_dump()["data"])


def test_a_citation_is_the_sdks_with_name_and_uuid():
    ours = same_as_sdk(agents.citations(agents.cite(ASKED, details={"Page": 4, "source": "dropped"})))["data"]
    theirs = openbb_ai.citations([openbb_ai.cite(SDK_ASKED, {"symbol": "AAPL"}, {"Page": 4})]).model_dump()["data"]
    [our], [their] = ours["citations"], json.loads(theirs)["citations"]
    assert our["source_info"].pop("name") == "Prices"
    assert our["source_info"].pop("uuid") == ASKED.uuid
    assert {**our, "id": ""} == {**their, "id": ""}


def test_every_function_of_the_sdk_is_known():
    annotation = sdk.FunctionCallSSEData.model_fields["function"].annotation
    assert set(FUNCTIONS) == set(annotation.__args__)
    for function in FUNCTIONS:
        same_as_sdk(agents.function_call(function, {"a": [1]}))


def test_frames_dates_and_decimals_become_rows():
    frame = pd.DataFrame({"day": [date(2024, 1, 2)], "x": [float("nan")]})
    assert sent(agents.table(frame))["data"]["content"] == [{"day": "2024-01-02", "x": None}]
    rows = [{"day": date(2024, 1, 2), "price": {"last": Decimal("1.1")}, "big": 2**60}]
    assert sent(agents.chart(rows, x="day", y=["price_last", "big"]))["data"]["content"] == [
        {"day": "2024-01-02", "price_last": 1.1, "big": 2**60}
    ]
    assert sent(agents.table(rows, select=["big"]))["data"]["content"] == [{"big": str(2**60)}]
    many = sent(agents.table({"n": number} for number in range(5_000)))["data"]["content"]
    assert [row["n"] for row in many] == list(range(5_000))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: agents.text(5), "takes text, not"),
        (lambda: agents.reasoning("x", kind="FATAL"), "Use 'INFO', 'WARNING' or 'ERROR'"),
        (lambda: agents.reasoning("x", kind=None), "is not known"),
        (lambda: agents.reasoning("x", artifacts=[agents.text("x")]), "agents.table()"),
        (lambda: agents.reasoning("x", details=object()), "agents.reasoning()"),
        (lambda: agents.suggestions("a", ["b"]), "one an argument"),
        (lambda: agents.table(None), "agents.table(): it was given None"),
        (lambda: agents.table("text"), "is not rows"),
        (lambda: agents.table([], selct=["a"]), "Did you mean 'select'?"),
        (lambda: agents.table([], grid=1), "no keyword 'grid'."),
        (lambda: agents.table([{"a": object()}]), "column 'a'"),
        (lambda: agents.chart(ROWS, type="radar", x="date", y="close"), "Use one of line, bar, scatter, pie, donut"),
        (lambda: agents.chart(ROWS, x="date"), "needs x= and y="),
        (lambda: agents.chart(ROWS, type="pie", angle="open"), "needs angle= and label="),
        (lambda: agents.chart(ROWS, x="date", y="close", label="open"), "takes x= and y=, not label="),
        (lambda: agents.chart(ROWS, x="date", y="clos"), "Did you mean 'close'?"),
        (lambda: agents.chart(ROWS, x="date", y="volume"), "They have 'date', 'close', 'open'"),
        (lambda: agents.chart(ROWS, x="close", y="date"), "which is no number"),
        (lambda: agents.chart(ROWS, type="scatter", x="date", y="close"), "which is no number"),
        (lambda: agents.chart([{"x": 1, "y": True}], x="x", y="y"), "which is no number"),
        (lambda: agents.markdown(None), "takes text"),
        (lambda: agents.html(None), "agents.html()"),
        (lambda: agents.get_widget_data(), "was given no widget"),
        (lambda: agents.get_widget_data(["prices"]), "takes widgets of the request"),
        (lambda: agents.function_call("rm", {}), "has no function 'rm'"),
        (lambda: agents.function_call("save_skill", {"a": object()}), "save_skill()"),
        (lambda: agents.cite(5), "takes a widget of the request or an address"),
        (lambda: agents.cite(agents.Result()), "is no widget's"),
        (lambda: agents.citations(["x"]), "agents.cite()"),
    ],
)
def test_what_cannot_be_an_event_is_refused_with_the_next_step(make, said):
    with pytest.raises(ShapeError) as raised:
        make()
    assert said in str(raised.value)
    assert "Widget '" not in str(raised.value)


def test_a_chart_of_no_rows_is_sent_whatever_its_columns():
    assert same_as_sdk(agents.chart([], x="day", y="close"))["data"]["content"] == []


def test_a_value_without_a_json_form_is_an_encode_error():
    with pytest.raises(EncodeError, match=r"agents\.table"):
        agents.table([{"a": object()}])


def test_an_artifacts_name_fits_into_the_clients_tag():
    assert agents.table(ROWS, name='Top "5"\n<b>').data["name"] == "Top '5' b"
    names = {agents.table(ROWS).data["name"] for _ in range(50)}
    assert len(names) == 50
    assert all(name.startswith("Table ") for name in names)


@pytest.mark.parametrize(
    "item",
    [
        "Hi",
        agents.text("Hi"),
        openbb_ai.message_chunk("Hi"),
        openbb_ai.message_chunk("Hi").model_dump(),
        {"event": "copilotMessageChunk", "data": {"delta": "Hi"}},
        {"event": "copilotMessageChunk", "data": sdk.MessageChunkSSEData(delta="Hi")},
        {"event": "copilotMessageChunk", "data": b'{"delta": "Hi"}'},
    ],
    ids=["text", "event", "sdk", "sdk dumped", "mapping", "model inside", "bytes"],
)
def test_a_view_may_yield(item):
    assert event_of(item) == agents.text("Hi")


@pytest.mark.parametrize("item", [None, ""])
def test_nothing_is_no_event(item):
    assert event_of(item) is None


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (5, "is no event"),
        (b"bytes", "is no event"),
        ({"delta": "Hi"}, "is no event"),
        ({"event": "x", "data": "not json"}, "not JSON"),
        ({"event": "x", "data": "[1]"}, "not an object"),
        ({"event": "x\ndata: {}", "data": {}}, "is named"),
        ({"event": "", "data": {}}, "is named"),
    ],
    ids=repr,
)
def test_anything_else_is_refused(item, said):
    with pytest.raises(ShapeError, match=said):
        event_of(item)


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_is_one_event_on_two_lines(chunk):
    wire = sent(agents.text(chunk))
    assert wire["data"]["delta"] == chunk.encode("utf-8", "replace").decode()
