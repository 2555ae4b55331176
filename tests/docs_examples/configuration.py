"""widget-configuration: sizes, refreshing, the run button, categories, MCP tools, render functions."""

from flask_openbb import (
    ColorRule,
    Column,
    Param,
    click_to_group,
    color_rules,
    hover_card,
    send_to_agent,
)

from .example import SHOW, SUB_CATEGORY, YELLOW, example

FOLDER = "widget-configuration/"
SIZES = {
    "markdown_widget": (12, 4),
    "markdown_widget2": (12, 20),
    "markdown_widget3": (40, 4),
    "markdown_widget4": (14, 12),
    "markdown_widget5": (28, 8),
    "markdown_widget6": (14, 6),
}


def _markdown(endpoint, description, **more):
    name = endpoint.replace("_", " ").title()
    return {"name": name, "description": description, "type": "markdown", "endpoint": endpoint, **more}


@example(
    FOLDER + "category-subcategory",
    _markdown(
        "markdown_widget_with_category_and_subcategory",
        "Filed under two headings.",
        category="Widgets",
        subcategory="Markdown Widgets",
        gridData={"w": 12, "h": 4},
    ),
    SUB_CATEGORY,
    faults=["Did you mean 'subCategory'?"],
)
def category_and_subcategory(app, openbb):
    @app.get("/markdown_widget_with_category_and_subcategory")
    @openbb.markdown(category="Widgets", sub_category="Markdown Widgets", grid=(12, 4))
    def markdown_widget_with_category_and_subcategory():
        """Filed under two headings."""


@example(
    FOLDER + "data-update-display",
    _markdown(
        "markdown_widget_with_data_update_display_only",
        "Says when its data changes.",
        dataUpdateDisplay="0 10 * * *",
        gridData={"w": 20, "h": 6},
    ),
)
def data_update_display(app, openbb):
    @app.get("/markdown_widget_with_data_update_display_only")
    @openbb.markdown(data_update_display="0 10 * * *", grid=(20, 6))
    def markdown_widget_with_data_update_display_only():
        """Says when its data changes."""


@example(
    FOLDER + "data-update-display",
    _markdown(
        "markdown_widget_with_cron_refetch_interval",
        "Fetched by a schedule, which it shows.",
        refetchInterval="*/1 * * * *",
        dataUpdateDisplay="*/1 * * * *",
        gridData={"w": 20, "h": 6},
    ),
)
def cron_and_display(app, openbb):
    @app.get("/markdown_widget_with_cron_refetch_interval")
    @openbb.markdown(refetch_interval="*/1 * * * *", data_update_display="*/1 * * * *", grid=(20, 6))
    def markdown_widget_with_cron_refetch_interval():
        """Fetched by a schedule, which it shows."""


@example(
    FOLDER + "error-handling",
    _markdown("markdown_widget_with_error_handling", "Answers with an error.", gridData={"w": 12, "h": 4}),
)
def error_handling(app, openbb):
    @app.get("/markdown_widget_with_error_handling")
    @openbb.markdown(grid=(12, 4))
    def markdown_widget_with_error_handling():
        """Answers with an error."""


def _sized(endpoint, size):
    @example(FOLDER + "grid-size", _markdown(endpoint, "Some text.", gridData={"w": size[0], "h": size[1]}))
    def grid_size(app, openbb):
        @openbb.markdown(name=endpoint.replace("_", " ").title(), grid=size)
        def view():
            """Some text."""

        app.add_url_rule(f"/{endpoint}", endpoint, view)


for _endpoint, _size in SIZES.items():
    _sized(_endpoint, _size)


@example(
    FOLDER + "matching-widget-to-mcp-tool",
    _markdown(
        "your_widget_id",
        "What an MCP tool answers too.",
        mcp_tool={"mcp_server": "Financial Data", "tool_id": "tool_name"},
    ),
)
def mcp_tool(app, openbb):
    @app.get("/your_widget_id")
    @openbb.markdown(mcp_tool={"mcp_server": "Financial Data", "tool_id": "tool_name"})
    def your_widget_id():
        """What an MCP tool answers too."""


@example(
    FOLDER + "refetch-interval",
    _markdown(
        "markdown_widget_with_short_refetch_interval",
        "Fetched each second.",
        gridData={"w": 12, "h": 4},
        refetchInterval=1000,
    ),
)
def short_interval(app, openbb):
    @app.get("/markdown_widget_with_short_refetch_interval")
    @openbb.markdown(grid=(12, 4), refetch_interval=1000)
    def markdown_widget_with_short_refetch_interval():
        """Fetched each second."""


