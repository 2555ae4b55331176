"""How large a statement becomes once it is run: what little text could make much of, before any database sees it.

A database plans ``WITH`` queries, subqueries and aliases by putting them where they are named, and joins texts before
anything can stop it: thirty lines that each name the line before twice are a billion. Owns :class:`Weight`,
:class:`Output` and :class:`Weigher`; the estimates are coarse, and too large rather than too small. Imports sqlglot and
the package's errors; called by :mod:`.statement_names`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from ..errors import RowRequestError

PLACE = "query"
MAX_RELATIONS = 100
"""Relations of one statement, each ``WITH`` query counted as often as it is read."""
MAX_NODES = 2_000
"""Parts of one expression, each column of a subquery counted with all of its expression."""
MAX_TOTAL = 10_000
"""Parts of all expressions of a statement together."""
MAX_BYTES = 2**17
"""Estimated bytes of one value, a column of a table being :data:`COLUMN_BYTES` long."""
COLUMN_BYTES = 256
NUMBER_BYTES = 32
ELEMENT_BYTES = 16
"""A list's own bytes for each of its elements, which may be one character each."""
MAX_LONG = 2**18
"""Estimated bytes of all values longer than a column, for one row: DuckDB makes those of 2,048 rows at once."""
MAX_SEPARATOR = 20
"""Characters between the elements of a list that becomes a text."""
MAX_PADDING = 200
"""Characters that a number or text is made as long as."""
MAX_COMPARED = 1_024
"""Estimated bytes of two texts that are compared character by character."""
MAX_COLLECTED = 20
"""Columns of one query that may hold a text or list made of a whole group: one of them may be many megabytes."""


@dataclass(frozen=True)
class Weight:
    """What one value may cost."""

    bytes: int
    nodes: int

    def larger(self, other: Weight) -> Weight:
        """Give the larger of both, each measure by itself."""
        return Weight(max(self.bytes, other.bytes), max(self.nodes, other.nodes))


BASE = Weight(COLUMN_BYTES, 1)
"""A column of a table."""


@dataclass
class Output:
    """The columns of a relation by folded name, and how many relations are in it."""

    columns: dict[str, Weight] = field(default_factory=dict)
    relations: int = 0
    made: set[str] = field(default_factory=set)
    """Those that are aggregates of this very query, once a group."""
    rows: dict[str, Weight] = field(default_factory=dict)
    """Whole rows by folded name of their relation, which a statement may name as if they were columns."""
    collected: set[str] = field(default_factory=set)
    """Columns that may be made of a whole group, here or further in."""
    long: int = 0
    """How many of the query's own columns are."""

    @property
    def heavy(self) -> frozenset[str]:
        """The columns that hold one long value in perhaps many rows."""
        return frozenset(name for name, each in self.columns.items() if each.bytes >= MAX_BYTES) - self.made

    @property
    def known(self) -> dict[str, Weight]:
        """What an expression over this relation may name: its rows and its columns."""
        return {**self.rows, **self.columns}

    def named(self, name: str) -> Output:
        """Give the relation under a name, by which its rows are known."""
        size = sum(len(column) + weight.bytes for column, weight in self.columns.items())
        row = Weight(size, 1 + sum(weight.nodes for weight in self.columns.values()))
        return replace(self, rows={name.casefold(): row})

    def joined(self, other: Output) -> Output:
        """Give the columns of both, the heavier of those with one name."""
        columns = dict(self.columns)
        for name, weight in other.columns.items():
            columns[name] = weight.larger(columns[name]) if name in columns else weight
        found = Output(columns, self.relations + other.relations, rows={**self.rows, **other.rows})
        found.collected = self.collected | other.collected
        return found.checked()

    def union(self, other: Output) -> Output:
        """Give the columns of a UNION: each may be any of the other side."""
        widest = self.widest().larger(other.widest())
        found = Output(dict.fromkeys([*self.columns, *other.columns], widest), self.relations + other.relations)
        if self.collected or other.collected:
            found.collected = set(found.columns)
        return found

    def widest(self) -> Weight:
        """Give the heaviest column."""
        weight = BASE
        for each in self.columns.values():
            weight = weight.larger(each)
        return weight

    def checked(self) -> Output:
        """Refuse too many relations.

        :raises RowRequestError: If there are.
        """
        if self.relations > MAX_RELATIONS:
            problem = (
                f"the statement reads more than {MAX_RELATIONS} tables at once, counting each WITH query as often "
            )
            raise RowRequestError(PLACE, problem + "as it is named. Name it less often, or ask for less at once.")
        if self.long > MAX_COLLECTED:
            problem = f"the statement shows more than {MAX_COLLECTED} texts or lists that are made of whole groups."
            raise RowRequestError(PLACE, problem)
        return self


JOINING = (
    exp.DPipe,
    exp.Translate,
    exp.Concat,
    exp.Array,
    exp.Struct,
    exp.Tuple,
    exp.Anonymous,
    exp.AnonymousAggFunc,
)
"""What makes one value of all of its parts, or what may."""
SHORT = (exp.Predicate, exp.Connector, exp.Not, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Count, exp.Length)
"""Numbers and truth values, of which nothing long is made."""


