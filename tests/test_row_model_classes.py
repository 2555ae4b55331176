"""A row model over mapped classes as services have them, and the keys that are taken from them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    column_property,
    mapped_column,
    relationship,
    synonym,
)

from flask_openbb import ManifestError


class Base(DeclarativeBase):
    pass


class Desk(Base):
    __tablename__ = "desks"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Deal(Base):
    __tablename__ = "deals"
    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(sa.ForeignKey("desks.id"))
    quantity: Mapped[int] = mapped_column("qty")
    kind: Mapped[str]
    amount = synonym("quantity")
    desk: Mapped[Desk] = relationship(lazy="joined")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "deal"}


Deal.twice = column_property(Deal.__table__.c.qty * 2)


class Swap(Deal):
    __tablename__ = "swaps"
    id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), primary_key=True)
    fixed: Mapped[float]
    __mapper_args__ = {"polymorphic_identity": "swap"}


DEALS = [{"id": n, "desk_id": 1 + n % 2, "qty": n * 10, "kind": ("deal", "swap")[n % 2]} for n in range(6)]
SWAP = {"id": 1, "desk_id": 2, "qty": 10, "kind": "swap", "twice": 20, "fixed": 0.5}


@pytest.fixture
def engine():
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Desk.__table__), [{"id": 1, "name": "fx"}, {"id": 2, "name": "rates"}])
        connection.execute(sa.insert(Deal.__table__), DEALS)
        connection.execute(sa.insert(Swap.__table__), [{"id": n, "fixed": n / 2} for n in (1, 3, 5)])
    yield engine
    engine.dispose()


@pytest.fixture
def rows(app, openbb, client, engine):
    """Ask a row model over what is given, and want rows whose names are those of the manifest."""

    def rows(source, narrowed=None, **options):
        @app.post("/deals")
        @openbb.row_model(source=source, bind=engine, **options)
        def deals():
            return narrowed

        columns = client.get("/widgets.json").get_json()["deals"]["data"]["table"]["columnsDefs"]
        found = client.post("/deals", json={}).get_json()["rowData"]
        assert list(found[0]) == [column["field"] for column in columns]
        return found

    return rows


@pytest.mark.parametrize("narrowed", [None, sa.select(Swap)], ids=["class", "select"])
def test_a_class_of_joined_tables_has_each_attribute_once(rows, narrowed):
    found = rows(Swap, narrowed)
    assert len(found) == 3
    assert found[0] == SWAP


def test_a_statement_over_a_class_of_joined_tables_keeps_its_criteria(rows):
    found = rows(sa.select(Swap).where(Swap.quantity > 10).order_by(Swap.id), key="id")
    assert [row["id"] for row in found] == [3, 5]


@pytest.mark.parametrize("narrowed", [None, sa.select(Deal)], ids=["class", "select"])
def test_a_column_property_is_a_column(rows, narrowed):
    assert rows(Deal, narrowed)[3] == {"id": 3, "desk_id": 2, "qty": 30, "kind": "swap", "twice": 60}


def test_a_legacy_query_has_the_columns_of_its_class_not_what_it_loads_eagerly(app, openbb, client, engine):
    @app.post("/deals")
    @openbb.row_model(bind=engine)
    def deals():
        return Session(engine).query(Deal).filter_by(kind="deal")

    found = client.post("/deals", json={}).get_json()["rowData"]
    assert found[0] == {"id": 0, "desk_id": 1, "qty": 0, "kind": "deal", "twice": 0}
    assert len(found) == 3


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (sa.select(Desk), "id"),
        (sa.select(Desk.name, Desk.id.label("desk")), "desk"),
        (sa.select(Desk.__table__.alias()), "id"),
        (aliased(Desk), "id"),
    ],
    ids=["class", "label", "alias", "aliased"],
)
def test_the_primary_key_of_one_table_is_the_key(rows, source, key):
    assert [row[key] for row in rows(source)] == [1, 2]


DEAL, DESK = Deal.__table__, Desk.__table__


@pytest.mark.parametrize(
    "source",
    [
        sa.select(DESK.c.id, DESK.c.name, DEAL.c.qty).join(DEAL),
        sa.select(DESK.c.id, DEAL.c.qty).join(DEAL).subquery(),
        sa.select(sa.select(DESK.c.id, DEAL.c.qty).join(DEAL).subquery()),
        sa.select(DEAL.c.desk_id.label("id"), DEAL.c.qty),
        sa.select(DEAL.c.qty).distinct(),
        sa.union_all(sa.select(DESK.c.id), sa.select(DEAL.c.id)),
    ],
    ids=["join", "subquery", "select of it", "another column of the name", "distinct", "union"],
)
def test_no_key_is_guessed_where_a_table_has_none_that_is_shown(app, openbb, engine, source):
    @app.post("/deals")
    @openbb.row_model(source=source, bind=engine)
    def deals(): ...

    with pytest.raises(ManifestError, match="key= is missing"):
        openbb.validate(app)
