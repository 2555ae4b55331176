"""widget-types: text, pages, videos, metrics, news, frames and omni."""

from typing import Annotated

from flask_openbb import Param

from .example import DEFAULT_VIZ, NUMBER, RELATIVE, SHOW, example
from .parameters import serve_options


def _entry(endpoint, type, grid=None, **more):
    entry = {
        "name": endpoint.strip("/").replace("_", " ").replace("-", " ").title(),
        "description": "Something to look at.",
        "type": type,
        "endpoint": endpoint,
        **more,
    }
    return {**entry, "gridData": {"w": grid[0], "h": grid[1]}} if grid else entry


@example("widget-types/html", _entry("html_widget", "html", (40, 20)))
def html(app, openbb):
    @app.get("/html_widget")
    @openbb.html(grid=(40, 20))
    def html_widget():
        """Something to look at."""


@example("widget-types/html", _entry("portfolio_dashboard", "html", (40, 20), raw=True))
def html_with_rows(app, openbb):
    @app.get("/portfolio_dashboard")
    @openbb.html(grid=(40, 20), raw=True)
    def portfolio_dashboard(raw: bool = False):
        """Something to look at."""


@example(
    "widget-types/iframe",
    {
        **_entry("http://localhost:8501", "iframe", (40, 16), category="Portfolio", source="Streamlit"),
        "name": "Portfolio Iframe",
        "storage": {"mcpUrl": "http://localhost:7769/mcp"},
    },
)
def portfolio_iframe(app, openbb):
    @app.get("/portfolio_iframe")
    @openbb.iframe(
        endpoint="http://localhost:8501",
        category="Portfolio",
        source="Streamlit",
        grid=(40, 16),
        storage={"mcpUrl": "http://localhost:7769/mcp"},
    )
    def portfolio_iframe():
        """Something to look at."""


@example("widget-types/markdown", _entry("markdown_widget", "markdown", (12, 4)))
def markdown(app, openbb):
    @app.get("/markdown_widget")
    @openbb.markdown(grid=(12, 4))
    def markdown_widget():
        """Something to look at."""


_PROTOCOL = {
    **_entry("defi_llama_protocol_details", "markdown", (20, 9), category="Crypto", source="Defi Llama"),
    "params": [
        {"paramName": "protocol_id", "value": "aave", "label": "Protocol", "type": "text", "description": "Its id"}
    ],
    "defaultViz": "markdown",
}
del _PROTOCOL["type"]


@example("widget-types/markdown", _PROTOCOL, DEFAULT_VIZ, SHOW, faults=["This is an old name"])
def markdown_with_a_parameter(app, openbb):
    @app.get("/defi_llama_protocol_details")
    @openbb.markdown(category="Crypto", source="Defi Llama", grid=(20, 9))
    def defi_llama_protocol_details(
        protocol_id: Annotated[str, Param(label="Protocol", description="Its id")] = "aave",
    ):
        """Something to look at."""


@example("widget-types/markdown", _entry("markdown_widget_with_local_image", "markdown", (20, 20)))
def markdown_with_a_file(app, openbb):
    @app.get("/markdown_widget_with_local_image")
    @openbb.markdown(grid=(20, 20))
    def markdown_widget_with_local_image():
        """Something to look at."""


@example("widget-types/markdown", _entry("markdown_widget_with_image_from_url", "markdown", (20, 20)))
def markdown_with_a_picture(app, openbb):
    @app.get("/markdown_widget_with_image_from_url")
    @openbb.markdown(grid=(20, 20))
    def markdown_widget_with_image_from_url():
        """Something to look at."""


@example("widget-types/metric", _entry("test_metric", "metric", category="Test"))
def metric_without_a_size(app, openbb):
    @app.get("/test_metric")
    @openbb.metric(category="Test")
    def test_metric():
        """Something to look at."""


@example("widget-types/metric", _entry("metric_widget", "metric", (5, 5)))
def metric(app, openbb):
    @app.get("/metric_widget")
    @openbb.metric(grid=(5, 5))
    def metric_widget():
        """Something to look at."""


def _limit(value):
    return {
        "paramName": "limit",
        "label": "How many",
        "description": "Articles at most",
        "type": "number",
        "value": value,
    }


Limit = Annotated[int, Param(label="How many", description="Articles at most")]
SORTS = {"All": "all", "Technology": "tech", "Business": "business", "Science": "science"}


@example(
    "widget-types/newsfeed",
    _entry(
        "sample_newsfeed",
        "newsfeed",
        (40, 20),
        source="example",
        params=[
            {
                "paramName": "category",
                "label": "Category",
                "description": "What about",
                "type": "text",
                "value": "all",
                "options": [{"label": label, "value": value} for label, value in SORTS.items()],
            },
            _limit("5"),
        ],
    ),
    SHOW,
    NUMBER,
)
def news(app, openbb):
    @app.get("/sample_newsfeed")
    @openbb.newsfeed(source="example", grid=(40, 20))
    def sample_newsfeed(
        category: Annotated[str, Param(description="What about", options=SORTS)] = "all", limit: Limit = 5
    ):
        """Something to look at."""


