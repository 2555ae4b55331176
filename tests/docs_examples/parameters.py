"""widget-parameters: dropdowns, toggles, dates, numbers, texts, groups and positions."""

from typing import Annotated, Literal

from flask_openbb import Column, Param, click_to_group, days_ago, green_red

from .example import LIST, SHOW, example

FOLDER = "widget-parameters/"
DAYS = [{"value": days, "label": days} for days in ("1", "5", "10", "20", "30")]
YEARS = [{"label": year, "value": year} for year in ("2024", "2023", "2022")]


def _entry(endpoint, *params, type="markdown", grid=(16, 6), **more):
    return {
        "name": endpoint.replace("_", " ").title(),
        "description": "A widget with something to choose.",
        "endpoint": endpoint,
        "gridData": {"w": grid[0], "h": grid[1]},
        "type": type,
        "params": list(params),
        **more,
    }


def serve_options(app, openbb, url):
    @openbb.options
    def options():
        return []

    app.add_url_rule(url, url, options)


@example(
    FOLDER + "advanced-dropdown",
    _entry(
        "markdown_widget_with_multi_select_advanced_dropdown",
        {
            "paramName": "stock_picker",
            "description": "Which stocks",
            "value": "AAPL",
            "label": "Stocks",
            "type": "endpoint",
            "multiSelect": True,
            "optionsEndpoint": "/advanced_dropdown_options",
            "style": {"popupWidth": 450},
        },
    ),
    SHOW,
    LIST,
)
def advanced_dropdown(app, openbb):
    serve_options(app, openbb, "/advanced_dropdown_options")
    picker = Param(
        label="Stocks",
        description="Which stocks",
        options="/advanced_dropdown_options",
        style={"popupWidth": 450},
    )

    @app.get("/markdown_widget_with_multi_select_advanced_dropdown")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_multi_select_advanced_dropdown(stock_picker: Annotated[list[str], picker] = ["AAPL"]):
        """A widget with something to choose."""


@example(
    FOLDER + "boolean-toggle",
    _entry(
        "markdown_widget_with_boolean",
        {"paramName": "condition", "description": "On or off", "label": "Switch", "type": "boolean", "value": True},
    ),
    SHOW,
)
def boolean_toggle(app, openbb):
    @app.get("/markdown_widget_with_boolean")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_boolean(
        condition: Annotated[bool, Param(label="Switch", description="On or off")] = True,
    ):
        """A widget with something to choose."""


def _symbol(**more):
    return {
        "paramName": "symbol",
        "description": "Whose rows",
        "value": "AAPL",
        "label": "Symbol",
        "type": "endpoint",
        "optionsEndpoint": "/get_tickers_list",
        **more,
        "show": True,
    }


@example(
    FOLDER + "cell-click-grouping",
    _entry(
        "table_widget_with_grouping_by_cell_click",
        _symbol(multiSelect=False),
        type="table",
        grid=(20, 9),
        data={
            "table": {
                "showAll": True,
                "columnsDefs": [
                    {
                        "field": "symbol",
                        "headerName": "Symbol",
                        "cellDataType": "text",
                        "width": 120,
                        "pinned": "left",
                        "renderFn": "cellOnClick",
                        "renderFnParams": {"actionType": "groupBy", "groupBy": {"paramName": "symbol"}},
                    },
                    {
                        "field": "price",
                        "headerName": "Price",
                        "cellDataType": "number",
                        "formatterFn": "none",
                        "width": 120,
                    },
                    {
                        "field": "change",
                        "headerName": "Change",
                        "cellDataType": "number",
                        "formatterFn": "percent",
                        "renderFn": "greenRed",
                        "width": 120,
                    },
                    {
                        "field": "volume",
                        "headerName": "Volume",
                        "cellDataType": "number",
                        "formatterFn": "int",
                        "width": 150,
                    },
                ],
            }
        },
    ),
)
def cell_click(app, openbb):
    serve_options(app, openbb, "/get_tickers_list")
    tickers = Param(description="Whose rows", options="/get_tickers_list", multi_select=False)

    @app.get("/table_widget_with_grouping_by_cell_click")
    @openbb.table(
        grid=(20, 9),
        show_all=True,
        columns=[
            Column("symbol", cell_data_type="text", width=120, pinned="left", render=click_to_group("symbol")),
            Column("price", cell_data_type="number", formatter_fn="none", width=120),
            Column("change", cell_data_type="number", formatter_fn="percent", width=120, render=green_red()),
            Column("volume", cell_data_type="number", formatter_fn="int", width=150),
        ],
    )
    def table_widget_with_grouping_by_cell_click(symbol: Annotated[str, tickers] = "AAPL"):
        """A widget with something to choose."""


