"""widget-types: tables, their charts and sparklines, live grids and the server-side row model."""

from typing import Annotated, Literal

from flask_openbb import (
    ColorRule,
    Column,
    Param,
    cell_change,
    color_rules,
    green_red,
    hover_card,
    sparkline,
    title_case,
)

from .example import BARE_COLOR, ENABLE_CHARTS, FORMATTER, SHOW, example

PAGE = "widget-types/aggrid-table-charts"


def _table(endpoint, *columns, grid=(20, 6), **table):
    entry = {
        "name": endpoint.replace("_", " ").title(),
        "description": "Rows of data.",
        "type": "table",
        "endpoint": endpoint,
        "gridData": {"w": grid[0], "h": grid[1]},
    }
    return {**entry, "data": {"table": {**table, "columnsDefs": list(columns)}}} if columns else entry


NAME = {
    "field": "name",
    "headerName": "Asset",
    "cellDataType": "text",
    "formatterFn": "none",
    "width": 120,
    "pinned": "left",
}
TVL = {
    "field": "tvl",
    "headerName": "TVL",
    "headerTooltip": "What is locked",
    "cellDataType": "number",
    "formatterFn": "int",
    "width": 150,
}


def _change(field, header, **more):
    return {
        "field": field,
        "headerName": header,
        "cellDataType": "number",
        "formatterFn": "percent",
        "width": 120,
        "maxWidth": 150,
        "minWidth": 70,
        **more,
    }


def asset(**more):
    return Column(
        "name", header_name="Asset", cell_data_type="text", formatter_fn="none", width=120, pinned="left", **more
    )


def tvl(**more):
    return Column(
        "tvl",
        header_name="TVL",
        header_tooltip="What is locked",
        cell_data_type="number",
        formatter_fn="int",
        width=150,
        **more,
    )


def change(field, header, **more):
    return Column(
        field,
        header_name=header,
        cell_data_type="number",
        formatter_fn="percent",
        width=120,
        max_width=150,
        min_width=70,
        **more,
    )


@example(PAGE, _table("table_widget", grid=(12, 4)))
def plain_table(app, openbb):
    @app.get("/table_widget")
    @openbb.table(grid=(12, 4))
    def table_widget():
        """Rows of data."""


