"""What a database says of a statement, as a sentence that helps its author and tells nothing else.

Owns :func:`explain`. A message of a database may hold names of tables, paths, settings and values, so that none of its
text is passed on but the name of a column the statement itself has. Imports the package's errors; called by
:mod:`.sql_duckdb` and :mod:`.sql_servers`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ..errors import RowRequestError
from .statement import PLACE, Statement

logger = logging.getLogger("flask_openbb")

COLUMN = re.compile(
    r"""(?:Referenced\ column|no\ such\ column:|Unknown\ column|column|Values\ list|does\ not\ have\ a\ column\ named)
        \s*["'`]?(?P<name>[^"'`\s()]+)""",
    re.X,
)

UNKNOWN_COLUMN, GROUPING, FUNCTION, DATA, MEMORY, SYNTAX, LINE, FILE, OTHER = (
    "column",
    "grouping",
    "function",
    "data",
    "memory",
    "syntax",
    "line",
    "file",
    "other",
)
SENTENCES: Mapping[str, str] = {
    UNKNOWN_COLUMN: "a column of the statement does not exist, or is in several tables.",
    GROUPING: "a column must be in GROUP BY or in an aggregate, and aggregates stand in SELECT, HAVING or ORDER BY.",
    FUNCTION: "a function or operator does not take what it is given: check how many arguments of what type, or CAST.",
    DATA: "a value cannot be converted or computed: check CAST, dates, formats and division by zero.",
    MEMORY: "the statement needs more memory than it may take. Group, filter or ask for fewer columns.",
    SYNTAX: "the database cannot read the statement: its SQL may be that of another database.",
    LINE: "a file has a value, far down, that is of another type than its column. The server's log has the line.",
    FILE: "a file of the source went away or cannot be read just now. Ask again.",
    OTHER: "the database refused the statement.",
}

POSTGRESQL = (
    (("42703", "42702", "42P01", "42P10", "42712"), UNKNOWN_COLUMN),
    (("42803", "42P20"), GROUPING),
    (("42883", "42804", "42725", "42P18", "42809", "42846"), FUNCTION),
    (("22", "42704"), DATA),
    (("53", "54"), MEMORY),
    (("42601", "0A"), SYNTAX),
)
"""Beginnings of SQLSTATE."""
MYSQL: Mapping[int, str] = {
    **dict.fromkeys((1051, 1052, 1054, 1060, 1066), UNKNOWN_COLUMN),
    **dict.fromkeys((1055, 1056, 1111, 1140, 4015, 4016), GROUPING),
    **dict.fromkeys((1128, 1305, 1582, 1583, 4161), FUNCTION),
    **dict.fromkeys((1292, 1365, 1366, 1411, 1441, 1690), DATA),
    **dict.fromkeys((1038, 1041, 1153, 1301, 1436, 1473), MEMORY),
    **dict.fromkeys((1064, 1149, 1235, 1248), SYNTAX),
}
WORDS = (
    (r"CSV Error on Line", LINE),
    (r"^(?:IO|Permission)Exception", FILE),
    (r"^DataError .*(?:year|timestamp|date)", DATA),
    (r"no such (?:column|table)|Referenced table|not found in FROM", UNKNOWN_COLUMN),
    (r"ambiguous|does not have a column|duplicate column", UNKNOWN_COLUMN),
    (r"GROUP BY|aggregate|window", GROUPING),
    (r"no such function|wrong number of arguments|No function matches|Cannot compare|type mismatch", FUNCTION),
    (r"Conversion|convert|parse string|Out of Range|overflow|divi[ds]|decode|malformed JSON", DATA),
    (r"Out of Memory|allocation failure|MemoryError|too big|too large|too many|depth", MEMORY),
    (r"syntax error|Parser Error|near \"", SYNTAX),
)
"""What the messages of DuckDB and SQLite hold; the first that fits."""


def explain(error: BaseException, statement: Statement) -> RowRequestError:
    """Make the error that a user may see; the database's own goes to the log."""
    logger.info("A typed statement failed: %s", error)
    kind = _kind(error)
    sentence = SENTENCES[kind]
    if kind == UNKNOWN_COLUMN and (named := _column(str(error), statement)):
        columns = [name for table in statement.tables for name, _ in table.columns]
        close = get_close_matches(named, dict.fromkeys(columns), n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]!r}?" if close and close[0].casefold() != named.casefold() else ""
        sentence = f"column {named[:60]!r} does not exist there, or is in several tables.{hint}"
    return RowRequestError(PLACE, sentence)


def _kind(error: BaseException) -> str:
    number = error.args[0] if error.args else None
    if isinstance(number, int):
        return MYSQL.get(number, OTHER)
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if isinstance(code, str):
        return next((kind for starts, kind in POSTGRESQL if code.startswith(starts)), OTHER)
    # After its first lines, DuckDB repeats the statement with all of its names, or tells where in its code it was.
    text = re.split(r"\n\n|\nLINE ", f"{type(error).__name__} {error}", maxsplit=1)[0]
    return next((kind for pattern, kind in WORDS if re.search(pattern, text, re.I)), OTHER)


def _column(message: str, statement: Statement) -> str | None:
    """The column a message names, if the statement names it too."""
    found = COLUMN.search(message)
    return found["name"].rpartition(".")[2] if found and _named(found["name"], statement.names) else None


def _named(name: str, names: Iterable[str]) -> bool:
    return name.rpartition(".")[2].casefold() in {each.casefold() for each in names}