SIZES: Sequence[tuple[tuple[type[exp.Expr], ...], Callable[[list[int]], int]]] = (
    ((exp.Replace,), lambda parts: parts[0] * max(1, parts[-1])),
    # Each match may be empty, and each may be put back several times.
    ((exp.RegexpReplace,), lambda parts: parts[0] * (1 + 2 * parts[2] if len(parts) > 2 else 1)),
    ((exp.Split, exp.StringToArray, exp.RegexpExtractAll), lambda parts: parts[0] * ELEMENT_BYTES),
    ((exp.ArrayToString,), lambda parts: parts[0] * (1 + parts[-1])),
    ((exp.ConcatWs,), lambda parts: parts[0] * len(parts) + sum(parts)),
    ((exp.Hex,), lambda parts: parts[0] * 2),
    (JOINING, sum),
)
"""How long a value becomes by the lengths of its parts; the longest of them for any other."""
FORMATTING = frozenset({"printf"})
COMPARING = frozenset({"jaro_similarity", "jaro_winkler_similarity"})
"""Functions whose time is the product of both lengths."""
MAKING = (exp.Func, exp.DPipe, exp.Bracket, exp.Array, exp.Struct)
PASSING = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.AggFunc, exp.AnonymousAggFunc)
"""What makes new values of its parts, and what of it only hands them on."""
COLLECTING = (exp.GroupConcat, exp.ArrayAgg, exp.ArrayConcatAgg, exp.ArrayUniqueAgg)
COLLECTING_NAMES = frozenset({"list", "histogram", "string_agg", "listagg", "group_concat"})
"""Aggregates that make one value of a whole group."""
COLLECTED = Weight(MAX_BYTES, 1)
"""A column that may hold one: where values are made in batches, nothing is made of it."""


def collects(node: exp.Expr) -> bool:
    """Whether an expression makes one value of a whole group."""
    return any(
        isinstance(each, COLLECTING)
        or (isinstance(each, exp.Func) and each.name.casefold() in COLLECTING_NAMES)
        or (isinstance(each, exp.Array) and any(isinstance(part, exp.Query) for part in each.expressions))
        or (isinstance(each, exp.AggFunc) and each.args.get("count") is not None)  # max(x, 3), which is a list
        for each in node.walk()
    )


def long_bytes(weight: Weight) -> int:
    """Give the bytes of a value that is longer than a column; what is made of a whole group is counted apart."""
    return weight.bytes if COLUMN_BYTES < weight.bytes < MAX_BYTES else 0


class Weigher:
    """Weighs expressions over known columns.

    :param columns: Weights by folded name; any other column is that of a table.
    """

    def __init__(self, columns: dict[str, Weight] | Any) -> None:
        self.columns: dict[str, Weight] = dict(columns)
        self.queries: dict[int, Weight] = {}
        self.long = 0
        """Bytes of values longer than a column, of all that was weighed."""

    def weigh(self, node: exp.Expr) -> Weight:
        """Weigh an expression.

        :raises RowRequestError: If it may become too large.
        """
        weight = self._weigh(node)
        if weight.nodes > MAX_NODES or weight.bytes > MAX_BYTES:
            what = "values that are too long" if weight.bytes > MAX_BYTES else "expressions that are too large"
            raise RowRequestError(PLACE, f"the statement may make {what}: shorten what builds on itself.")
        if not (isinstance(node, exp.DPipe) and isinstance(node.parent, exp.DPipe)):
            self.long += long_bytes(weight)
        return weight

    def _weigh(self, node: exp.Expr) -> Weight:
        if id(node) in self.queries:
            return self.queries[id(node)]
        if isinstance(node, exp.Query):
            return BASE
        if isinstance(node, exp.Column | exp.Identifier):
            return self.columns.get(node.name.casefold(), BASE)
        if isinstance(node, exp.Literal):
            return Weight(len(node.name) if node.is_string else NUMBER_BYTES, 1)
        parts = [self.weigh(part) for part in node.iter_expressions()]
        nodes = 1 + sum(part.nodes for part in parts)
        return Weight(self._bytes(node, [part.bytes for part in parts]), nodes)

    def _bytes(self, node: exp.Expr, parts: list[int]) -> int:
        if not parts or isinstance(node, SHORT):
            return NUMBER_BYTES
        if _is_unbounded(node, parts):
            return MAX_BYTES + 1
        size = next((size for kinds, size in SIZES if isinstance(node, kinds)), max)
        return size(parts) + (node.sql().count("%") * MAX_PADDING if _named(node, FORMATTING) else 0)


def _is_unbounded(node: exp.Expr, parts: list[int]) -> bool:
    """Whether something may be made of a long value that is too much, in size or in time."""
    if max(parts) >= MAX_BYTES and isinstance(node, MAKING) and not isinstance(node, PASSING):
        return True
    if isinstance(node, exp.ArrayToString):
        return parts[-1] > MAX_SEPARATOR
    return _named(node, COMPARING) and max(parts) > MAX_COMPARED


def _named(node: exp.Expr, names: frozenset[str]) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.casefold() in names
