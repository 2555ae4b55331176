"""manifest/view_columns.py: columns="auto" and data_key, from a view's annotation or an envelope's Schema."""

import typing
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import attrs
import msgspec
import pydantic
import pytest
import sqlalchemy as sa
from marshmallow import Schema, fields
from sqlalchemy import orm

from flask_openbb.errors import RegistrationError
from flask_openbb.manifest.columns import columns_from
from flask_openbb.manifest.specs import Column
from flask_openbb.manifest.view_columns import answer_of_view, columns_from_view, data_key_from_view

if TYPE_CHECKING:
    from nowhere import Missing

TEXT = {"cell_data_type": "text", "chart_data_type": "category"}
NUMBER = {"cell_data_type": "number", "chart_data_type": "series"}
BAR = (
    Column("symbol", header_name="Symbol", **TEXT),
    Column("volume", header_name="Volume", **NUMBER, formatter_fn="int"),
)


class Bar(TypedDict):
    symbol: str
    volume: int


@dataclass
class DataBar:
    symbol: str
    volume: int
    _cache: object = None


class TupleBar(typing.NamedTuple):
    symbol: str
    volume: int


@attrs.define
class AttrsBar:
    symbol: str
    volume: int


class PydanticBar(pydantic.BaseModel):
    symbol: str
    volume: int


class StructBar(msgspec.Struct):
    symbol: str
    volume: int


class Base(orm.DeclarativeBase):
    pass


class OrmBar(Base):
    __tablename__ = "bar"
    symbol: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    volume: orm.Mapped[int]


class BarSchema(Schema):
    symbol = fields.String()
    volume = fields.Integer()


class Envelope(TypedDict):
    count: int
    results: list[Bar]


@dataclass
class Inner:
    rows: Sequence[Bar] | None


@dataclass
class Deep:
    took: float
    data: Inner


class Twice(TypedDict):
    bids: list[Bar]
    asks: list[Bar]


class EnvelopeSchema(Schema):
    count = fields.Integer()
    results = fields.Nested(BarSchema, many=True, data_key="rows")


class ListSchema(Schema):
    results = fields.List(fields.Nested(BarSchema))


class OrderSchema(Schema):
    id = fields.Integer()
    lines = fields.Nested(BarSchema, many=True, metadata={"header_name": "Lines"})


class TwiceSchema(Schema):
    bids = fields.Nested(BarSchema, many=True)
    asks = fields.Nested(BarSchema, many=True)


def view_of(hint):
    def view(): ...

    view.__annotations__ = {"return": hint}
    return view


ANNOTATED = {
    "list": (list[Bar], None),
    "dataclass": (list[DataBar], None),
    "NamedTuple": (list[TupleBar], None),
    "attrs": (list[AttrsBar], None),
    "pydantic": (list[PydanticBar], None),
    "msgspec": (list[StructBar], None),
    "ORM": (Sequence[OrmBar], None),
    "sequence": (Sequence[Bar], None),
    "iterator": (Iterator[Bar], None),
    "iterable": (Iterable[Bar], None),
    "generator": (typing.Generator[Bar, None, None], None),
    "later": (Awaitable[list[Bar]], None),
    "async": (AsyncIterator[Bar], None),
    "tuple of any length": (tuple[Bar, ...], None),
    "body and status": (tuple[list[Bar], int], None),
    "one row": (Bar, None),
    "optional": (list[Bar] | None, None),
    "rows or an answer": (list[Bar] | int, None),
    "annotated": (Annotated[list[Bar], "note"], None),
    "schema": (Annotated[list[dict], BarSchema], None),
    "schema instance": (Annotated[list, BarSchema()], None),
    "one row of a schema": (Annotated[dict, BarSchema], None),
    "as text": ("list[Bar]", None),
    "envelope": (Envelope, "results"),
    "deep envelope": (Deep, "data.rows"),
    "envelope and status": (tuple[Envelope, int, dict], "results"),
}


