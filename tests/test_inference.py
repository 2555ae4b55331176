"""What a view's annotations and schemas say of its answer, seen in the manifest and in the answer."""

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

import pytest
from marshmallow import Schema, fields

from flask_openbb import Column, ManifestError, OpenBB


@dataclass
class Row:
    day: date
    close: float
    cusip: str


class Envelope(TypedDict):
    results: list[Row]
    count: int


class RowSchema(Schema):
    day = fields.Date()
    close = fields.Float()


class EnvelopeSchema(Schema):
    results = fields.List(fields.Nested(RowSchema))
    count = fields.Integer()


ROWS = [Row(date(2026, 1, 2), 1.5, "00123")]
FLAT = [{"day": "2026-01-02", "close": 1.5, "cusip": "00123"}]


def fields_of(widget):
    return [column["field"] for column in widget["data"]["table"]["columnsDefs"]]


def test_auto_columns_from_the_return_annotation(app, openbb, client, manifest):
    @app.get("/rows")
    @openbb.table(columns="auto")
    def rows() -> list[Row]:
        return ROWS

    assert fields_of(manifest()["rows"]) == ["day", "close", "cusip"]
    assert "dataKey" not in manifest()["rows"]["data"]
    assert client.get("/rows").get_json() == FLAT


def test_an_annotated_envelope_sets_data_key(app, openbb, client, manifest):
    @app.get("/rows")
    @openbb.table
    def rows() -> Envelope:
        return {"results": ROWS, "count": 1}

    assert manifest()["rows"]["data"] == {"dataKey": "results"}
    assert client.get("/rows").get_json() == {"results": FLAT, "count": 1}


def test_a_schema_with_one_nested_list_sets_data_key(app, openbb, client, manifest):
    @app.get("/rows")
    @openbb.table(columns=EnvelopeSchema)
    def rows():
        return {"results": [{"day": date(2026, 1, 2), "close": 1.5}], "count": 1}

    widget = manifest()["rows"]
    assert widget["data"]["dataKey"] == "results"
    assert fields_of(widget) == ["day", "close"]
    assert client.get("/rows").get_json() == {"results": [{"day": "2026-01-02", "close": 1.5}], "count": 1}


def test_a_declared_data_key_wins(app, openbb, client, manifest):
    @app.get("/rows")
    @openbb.table(data_key="data.rows")
    def rows() -> Envelope:
        return {"data": {"rows": ROWS}}

    assert manifest()["rows"]["data"] == {"dataKey": "data.rows"}
    assert client.get("/rows").get_json() == {"data": {"rows": FLAT}}


def test_an_answer_without_the_rows_named_names_both(app, openbb, caplog):
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/rows")
    @openbb.table(data_key="results")
    def rows():
        return {"items": FLAT}

    assert app.test_client().get("/rows").status_code == 500
    assert "'results'" in caplog.text
    assert "items" in caplog.text


def test_an_entry_given_whole_is_not_completed_from_annotations(app, openbb, manifest):
    @openbb.register_widget({"name": "Rows", "description": "Rows", "endpoint": "rows"})
    @app.get("/rows")
    def rows() -> Envelope:
        return {"results": ROWS, "count": 1}

    assert "data" not in manifest()["rows"]


def test_auto_without_an_annotation_is_a_fault(app, openbb):
    @app.get("/rows")
    @openbb.table(columns="auto")
    def rows():
        return ROWS

    with pytest.raises(ManifestError, match="columns='auto'"):
        openbb.validate(app)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"separator": "__"}, [{"a__b": 1, "tags": "x, y"}]),
        ({"lists": "index"}, [{"a_b": 1, "tags_0": "x", "tags_1": "y"}]),
        ({"lists": {"tags": "json"}}, [{"a_b": 1, "tags": '["x","y"]'}]),
        ({"lists": "explode"}, [{"a_b": 1, "tags": "x"}, {"a_b": 1, "tags": "y"}]),
        ({"select": ["tags"]}, [{"tags": "x, y"}]),
        ({"select": {"total": "a_b"}}, [{"total": 1}]),
        ({"orient": "rows"}, [{"a_b": 1, "tags": "x, y"}]),
        ({"max_depth": 1}, [{"a": '{"b":1}', "tags": "x, y"}]),
    ],
    ids=["separator", "index", "by column", "explode", "select", "rename", "orient", "depth"],
)
def test_flattening_keywords(app, openbb, client, options, expected):
    app.add_url_rule("/rows", "rows", openbb.table(**options)(lambda: [{"a": {"b": 1}, "tags": ["x", "y"]}]))
    assert client.get("/rows").get_json() == expected


