"""Files and folders of ``openbb.sql``: strange names, broken files, such as come and go, and SQLite's mixed columns."""

import os
import shutil
import sqlite3
import time
from contextlib import closing

import duckdb
import pytest
from flask import Flask

from flask_openbb import OpenBB


def make(over, **options):
    openbb = OpenBB()
    openbb.sql("/query", over, **options)
    app = Flask(__name__)
    openbb.init_app(app)
    return app.test_client()


def ask(client, text, **more):
    return client.post("/query", json={"query": text, **more}).json


def rows(client, text, **more):
    found = ask(client, text, **more)
    return found.get("error") or found["rowData"]


def names(client):
    return sorted(name for name in client.get("/table-schemas").json if "." not in name)


@pytest.fixture
def at_once(monkeypatch):
    """Files are looked at before each statement."""
    monkeypatch.setattr("flask_openbb.rowmodel.sql_duckdb.REFRESH_SECONDS", 0.0)


def write(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


STRANGE = ["a[1].csv", "a1.csv", "b*.csv", "bb.csv", "c?.csv", "cc.csv", "d'q.csv", 'e"q.csv', " f g .csv", "é日.csv"]


@pytest.mark.parametrize("folder", ["plain", "f[1] *"])
@pytest.mark.parametrize("name", STRANGE)
def test_a_name_that_looks_like_a_pattern_is_that_file(tmp_path, folder, name):
    for number, each in enumerate(STRANGE):
        write(tmp_path / folder / each, "x", str(number))
    alone = make(str(tmp_path / folder / name))
    assert rows(alone, f'SELECT x FROM "{names(alone)[0]}"') == [{"x": STRANGE.index(name)}]
    together = make(str(tmp_path / folder))
    assert sorted(rows(together, f'SELECT x FROM "{each}"')[0]["x"] for each in names(together)) == [*range(10)]


def test_a_folder_may_be_given_a_name(tmp_path):
    write(tmp_path / "parts" / "1.csv", "x", "1")
    write(tmp_path / "parts" / "deep" / "2.CSV", "x", "2")
    assert rows(make({"t": str(tmp_path / "parts")}), "SELECT x FROM t") == [{"x": 1}, {"x": 2}]


def test_a_file_with_two_names_in_a_folder_is_read_once(tmp_path):
    write(tmp_path / "parts" / "2024.csv", "x", "1")
    (tmp_path / "parts" / "latest.csv").symlink_to(tmp_path / "parts" / "2024.csv")
    (tmp_path / "parts" / "round").symlink_to(tmp_path / "parts")
    assert rows(make(str(tmp_path)), "SELECT x FROM parts") == [{"x": 1}]


def test_an_empty_file_among_others_adds_no_column(tmp_path):
    write(tmp_path / "parts" / "1.csv", "a,b", "1,2")
    write(tmp_path / "parts" / "2.csv", "b,c", "x,3")
    (tmp_path / "parts" / "3.csv").touch()
    found = rows(make(str(tmp_path)), "SELECT * FROM parts")
    assert found == [{"a": None, "b": "x", "c": 3}, {"a": 1, "b": "2", "c": None}]


BROKEN = {"bad.parquet": b"PAR1", "bad.json": b"{nope", "bad.sqlite": b"x" * 2_000, "bad.duckdb": b"x" * 9_000}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_of_a_folder_is_left_out_and_the_log_says_so(tmp_path, caplog, name):
    write(tmp_path / "good.csv", "x", "1")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / name).write_bytes(BROKEN[name])
    client = make(str(tmp_path))
    assert rows(client, "SELECT x FROM good") == [{"x": 1}]
    assert f"A file of a SQL widget's folder is left out: '{tmp_path / name}' cannot be read: " in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "bad.sqlite"])
def test_a_broken_file_that_was_named_is_an_error_of_one_line(tmp_path, caplog, name):
    (tmp_path / name).write_bytes(BROKEN[name])
    assert "could not be asked" in ask(make(str(tmp_path / name)), "SELECT 1 AS x")["error"]
    assert f"'{tmp_path / name}' cannot be read: " in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("at_once")