@pytest.mark.parametrize(("hint", "data_key"), ANNOTATED.values(), ids=ANNOTATED)
def test_what_an_annotation_says(hint, data_key):
    view = view_of(hint)
    assert columns_from_view(view) == BAR
    assert data_key_from_view(view) == data_key
    assert data_key_from_view(view, "auto") == data_key


SILENT = {
    "nothing": None, "dict": dict, "list": list, "list of dicts": list[dict], "any": Any, "number": int,
    "two kinds of row": list[Bar] | list[TupleBar],
}  # fmt: skip


@pytest.mark.parametrize("hint", SILENT.values(), ids=SILENT)
def test_an_annotation_that_says_nothing(hint):
    view = view_of(hint)
    assert data_key_from_view(view) is None
    with pytest.raises(RegistrationError, match=r"view has columns='auto', but its return annotation does not say"):
        columns_from_view(view)


def test_no_annotation_at_all():
    def view(): ...

    assert answer_of_view(view).data_key is None
    with pytest.raises(RegistrationError, match="does not say which fields"):
        answer_of_view(view, "auto")


def test_an_annotation_for_the_type_checker_alone():
    def view() -> "list[Missing]": ...

    assert data_key_from_view(view) is None
    with pytest.raises(RegistrationError, match="of its answer its annotation 'list\\[Missing\\]' cannot be resolved"):
        columns_from_view(view)


def test_two_lists_are_the_cells_of_one_row():
    view = view_of(Twice)
    assert data_key_from_view(view) is None
    assert [column.field for column in columns_from_view(view)] == ["bids", "asks"]


def told(answer):
    return [column.field for column in answer.columns], answer.data_key, type(answer.schema).__name__


SCHEMAS = {
    "rows": (BarSchema, None, (["symbol", "volume"], None, "BarSchema")),
    "envelope": (EnvelopeSchema, None, (["symbol", "volume"], "rows", "BarSchema")),
    "envelope, made": (EnvelopeSchema(), None, (["symbol", "volume"], "rows", "BarSchema")),
    "envelope, one answer": (EnvelopeSchema, dict, (["symbol", "volume"], "rows", "BarSchema")),
    "list": (ListSchema, None, (["symbol", "volume"], "results", "BarSchema")),
    "rows by annotation": (EnvelopeSchema, list[Bar], (["count", "rows"], None, "EnvelopeSchema")),
    "rows by metadata": (OrderSchema, None, (["id", "lines"], None, "OrderSchema")),
    "two lists": (TwiceSchema, None, (["bids", "asks"], None, "TwiceSchema")),
}


@pytest.mark.parametrize(("schema", "hint", "answer"), SCHEMAS.values(), ids=SCHEMAS)
def test_what_a_schema_says(schema, hint, answer):
    view = view_of(hint)
    assert told(answer_of_view(view, schema)) == answer
    assert data_key_from_view(view, schema) == answer[1]


def test_an_envelope_schema_in_the_annotation():
    answer = answer_of_view(view_of(Annotated[dict, EnvelopeSchema]), "auto")
    assert answer.columns == BAR
    assert told(answer) == (["symbol", "volume"], "rows", "BarSchema")


def test_declared_columns_win():
    view = view_of(Envelope)
    answer = answer_of_view(view, [Column("other")])
    assert told(answer) == (["other"], "results", "NoneType")


@dataclass
class Hidden:
    shown: float = field(default=0.0, metadata={"header_name": "Shown Here"})
    _hidden: float = 0.0


class Point(sa.types.UserDefinedType):
    @property
    def python_type(self):
        raise NotImplementedError


class Described(Base):
    __tablename__ = "described"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, info={"width": 90})
    note = orm.mapped_column(Point)


def test_fields_say_what_their_columns_are():
    assert columns_from(Hidden) == (Column("shown", header_name="Shown Here", **NUMBER),)
    assert columns_from(Described) == (
        Column("id", header_name="Id", width=90, **NUMBER),
        Column("note", header_name="Note"),
    )
