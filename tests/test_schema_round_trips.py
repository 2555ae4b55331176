"""Any spec survives the way to the wire and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.manifest.schemas import dump_agent, dump_app, dump_widget, load_agent, load_app, load_widget
from flask_openbb.manifest.specs import Agent, App, Column, Grid, Group, Param, Placement, Tab, Widget

TEXT = st.text(max_size=6)
SCALAR = st.one_of(TEXT, st.integers(-9, 9), st.booleans())
FLAG = st.none() | st.booleans()
NAME = st.text(min_size=1, max_size=6)
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2), max_leaves=4
)
PARAM = st.one_of(
    st.builds(
        Param,
        NAME,
        type=st.just("text"),
        value=st.none() | SCALAR,
        label=st.none() | TEXT,
        options=st.none()
        | st.lists(st.one_of(SCALAR, st.tuples(TEXT, SCALAR)), max_size=3)
        | st.dictionaries(TEXT, SCALAR, max_size=2),
        show=FLAG,
        multiple=FLAG,
        multi_select=FLAG,
        style=st.none() | st.just({"popupWidth": 300}),
        roles=st.none() | st.lists(TEXT, max_size=2),
        extra=st.dictionaries(st.sampled_from(["new", "x-y"]), JSON, max_size=2),
    ),
    st.builds(Param, NAME, options=TEXT, options_params=st.none() | st.dictionaries(TEXT, SCALAR, max_size=2)),
    st.builds(
        Param,
        type=st.just("form"),
        endpoint=st.none() | TEXT,
        input_params=st.lists(
            st.builds(Param, NAME, type=st.just("number"), options=st.lists(SCALAR, max_size=2)), max_size=2
        ),
    ),
)
COLUMN = st.builds(
    Column,
    TEXT,
    header_name=st.none() | TEXT,
    chart_data_type=st.sampled_from([None, "category", "series"]),
    decimal_places=st.none() | st.integers(0, 6),
    render_fn=st.sampled_from([None, "greenRed", ("greenRed", "titleCase"), ["hoverCard"]]),
    sparkline=st.sampled_from([None, {"type": "line"}, {"type": "bar", "options": {"fill": "red"}}]),
    pinned=st.sampled_from([None, "left", True, False]),
    width=st.none() | st.integers(0, 9),
    extra=st.dictionaries(st.sampled_from(["new", "later"]), JSON, max_size=1),
)
WIDGET = st.builds(
    Widget,
    id=st.just("w"),
    type=st.sampled_from(["table", "chart", "note", "@a/b/c"]),
    name=TEXT,
    description=TEXT,
    endpoint=TEXT,
    source=st.none() | TEXT | st.lists(TEXT, max_size=2),
    params=st.none() | st.lists(PARAM | st.lists(PARAM, max_size=2).map(tuple), max_size=3).map(tuple),
    grid=st.none() | st.builds(Grid, st.integers(), st.integers(), min_w=st.none() | st.integers()),
    refetch_interval=st.sampled_from([None, False, 1000, "0 * * * *"]),
    show_title=FLAG,
    data_key=st.none() | TEXT,
    transpose=FLAG,
    columns=st.none() | st.lists(COLUMN, max_size=2),
    storage=st.none() | st.dictionaries(TEXT, JSON, max_size=2),
    extra=st.fixed_dictionaries(
        {}, optional={"new": JSON, "data": st.dictionaries(st.sampled_from(["own", "more"]), JSON, max_size=2)}
    ),
)


@settings(max_examples=100, deadline=None)
@given(WIDGET)
def test_dump_load_dump_is_dump_for_any_widget(widget: Widget) -> None:
    wire = dump_widget(widget)
    assert dump_widget(load_widget("w", wire)) == wire


PLACEMENT = st.builds(
    Placement,
    TEXT,
    x=st.integers(),
    y=st.integers(),
    w=st.integers(),
    h=st.integers(),
    state=st.none() | st.dictionaries(st.just("own"), JSON),
    groups=st.none() | st.lists(TEXT, max_size=2),
    extra=st.dictionaries(st.just("later"), JSON),
)
APP = st.builds(
    App,
    TEXT,
    description=st.none() | TEXT,
    tabs=st.lists(st.builds(Tab, id=TEXT, name=TEXT, layout=st.lists(PLACEMENT, max_size=2)), max_size=3),
    groups=st.lists(
        st.builds(
            Group,
            name=TEXT,
            type=TEXT,
            param_name=st.none() | TEXT,
            widget_ids=st.none() | st.lists(TEXT),
            default_value=JSON,
        ),
        max_size=2,
    ),
    prompts=st.lists(TEXT, max_size=2),
    allow_customization=st.booleans(),
    extra=st.dictionaries(st.just("later"), JSON),
)


@settings(max_examples=100, deadline=None)
@given(APP)
def test_dump_load_dump_is_dump_for_any_app(app: App) -> None:
    wire = dump_app(app)
    assert dump_app(load_app(wire)) == wire


AGENT = st.builds(
    Agent,
    id=st.just("a"),
    name=NAME,
    description=NAME,
    query=NAME,
    image=st.none() | NAME,
    features=st.dictionaries(TEXT, st.booleans() | st.fixed_dictionaries({"label": TEXT}), max_size=2),
    models=st.none() | st.tuples(st.fixed_dictionaries({"id": TEXT, "name": TEXT})),
    extra=st.dictionaries(st.just("later"), JSON),
)


@settings(max_examples=50, deadline=None)
@given(AGENT)
def test_dump_load_dump_is_dump_for_any_agent(agent: Agent) -> None:
    wire = dump_agent(agent)
    assert load_agent("a", wire) == agent
    assert dump_agent(load_agent("a", wire)) == wire