def test_files_come_go_and_are_replaced(tmp_path):
    folder = tmp_path / "folder"
    write(folder / "a.csv", "x", "1")
    client = make(str(folder))
    assert (names(client), rows(client, "SELECT * FROM a")) == (["a"], [{"x": 1}])
    write(folder / "b.csv", "y", "2")
    assert (names(client), rows(client, "SELECT * FROM b")) == (["a", "b"], [{"y": 2}])
    write(folder / "a.csv", "x,z", "1,one", "2,two")
    assert ask(client, "SELECT * FROM a")["rowCount"] == 2
    assert rows(client, "SELECT * FROM a") == [{"x": 1, "z": "one"}, {"x": 2, "z": "two"}]
    (folder / "a.csv").unlink()
    assert (names(client), rows(client, "SELECT * FROM b")) == (["b"], [{"y": 2}])
    shutil.rmtree(folder)
    assert "could not be asked" in ask(client, "SELECT * FROM b")["error"]
    write(folder / "b.csv", "y", "3")
    assert rows(client, "SELECT * FROM b") == [{"y": 3}]


@pytest.mark.usefixtures("at_once")
def test_a_file_that_keeps_its_time_is_seen_to_have_changed(tmp_path):
    write(tmp_path / "a.csv", "x", "1")
    client = make(str(tmp_path))
    assert ask(client, "SELECT * FROM a")["rowCount"] == 1
    before = os.stat(tmp_path / "a.csv")
    write(tmp_path / "a.csv", "x", "1", "2")
    os.utime(tmp_path / "a.csv", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert ask(client, "SELECT * FROM a")["rowCount"] == 2


@pytest.mark.usefixtures("at_once")
def test_a_file_that_is_still_written_is_there_once_it_is_whole(tmp_path):
    write(tmp_path / "a.csv", "x", "1")
    duckdb.sql(f"COPY (SELECT 1 AS z) TO '{tmp_path / 'w.parquet'}'")
    whole = (tmp_path / "w.parquet").read_bytes()
    (tmp_path / "w.parquet").write_bytes(whole[:30])
    client = make(str(tmp_path))
    assert names(client) == ["a"]
    (tmp_path / "w.parquet").write_bytes(whole)
    assert rows(client, "SELECT * FROM w") == [{"z": 1}]


def test_a_file_that_went_away_since_the_last_look_is_said_so_and_looked_for(tmp_path):
    write(tmp_path / "parts" / "1.csv", "x", "1")
    write(tmp_path / "parts" / "2.csv", "x", "2")
    client = make(str(tmp_path))
    assert len(rows(client, "SELECT * FROM parts")) == 2
    (tmp_path / "parts" / "1.csv").unlink()
    gone = "A file of the source went away or cannot be read just now. Ask again."
    assert rows(client, "SELECT * FROM parts") == gone
    assert rows(client, "SELECT * FROM parts") == [{"x": 2}]


def test_a_value_far_down_a_file_that_does_not_fit_is_not_blamed_on_the_statement(tmp_path):
    write(tmp_path / "a.csv", "x", *["1"] * 60_000, "zz")
    error = rows(make(str(tmp_path)), "SELECT max(x) AS m FROM a")
    assert error.startswith("A file has a value, far down, that is of another type than its column.")


STORED = {
    "late_text": ("a", [(1,)] * 10_001 + [("zz",)], "VARCHAR", [{"a": "zz"}]),
    "late_real": ("a INTEGER", [(1,)] * 10_001 + [(1.5,)], "DOUBLE", [{"a": 1.5}]),
    "late_number": ("a", [("x",)] * 10_001 + [(5,)], "VARCHAR", [{"a": "x"}]),
    "nulls_first": ("a INTEGER", [(None,)] * 10_001 + [(5,)], "BIGINT", [{"a": 5}]),
    "blobs": ("a BLOB", [(b"\x00\xff",), (None,)], "BLOB", [{"a": "0x00ff"}]),
    "blob_and_text": ("a", [("x",), (b"\x00\xff",)], "VARCHAR", [{"a": "x"}]),
    "large": ("a INTEGER", [(-(2**63),), (2**63 - 1,)], "BIGINT", [{"a": str(2**63 - 1)}]),
    "dates": ("a DATE", [("2024-01-01",)], "VARCHAR", [{"a": "2024-01-01"}]),
    "empty": ("a BIGINT", [], "BIGINT", []),
}


@pytest.mark.parametrize("name", STORED)
def test_a_column_of_a_sqlite_file_is_of_the_type_of_all_its_values(tmp_path, name):
    declared, values, kind, last = STORED[name]
    with sqlite3.connect(tmp_path / "m.sqlite") as database:
        database.execute(f"CREATE TABLE t ({declared})")
        database.executemany("INSERT INTO t VALUES (?)", values)
    database.close()
    client = make({"m": str(tmp_path / "m.sqlite")})
    assert rows(client, "SELECT count(*) AS n, count(a) AS k FROM m.t") == [
        {"n": len(values), "k": sum(value is not None for (value,) in values)}
    ]
    assert client.get("/table-schemas").json["t"]["columns"] == [{"name": "a", "type": kind}]
    assert rows(client, "SELECT * FROM m.t ORDER BY a NULLS FIRST", startRow=max(0, len(values) - 1)) == last


@pytest.mark.parametrize("mapped", [True, False])
def test_a_view_that_does_not_work_and_a_text_that_is_none_close_no_sqlite_file(tmp_path, caplog, mapped):
    path = tmp_path / "m.sqlite"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('ok'); CREATE TABLE gone (a);"
            "CREATE VIEW broken AS SELECT * FROM gone; DROP TABLE gone;"
            "CREATE TABLE bytes (a TEXT); INSERT INTO bytes VALUES (CAST(x'ff41' AS TEXT))"
        )
    database.close()
    client = make({"m": str(path)} if mapped else str(path))
    assert names(client) == ["bytes", "t"]
    assert rows(client, "SELECT a FROM t") == [{"a": "ok"}]
    assert rows(client, "SELECT a FROM bytes") == [{"a": "\ufffdA"}]
    assert "The table 'broken'" in caplog.text
    assert "Traceback" not in caplog.text