@example(
    FOLDER + "cell-click-grouping",
    _entry("widget_managed_by_parameter_from_cell_click_on_table_widget", _symbol(), grid=(20, 6)),
)
def cell_click_target(app, openbb):
    serve_options(app, openbb, "/get_tickers_list")
    tickers = Param(description="Whose rows", options="/get_tickers_list")

    @app.get("/widget_managed_by_parameter_from_cell_click_on_table_widget")
    @openbb.markdown(grid=(20, 6))
    def widget_managed_by_parameter_from_cell_click_on_table_widget(symbol: Annotated[str, tickers] = "AAPL"):
        """A widget with something to choose."""


_COMPANY_LIST = _entry(
    "company_list",
    {
        "paramName": "companyId",
        "description": "Which company",
        "value": "AAPL",
        "label": "Company ID",
        "type": "endpoint",
        "optionsEndpoint": "/company_options",
        "show": True,
    },
    type="table",
    data={
        "table": {
            "showAll": True,
            "columnsDefs": [
                {
                    "field": "companyName",
                    "headerName": "Company",
                    "cellDataType": "text",
                    "width": 200,
                    "renderFn": "cellOnClick",
                    "renderFnParams": {
                        "actionType": "groupBy",
                        "groupBy": {"paramName": "companyId", "valueField": "companyId"},
                    },
                },
                {
                    "field": "price",
                    "headerName": "Price",
                    "cellDataType": "number",
                    "formatterFn": "none",
                    "width": 120,
                },
            ],
        }
    },
)
del _COMPANY_LIST["gridData"]


@example(FOLDER + "cell-click-grouping", _COMPANY_LIST)
def cell_click_by_id(app, openbb):
    serve_options(app, openbb, "/company_options")
    by_id = click_to_group("companyId", value_field="companyId")

    @app.get("/company_list")
    @openbb.table(
        show_all=True,
        columns=[
            Column("companyName", header_name="Company", cell_data_type="text", width=200, render=by_id),
            Column("price", cell_data_type="number", formatter_fn="none", width=120),
        ],
    )
    def company_list(
        company: Annotated[
            str, Param("companyId", label="Company ID", description="Which company", options="/company_options")
        ] = "AAPL",
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "date-picker",
    _entry(
        "markdown_widget_with_date_picker",
        {
            "paramName": "date_picker",
            "description": "Which day",
            "value": "$currentDate-1d",
            "label": "Day",
            "type": "date",
        },
    ),
    SHOW,
)
def date_picker(app, openbb):
    @app.get("/markdown_widget_with_date_picker")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_date_picker(
        date_picker: Annotated[str, Param(label="Day", description="Which day")] = "$currentDate-1d",
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "dependent-dropdown",
    _entry(
        "dropdown_dependent_widget",
        {
            "paramName": "category",
            "description": "What sort of document",
            "value": "all",
            "label": "Sort",
            "type": "text",
            "options": [
                {"label": "All", "value": "all"},
                {"label": "Reports", "value": "reports"},
                {"label": "Presentations", "value": "presentations"},
            ],
        },
        {
            "paramName": "document_type",
            "description": "Which document",
            "label": "Document",
            "type": "endpoint",
            "optionsEndpoint": "/document_options",
            "optionsParams": {"category": "$category"},
        },
    ),
    SHOW,
)
def dependent_dropdown(app, openbb):
    serve_options(app, openbb, "/document_options")
    sorts = Param(
        label="Sort",
        description="What sort of document",
        options={"All": "all", "Reports": "reports", "Presentations": "presentations"},
    )
    documents = Param(
        label="Document",
        description="Which document",
        options="/document_options",
        options_params={"category": "$category"},
    )

    @app.get("/dropdown_dependent_widget")
    @openbb.markdown(grid=(16, 6))
    def dropdown_dependent_widget(
        category: Annotated[str, sorts] = "all", document_type: Annotated[str | None, documents] = None
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "dropdown",
    _entry(
        "markdown_widget_with_dropdown",
        {
            "paramName": "days_picker",
            "description": "How far back",
            "value": "1",
            "label": "Days",
            "type": "text",
            "multiSelect": True,
            "options": DAYS,
        },
    ),
    SHOW,
)
def dropdown(app, openbb):
    days = Param(label="Days", description="How far back")

    @app.get("/markdown_widget_with_dropdown")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_dropdown(
        days_picker: Annotated[list[Literal["1", "5", "10", "20", "30"]], days] = ["1"],
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "number-input",
    _entry(
        "markdown_widget_with_number_input",
        {"paramName": "number_box", "description": "How many", "value": 20, "label": "Count", "type": "number"},
    ),
    SHOW,
)
def number_input(app, openbb):
    @app.get("/markdown_widget_with_number_input")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_number_input(
        number_box: Annotated[int, Param(label="Count", description="How many")] = 20,
    ):
        """A widget with something to choose."""