def test_rows_deep_in_a_document(app, openbb, client):
    document = {"desk": "fx", "books": [{"name": "g10", "trades": [{"id": 1}, {"id": 2}]}]}
    view = openbb.table(record_path=["books", "trades"], meta=["desk", ["books", "name"]])(lambda: document)
    app.add_url_rule("/rows", "rows", view)
    assert client.get("/rows").get_json() == [
        {"id": 1, "desk": "fx", "books_name": "g10"},
        {"id": 2, "desk": "fx", "books_name": "g10"},
    ]


@pytest.mark.parametrize(("setting", "expected"), [(True, "9007199254740993"), (False, 9007199254740993)])
def test_big_integers_are_a_setting(make_app, setting, expected):
    app = make_app(OPENBB_BIG_INTS=setting)
    openbb = OpenBB(app)
    app.add_url_rule("/rows", "rows", openbb.table(lambda: [{"id": 2**53 + 1}]))
    assert app.test_client().get("/rows").get_json() == [{"id": expected}]


def test_a_generator_is_streamed(app, openbb, client):
    @app.get("/rows")
    @openbb.table(columns=[Column("n")])
    def rows():
        return ({"n": n} for n in range(5000))

    answer = client.get("/rows")
    assert answer.get_json() == [{"n": n} for n in range(5000)]
    assert answer.headers.get("Content-Length") is None


def test_a_cursor_is_read_as_it_comes(app, openbb, client):
    import sqlite3

    connection = sqlite3.connect(":memory:", check_same_thread=False)

    @app.get("/rows")
    @openbb.table
    def rows(most: int = 3):
        return connection.execute(
            "with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ?) "
            "select n, n * 0.5 as half from counted",
            (most,),
        )

    assert client.get("/rows").get_json() == [{"n": n, "half": n / 2} for n in (1, 2, 3)]
    assert len(client.get("/rows?most=20000").get_json()) == 20000
    connection.close()


def test_columns_of_an_example_frame(app, openbb, client, manifest):
    import pandas as pd

    frame = pd.DataFrame({"day": pd.to_datetime(["2026-01-02"]), "close": [1.5], "cusip": ["00123"]})

    @app.get("/rows")
    @openbb.table(columns=frame)
    def rows():
        return frame

    assert fields_of(manifest()["rows"]) == ["day", "close", "cusip"]
    [row] = client.get("/rows").get_json()
    assert (row["close"], row["cusip"]) == (1.5, "00123")


def test_a_mapping_of_lists_by_columns(app, openbb, client):
    app.add_url_rule("/rows", "rows", openbb.table(orient="columns")(lambda: {"a": [1, 2], "b": ["x", "y"]}))
    assert client.get("/rows").get_json() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def test_an_unknown_orient_is_a_fault(app, openbb):
    app.add_url_rule("/rows", "rows", openbb.table(orient="sideways")(lambda: []))
    with pytest.raises(ManifestError, match="orient='sideways' is not known"):
        openbb.validate(app)


class FillSchema(Schema):
    price = fields.Float()


class TradeSchema(Schema):
    symbol = fields.String()
    fills = fields.List(fields.Nested(FillSchema))


class PricesSchema(Schema):
    prices = fields.Nested(RowSchema, many=True)
    count = fields.Integer()
    meta = fields.Dict()


@pytest.mark.parametrize(
    ("schema", "data_key", "names"),
    [(TradeSchema, None, ["symbol", "fills"]), (PricesSchema, "prices", ["day", "close"])],
    ids=["a row with a list", "an envelope"],
)
def test_a_row_with_a_list_is_no_envelope(app, openbb, manifest, schema, data_key, names):
    app.add_url_rule("/rows", "rows", openbb.table(columns=schema)(lambda: []))
    widget = manifest()["rows"]
    assert widget["data"].get("dataKey") == data_key
    assert fields_of(widget) == names


@pytest.mark.parametrize(
    ("schema", "data_key", "names"),
    [
        (TradeSchema, "results", ["symbol", "fills"]),
        (TradeSchema, "fills", ["price"]),
        (EnvelopeSchema, "body.rows", ["results", "count"]),
    ],
    ids=["the row's", "the envelope's", "of another path"],
)
def test_a_declared_data_key_tells_whose_schema_it_is(app, openbb, manifest, schema, data_key, names):
    app.add_url_rule("/rows", "rows", openbb.table(columns=schema, data_key=data_key)(lambda: []))
    widget = manifest()["rows"]
    assert widget["data"]["dataKey"] == data_key
    assert fields_of(widget) == names