@example(
    FOLDER + "refetch-interval",
    _markdown(
        "markdown_widget_with_refetch_interval_and_shorter_stale_time",
        "Stale before it is fetched again.",
        gridData={"w": 12, "h": 4},
        refetchInterval=10000,
        staleTime=5000,
    ),
)
def interval_and_stale_time(app, openbb):
    @app.get("/markdown_widget_with_refetch_interval_and_shorter_stale_time")
    @openbb.markdown(grid=(12, 4), refetch_interval=10_000, stale_time=5000)
    def markdown_widget_with_refetch_interval_and_shorter_stale_time():
        """Stale before it is fetched again."""


@example(
    FOLDER + "refetch-interval",
    _markdown(
        "markdown_widget_with_short_refetch_interval_and_run_button",
        "Fetched by the clock and by hand.",
        gridData={"w": 12, "h": 4},
        refetchInterval=10000,
        runButton=True,
    ),
)
def interval_and_run_button(app, openbb):
    @app.get("/markdown_widget_with_short_refetch_interval_and_run_button")
    @openbb.markdown(grid=(12, 4), refetch_interval=10_000, run_button=True)
    def markdown_widget_with_short_refetch_interval_and_run_button():
        """Fetched by the clock and by hand."""


@example(
    FOLDER + "refetch-interval",
    _markdown(
        "markdown_widget_with_cron_refetch_only",
        "Fetched by a schedule.",
        refetchInterval="*/1 * * * *",
        gridData={"w": 20, "h": 6},
    ),
)
def cron(app, openbb):
    @app.get("/markdown_widget_with_cron_refetch_only")
    @openbb.markdown(refetch_interval="*/1 * * * *", grid=(20, 6))
    def markdown_widget_with_cron_refetch_only():
        """Fetched by a schedule."""


@example(
    FOLDER + "run-button",
    _markdown("markdown_widget_with_run_button", "Fetched by hand.", gridData={"w": 12, "h": 4}, runButton=True),
)
def run_button(app, openbb):
    @app.get("/markdown_widget_with_run_button")
    @openbb.markdown(grid=(12, 4), run_button=True)
    def markdown_widget_with_run_button():
        """Fetched by hand."""


@example(
    FOLDER + "stale-time",
    _markdown(
        "markdown_widget_with_stale_time", "Stale after five seconds.", gridData={"w": 12, "h": 4}, staleTime=5000
    ),
)
def stale_time(app, openbb):
    @app.get("/markdown_widget_with_stale_time")
    @openbb.markdown(grid=(12, 4), stale_time=5000)
    def markdown_widget_with_stale_time():
        """Stale after five seconds."""


# The page of render functions shows columnsDefs alone; a table is made around each.


def _rendered(endpoint, *columns, params=()):
    entry = {
        "name": endpoint.replace("_", " ").title(),
        "description": "A table with drawn cells.",
        "type": "table",
        "endpoint": endpoint,
        "data": {"table": {"columnsDefs": list(columns)}},
    }
    return {**entry, "params": list(params)} if params else entry


def _text_param(name):
    return {"paramName": name, "type": "text", "label": "Chosen", "value": "AAPL"}


