"""One widget of one app: what is asked where, how it is answered, and who may ask.

Made by ``routes`` when declarations are matched with the URL map. A declaration with faults makes no binding; all
its faults are told at once.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from werkzeug.routing import Rule

from ..door.auth import Policy, query_names, resolve
from ..errors import OpenBBError, ParamError, RegistrationError
from ..manifest.columns import columns_from, row_schema, whole_columns
from ..manifest.forms import BUTTON
from ..manifest.kind_params import fit_params, selector_of
from ..manifest.kinds import Kind
from ..manifest.naming import described
from ..manifest.params import ParamPlan, plan_params
from ..manifest.registry import Declaration, Marked, View, is_declared_by, same_source
from ..manifest.specs import Column
from ..manifest.view_columns import Answer, answer_of_view
from ..shape import bodies, files, submissions
from ..shape.shaping import Shaping
from .cache import Cache, cache_of
from .row_views import beside_rows, row_model_of
from .rules import is_whole_url, path_types

if TYPE_CHECKING:
    from ..manifest.documented import Documented
    from .questions import Taker
    from .row_sources import RowModel
    from .state import State

OPTIONS = Kind(wire="options", shaper=bodies.options, source="docs.openbb.co widget-parameters/advanced-dropdown")
"""The pseudo-kind of an options endpoint."""
AGENT = Kind(
    wire="agent",
    method="POST",
    mimetype="text/event-stream",
    source="docs.openbb.co/workspace/developers/json-specs/agents-json-reference",
)
"""The pseudo-kind of an agent."""

OPTIONS_QUERY = replace(OPTIONS, method="POST", params_in=("query", "body"), shaper=bodies.option_rows)
"""The same, where a parameter has a ``query``: it is posted, and rows are wanted."""

FORM = Kind(
    wire="form",
    shaper=submissions.submission,
    method="POST",
    params_in=("body",),
    encoded_body=True,
    source="docs.openbb.co widget-parameters/input-form",
)
"""The pseudo-kind of a form's view."""

_IN_FORMS = frozenset({BUTTON})
_SHAPING_OF = {
    "template": ("chart", "chart-highcharts", "chart-vegalite"),
    "toolbar": ("chart",),
    "folder": ("pdf", "multi_file_viewer", "markdown"),
    "max_file_size": ("pdf", "multi_file_viewer", "markdown"),
}
"""The types of widget that an option is for, where it is not for all."""
_DOCUMENTING = {"flask_smorest", "apiflask", "flask_restx"}
"""Where the decorators are from that say more of a view."""
_FLAGS = ("public", "shape", "etag")
_WHERE = "Use True or False."


@dataclass(frozen=True, kw_only=True, eq=False)
class Home:
    """Where one declaration is served."""

    id: str
    kind: Kind
    endpoint: str
    """Flask endpoint of the host's view."""
    rule: Rule
    url: str
    """What the manifest says, relative to the base URL; ``{placeholders}`` for the rule's arguments."""
    own: bool
    """Whether the URL is the view's own."""
    envelope: str | None = None
    """The key under which the app puts every documented answer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Binding(Home):
    """One widget or options endpoint of one app: where it is asked and how it is answered."""

    declaration: Declaration
    function: View
    """Where name, description and parameters were read."""
    plan: ParamPlan
    needs: frozenset[str]
    """Which of ``theme`` and ``raw`` (of a form: ``button``) the view names without a default."""
    columns: tuple[Column, ...]
    shaping: Shaping
    policy: Policy | None
    limit: int | None
    """Rows that are sent at most."""
    cache: Cache | None
    """How long answers are kept."""
    documented: Documented | None
    """What another extension's decorators say of the view."""
    selector: str | None
    """The keyword that holds the names of the selected files, of a kind that has it."""
    taker: Taker | None
    """How an agent's view takes its question; None for everything else."""
    rows: RowModel | None = None
    """What makes pages of the source a row model's view returns; None for everything else."""
    extract: str | None = None
    """What is asked of a row model beside its pages: ``export.csv``, ``values/desk``."""

    @property
    def method(self) -> str:
        """The HTTP method Workspace uses."""
        return self.kind.method

    @property
    def subject(self) -> str:
        """What a signed endpoint's token is bound to."""
        return f"{self.declaration.role}:{self.id}"

    @property
    def signed(self) -> bool:
        """Whether Workspace asks without the credentials this endpoint wants."""
        declaration = self.declaration
        given = declaration.fields.get("endpoint", (declaration.wire or {}).get("endpoint"))
        if self.policy is None or (not self.kind.fetched and is_whole_url(given)):
            return False
        unsent = declaration.role in ("options", "form") or not self.kind.sends_query
        in_query = unsent and bool(query_names(self.policy))
        return in_query or not self.kind.sends_credentials


def binding_on(bindings: Iterable[Binding], view: View) -> Binding | None:
    """The binding of a view, or of what the same code made for this app: of a factory that ran again."""
    found = [binding for binding in bindings if same_source(binding.declaration, view)]
    exact = (binding for binding in found if is_declared_by(binding.declaration, view))
    return next(exact, found[0] if found else None)