@example(
    "widget-types/newsfeed",
    _entry(
        "coindesk_news",
        "newsfeed",
        (40, 20),
        source="coindesk",
        params=[
            _limit("10"),
            {
                "paramName": "lang",
                "label": "Language",
                "description": "Written in",
                "type": "text",
                "value": "EN",
                "options": [{"label": "English", "value": "EN"}, {"label": "Spanish", "value": "ES"}],
            },
            {
                "paramName": "categories",
                "label": "Categories",
                "description": "What about",
                "type": "text",
                "value": "",
            },
        ],
    ),
    SHOW,
    NUMBER,
)
def news_of_another_service(app, openbb):
    languages = Param(label="Language", description="Written in", options={"English": "EN", "Spanish": "ES"})

    @app.get("/coindesk_news")
    @openbb.newsfeed(source="coindesk", grid=(40, 20))
    def coindesk_news(
        limit: Limit = 10,
        lang: Annotated[str, languages] = "EN",
        categories: Annotated[str, Param(description="What about")] = "",
    ):
        """Something to look at."""


def _prompt(label, **more):
    return {
        "paramName": "prompt",
        "type": "text",
        "description": "What is asked",
        "label": label,
        "show": False,
        **more,
    }


@example(
    "widget-types/omni",
    _entry(
        "omni-widget",
        "omni",
        (30, 12),
        category="General",
        params=[
            _prompt("Prompt"),
            {
                "paramName": "type",
                "type": "text",
                "description": "What it becomes",
                "label": "Shown As",
                "show": True,
                "options": [
                    {"value": "markdown", "label": "Markdown"},
                    {"value": "chart", "label": "Chart"},
                    {"value": "table", "label": "Table"},
                ],
            },
        ],
    ),
)
def omni(app, openbb):
    answers = {"Markdown": "markdown", "Chart": "chart", "Table": "table"}

    @app.post("/omni-widget")
    @openbb.omni(id="omni-widget", category="General", grid=(30, 12))
    def omni_widget(
        prompt: Annotated[str | None, Param(description="What is asked")] = None,
        type: Annotated[str | None, Param(label="Shown As", description="What it becomes", options=answers)] = None,
    ):
        """Something to look at."""


SQL = "SELECT * FROM DATA LIMIT 5"


@example(
    "widget-types/omni",
    _entry(
        "omni-sql-widget",
        "omni",
        (30, 12),
        category="General",
        params=[_prompt("SQL Query", value=SQL, language="sql")],
    ),
)
def omni_sql(app, openbb):
    query = Param(label="SQL Query", description="What is asked", language="sql")

    @app.post("/omni-sql-widget")
    @openbb.omni(id="omni-sql-widget", name="Omni Sql Widget", category="General", grid=(30, 12))
    def omni_sql_widget(prompt: Annotated[str, query] = SQL):
        """Something to look at."""


@example(
    "widget-types/omni",
    _entry(
        "omni-python-widget", "omni", (30, 12), category="General", params=[_prompt("Python Code", language="python")]
    ),
)
def omni_python(app, openbb):
    code = Param(label="Python Code", description="What is asked", language="python")

    @app.post("/omni-python-widget")
    @openbb.omni(id="omni-python-widget", category="General", grid=(30, 12))
    def omni_python_widget(prompt: Annotated[str | None, code] = None):
        """Something to look at."""


def _video():
    return {
        "paramName": "video_name",
        "description": "Which video",
        "type": "endpoint",
        "label": "Video",
        "optionsEndpoint": "/get_video_options",
        "value": "OpenBB Workspace Demo",
    }


Video = Annotated[str, Param(label="Video", description="Which video", options="/get_video_options")]


@example("widget-types/youtube", _entry("/get_video", "youtube", (20, 12), params=[_video()]), SHOW, RELATIVE)
def youtube(app, openbb):
    serve_options(app, openbb, "/get_video_options")

    @app.get("/get_video")
    @openbb.youtube(grid=(20, 12))
    def get_video(video_name: Video = "OpenBB Workspace Demo"):
        """Something to look at."""


@example(
    "widget-types/youtube",
    _entry("/get_video_with_transcript", "youtube", (20, 12), raw=True, params=[_video()]),
    SHOW,
    RELATIVE,
)
def youtube_with_transcript(app, openbb):
    serve_options(app, openbb, "/get_video_options")

    @app.get("/get_video_with_transcript")
    @openbb.youtube(grid=(20, 12), raw=True)
    def get_video_with_transcript(video_name: Video = "OpenBB Workspace Demo", raw: bool = False):
        """Something to look at."""