@example(
    FOLDER + "render-functions",
    _rendered(
        "column_color",
        {
            "field": "Analyst",
            "headerName": "Analyst",
            "renderFn": "columnColor",
            "renderFnParams": {
                "colorRules": [
                    {"condition": "between", "range": {"min": 50, "max": 90}, "color": "blue", "fill": True},
                    {"condition": "lt", "value": 50, "color": "red", "fill": True},
                    {"condition": "gt", "value": 90, "color": "green", "fill": True},
                ]
            },
        },
    ),
)
def column_color(app, openbb):
    between = ColorRule.between(50, 90, "blue", fill=True)
    below, above = ColorRule.lt(50, "red", fill=True), ColorRule.gt(90, "green", fill=True)

    @app.get("/column_color")
    @openbb.table(columns=[Column("Analyst", render=color_rules(between, below, above))])
    def column_color():
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "color_by_text",
        {
            "field": "status",
            "headerName": "Status",
            "cellDataType": "text",
            "renderFn": "columnColor",
            "renderFnParams": {
                "colorRules": [
                    {"condition": "contains", "value": "Active", "color": "green", "fill": True},
                    {"condition": "contains", "value": "Pending", "color": "yellow", "fill": True},
                    {"condition": "notContains", "value": "Active", "color": "red", "fill": True},
                ]
            },
        },
    ),
    YELLOW,
    faults=["'yellow'"],
    refused=True,
)
def color_by_text(app, openbb):
    rules = (
        ColorRule.contains("Active", "green", fill=True),
        ColorRule.contains("Pending", "#FFD700", fill=True),
        ColorRule.not_contains("Active", "red", fill=True),
    )

    @app.get("/color_by_text")
    @openbb.table(columns=[Column("status", cell_data_type="text", render=color_rules(*rules))])
    def color_by_text():
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "several_renders",
        {
            "field": "Symbol",
            "headerName": "Symbol",
            "renderFn": ["cellOnClick", "columnColor"],
            "renderFnParams": {
                "actionType": "groupBy",
                "groupBy": {"paramName": "symbol"},
                "colorValueKey": "Analyst",
                "colorRules": [{"condition": "eq", "value": "Analyst A", "color": "blue", "fill": True}],
            },
        },
        params=[_text_param("symbol")],
    ),
    SHOW,
)
def several_renders(app, openbb):
    colored = color_rules(ColorRule.eq("Analyst A", "blue", fill=True), by="Analyst")

    @app.get("/several_renders")
    @openbb.table(
        columns=[Column("Symbol", render=[click_to_group("symbol"), colored])], params=[Param("symbol", label="Chosen")]
    )
    def several_renders(symbol: str = "AAPL"):
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "click_with_value_field",
        {
            "field": "companyName",
            "headerName": "Company",
            "cellDataType": "text",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "groupBy",
                "groupBy": {"paramName": "companyId", "valueField": "companyId"},
            },
        },
        params=[_text_param("companyId")],
    ),
    SHOW,
)
def click_with_value_field(app, openbb):
    click = click_to_group("companyId", value_field="companyId")

    @app.get("/click_with_value_field")
    @openbb.table(
        columns=[Column("companyName", header_name="Company", cell_data_type="text", render=click)],
        params=[Param("companyId", label="Chosen", value="AAPL")],
    )
    def click_with_value_field(**chosen):
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "click_with_force_update",
        {
            "field": "symbol",
            "headerName": "Symbol",
            "renderFn": "cellOnClick",
            "renderFnParams": {"actionType": "groupBy", "groupBy": {"paramName": "symbol", "forceUpdate": True}},
        },
        params=[_text_param("symbol")],
    ),
    SHOW,
)
def click_with_force_update(app, openbb):
    @app.get("/click_with_force_update")
    @openbb.table(
        columns=[Column("symbol", render=click_to_group("symbol", force_update=True))],
        params=[Param("symbol", label="Chosen")],
    )
    def click_with_force_update(symbol="AAPL"):
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "hover_card",
        {
            "field": "analyst",
            "headerName": "Analyst",
            "renderFn": "hoverCard",
            "renderFnParams": {
                "hoverCard": {"cellField": "value", "title": "Who", "markdown": "**{value}**: {description}"}
            },
        },
    ),
)
def hover_card_over_an_object(app, openbb):
    card = hover_card(cell_field="value", title="Who", markdown="**{value}**: {description}")

    @app.get("/hover_card")
    @openbb.table(columns=[Column("analyst", render=card)])
    def hover_card_():
        """A table with drawn cells."""


@example(
    FOLDER + "render-functions",
    _rendered(
        "send_to_agent",
        {
            "field": "company",
            "headerName": "Company",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "sendToAgent",
                "sendToAgent": {"markdown": "What of {company} in {sector}?"},
            },
        },
        {
            "field": "revenue",
            "headerName": "Revenue (M)",
            "renderFn": "cellOnClick",
            "renderFnParams": {
                "actionType": "sendToAgent",
                "sendToAgent": {"markdown": "Is ${revenue}M much?", "agentId": "financial-analyst-agent"},
            },
        },
    ),
)
def send_to_agents(app, openbb):
    asked = send_to_agent("What of {company} in {sector}?")
    asked_of_one = send_to_agent("Is ${revenue}M much?", agent="financial-analyst-agent")

    @app.get("/send_to_agent")
    @openbb.table(
        columns=[
            Column("company", render=asked),
            Column("revenue", header_name="Revenue (M)", render=asked_of_one),
        ]
    )
    def send_to_agent_():
        """A table with drawn cells."""