COMPANY = {
    "paramName": "company",
    "description": "Whose cars",
    "value": "TM",
    "label": "Maker",
    "type": "endpoint",
    "optionsEndpoint": "/company_options",
}
YEAR = {
    "paramName": "year",
    "description": "Which year's cars",
    "value": "2024",
    "label": "Year",
    "type": "text",
    "options": YEARS,
}
Maker = Annotated[str, Param(label="Maker", description="Whose cars", options="/company_options")]
Year = Annotated[Literal["2024", "2023", "2022"], Param(description="Which year's cars")]


@example(
    FOLDER + "parameter-grouping",
    _entry(
        "company_performance",
        COMPANY,
        YEAR,
        type="table",
        grid=(16, 8),
        data={
            "table": {
                "showAll": True,
                "columnsDefs": [
                    {"field": "metric", "headerName": "Metric", "cellDataType": "text", "width": 150},
                    {"field": "value", "headerName": "Value", "cellDataType": "text", "width": 150},
                    {
                        "field": "change",
                        "headerName": "Change",
                        "cellDataType": "number",
                        "formatterFn": "percent",
                        "renderFn": "greenRed",
                        "width": 150,
                    },
                ],
            }
        },
    ),
    SHOW,
)
def grouped_table(app, openbb):
    serve_options(app, openbb, "/company_options")

    @app.get("/company_performance")
    @openbb.table(
        grid=(16, 8),
        show_all=True,
        columns=[
            Column("metric", cell_data_type="text", width=150),
            Column("value", cell_data_type="text", width=150),
            Column("change", cell_data_type="number", formatter_fn="percent", width=150, render=green_red()),
        ],
    )
    def company_performance(company: Maker = "TM", year: Year = "2024"):
        """A widget with something to choose."""


@example(FOLDER + "parameter-grouping", _entry("company_details", COMPANY, YEAR, grid=(16, 8)), SHOW)
def grouped_text(app, openbb):
    serve_options(app, openbb, "/company_options")

    @app.get("/company_details")
    @openbb.markdown(grid=(16, 8))
    def company_details(company: Maker = "TM", year: Year = "2024"):
        """A widget with something to choose."""


@example(
    FOLDER + "parameter-positioning",
    {
        **_entry("moving_parameters_example", type="table", grid=(20, 9)),
        "params": [
            [],
            [
                {
                    "paramName": "datePicker1",
                    "value": "$currentDate-1d",
                    "label": "First",
                    "description": "A day",
                    "type": "date",
                },
                {
                    "paramName": "textBox1",
                    "value": "Hello!",
                    "label": "Second",
                    "description": "A text",
                    "type": "text",
                },
                {
                    "paramName": "TrueFalse",
                    "value": True,
                    "label": "Third",
                    "description": "A switch",
                    "type": "boolean",
                },
                {
                    "paramName": "daysPicker1",
                    "value": "1",
                    "label": "Fourth",
                    "type": "text",
                    "multiSelect": True,
                    "description": "A list",
                    "options": DAYS,
                },
            ],
        ],
    },
    SHOW,
)
def positions(app, openbb):
    second_row = [
        Param("datePicker1", value=days_ago(1), label="First", description="A day"),
        Param("textBox1", label="Second", description="A text"),
        Param("TrueFalse", label="Third", description="A switch"),
        Param("daysPicker1", label="Fourth", description="A list", options=["1", "5", "10", "20", "30"]),
    ]

    @app.get("/moving_parameters_example")
    @openbb.table(grid=(20, 9), params=[[], second_row])
    def moving_parameters_example(
        datePicker1: str, textBox1: str = "Hello!", TrueFalse: bool = True, daysPicker1: list[str] = ["1"]
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "text-input",
    _entry(
        "markdown_widget_with_text_input",
        {"paramName": "text_box", "value": "hello", "label": "Text", "description": "Any words", "type": "text"},
    ),
    SHOW,
)
def text_input(app, openbb):
    @app.get("/markdown_widget_with_text_input")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_text_input(
        text_box: Annotated[str, Param(label="Text", description="Any words")] = "hello",
    ):
        """A widget with something to choose."""


@example(
    FOLDER + "text-input",
    _entry(
        "markdown_widget_with_text_input",
        {
            "paramName": "text_box",
            "value": "var1,var2,var3",
            "label": "Text",
            "description": "Several words",
            "multiple": True,
            "type": "text",
        },
    ),
    SHOW,
)
def several_texts(app, openbb):
    @app.get("/markdown_widget_with_text_input")
    @openbb.markdown(grid=(16, 6))
    def markdown_widget_with_text_input(
        text_box: Annotated[str, Param(label="Text", description="Several words", multiple=True)] = "var1,var2,var3",
    ):
        """A widget with something to choose."""
