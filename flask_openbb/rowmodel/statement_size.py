"""How large a statement becomes once it is run: what little text could make much of, before any database sees it.

A database plans ``WITH`` queries, subqueries and aliases by putting them where they are named, and joins texts before
anything can stop it: thirty lines that each name the line before twice are a billion. Owns :class:`Weight`,
:class:`Output` and :class:`Weigher`; the estimates are coarse, and too large rather than too small. Imports sqlglot and
the package's errors; called by :mod:`.statement_names`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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

    @property
    def heavy(self) -> frozenset[str]:
        """The columns that hold one long value in perhaps many rows."""
        return frozenset(name for name, each in self.columns.items() if each.bytes >= MAX_BYTES) - self.made

    def joined(self, other: Output) -> Output:
        """Give the columns of both, the heavier of those with one name."""
        columns = dict(self.columns)
        for name, weight in other.columns.items():
            columns[name] = weight.larger(columns[name]) if name in columns else weight
        return Output(columns, self.relations + other.relations).checked()

    def union(self, other: Output) -> Output:
        """Give the columns of a UNION: each may be any of the other side."""
        widest = self.widest().larger(other.widest())
        return Output(dict.fromkeys([*self.columns, *other.columns], widest), self.relations + other.relations)

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
        return self


JOINING = (
    exp.DPipe,
    exp.Translate,
    exp.Concat,
    exp.ConcatWs,
    exp.Array,
    exp.Struct,
    exp.Tuple,
    exp.Anonymous,
    exp.AnonymousAggFunc,
)
"""What makes one value of all of its parts, or what may."""
SHORT = (exp.Predicate, exp.Connector, exp.Not, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Count, exp.Length)
"""Numbers and truth values, of which nothing long is made."""


MAKING = (exp.Func, exp.DPipe, exp.Bracket, exp.Array, exp.Struct)
PASSING = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.AggFunc, exp.AnonymousAggFunc)
"""What makes new values of its parts, and what of it only hands them on."""
COLLECTING = (exp.GroupConcat, exp.ArrayAgg, exp.ArrayConcatAgg, exp.ArrayUniqueAgg, exp.ApproxTopK)
COLLECTING_NAMES = frozenset({"list", "histogram", "string_agg", "listagg", "group_concat", "approx_top_k"})
"""Aggregates that make one value of a whole group."""
COLLECTED = Weight(MAX_BYTES, 1)
"""A column that may hold one: where values are made in batches, nothing is made of it."""


def collects(node: exp.Expr) -> bool:
    """Whether an expression makes one value of a whole group."""
    return any(
        isinstance(each, COLLECTING) or (isinstance(each, exp.Func) and each.name.casefold() in COLLECTING_NAMES)
        for each in node.walk()
    )


class Weigher:
    """Weighs expressions over known columns.

    :param columns: Weights by folded name; any other column is that of a table.
    """

    def __init__(self, columns: dict[str, Weight] | Any) -> None:
        self.columns: dict[str, Weight] = dict(columns)
        self.queries: dict[int, Weight] = {}

    def weigh(self, node: exp.Expr) -> Weight:
        """Weigh an expression.

        :raises RowRequestError: If it may become too large.
        """
        weight = self._weigh(node)
        if weight.nodes > MAX_NODES or weight.bytes > MAX_BYTES:
            what = "values that are too long" if weight.bytes > MAX_BYTES else "expressions that are too large"
            raise RowRequestError(PLACE, f"the statement may make {what}: shorten what builds on itself.")
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
        if max(parts) >= MAX_BYTES and isinstance(node, MAKING) and not isinstance(node, PASSING):
            return MAX_BYTES + 1
        if isinstance(node, exp.Replace):
            return parts[0] * max(1, parts[-1])
        if isinstance(node, JOINING):
            return sum(parts)
        return max(parts)