@example(PAGE, _table("table_widget_from_api_endpoint", grid=(12, 4)))
def table_of_another_service(app, openbb):
    @app.get("/table_widget_from_api_endpoint")
    @openbb.table(grid=(12, 4))
    def table_widget_from_api_endpoint():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_widget_with_column_definitions",
        {**NAME, "renderFn": "titleCase"},
        TVL,
        _change("change_1d", "Day"),
        _change("change_7d", "Week", hide=True),
    ),
)
def column_definitions(app, openbb):
    @app.get("/table_widget_with_column_definitions")
    @openbb.table(
        grid=(20, 6),
        columns=[asset(render=title_case()), tvl(), change("change_1d", "Day"), change("change_7d", "Week", hide=True)],
    )
    def table_widget_with_column_definitions():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_widget_with_render_functions",
        {**NAME, "renderFn": "titleCase"},
        {
            **TVL,
            "renderFn": "columnColor",
            "renderFnParams": {
                "colorRules": [
                    {
                        "condition": "between",
                        "range": {"min": 30000000000, "max": 40000000000},
                        "color": "blue",
                        "fill": False,
                    },
                    {"condition": "lt", "value": 10000000000, "color": "#FFA500", "fill": False},
                    {"condition": "gt", "value": 40000000000, "color": "green", "fill": True},
                ]
            },
        },
        _change("change_1d", "Day", renderFn="greenRed"),
        _change("change_7d", "Week", renderFn="greenRed"),
    ),
)
def render_functions(app, openbb):
    colored = color_rules(
        ColorRule.between(30_000_000_000, 40_000_000_000, "blue", fill=False),
        ColorRule.lt(10_000_000_000, "#FFA500", fill=False),
        ColorRule.gt(40_000_000_000, "green", fill=True),
    )

    @app.get("/table_widget_with_render_functions")
    @openbb.table(
        grid=(20, 6),
        columns=[
            asset(render=title_case()),
            tvl(render=colored),
            change("change_1d", "Day", render=green_red()),
            change("change_7d", "Week", render=green_red()),
        ],
    )
    def table_widget_with_render_functions():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_widget_with_hover_card",
        {
            **NAME,
            "renderFn": "hoverCard",
            "renderFnParams": {
                "hoverCard": {"cellField": "value", "title": "Project", "markdown": "{value}, {foundedDate}"}
            },
        },
        {**TVL, "renderFn": "columnColor"},
        _change("change_1d", "Day", renderFn="greenRed"),
        _change("change_7d", "Week", renderFn="greenRed"),
    ),
    BARE_COLOR,
    faults=["Give renderFnParams.colorRules."],
)
def hover_cards(app, openbb):
    card = hover_card(cell_field="value", title="Project", markdown="{value}, {foundedDate}")

    @app.get("/table_widget_with_hover_card")
    @openbb.table(
        grid=(20, 6),
        columns=[
            asset(render=card),
            tvl(),
            change("change_1d", "Day", render=green_red()),
            change("change_7d", "Week", render=green_red()),
        ],
    )
    def table_widget_with_hover_card():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_to_chart_widget",
        {"field": "name", "headerName": "Asset", "chartDataType": "category"},
        {"field": "tvl", "headerName": "TVL", "chartDataType": "series"},
        grid=(20, 12),
        enableCharts=True,
        showAll=False,
        chartView={"enabled": True, "chartType": "column"},
    ),
    ENABLE_CHARTS,
    faults=["Workspace drops this key without a word"],
)
def table_as_chart(app, openbb):
    @app.get("/table_to_chart_widget")
    @openbb.table(
        grid=(20, 12),
        show_all=False,
        chart_view={"enabled": True, "chartType": "column"},
        columns=[
            Column("name", header_name="Asset", chart_data_type="category"),
            Column("tvl", header_name="TVL", chart_data_type="series"),
        ],
    )
    def table_to_chart_widget():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_to_time_series_widget",
        {"field": "date", "headerName": "Date", "chartDataType": "time"},
        *({"field": coin, "headerName": coin, "chartDataType": "series"} for coin in ("Ethereum", "Bitcoin", "Solana")),
        grid=(20, 12),
        enableCharts=True,
        showAll=False,
        chartView={"enabled": True, "chartType": "line"},
    ),
    ENABLE_CHARTS,
    faults=["Workspace drops this key without a word"],
)
def table_as_time_series(app, openbb):
    coins = [Column(coin, chart_data_type="series") for coin in ("Ethereum", "Bitcoin", "Solana")]

    @app.get("/table_to_time_series_widget")
    @openbb.table(
        grid=(20, 12),
        show_all=False,
        chart_view={"enabled": True, "chartType": "line"},
        columns=[Column("date", chart_data_type="time"), *coins],
    )
    def table_to_time_series_widget():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_widget_basic_sparklines",
        {"field": "stock", "headerName": "Stock", "cellDataType": "text", "width": 120, "pinned": "left"},
        {
            "field": "price_history",
            "headerName": "Prices",
            "width": 200,
            "sparkline": {
                "type": "line",
                "options": {
                    "stroke": "#2563eb",
                    "strokeWidth": 2,
                    "markers": {"enabled": True, "size": 3},
                    "pointsOfInterest": {
                        "maximum": {"fill": "#22c55e", "stroke": "#16a34a", "size": 6},
                        "minimum": {"fill": "#ef4444", "stroke": "#dc2626", "size": 6},
                    },
                },
            },
        },
        {
            "field": "volume",
            "headerName": "Volume",
            "width": 150,
            "sparkline": {
                "type": "bar",
                "options": {
                    "fill": "#6b7280",
                    "stroke": "#4b5563",
                    "pointsOfInterest": {
                        "maximum": {"fill": "#22c55e", "stroke": "#16a34a"},
                        "minimum": {"fill": "#ef4444", "stroke": "#dc2626"},
                    },
                },
            },
        },
    ),
    FORMATTER,
    faults=["customFormatter", "customFormatter"],
    refused=True,
)
def sparklines(app, openbb):
    line = sparkline(
        "line",
        stroke="#2563eb",
        stroke_width=2,
        markers={"enabled": True, "size": 3},
        points_of_interest={
            "maximum": {"fill": "#22c55e", "stroke": "#16a34a", "size": 6},
            "minimum": {"fill": "#ef4444", "stroke": "#dc2626", "size": 6},
        },
    )
    bars = sparkline(
        "bar",
        fill="#6b7280",
        stroke="#4b5563",
        points_of_interest={
            "maximum": {"fill": "#22c55e", "stroke": "#16a34a"},
            "minimum": {"fill": "#ef4444", "stroke": "#dc2626"},
        },
    )

    @app.get("/table_widget_basic_sparklines")
    @openbb.table(
        grid=(20, 6),
        columns=[
            Column("stock", cell_data_type="text", width=120, pinned="left"),
            Column("price_history", header_name="Prices", width=200, render=line),
            Column("volume", width=150, render=bars),
        ],
    )
    def table_widget_basic_sparklines():
        """Rows of data."""


