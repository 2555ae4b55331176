"""Which relations a statement reads: each is found in the allow-list and written out in full.

Owns :func:`resolve`, which walks the tree by the scopes of SQL: a name is that of a ``WITH`` query if one is in scope,
and otherwise must be of the allow-list. ``WITH`` queries are given names of our own, so that no database can take one
for a table. Imports :mod:`.sql_catalog`, :mod:`.statement_size`, sqlglot and the package's errors; called by
:mod:`.statement`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from ..errors import RowRequestError
from .sql_catalog import SqlCatalog, SqlTable
from .statement_size import BASE, COLLECTED, MAX_LONG, MAX_TOTAL, Output, Weigher, Weight, collects, long_bytes

PLACE = "query"
SELECT_PARTS = frozenset(
    {
        *("with_", "expressions", "distinct", "from_", "joins", "laterals", "where", "group", "having", "qualify"),
        *("windows", "order", "limit", "offset", "fetch"),
    }
)
"""What a SELECT may have; the parser reads more, and leaves it out where the database has no such thing: SORT BY."""
TABLE_PARTS = frozenset({"this", "db", "catalog", "alias", "joins"})
"""What a relation in a statement may have; no samples, versions, partitions, hints or pivots."""


@dataclass
class _Scope:
    """What is in scope: ``WITH`` queries by name, and the columns of queries around."""

    queries: dict[str, tuple[str, Output]] = field(default_factory=dict)
    columns: Mapping[str, Weight] = field(default_factory=dict)


def resolve(
    tree: exp.Query, catalog: SqlCatalog, *, exact: bool, batches: bool
) -> tuple[tuple[SqlTable, ...], frozenset[str], frozenset[str]]:
    """Write every relation of a statement out in full, in place.

    :param exact: Whether names differ by case.
    :param batches: Whether the database makes the values of many rows at once, before it can be stopped.
    :return: The relations it reads, and the folded names of columns that nothing may be made of, and of those that may
        be made of a whole group.
    :raises RowRequestError: If it reads another, reads too much at once, or recurses.
    """
    walker = _Walker(catalog, exact, batches)
    output = walker.query(tree, _Scope())
    return tuple(walker.found), output.heavy, frozenset(output.collected)


class _Walker:
    def __init__(self, catalog: SqlCatalog, exact: bool, batches: bool) -> None:
        self.catalog = catalog
        self.exact = exact
        self.batches = batches
        self.found: dict[SqlTable, None] = {}
        self.named = 0
        self.nodes = 0
        self.long = 0

    def query(self, node: exp.Expr, scope: _Scope) -> Output:
        """Resolve a query and give its columns."""
        scope = self._with(node, scope)
        if isinstance(node, exp.SetOperation):
            left, right = self.query(node.this, scope), self.query(node.expression, scope)
            output = left.union(right)
            self._rest(node, {"with_", "this", "expression"}, Weigher(output.columns), scope, output)
            return output.checked()
        if isinstance(node, exp.Subquery):
            output = self.query(node.this, scope)
            self._rest(node, {"with_", "this", "alias"}, Weigher(output.columns), scope, output)
            return output.checked()
        if not isinstance(node, exp.Select):
            raise RowRequestError(PLACE, f"{node.key.upper()[:40]} cannot be used here. Write a SELECT.")
        return self._select(node, scope)

    def _with(self, node: exp.Expr, scope: _Scope) -> _Scope:
        ctes = node.args.get("with_")
        if ctes is None:
            return scope
        if ctes.args.get("recursive"):
            raise RowRequestError(PLACE, "WITH RECURSIVE cannot be used here, since nothing bounds it.")
        scope = _Scope(dict(scope.queries), scope.columns)
        for cte in ctes.expressions:
            if not isinstance(cte.this, exp.Query):
                raise RowRequestError(PLACE, f"WITH {cte.alias[:60]!r} must be a SELECT.")
            output = self.query(cte.this, scope)
            name = cte.args["alias"].this
            self.named += 1
            scope.queries[self._key(name.this)] = (f"with_{self.named}", self._renamed(cte.args["alias"], output))
            name.replace(exp.to_identifier(f"with_{self.named}", quoted=True))
        return scope

    def _select(self, node: exp.Select, scope: _Scope) -> Output:
        extra = next((name for name, value in node.args.items() if value and name not in SELECT_PARTS), None)
        if extra:
            raise RowRequestError(PLACE, f"{extra.upper()} cannot be used here. Write ORDER BY, WHERE or GROUP BY.")
        sources = (node.args.get("from_"), *(node.args.get("joins") or ()), *(node.args.get("laterals") or ()))
        given = Output()
        inner = _Scope(scope.queries, scope.columns)
        for source in filter(None, sources):
            given = given.joined(self._source(source.this, inner, given))
            inner = _Scope(scope.queries, {**scope.columns, **given.known})
        weigher = Weigher({**scope.columns, **given.known})
        output = Output(relations=given.relations)
        for item in node.expressions:
            self._inside(item, weigher, inner, output)
            if item.is_star:
                output.columns.update(given.columns)
                output.long += len(given.collected)
                output.collected |= given.collected
                self._long(sum(map(long_bytes, given.columns.values())))
            weight = self._weigh(weigher, item)
            if self.batches and collects(item):
                weight = weight.larger(COLLECTED)
                output.made.add(item.alias_or_name.casefold())
            name = item.alias_or_name.casefold()
            if collects(item) or any(each.name.casefold() in given.collected for each in item.find_all(exp.Column)):
                output.collected.add(name)
                output.long += 1
            output.columns[name] = weight
            if isinstance(item, exp.Alias):
                # Several databases let later columns name earlier ones.
                weigher.columns[name] = weight.larger(weigher.columns.get(name, BASE))
        for source in filter(None, sources):
            if isinstance(source, exp.Join):
                self._rest(source, {"this"}, weigher, inner, output)
        self._rest(node, {"with_", "from_", "joins", "laterals", "expressions"}, weigher, inner, output)
        return output.checked()

    def _source(self, node: exp.Expr, scope: _Scope, before: Output) -> Output:
        """Resolve one relation of FROM, and those joined to it in parentheses."""
        if isinstance(node, exp.Table):
            output = self._table(node, scope)
        elif isinstance(node, exp.Subquery):
            output = self._nested(node, scope)
        elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            output = self._renamed(node.args.get("alias"), self._nested(node.this, scope))
        elif isinstance(node, exp.Values | exp.Unnest | exp.Lateral):
            weigher = Weigher({**scope.columns, **before.known})
            output = Output(relations=1)
            self._inside(node, weigher, scope, output)
            weight = self._weigh(weigher, node)
            names = {name.casefold() for name in node.alias_column_names} | {node.alias.casefold(), "unnest"}
            output.columns.update(dict.fromkeys(names, weight))
        else:
            raise RowRequestError(PLACE, f"{node.key.upper()[:40]} cannot be read from. {self.catalog.nearest(('',))}")
        output = output.named(node.alias_or_name)
        for join in node.args.get("joins") or ():
            inner = _Scope(scope.queries, {**scope.columns, **output.known})
            output = output.joined(self._source(join.this, inner, output))
            self._rest(join, {"this"}, Weigher({**scope.columns, **output.known}), inner, output)
        return output

    def _nested(self, node: exp.Subquery, scope: _Scope) -> Output:
        scope = self._with(node, scope)
        inside = node.this
        known = isinstance(inside, exp.Query)
        output = self.query(inside, scope) if known else self._source(inside, scope, Output())
        rest = set(node.args) - {"with_", "this", "alias", "joins"}
        self._rest(node, set(node.args) - rest, Weigher(output.columns), scope, output)
        return self._renamed(node.args.get("alias"), output)

    def _table(self, node: exp.Table, scope: _Scope) -> Output:
        extra = next((name for name, value in node.args.items() if value and name not in TABLE_PARTS), None)
        if not isinstance(node.this, exp.Identifier) or extra:
            what = f"{extra.upper()} of a table" if extra else "a function in FROM"
            raise RowRequestError(PLACE, f"{what} cannot be used here. {self.catalog.nearest((node.name or '',))}")
        path = tuple(part.name for part in node.parts)
        known = scope.queries.get(self._key(path[0])) if len(path) == 1 else None
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(path[-1], quoted=True))
        if alias.args.get("this") is None:
            alias.set("this", exp.to_identifier(path[-1], quoted=True))
        node.set("alias", alias)
        if known is not None:
            node.set("this", exp.to_identifier(known[0], quoted=True))
            return self._renamed(alias, known[1])
        table = self.catalog.find(path)
        if table is None:
            shown = ".".join(path)[:80]
            raise RowRequestError(PLACE, f"there is no table {shown!r} here. {self.catalog.nearest(path)}")
        self.found[table] = None
        *above, name = table.path
        node.set("this", exp.to_identifier(name, quoted=True))
        node.set("db", exp.to_identifier(above[-1], quoted=True) if above else None)
        node.set("catalog", exp.to_identifier(above[-2], quoted=True) if len(above) > 1 else None)
        names = {column.casefold(): BASE for column, _ in table.columns}
        return self._renamed(alias, Output(names, relations=1))

    def _renamed(self, alias: exp.Expr | None, output: Output) -> Output:
        names = [column.name for column in (alias.args.get("columns") or ())] if alias is not None else []
        if not names:
            return output
        widest = output.widest()
        found = Output({**output.columns, **{name.casefold(): widest for name in names}}, output.relations)
        if output.collected:
            found.collected = set(found.columns)
        return found

    def _inside(self, node: exp.Expr, weigher: Weigher, scope: _Scope, output: Output) -> None:
        """Resolve the queries within an expression; they see the columns around."""
        for found in list(_queries(node)):
            inner = self.query(found, _Scope(scope.queries, {**scope.columns, **weigher.columns}))
            weigher.queries[id(found)] = inner.widest()
            output.relations += inner.relations
        for table in _tables(node):
            raise RowRequestError(PLACE, f"{table.name[:60]!r} cannot be read from there. Write a SELECT from it.")

    def _rest(self, node: exp.Expr, but: set[str], weigher: Weigher, scope: _Scope, output: Output) -> None:
        for name, value in node.args.items():
            if name in but:
                continue
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, exp.Expr):
                    self._inside(item, weigher, scope, output)
                    self._weigh(weigher, item)

    def _weigh(self, weigher: Weigher, node: exp.Expr) -> Weight:
        weight = weigher.weigh(node)
        self.nodes += weight.nodes
        if self.nodes > MAX_TOTAL:
            raise RowRequestError(PLACE, "the statement is too large. Ask for less at once.")
        self._long(weigher.long)
        weigher.long = 0
        return weight

    def _long(self, size: int) -> None:
        self.long += size
        if self.long > MAX_LONG:
            problem = "the statement may make too many long values in each row. Make fewer of them, or shorter ones."
            raise RowRequestError(PLACE, problem)

    def _key(self, name: str) -> str:
        return name if self.exact else name.casefold()


def _queries(node: exp.Expr) -> list[exp.Expr]:
    """The outermost queries within an expression, itself included."""
    if isinstance(node, exp.Query):
        return [node]
    return [found for child in node.iter_expressions() for found in _queries(child)]


def _tables(node: exp.Expr) -> list[exp.Table]:
    """Relations of an expression that are in none of its queries."""
    if isinstance(node, exp.Query):
        return []
    if isinstance(node, exp.Table):
        return [node]
    return [found for child in node.iter_expressions() for found in _tables(child)]
