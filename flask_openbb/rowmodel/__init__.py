"""AG Grid's server-side row model: a request becomes a safe question to an engine, and its answer a page.

One request goes ``parse_request`` (JSON to a frozen request), ``answer`` (request to plans), an engine (plan to rows).
The SQL half (``translate``, ``dialects``, ``shape``, ``reflect``, ``protect``, ``engine_sql``, ``engine_duckdb``)
imports SQLAlchemy and is imported only when a source needs it.
"""

from .columns import RowColumn, RowColumns
from .counts import Counts
from .engines import Engine, Guard
from .pages import Source, answer, distinct_values, export
from .parse import Rules, parse_request
from .request import Labels, Limits, Page, RowRequest
from .sources import narrow, open_source, rows_source

__all__ = [
    "Counts",
    "Engine",
    "Guard",
    "Labels",
    "Limits",
    "Page",
    "RowColumn",
    "RowColumns",
    "RowRequest",
    "Rules",
    "Source",
    "answer",
    "distinct_values",
    "export",
    "narrow",
    "open_source",
    "parse_request",
    "rows_source",
]