@example(
    PAGE,
    _table(
        "table_widget_custom_formatter",
        {"field": "company", "headerName": "Company", "cellDataType": "text", "width": 150, "pinned": "left"},
        {
            "field": "profit_loss",
            "headerName": "Profit",
            "width": 200,
            "sparkline": {"type": "bar", "options": {"customFormatter": "(p) => p.yValue < 0 ? {fill: 'red'} : {}"}},
        },
        {
            "field": "revenue_growth",
            "headerName": "Growth",
            "width": 200,
            "sparkline": {"type": "bar", "options": {"customFormatter": "(p) => ({fillOpacity: 0.3})"}},
        },
    ),
)
def custom_formatter(app, openbb):
    red = sparkline("bar", custom_formatter="(p) => p.yValue < 0 ? {fill: 'red'} : {}")
    pale = sparkline("bar", custom_formatter="(p) => ({fillOpacity: 0.3})")

    @app.get("/table_widget_custom_formatter")
    @openbb.table(
        grid=(20, 6),
        columns=[
            Column("company", cell_data_type="text", width=150, pinned="left"),
            Column("profit_loss", header_name="Profit", width=200, render=red),
            Column("revenue_growth", header_name="Growth", width=200, render=pale),
        ],
    )
    def table_widget_custom_formatter():
        """Rows of data."""


SYMBOLS = ("AAPL", "GOOGL", "MSFT", "AMZN", "TSLA")


@example(
    "widget-types/live-grid",
    {
        "name": "Live Grid Data",
        "description": "Rows that change as they are watched.",
        "type": "live_grid",
        "endpoint": "live_grid_data",
        "wsEndpoint": "live_grid_ws",
        "gridData": {"w": 20, "h": 9},
        "data": {
            "wsRowIdColumn": "symbol",
            "table": {
                "showAll": True,
                "columnsDefs": [
                    {"field": "symbol", "headerName": "Symbol"},
                    {
                        "field": "price",
                        "headerName": "Price",
                        "renderFn": "showCellChange",
                        "renderFnParams": {"colorValueKey": "change"},
                    },
                    {"field": "change_percent", "headerName": "Change %", "renderFn": "greenRed"},
                    {"field": "volume", "enableCellChangeWs": False, "headerName": "Volume"},
                ],
            },
        },
        "params": [
            {
                "paramName": "symbol",
                "description": "Whose price",
                "value": "TSLA",
                "label": "Symbol",
                "type": "text",
                "multiSelect": True,
                "options": [{"label": symbol, "value": symbol} for symbol in SYMBOLS],
            }
        ],
    },
    SHOW,
)
def live_grid(app, openbb):
    @app.get("/live_grid_data")
    @openbb.widget(
        type="live_grid",
        grid=(20, 9),
        ws_endpoint="live_grid_ws",
        ws_row_id_column="symbol",
        show_all=True,
        columns=[
            Column("symbol"),
            Column("price", render=cell_change(by="change")),
            Column("change_percent", header_name="Change %", render=green_red()),
            Column("volume", enable_cell_change_ws=False),
        ],
    )
    def live_grid_data(
        symbol: Annotated[list[Literal["AAPL", "GOOGL", "MSFT", "AMZN", "TSLA"]], Param(description="Whose price")] = [
            "TSLA"
        ],
    ):
        """Rows that change as they are watched."""


@example(
    "widget-types/ssrm_mode",
    {
        "name": "Large Table",
        "description": "More rows than a browser holds.",
        "type": "ssrm_table",
        "endpoint": "data-ssrm",
        "gridData": {"w": 12, "h": 8},
    },
)
def row_model(app, openbb):
    @app.post("/data-ssrm")
    @openbb.widget(type="ssrm_table", id="data-ssrm", name="Large Table", grid=(12, 8))
    def data_ssrm():
        """More rows than a browser holds."""
