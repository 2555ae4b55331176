"""widget-types: charts of every library, and files."""

from typing import Annotated

from flask_openbb import Param

from .example import RELATIVE, SHOW, example
from .parameters import serve_options


def _chart(endpoint, type="chart", grid=(40, 15), **more):
    return {
        "name": endpoint.replace("_", " ").title(),
        "description": "A picture of the data.",
        "type": type,
        "endpoint": endpoint,
        "gridData": {"w": grid[0], "h": grid[1]},
        **more,
    }


@example("widget-types/highcharts", _chart("chains_highchart", "chart-highcharts", (20, 9), category="crypto"))
def highcharts(app, openbb):
    @app.get("/chains_highchart")
    @openbb.highcharts(category="crypto", grid=(20, 9))
    def chains_highchart(theme: str = "dark"):
        """A picture of the data."""


@example("widget-types/vega-lite", _chart("era_population_vega", "chart-vegalite", (20, 12)))
def vega_lite(app, openbb):
    @app.get("/era_population_vega")
    @openbb.vegalite(grid=(20, 12))
    def era_population_vega(theme: str = "dark"):
        """A picture of the data."""


@example("widget-types/plotly-charts", _chart("plotly_chart"))
def plotly(app, openbb):
    @app.get("/plotly_chart")
    @openbb.chart(grid=(40, 15))
    def plotly_chart():
        """A picture of the data."""


@example("widget-types/plotly-charts", _chart("plotly_chart_with_theme"))
def plotly_theme(app, openbb):
    @app.get("/plotly_chart_with_theme")
    @openbb.chart(grid=(40, 15))
    def plotly_chart_with_theme(theme: str = "dark"):
        """A picture of the data."""


@example("widget-types/plotly-charts", _chart("plotly_chart_with_theme_and_toolbar"))
def plotly_toolbar(app, openbb):
    @app.get("/plotly_chart_with_theme_and_toolbar")
    @openbb.chart(grid=(40, 15), toolbar=True)
    def plotly_chart_with_theme_and_toolbar(theme: str = "dark"):
        """A picture of the data."""


@example("widget-types/plotly-charts", _chart("plotly_chart_with_theme_and_toolbar_using_config_file"))
def plotly_config(app, openbb):
    @app.get("/plotly_chart_with_theme_and_toolbar_using_config_file")
    @openbb.chart(grid=(40, 15), toolbar={"displaylogo": False})
    def plotly_chart_with_theme_and_toolbar_using_config_file(theme: str = "dark"):
        """A picture of the data."""


SCALES = {
    "Red to blue": "RdBu_r",
    **{name: name for name in ("Viridis", "Plasma", "Inferno", "Magma", "Greens", "Blues", "Reds")},
}


@example(
    "widget-types/plotly-charts",
    _chart(
        "plotly_heatmap",
        params=[
            {
                "paramName": "color_scale",
                "description": "Which colours",
                "value": "RdBu_r",
                "label": "Color Scale",
                "type": "text",
                "show": True,
                "options": [{"label": label, "value": value} for label, value in SCALES.items()],
            }
        ],
    ),
)
def plotly_heatmap(app, openbb):
    @app.get("/plotly_heatmap")
    @openbb.chart(grid=(40, 15))
    def plotly_heatmap(
        color_scale: Annotated[str, Param(description="Which colours", options=SCALES)] = "RdBu_r",
        theme: str = "dark",
    ):
        """A picture of the data."""


@example("widget-types/plotly-charts", _chart("chains", grid=(40, 9), raw=True))
def plotly_raw(app, openbb):
    @app.get("/chains")
    @openbb.chart(grid=(40, 9), raw=True)
    def chains(raw: bool = False, theme: str = "dark"):
        """A picture of the data."""