def kind_of(mark: Marked, rules: Iterable[Rule]) -> Kind:
    """The kind of a declaration; a form is asked with PUT where its view takes that and no POST."""
    if mark.declaration.role != "form":
        return mark.declaration.kind or OPTIONS
    methods = {mark.method} if mark.method else {method for rule in rules for method in rule.methods or ()}
    return replace(FORM, method="PUT") if "PUT" in methods and "POST" not in methods else FORM


class UnusableError(OpenBBError):
    """A declaration that makes no binding.

    :param problems: One sentence a fault.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def bind(state: State, mark: Marked, home: Home) -> Binding:
    """Work out how a widget is answered.

    :param home: Where it is served.
    :raises UnusableError: With everything that is wrong with the declaration.
    """
    declaration = mark.declaration
    problems = [
        f"{flag}={getattr(declaration, flag)!r} is not allowed. {_WHERE}"
        for flag in _FLAGS
        if not isinstance(getattr(declaration, flag), bool)
    ]
    made: dict[str, Any] = {}
    problems += _collect(made, "documented", lambda: documented_at(mark, home))
    parts: Mapping[str, Callable[[], Any]] = {
        "plan": lambda: _plan(mark, home, made.get("documented")),
        "answer": lambda: _answer(mark, home.kind, made.get("documented")),
        "policy": lambda: _policy(state, declaration),
        "limit": lambda: _limit(declaration, home.kind),
        "cache": lambda: _cache(declaration, home.kind),
        "taker": lambda: _taker(mark, home),
        "rows": lambda: row_model_of(state.settings, declaration),
    }
    for part, make in parts.items():
        problems += _collect(made, part, make)
    if "answer" in made:
        problems += _collect(
            made, "shaping", lambda: _shaping(state, mark, home.id, made["answer"], made.get("documented"))
        )
    if problems:
        raise UnusableError(*problems)
    return Binding(
        **vars(home),
        declaration=declaration,
        function=mark.function,
        plan=made["plan"],
        documented=made["documented"],
        needs=_without_default(mark.function, made["plan"].wants),
        columns=made["answer"].columns,
        shaping=made["shaping"],
        policy=made["policy"],
        limit=made["limit"],
        cache=made["cache"],
        selector=selector_of(made["plan"], declaration.wire) if home.kind.shaper is files.files else None,
        taker=made["taker"],
        rows=made["rows"],
    )


def told(error: Exception) -> tuple[str, ...]:
    """What faults say of an exception: an error of ours speaks for itself."""
    if isinstance(error, ParamError | UnusableError):
        return error.problems
    return (str(error) if isinstance(error, OpenBBError) else f"{type(error).__name__}: {error}",)


def _collect(made: dict[str, Any], part: str, make: Callable[[], Any]) -> tuple[str, ...]:
    try:
        made[part] = make()
    except Exception as error:  # whatever it is, the host's other routes must go on
        return told(error)
    return ()


def documented_at(mark: Marked, home: Home) -> Documented | None:
    """What another extension's decorators say of a view."""
    if not _DOCUMENTING & sys.modules.keys():
        return None
    from ..manifest.documented import documented  # noqa: PLC0415 - loaded when first used

    posts = "body" in home.kind.params_in
    return documented(mark, endpoint=home.endpoint, posts=posts, envelope=home.envelope)


def _plan(mark: Marked, home: Home, found: Documented | None) -> ParamPlan:
    declaration = mark.declaration
    types = path_types(home.rule)
    function, skip_first = mark.function, mark.method is not None
    # A view that reads the request itself, or takes it whole, gets from the plan what the URL gives it.
    if declaration.target or home.kind is AGENT:
        function, skip_first = _taking(types), False
    if declaration.role == "form":
        if types:
            raise RegistrationError(
                f"{home.rule.rule!r} has arguments, but a form posts to its URL as it is. Use fields."
            )
        return plan_params(function, params=declaration.params, skip_first=skip_first, where="", beside=_IN_FORMS)
    theirs = found.inputs if found else None
    beside = beside_rows(function, declaration)
    plan = plan_params(
        function,
        params=declaration.params,
        path_types=types,
        skip_first=skip_first,
        where="",
        theirs=theirs,
        beside=beside,
    )
    return plan if declaration.wire is not None else fit_params(plan, home.kind.wire)


def _taker(mark: Marked, home: Home) -> Taker | None:
    if home.kind is not AGENT:
        return None
    if types := path_types(home.rule):
        names = ", ".join(repr(name) for name in types)
        raise RegistrationError(f"Workspace asks an agent at one URL, and {names} in its rule would stay open.")
    from .questions import taker_of  # noqa: PLC0415 - loaded when first used

    return taker_of(mark.function, skip_first=mark.method is not None, taken=home.rule.arguments)


