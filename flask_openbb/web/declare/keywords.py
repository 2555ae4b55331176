"""The keyword arguments of the widget decorators, for type checkers and editors.

Holds types only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, TypedDict, TypeVar, overload

if TYPE_CHECKING:
    import os
    from zoneinfo import ZoneInfo

    import marshmallow
    from flask.typing import RouteCallable
    from typing_extensions import Unpack

    from ...door.auth import Policy
    from ...manifest.specs import Grid, Param
    from ...rowmodel import Limits
    from ...shape.layout import ListMode
    from ...shape.values import Decimals
    from ..cache import Cache

V = TypeVar("V", bound="RouteCallable")
"""A view that Flask's routes take, to a type checker."""
P = ParamSpec("P")


class WidgetOptions(TypedDict, total=False):
    """The keyword arguments of every widget decorator: the wire's keys in snake_case, and a few of ours."""

    id: str
    name: str
    description: str
    endpoint: str
    category: str
    sub_category: str
    source: str | Sequence[str]
    params: Sequence[Param | Sequence[Param]] | type[marshmallow.Schema] | marshmallow.Schema
    columns: Any
    grid: tuple[int, int] | Grid
    stale_time: int
    refetch_interval: int | Literal[False] | str
    data_update_display: str
    run_button: bool
    raw: bool
    exportable: bool
    show_title: bool
    disable_retrieval_for_copilot: bool
    copilot_parse_as: str
    input_type: str
    storage: Mapping[str, Any]
    mcp_tool: Mapping[str, Any]
    schema_name: str
    search_category: str
    group_by_id: str
    ws_endpoint: str
    file_endpoint: str
    data_key: str
    ws_row_id_column: str | Sequence[str]
    default_symbol: str
    update_frequency: int
    show_all: bool
    transpose: bool
    enable_advanced: bool
    enable_formulas: bool
    formatter_fn: str
    chart_view: Mapping[str, Any]
    extra: Mapping[str, Any]
    auth: Policy
    public: bool
    shape: bool
    limit: int
    etag: bool
    cache: int | Cache
    separator: str
    lists: ListMode | Mapping[str, ListMode]
    max_depth: int
    select: Sequence[str] | Mapping[str, str]
    orient: Literal["rows", "columns"]
    record_path: str | Sequence[str]
    meta: Sequence[str | Sequence[str]]
    big_ints: bool
    decimals: Decimals
    folder: str | os.PathLike[str]
    max_file_size: int
    template: bool
    toolbar: bool | Mapping[str, Any]


class ServedOptions(TypedDict, total=False):
    """The keyword arguments that ``udf`` and ``sql``, which make a widget without a view, share with every widget."""

    id: str
    category: str
    sub_category: str
    source: str | Sequence[str]
    grid: tuple[int, int] | Grid
    params: Sequence[Param | Sequence[Param]]
    show_title: bool
    disable_retrieval_for_copilot: bool
    storage: Mapping[str, Any]
    mcp_tool: Mapping[str, Any]
    search_category: str
    extra: Mapping[str, Any]
    auth: Policy
    public: bool


class RowModelOptions(WidgetOptions, total=False):
    """The keyword arguments of ``row_model`` beside those of every widget."""

    source: Any
    key: str | Sequence[str]
    bind: Any
    table: str
    schema: str
    errors: Literal["toast", "status"]
    timeout: float
    export_rows: int
    export_timeout: float
    count_seconds: float
    time_zone: str | ZoneInfo
    first_weekday: int
    inclusive: bool
    null_label: str
    limits: Limits


class ViewDecorator(Protocol):
    """A decorator that leaves a view as it is.

    To a type checker, a view that returns what Flask's routes do not take, such as a frame, a number or nothing,
    returns anything: what it returns is only ours to read.
    """

    @overload
    def __call__(self, view: V, /) -> V: ...

    @overload
    def __call__(self, view: Callable[P, object], /) -> Callable[P, Any]: ...


class KindDecorator(Protocol):
    """A decorator for one widget kind, with or without keyword arguments."""

    @overload
    def __call__(self, view: V, /) -> V: ...

    @overload
    def __call__(self, view: Callable[P, object], /) -> Callable[P, Any]: ...

    @overload
    def __call__(self, /, **options: Unpack[WidgetOptions]) -> ViewDecorator: ...
