"""One typed statement: judged by a parser, and written anew from what was judged.

Owns :func:`judge`, text in and :class:`Statement` or :class:`~flask_openbb.RowRequestError` out. What runs is never the
text that came: it is parsed (sqlglot), must be one SELECT, has every relation written out in full from the allow-list
(:mod:`.statement_names`), is written from its tree with every name quoted and every literal and comment made anew, and
each word of that is one of a list (:mod:`.statement_words`). Imports those, sqlglot and the package's errors; called by
:mod:`.sql_answer`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, TokenError, UnsupportedError
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.tokenizer_core import TokenType

from ..errors import RowRequestError
from .sql_catalog import SqlCatalog, SqlTable
from .statement_names import resolve
from .statement_size import MAX_PADDING
from .statement_words import check_words

_judging: ContextVar[bool] = ContextVar("flask_openbb_judging", default=False)
# The parser warns of what it does not know, with the text that was typed: no log shall have that.
logging.getLogger("sqlglot").addFilter(lambda _: not _judging.get())

PLACE = "query"
MAX_LENGTH = 20_000
"""Characters of a statement."""
UNFILLED = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
"""A parameter that the client put no value for, which DuckDB would read as a list of lists.

Source: CLIENT components/ui/MonacoEditor.tsx.
"""
MAX_TYPE_LENGTH = 10_000
"""The longest type: ``CHAR(n)`` fills up to it."""
MAX_SETS = 256
"""Ways a query groups in; each column of a CUBE doubles them, and planning them cannot be stopped."""
MAX_NAME = 200
"""Characters of a name; rows that become text repeat the names of their columns."""
PATTERNS = (
    exp.RegexpLike,
    exp.RegexpILike,
    exp.RegexpFullMatch,
    exp.RegexpExtract,
    exp.RegexpExtractAll,
    exp.RegexpCount,
    exp.RegexpInstr,
    exp.RegexpSubstr,
    exp.RegexpReplace,
    exp.SimilarTo,
)
"""Regular expressions; one that came from a column would be made anew for each row, between two looks at the clock."""
PARSERS = {"duckdb": "duckdb", "sqlite": "sqlite", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}
"""The parser of each SQLAlchemy dialect, and of DuckDB."""


REFUSED: dict[type[exp.Expr], str] = {
    exp.Hint: "hints cannot be used here.",
    exp.Lock: "FOR UPDATE and other locks cannot be used here.",
    exp.Into: "INTO cannot be used here: a SELECT only reads.",
    exp.Placeholder: "the statement holds a placeholder that has no value. Write the value.",
    exp.Parameter: "variables cannot be used here. Write the value.",
    exp.Comprehension: "lists cannot be made of lists here.",
    exp.ObjectIdentifier: "types that look up names in the database cannot be used here.",
    exp.SessionParameter: "settings of the database cannot be read here.",
}
"""What the words of a statement would not tell, or not as well."""


@dataclass(frozen=True)
class Statement:
    """A judged statement."""

    tree: exp.Query
    dialect: str
    tables: tuple[SqlTable, ...]
    ordered: bool
    """Whether its rows come in an order."""
    heavy: frozenset[str] = frozenset()
    """Columns, by folded name, that are only shown: a filter of the grid's would make values of them."""
    collected: frozenset[str] = frozenset()
    """Columns, by folded name, that may hold a text or list of a whole group."""

    @property
    def names(self) -> set[str]:
        """Every name in it."""
        return {node.name for node in self.tree.find_all(exp.Identifier)}

    def with_order(self, names: Sequence[str]) -> tuple[Statement, list[tuple[str, bool]]] | None:
        """Give the statement with each term of its order as a column, and those columns.

        :param names: Its columns.
        :return: The statement, and the name of each term's column with whether it descends; None if a term cannot be
            one.
        """
        tree, terms = self.tree.copy(), []
        plain = isinstance(tree, exp.Select) and not tree.args.get("distinct")
        folded = {name.casefold(): name for name in names}
        for place, term in enumerate(tree.args["order"].expressions):
            node = term.this
            if isinstance(node, exp.Literal) and node.name.isdigit() and 0 < int(node.name) <= len(names):
                name = names[int(node.name) - 1]
            elif isinstance(node, exp.Column) and not node.table and node.name.casefold() in folded:
                name = folded[node.name.casefold()]
            elif plain:
                name = f"openbb_order_{place}"
                tree.select(exp.alias_(node.copy(), name, quoted=True), copy=False)
            else:
                return None
            terms.append((name, bool(term.args.get("desc"))))
        return replace(self, tree=tree), terms

    def sql(self, *, limit: int | None = None, ties: Sequence[int] = ()) -> str:
        """Write it.

        :param limit: The most rows, if it has no smaller limit.
        :param ties: Places of columns, from 1, that decide where its own order does not.
        :raises RowRequestError: If a word of it is not allowed.
        """
        tree = self.tree.copy()
        if ties and self.ordered:
            _add_ties(tree.args["order"], ties, PARSERS[self.dialect])
        if limit is not None:
            tree = _limited(tree, limit)
        return write(tree, self.dialect)