def _taking(types: Mapping[str, type]) -> View:
    """A view that takes the arguments of a rule and nothing else."""

    def exposed(**_: Any) -> None:
        raise NotImplementedError

    keywords = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in types]
    exposed.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    exposed.__annotations__ = {}
    return exposed


def _answer(mark: Marked, kind: Kind, found: Documented | None) -> Answer:
    """What is known of the rows: nothing is read from the view where its entry was given whole."""
    declaration = mark.declaration
    given = declaration.columns
    if isinstance(given, list | tuple):
        for number, column in enumerate(given):
            if not isinstance(column, Column):
                raise OpenBBError(f"columns[{number}] is {column!r}. Write {_column_for(column)}.")
        given = tuple(given)
    if declaration.wire is not None or kind.shaper is not bodies.table:
        return Answer(columns_from(given), None, row_schema(given)) if given is not None else Answer()
    answer = answer_of_view(mark.function, given, data_key=declaration.fields.get("data_key"))
    if found is None or found.answer is None:
        return answer
    # What their decorator dumped is not dumped again.
    return found.answer if given is None else replace(answer, data_key=answer.data_key or found.answer.data_key)


def _column_for(given: Any) -> str:
    """What to write for something that is no Column."""
    if isinstance(given, Mapping) and isinstance(given.get("field"), str):
        more = ", ..." if len(given) > 1 else ""
        return f"Column({given['field']!r}{more}), with the keys in snake_case"
    return f"Column({str(given)!r})"


def _policy(state: State, declaration: Declaration) -> Policy | None:
    policy = state.policy if declaration.auth is None else resolve(declaration.auth, os.environ)
    return None if declaration.public is True else policy


def _limit(declaration: Declaration, kind: Kind) -> int | None:
    limit = declaration.limit
    if limit is None:
        return None
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise RegistrationError(f"limit={limit!r} is not a number of rows. Give a whole number, 1 or more.")
    lists = declaration.shaping.get("lists")
    modes = set(lists.values()) if isinstance(lists, Mapping) else {lists}
    why = ""
    if kind.shaper is not bodies.table:
        why = f"a {kind.wire!r} widget has none"
    elif declaration.shape is False:
        why = "with shape=False nobody counts them"
    elif declaration.shaping.get("record_path") is not None or "explode" in modes:
        why = "with record_path= or lists='explode' they are made of what it counts"
    if why:
        raise RegistrationError(f"limit= cuts the rows of tables; {why}. Cut them in the view.")
    return limit


def _cache(declaration: Declaration, kind: Kind) -> Cache | None:
    cache = cache_of(declaration.cache)
    if cache is not None and kind.method != "GET":
        raise RegistrationError(f"cache= is for widgets asked with GET, and {kind.wire!r} is asked with {kind.method}.")
    return cache


def _shaping(state: State, mark: Marked, id: str, answer: Answer, found: Documented | None) -> Shaping:
    declaration = mark.declaration
    wire = declaration.wire or {}
    data = wire.get("data")
    data_key = declaration.fields.get("data_key") or (data.get("dataKey") if isinstance(data, Mapping) else None)
    data_key = data_key or answer.data_key
    settings = state.settings
    for option, wires in _SHAPING_OF.items():
        if option in declaration.shaping and declaration.kind is not None and declaration.kind.wire not in wires:
            known = ", ".join(map(repr, wires))
            raise RegistrationError(f"{option}= is for widgets of type {known}, and this is {declaration.kind.wire!r}.")
    title = declaration.fields.get("name") or wire.get("name") or (found and found.name) or described(mark.function)[0]
    return Shaping(
        widget=id,
        title=title if isinstance(title, str) else "",
        data_key=data_key if isinstance(data_key, str) else None,
        whole=whole_columns(answer.columns) | _whole_in_wire(data),
        row_schema=answer.schema,
        declared=tuple(column.field for column in answer.columns) if "select" not in declaration.shaping else (),
        **{
            "big_ints": settings.big_ints,
            # The grid takes the cells of a row model as they are: text is an invalid number to it.
            "decimals": "number" if declaration.rows and settings.decimals == "exact" else settings.decimals,
            "max_file_size": settings.max_file_size,
            **declaration.shaping,
        },
    )


def _whole_in_wire(data: Any) -> frozenset[str]:
    table = data.get("table") if isinstance(data, Mapping) else None
    columns = table.get("columnsDefs") if isinstance(table, Mapping) else None
    whole = set()
    for column in columns if isinstance(columns, list) else ():
        if isinstance(column, Mapping) and isinstance(column.get("field"), str):
            renders = column.get("renderFn") or ""
            if (isinstance(renders, str | list) and "hoverCard" in renders) or column.get("sparkline"):
                whole.add(column["field"])
    return frozenset(whole)


def _without_default(function: View, names: frozenset[str]) -> frozenset[str]:
    if not names:
        return names
    parameters = inspect.signature(function).parameters
    return frozenset(name for name in names if parameters[name].default is inspect.Parameter.empty)