def test_rows_in_memory_are_of_the_type_of_all_their_values():
    given = [{"a": 1, "b": 2**70, "c": {"k": 1}, "d": b"\xff"}] * 10_001 + [{"a": "z", "b": 1, "c": [1], "e": 1}]
    client = make({"t": given})
    columns = client.get("/table-schemas").json["t"]["columns"]
    assert [column["type"] for column in columns] == ["VARCHAR"] * 4 + ["BIGINT"]
    assert rows(client, "SELECT * FROM t WHERE e = 1") == [{"a": "z", "b": "1", "c": "[1]", "d": None, "e": 1}]
    first = {"a": "1", "b": str(2**70), "c": '{"k": 1}', "d": "ff", "e": None}
    assert rows(client, "SELECT * FROM t WHERE d = 'ff' LIMIT 1") == [first]


def test_rows_are_given_to_duckdb_by_columns():
    """One by one, 20,000 rows of three columns took 26 seconds; by columns, a tenth of one."""
    client = make({"t": [{"a": at, "b": at * 1.5, "c": f"t{at}"} for at in range(20_000)]})
    began = time.monotonic()
    assert rows(client, "SELECT count(*) AS n, sum(a) AS s FROM t") == [{"n": 20_000, "s": 199_990_000}]
    assert time.monotonic() - began < 10


def test_a_file_replaced_by_one_with_its_columns_in_another_order_is_read_by_name(tmp_path):
    path = tmp_path / "t.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS id, 2 AS price) TO '{path}'")
    client = make(str(path))
    assert rows(client, "SELECT * FROM t") == [{"id": 1, "price": 2}]
    duckdb.sql(f"COPY (SELECT 20 AS price, 10 AS id) TO '{tmp_path}/new.parquet'")
    (tmp_path / "new.parquet").replace(path)
    assert rows(client, "SELECT * FROM t") == [{"id": 10, "price": 20}]


def test_a_sqlite_file_that_is_replaced_is_read_by_the_next_question(tmp_path):
    path = tmp_path / "t.sqlite"
    client = None
    for number in (1, 2):
        new = tmp_path / "new.sqlite"
        with closing(sqlite3.connect(new)) as connection, connection:
            connection.execute(f"CREATE TABLE t AS SELECT {number} AS id")
        new.replace(path)
        client = client or make(str(path))
        assert rows(client, "SELECT * FROM t") == [{"id": number}]