@example(
    "widget-types/tradingview-charts",
    {
        "name": "Candles",
        "description": "Prices in candles.",
        "category": "Finance",
        "type": "advanced_charting",
        "endpoint": "/udf",
        "gridData": {"w": 20, "h": 20},
        "data": {"defaultSymbol": "AAPL", "updateFrequency": 60000},
    },
    RELATIVE,
)
def trading_view(app, openbb):
    @app.get("/udf")
    @openbb.widget(
        type="advanced_charting",
        name="Candles",
        category="Finance",
        grid=(20, 20),
        default_symbol="AAPL",
        update_frequency=60_000,
    )
    def udf():
        """Prices in candles."""


def _file(endpoint, type="pdf", grid=(20, 20), **more):
    return {**_chart(endpoint, type, grid, **more), "description": "A document."}


@example("widget-types/file-viewer", _file("pdf_widget_base64"))
def pdf_bytes(app, openbb):
    @app.get("/pdf_widget_base64")
    @openbb.pdf(grid=(20, 20))
    def pdf_widget_base64():
        """A document."""


@example("widget-types/file-viewer", _file("pdf_widget_url"))
def pdf_url(app, openbb):
    @app.get("/pdf_widget_url")
    @openbb.pdf(grid=(20, 20))
    def pdf_widget_url():
        """A document."""


def _selector(**more):
    return {
        "paramName": "pdf_name",
        "description": "Which file",
        "type": "endpoint",
        "label": "File",
        "optionsEndpoint": "/get_pdf_options",
        "show": False,
        "multiSelect": True,
        "roles": ["fileSelector"],
        **more,
    }


def _files(endpoint, name, **more):
    return {**_file(endpoint, "multi_file_viewer", **more), "name": name}


PDFS = Param(label="File", description="Which file", options="/get_pdf_options")


@example(
    "widget-types/file-viewer",
    _files("/multi_pdf_base64", "Multi Pdf Base64", grid=(20, 10), params=[_selector(value=["Bitcoin Whitepaper"])]),
    RELATIVE,
)
def several_pdfs(app, openbb):
    serve_options(app, openbb, "/get_pdf_options")

    @app.post("/multi_pdf_base64")
    @openbb.files(grid=(20, 10))
    def multi_pdf_base64(pdf_name: Annotated[list[str], PDFS] = ["Bitcoin Whitepaper"]):
        """A document."""


@example(
    "widget-types/file-viewer",
    _files("/multi_pdf_url", "Multi Pdf Url", grid=(20, 10), params=[_selector(value=["Sample"])]),
    RELATIVE,
)
def several_urls(app, openbb):
    serve_options(app, openbb, "/get_pdf_options")

    @app.post("/multi_pdf_url")
    @openbb.files(grid=(20, 10))
    def multi_pdf_url(pdf_name: Annotated[list[str], PDFS] = ["Sample"]):
        """A document."""


PAPERS = {"All": "all", "L1": "l1", "L2": "l2", "Oracles": "oracles", "Defi": "defi"}


@example(
    "widget-types/file-viewer",
    _files(
        "/whitepapers/view-base64",
        "Whitepapers",
        grid=(40, 10),
        params=[
            _selector(
                paramName="whitepaper",
                value=["Bitcoin"],
                label="Paper",
                optionsEndpoint="/whitepapers/options",
                optionsParams={"category": "$category"},
            ),
            {
                "type": "text",
                "paramName": "category",
                "value": "all",
                "label": "Category",
                "description": "What sort",
                "options": [{"label": label, "value": value} for label, value in PAPERS.items()],
            },
        ],
    ),
    SHOW,
    RELATIVE,
)
def whitepapers(app, openbb):
    serve_options(app, openbb, "/whitepapers/options")
    papers = Param(
        label="Paper",
        description="Which file",
        options="/whitepapers/options",
        options_params={"category": "$category"},
    )

    @app.post("/whitepapers/view-base64")
    @openbb.files(id="whitepapers/view-base64", name="Whitepapers", grid=(40, 10))
    def whitepapers(
        whitepaper: Annotated[list[str], papers] = ["Bitcoin"],
        category: Annotated[str, Param(description="What sort", options=PAPERS)] = "all",
    ):
        """A document."""