def judge(text: Any, catalog: SqlCatalog, dialect: str) -> Statement:
    """Judge a statement.

    :param text: What the user typed.
    :param catalog: The relations it may read.
    :param dialect: SQLAlchemy's name of the database, or ``duckdb``.
    :raises RowRequestError: If it is not one SELECT over these relations with functions that are allowed; the message
        says what to write instead, and nothing of the database.
    """
    judging = _judging.set(True)
    try:
        tree = _parsed(_checked(text), PARSERS[dialect])
        exact = dialect == "postgresql"
        if exact:
            tree = normalize_identifiers(tree, dialect=PARSERS[dialect])
        _check_nodes(tree, batches=dialect == "duckdb")
        tables, heavy, collected = resolve(tree, catalog, exact=exact, batches=dialect == "duckdb")
        if PARSERS[dialect] == "mysql":
            _check_quotes(text, tables)
        statement = Statement(tree, dialect, tables, tree.args.get("order") is not None, heavy, collected)
        statement.sql()
    except RecursionError:
        raise RowRequestError(PLACE, "the statement is nested too deeply. Split it with WITH.") from None
    finally:
        _judging.reset(judging)
    return statement


def _checked(text: Any) -> str:
    if not isinstance(text, str):
        raise RowRequestError(PLACE, "expected the text of a SELECT.")
    if len(text) > MAX_LENGTH:
        raise RowRequestError(PLACE, f"the statement is longer than {MAX_LENGTH:,} characters.")
    unfilled = UNFILLED.search(text)
    if unfilled is not None:
        problem = "has no value. Define it among the widget's SQL parameters, or write the value."
        raise RowRequestError(PLACE, f"the parameter {{{{{unfilled[1]}}}}} {problem}")
    wrong = next((char for char in text if not (char.isprintable() or char.isspace()) or char == "\ufeff"), None)
    if wrong is not None or any("\ud800" <= char <= "\udfff" for char in text):
        shown = f"U+{ord(wrong):04X}" if wrong is not None else "half of a character"
        raise RowRequestError(PLACE, f"the statement holds {shown}, which is no text. Type it anew.")
    return text


