"""shape/stream.py: rows of a generator become JSON part by part, in bounded memory, and never half an answer."""

from __future__ import annotations

import json
import tracemalloc

import marshmallow as ma
import pytest
from flask import request
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape import bodies
from flask_openbb.shape.bodies import Shaping
from flask_openbb.shape.encode import dumps
from flask_openbb.shape.encoded import Encoded
from flask_openbb.shape.layout import Layout
from flask_openbb.shape.stream import PART, Stream, dump_rows, dump_table, stream_table

PLAIN = Layout()


def nested(count, start=0):
    for number in range(start, start + count):
        yield {"id": number, "price": {"open": number / 2, "close": None}, "name": f"n{number}"}


def parts(rows, layout=PLAIN, **options):
    return list(dump_rows(rows, layout, **options))


# Parts and the whole

COLUMNS = st.sampled_from(["a", "b", "c"])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"a": st.integers() | st.none(), "g": st.fixed_dictionaries({"x": st.text(max_size=2), "y": st.floats()})},
        optional={"t": st.lists(st.integers(), max_size=2)},
    ),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(1, 40), st.sampled_from(["join", "json", "keep", "explode"]))
def test_the_parts_are_the_whole(rows, part, lists):
    # The first row has every column, so that no later one is late.
    rows = [{"a": 1, "g": {"x": "", "y": 0.5}, "t": [1]}, *rows]
    layout = Layout(lists=lists)
    assert b"".join(dump_rows(iter(rows), layout, part=part)) == dump_table(rows, layout).body


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 41], ids=str)
def test_sizes(count):
    found = parts(nested(count), part=20)
    assert b"".join(found) == dump_table(list(nested(count)), PLAIN).body
    assert len(found) == max(1, -(-count // 20))


def test_no_part_but_the_last_ends_the_array():
    found = parts(nested(100), part=20)
    assert [text.endswith(b"}") for text in found] == [True] * 4 + [False]
    for end in range(1, len(found)):
        with pytest.raises(json.JSONDecodeError):
            json.loads(b"".join(found[:end]))


def test_rows_are_read_only_when_they_are_needed():
    taken = []

    def rows():
        for row in nested(100):
            taken.append(row)
            yield row

    stream = dump_rows(rows(), PLAIN, part=20)
    assert next(stream)
    assert len(taken) == 21
    assert next(stream)
    assert len(taken) == 41


def test_memory_is_bounded():
    def run(count):
        tracemalloc.start()
        size = sum(map(len, dump_rows(nested(count), PLAIN)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, peak

    run(10)
    small, large = run(3 * PART), run(15 * PART)
    assert large[0] > 4 * small[0]
    assert large[1] < 1.3 * small[1] < 16_000_000


# Columns

LATE = r"row 40 \(counted from 0\) of the stream has the column {0!r} \('{1}'\), which none of the first rows has"


@pytest.mark.parametrize(
    ("late", "name", "path"),
    [
        ({"id": 1, "late": 2}, "late", "late"),
        ({"id": 1, "price": {"last": 2}}, "price_last", "price.last"),
        ({"id": {"new": 2}}, "id_new", "id.new"),
        ({"price": 5}, "price", "price"),
    ],
    ids=["column", "in a group", "mapping for a scalar", "scalar for a mapping"],
)
def test_a_column_that_comes_too_late_is_refused(late, name, path):
    rows = [*nested(40), late, *nested(5)]
    stream = dump_rows(iter(rows), PLAIN, part=20)
    assert [next(stream), next(stream)]
    with pytest.raises(ShapeError, match=LATE.format(name, path)):
        next(stream)


def test_flat_rows_with_a_late_column():
    rows = [{"a": 1}] * 40 + [{"a": 1, "b": 2}]
    with pytest.raises(ShapeError, match=LATE.format("b", "b")):
        parts(rows, part=20)
    assert b"".join(parts([{"a": 1}] * 40 + [{"a": 2, "b": None}, {}], part=20)).endswith(b'{"a":2},{"a":null}]')


def test_late_columns_that_select_drops():
    rows = [*nested(40), {"id": 1, "late": 2}, *nested(5)]
    layout = Layout(select={"nr": "id", "open": "price_open"})
    found = json.loads(b"".join(parts(rows, layout, part=20)))
    assert found[39:42] == [{"nr": 39, "open": 19.5}, {"nr": 1, "open": None}, {"nr": 0, "open": 0.0}]


def test_declared_columns_are_in_every_row_of_a_stream():
    rows = [{"a": 1}] * 3 + [{"a": 1, "b": {"c": 2}}]
    assert b"".join(parts(rows, declared=["b_c", "a"], part=2)) == (
        b'[{"a":1,"b_c":null},{"a":1,"b_c":null},{"a":1,"b_c":null},{"a":1,"b_c":2}]'
    )
    assert parts(rows[:2], declared=["b_c"], part=2) == [b'[{"a":1},{"a":1}]']


def test_two_paths_to_one_name_in_two_parts():
    with pytest.raises(ShapeError, match="two paths give the column 'price_open'"):
        parts([*nested(40), {"price_open": 1}], part=20)


def test_rows_that_lack_keys_stay_fast_and_right():
    rows = [{}, *nested(30), {"price": None}, {"price": {}}, *nested(30), {"id": 5}]
    rows[0] = next(nested(1))
    assert b"".join(parts(rows, part=16)) == dump_table(rows, PLAIN).body


# Errors on the way


def test_errors_of_later_parts_name_the_row():
    with pytest.raises(EncodeError, match=r"^Row 47 \(counted from 0\), column 'name' holds bytes"):
        parts([*nested(47), {"name": b"secret"}, *nested(60)], part=20)
    with pytest.raises(ShapeError, match=r"in the part of the stream that starts with row 40: row 3 .* is an int"):
        parts([*nested(43), 5], part=20)
    with pytest.raises(EncodeError, match="the list in column 'name' has no JSON form"):
        parts([*nested(43), {"name": [b"secret"]}], part=20)


def test_the_views_own_error_is_raised_as_it_is():
    def rows():
        yield from nested(50)
        raise LookupError("gone")

    stream = dump_rows(rows(), PLAIN, part=20)
    assert [next(stream), next(stream)]
    with pytest.raises(LookupError, match="gone"):
        next(stream)


@pytest.mark.parametrize("read", [0, 1, 2, 9], ids=str)
def test_the_generator_is_closed(read):
    closed = []

    def rows():
        try:
            yield from nested(3 * PART)
        finally:
            closed.append(True)

    stream = stream_table(rows(), PLAIN)
    assert isinstance(stream, Stream)
    for _, _ in zip(range(read), stream, strict=False):
        pass
    assert closed == [True] * (read == 9)
    stream.close()
    assert closed == [True]


# Bodies

MANY = 2 * PART + 10


def whole(shaping, rows, **envelope):
    body = {**envelope, "results": rows} if envelope else rows
    return dumps(bodies.table(body, shaping))


@pytest.mark.parametrize(
    ("shaping", "envelope"),
    [
        (Shaping("w"), {}),
        (Shaping("w", data_key="results"), {}),
        (Shaping("w", data_key="results"), {"meta": {"n": [1]}, "text": "results"}),
        (Shaping("w", select=["name"]), {}),
    ],
    ids=["bare", "wrapped", "envelope", "select"],
)
def test_a_generator_gives_what_its_list_gives(shaping, envelope):
    body = bodies.table({**envelope, "results": nested(MANY)} if envelope else nested(MANY), shaping)
    assert isinstance(body, Stream)
    assert b"".join(body) == whole(shaping, list(nested(MANY)), **envelope)
    short = bodies.table({**envelope, "results": nested(5)} if envelope else nested(5), shaping)
    assert dumps(short) == whole(shaping, list(nested(5)), **envelope)


@pytest.mark.parametrize("read", [0, 1, 2], ids=str)
@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "envelope"])
def test_a_body_that_is_left_closes_the_generator(read, wrapped):
    closed = []

    def rows():
        try:
            yield from nested(3 * PART)
        finally:
            closed.append(True)

    body = bodies.table(rows(), Shaping("w", data_key="results" if wrapped else None))
    for _ in zip(range(read), body, strict=False):
        pass
    body.close()
    assert closed == [True]


def test_a_schema_dumps_a_stream():
    class Row(ma.Schema):
        nr = ma.fields.Integer(attribute="id")

    shaping = Shaping("w", row_schema=Row())
    assert json.loads(b"".join(bodies.table(nested(MANY), shaping))) == [{"nr": number} for number in range(MANY)]


def test_documents_are_unfolded_as_they_come():
    shaping = Shaping("w", record_path="rows", meta=["day"])
    documents = ({"day": day, "rows": [{"a": day}, {"a": -day}]} for day in range(PART))
    found = json.loads(b"".join(bodies.table(documents, shaping)))
    assert found[-2:] == [{"a": PART - 1, "day": PART - 1}, {"a": 1 - PART, "day": PART - 1}]


def test_errors_of_a_stream_name_the_widget():
    body = bodies.table(iter([*nested(MANY), {"name": b"x"}]), Shaping("prices"))
    with pytest.raises(EncodeError, match=rf"^Widget 'prices': Row {MANY} "):
        list(body)
    with pytest.raises(ShapeError, match=r"^Widget 'prices': row 0 .* is an int"):
        bodies.table(iter([1]), Shaping("prices"))


def test_a_short_generator_is_no_stream():
    assert bodies.table(nested(2), Shaping("w")) == Encoded(dumps(bodies.table(list(nested(2)), Shaping("w"))), 2)


# HTTP


@pytest.fixture
def streaming(app, openbb):
    """An app whose widget yields as many rows as it is asked for, and perhaps fails then."""
    seen = {"closed": 0}

    @app.get("/rows")
    @openbb.table()
    def rows(count: int, fail: bool = False):
        def generate():
            try:
                for row in nested(count):
                    row["path"] = request.path
                    yield row
                if fail:
                    raise LookupError("gone")
            finally:
                seen["closed"] += 1

        return generate()

    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app, seen


def test_a_generator_is_streamed(streaming):
    app, seen = streaming
    answer = app.test_client().get(f"/rows?count={MANY}")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "Content-Length" not in answer.headers
    assert answer.get_json()[-1] == {
        "id": MANY - 1,
        "price_open": (MANY - 1) / 2,
        "price_close": None,
        "name": f"n{MANY - 1}",
        "path": "/rows",
    }
    assert seen == {"closed": 1}


def test_a_short_generator_is_an_ordinary_answer(streaming):
    answer = streaming[0].test_client().get("/rows?count=3")
    assert len(answer.get_json()) == 3
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_an_error_in_the_first_part_is_a_500(streaming):
    answer = streaming[0].test_client().get("/rows?count=3&fail=true")
    assert answer.status_code == 500
    assert list(answer.get_json()) == ["detail"]


def test_a_later_error_breaks_the_answer_off(streaming):
    app, seen = streaming
    answer = app.test_client().get(f"/rows?count={MANY}&fail=true", buffered=False)
    assert answer.status_code == 200
    got = []
    with pytest.raises(LookupError, match="gone"):
        got.extend(answer.response)
    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(got))
    answer.close()
    assert seen == {"closed": 1}


def test_a_client_that_leaves_ends_the_generator(streaming):
    app, seen = streaming
    answer = app.test_client().get(f"/rows?count={MANY}", buffered=False)
    answer.close()
    assert seen == {"closed": 1}
