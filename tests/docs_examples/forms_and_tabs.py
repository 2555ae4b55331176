"""widget-parameters: the form and the tabs, which their pages show as JSON."""

from typing import Annotated, Literal

from flask_openbb import Column, Param

from .example import SHOW, TYPE, example

FOLDER = "widget-parameters/"
RATIOS = ["liquidity", "efficiency", "profitability", "leverage"]
Ratio = Annotated[
    str,
    Param(type="tabs", label="Ratio", description="Which ratios", options=[(name.title(), name) for name in RATIOS]),
]
INVESTMENTS = {
    "Stocks": "stocks",
    "Bonds": "bonds",
    "Mutual Funds": "mutual_funds",
    "ETFs": "etfs",
    "Real Estate": "real_estate",
    "Commodities": "commodities",
    "Cryptocurrency": "cryptocurrency",
    "Options": "options",
    "Futures": "futures",
    "Retirement Accounts": "retirement_accounts",
    "CDs": "cds",
}


def _input(name, label, description, **more):
    return {"paramName": name, "type": "text", "label": label, "description": description, **more}


@example(
    FOLDER + "input-form",
    {
        "name": "All Forms",
        "description": "What was entered so far.",
        "category": "forms",
        "searchCategory": "form",
        "endpoint": "all_forms",
        "type": "table",
        "gridData": {"w": 20, "h": 9},
        "params": [
            {
                "paramName": "form",
                "description": "A client's details",
                "type": "form",
                "endpoint": "form_submit",
                "inputParams": [
                    _input("client_first_name", "First name", "As in the passport", value=""),
                    _input("client_last_name", "Last name", "Family name", value=""),
                    _input(
                        "investment_types",
                        "Investments",
                        "What the client holds",
                        value=None,
                        multiSelect=True,
                        options=[{"label": label, "value": value} for label, value in INVESTMENTS.items()],
                    ),
                    _input("risk_profile", "Risk", "How much risk", value=""),
                    {**_input("add_record", "Add", "Keep it", value=True), "type": "button"},
                    {**_input("update_record", "Update", "Change it", value=True), "type": "button"},
                ],
            }
        ],
    },
    faults=["Put '@openbb.form' above its 'def'"],
)
def input_form(app, openbb):
    form = Param(
        "form",
        type="form",
        description="A client's details",
        endpoint="form_submit",
        input_params=[
            Param("client_first_name", type="text", label="First name", description="As in the passport", value=""),
            Param("client_last_name", type="text", label="Last name", description="Family name", value=""),
            Param(
                "investment_types",
                type="text",
                label="Investments",
                description="What the client holds",
                multi_select=True,
                options=INVESTMENTS,
                extra={"value": None},
            ),
            Param("risk_profile", type="text", label="Risk", description="How much risk", value=""),
            Param("add_record", type="button", label="Add", description="Keep it", value=True),
            Param("update_record", type="button", label="Update", description="Change it", value=True),
        ],
    )

    @app.post("/form_submit")
    @openbb.form
    def form_submit():
        return {}

    @app.get("/all_forms")
    @openbb.table(category="forms", search_category="form", grid=(20, 9), params=[form])
    def all_forms():
        """What was entered so far."""


def _tabs(names=RATIOS):
    return {
        "paramName": "category",
        "type": "tabs",
        "value": "liquidity",
        "label": "Ratio",
        "description": "Which ratios",
        "options": [{"label": name.title(), "value": name} for name in names],
    }


def _ratios(endpoint, *params, grid, **more):
    return {
        "name": endpoint.replace("_", " ").title(),
        "description": "Ratios of some companies.",
        "category": "Financial Analysis",
        "endpoint": endpoint,
        "gridData": {"w": grid[0], "h": grid[1]},
        "params": list(params),
        **more,
    }


@example(FOLDER + "tabs", _ratios("ratio_tabs", _tabs(RATIOS[:3]), grid=(40, 12)), SHOW, TYPE)
def tabs(app, openbb):
    three = Param(
        type="tabs",
        label="Ratio",
        description="Which ratios",
        options={"Liquidity": "liquidity", "Efficiency": "efficiency", "Profitability": "profitability"},
    )

    @app.get("/ratio_tabs")
    @openbb.table(category="Financial Analysis", grid=(40, 12))
    def ratio_tabs(category: Annotated[str, three] = "liquidity"):
        """Ratios of some companies."""


@example(FOLDER + "tabs", _ratios("financial_ratios_dynamic", _tabs(), grid=(45, 12)), SHOW, TYPE)
def tabs_with_columns_of_their_own(app, openbb):
    @app.get("/financial_ratios_dynamic")
    @openbb.table(category="Financial Analysis", grid=(45, 12))
    def financial_ratios_dynamic(category: Ratio = "liquidity"):
        """Ratios of some companies."""


@example(
    FOLDER + "tabs",
    _ratios(
        "financial_ratios_static",
        _tabs(),
        grid=(40, 12),
        data={
            "table": {
                "columnsDefs": [
                    {"field": "symbol", "headerName": "Symbol", "pinned": "left"},
                    {"field": "company", "headerName": "Company"},
                    {"field": "category", "headerName": "Chosen ratio"},
                    {"field": "metric_1", "headerName": "Metric 1"},
                    {"field": "metric_2", "headerName": "Metric 2"},
                    {"field": "metric_3", "headerName": "Metric 3"},
                ]
            }
        },
    ),
    SHOW,
    TYPE,
)
def tabs_with_one_set_of_columns(app, openbb):
    @app.get("/financial_ratios_static")
    @openbb.table(
        category="Financial Analysis",
        grid=(40, 12),
        columns=[
            Column("symbol", pinned="left"),
            Column("company"),
            Column("category", header_name="Chosen ratio"),
            Column("metric_1"),
            Column("metric_2"),
            Column("metric_3"),
        ],
    )
    def financial_ratios_static(category: Ratio = "liquidity"):
        """Ratios of some companies."""


@example(
    FOLDER + "tabs",
    _ratios(
        "comparison_with_period",
        {
            "paramName": "period",
            "type": "text",
            "value": "annual",
            "label": "Period",
            "description": "How often reported",
            "options": [{"label": "Annual", "value": "annual"}, {"label": "Quarterly", "value": "quarterly"}],
        },
        _tabs(),
        grid=(50, 14),
    ),
    SHOW,
    TYPE,
)
def tabs_beside_a_dropdown(app, openbb):
    periods = Param(description="How often reported", options={"Annual": "annual", "Quarterly": "quarterly"})

    @app.get("/comparison_with_period")
    @openbb.table(category="Financial Analysis", grid=(50, 14))
    def comparison_with_period(
        period: Annotated[Literal["annual", "quarterly"], periods] = "annual", category: Ratio = "liquidity"
    ):
        """Ratios of some companies."""