def _parsed(text: str, parser: str) -> exp.Query:
    try:
        found = [tree for tree in Dialect.get_or_raise(parser).parse(text) if tree is not None]
    except ParseError as error:
        raise RowRequestError(PLACE, _syntax(error)) from None
    except (TokenError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # Besides its own errors, the parser raises what its code runs into.
        raise RowRequestError(PLACE, "the statement cannot be read: a quote, comment or bracket may be open.") from None
    if len(found) != 1:
        problem = (
            "several statements: send one SELECT at a time." if found else "the statement is empty. Write a SELECT."
        )
        raise RowRequestError(PLACE, problem)
    tree = found[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        first = text.split(None, 1)[0][:20].upper()
        raise RowRequestError(PLACE, f"{first} cannot be used here: only a SELECT, which may begin by WITH.")
    while isinstance(tree, exp.Subquery) and not set(tree.args) - {"this"} - {k for k, v in tree.args.items() if not v}:
        tree = tree.this
    return tree


def _syntax(error: ParseError) -> str:
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    near = first.get("highlight") or ""
    where = f"line {first['line']}, column {first['col']}" if first.get("line") else "the statement"
    return f"syntax error at {where}" + (f", near {near[:40]!r}." if near else ".")


def _check_nodes(tree: exp.Query, *, batches: bool) -> None:
    """Refuse what the words of the statement would not tell."""
    for node in tree.walk():
        if type(node) in REFUSED:
            raise RowRequestError(PLACE, REFUSED[type(node)])
        if isinstance(node, exp.In) and node.args.get("field") is not None:
            raise RowRequestError(PLACE, "IN needs a list or a SELECT in parentheses.")
        if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) and not isinstance(node.this, str):
            raise RowRequestError(PLACE, f"the function {node.name[:60]!r} cannot be used in quotes.")
        if isinstance(node, exp.DataType) and node.this == exp.DType.USERDEFINED:
            # A type of another name, in quotes or a schema, may look up what its text names: pg_catalog.regclass.
            raise RowRequestError(
                PLACE, "types are those of SQL here: integer, numeric, text, date, timestamp and such."
            )
        if isinstance(node, exp.Identifier) and len(node.name) > MAX_NAME:
            raise RowRequestError(PLACE, f"a name is longer than {MAX_NAME} characters.")
        if batches and isinstance(node, PATTERNS) and not isinstance(node.expression, exp.Literal):
            raise RowRequestError(PLACE, "the pattern of a regular expression is written as a text, in single quotes.")
        _check_size(node)


def _check_size(node: exp.Expr) -> None:
    """Refuse what would become large, or be another size than it says."""
    if isinstance(node, exp.Group) and _ways(node) > MAX_SETS:
        raise RowRequestError(PLACE, f"the statement groups in more than {MAX_SETS} ways. Name fewer columns.")
    if isinstance(node, exp.LimitOptions) and (node.args.get("with_ties") or node.args.get("percent")):
        raise RowRequestError(PLACE, "WITH TIES and PERCENT cannot be used here. Write rank() in a WITH query.")
    if isinstance(node, exp.Pad) and not _is_size(node.expression):
        raise RowRequestError(PLACE, f"LPAD and RPAD need a number as their length, {MAX_PADDING} at most.")
    if isinstance(node, exp.Anonymous) and str(node.this).casefold() == "printf" and not _is_format(node):
        raise RowRequestError(PLACE, f"the format of PRINTF is a text, whose widths are {MAX_PADDING} at most.")
    if isinstance(node, exp.DataTypeParam):
        size = node.this
        if isinstance(size, exp.Literal) and (not size.name.isdigit() or int(size.name) > MAX_TYPE_LENGTH):
            raise RowRequestError(PLACE, f"a type of length {size.name[:20]} is too long.")


def _ways(node: exp.Expr) -> int:
    """Give in how many ways a GROUP BY, or a part of one, groups."""
    if isinstance(node, exp.Group):
        return prod(map(_ways, node.iter_expressions()))
    if isinstance(node, exp.Cube):
        return 1 << min(len(node.expressions), MAX_SETS)
    if isinstance(node, exp.Rollup):
        return 1 + len(node.expressions)
    return sum(map(_ways, node.expressions)) if isinstance(node, exp.GroupingSets) else 1


def _check_quotes(text: str, tables: Sequence[SqlTable]) -> None:
    """Refuse a column in double quotes, which are a text's here: Workspace's editor completes columns in them.

    Source: CLIENT components/ui/MonacoEditor.tsx, ``applyColumn``.
    """
    columns = {name.casefold() for table in tables for name, _ in table.columns}
    for token in Dialect.get_or_raise("mysql").tokenize(text):
        if token.token_type is TokenType.STRING and text[token.start] == '"' and token.text.casefold() in columns:
            problem = f"the column {token.text[:60]!r} is in double quotes, which make it a text here. Leave them."
            raise RowRequestError(PLACE, problem)


def _is_size(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and node.name.isdigit() and int(node.name) <= MAX_PADDING


def _is_format(node: exp.Anonymous) -> bool:
    first = node.expressions[0] if node.expressions else None
    return (
        isinstance(first, exp.Literal)
        and first.is_string
        and "*" not in first.name
        and all(int(size) <= MAX_PADDING for size in re.findall(r"[0-9]+", first.name))
    )


def _add_ties(order: exp.Expr, ties: Sequence[int], parser: str) -> None:
    terms = order.args["expressions"]
    if any(isinstance(term.this, exp.Var) for term in terms):
        return  # ORDER BY ALL
    listed = ", ".join(map(str, ties))
    written: Any = Dialect.get_or_raise(parser).parse(f"SELECT 1 ORDER BY {listed}")[0]
    terms.extend(written.args["order"].expressions)


def _limited(tree: exp.Query, limit: int) -> exp.Query:
    given = tree.args.get("limit") or tree.args.get("fetch")
    if given is None:
        return tree.limit(limit, copy=False)
    count = given.expression if isinstance(given, exp.Limit) else given.args.get("count")
    if isinstance(count, exp.Literal) and not count.is_string and count.name.isdigit():
        return tree if int(count.name) <= limit else tree.limit(limit, copy=False)
    raise RowRequestError(PLACE, "LIMIT needs a number.")


def write(tree: exp.Query, dialect: str) -> str:
    """Write a statement from its tree, every name quoted, and check each word of it."""
    parser = Dialect.get_or_raise(PARSERS[dialect])
    make: Any = _MariaDB if PARSERS[dialect] == "mysql" else parser.generator_class
    generator = make(dialect=parser, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    if dialect == "sqlite":
        # In double quotes, SQLite takes a name that is no column for a text.
        generator._identifier_start = generator._identifier_end = "`"
    try:
        text: str = generator.generate(tree)
    except (UnsupportedError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # Besides its own error, the writer raises what its code runs into: ValueError of a JSON path such as $..a.
        raise RowRequestError(PLACE, "the statement uses what this database does not know.") from None
    check_words(text, "mysql" if dialect == "mariadb" else dialect, parser)
    return text


class _MariaDB(MySQLGenerator):
    """MySQL's SQL as MariaDB knows it too."""

    TRANSFORMS = {
        **MySQLGenerator.TRANSFORMS,
        exp.RegexpLike: lambda self, node: self.binary(node, "REGEXP"),
        exp.Median: lambda self, node: self.func("MEDIAN", node.this),
    }
