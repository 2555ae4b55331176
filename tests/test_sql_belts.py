"""Behind the judge, each engine refuses by itself; and no mutation of an attack gets by the judge."""

import contextlib
import logging
import random
import re
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sql_attacks import FILE, HONEST, REFUSED
from sql_data import (
    ALLOWED,
    CANARY,
    ENGINES,
    SCHEMA,
    database,
    duckdb_files,
    model,
    secret_file,
    server,
    source,
    sqlite_file,
)

from flask_openbb.errors import RowRequestError, RowTimeoutError
from flask_openbb.rowmodel import Guard
from flask_openbb.rowmodel.sql_answer import SqlModel
from flask_openbb.rowmodel.sql_caps import SqlCaps
from flask_openbb.rowmodel.sql_memory import resident, watch
from flask_openbb.rowmodel.sql_sources import open_sql
from flask_openbb.rowmodel.statement import judge

NEEDS_LIMITS = pytest.mark.skipif(sys.version_info < (3, 11), reason="sqlite3 of Python 3.10 cannot set limits")

ATTACKS = [text for text in REFUSED.values() if isinstance(text, str) and len(text) < 2_000]


def unjudged(engine, text, *, seconds=20):
    """Run a text as if the judge had let it through."""
    statement = judge("SELECT 1 AS a", database(engine).catalog(), database(engine).name)
    if engine == "duckdb":
        with database(engine).asking(Guard(seconds), statement) as cursor:
            return repr(cursor.execute(text).fetchmany(100))
    with database(engine).asking(Guard(seconds), statement) as connection:
        result = connection.exec_driver_sql(text.replace("%", "%%") if engine != "sqlite" else text)
        return repr(result.fetchmany(100) if result.returns_rows else [])


FILES = [name for name, text in REFUSED.items() if isinstance(text, str) and FILE in text]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_no_file_is_read_even_past_the_judge(engine, name):
    try:
        found = unjudged(engine, REFUSED[name].replace(FILE, str(secret_file())), seconds=2)
    except (RowRequestError, RowTimeoutError):
        return
    assert CANARY not in found


WRITES = [
    "INSERT INTO {t} SELECT * FROM {t}",
    "UPDATE {t} SET price = 0",
    "DELETE FROM {t}",
    "DROP TABLE {t}",
    "CREATE TABLE owned AS SELECT 1 AS a",
    "ALTER TABLE {t} ADD COLUMN x int",
]


def creates_in_memory(engine, text):
    """DuckDB takes a new table into the locked database in memory, which nobody reads and which ends with it."""
    return engine == "duckdb" and "CREATE" in text


@pytest.mark.parametrize(
    ("engine", "text"),
    [(engine, text) for engine in ENGINES for text in WRITES if not creates_in_memory(engine, text)],
)
def test_nothing_is_written_even_past_the_judge(engine, text):
    table = next(table for table in database(engine).catalog() if table.name == "trades")
    with pytest.raises(RowRequestError):
        unjudged(engine, text.format(t=".".join(table.path)))
    assert model(engine).answer({"query": "SELECT count(*) AS n, max(price) AS p FROM trades"})["rowData"] == [
        {"n": 60, "p": 88.5}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '/tmp/openbb_owned.db'",
        "COPY trades TO '/tmp/openbb_owned.csv'",
        "EXPORT DATABASE '/tmp/openbb_owned'",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
    ],
)
def test_duckdb_is_locked_before_a_statement_comes(text):
    with pytest.raises(RowRequestError):
        unjudged("duckdb", text)


def test_duckdb_reads_no_neighbour_of_its_files():
    with pytest.raises(RowRequestError):
        unjudged("duckdb", f"SELECT * FROM read_text('{duckdb_files()}/../tables/*.parquet')")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM secret",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('secret')",
        "SELECT load_extension('x')",
        "ATTACH '/tmp/openbb_owned.db' AS o",
        "PRAGMA query_only = 0",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
        "SELECT zeroblob(1000000000)",
        "SELECT randomblob(1000000000)",
    ],
)
def test_sqlite_lets_a_statement_read_its_tables_and_nothing_else(text):
    with pytest.raises(RowRequestError):
        unjudged("sqlite", text)


@NEEDS_LIMITS
def test_sqlite_makes_no_long_values():
    with pytest.raises(RowRequestError):
        unjudged("sqlite", "SELECT replace(printf('%04000000d', 0), '0', 'xxxxxxxxxx')")


@pytest.mark.usefixtures("closed_engines")
def test_the_users_connections_come_back_as_they_were():
    import sqlalchemy as sa

    from flask_openbb.rowmodel.sql_answer import SqlModel
    from flask_openbb.rowmodel.sql_caps import SqlCaps
    from flask_openbb.rowmodel.sql_sources import open_sql

    engine = sa.create_engine(f"sqlite:///{sqlite_file()}", pool_size=1, max_overflow=0)
    SqlModel(open_sql(engine, caps=SqlCaps(), tables=ALLOWED)).answer({"query": "SELECT * FROM trades"})
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT token FROM secret")).scalar() == CANARY
        connection.execute(sa.text("CREATE TEMP TABLE mine (a int)"))
    for name in ("postgresql", "mariadb"):
        with server(name).begin() as connection:
            model(name).answer({"query": "SELECT * FROM trades"})
            connection.execute(sa.text("CREATE TEMPORARY TABLE mine (a int)"))


def test_a_statement_that_grows_the_process_is_stopped():
    stopped = []
    began = time.monotonic()
    with watch(2**24, lambda: stopped.append(1)) as grown:
        held = bytearray(2**27)
        while not grown.value and time.monotonic() - began < 10:
            held[::4096] = b"x" * len(held[::4096])
    assert resident() is None or stopped


def test_no_lock_is_left_when_a_statement_is_cancelled():
    guard = Guard(20)
    guard.cancel()
    for engine in ENGINES:
        with pytest.raises(RowTimeoutError):
            model(engine).answer({"query": "SELECT * FROM trades", "disableCache": True}, guard=guard)
        assert model(engine).answer({"query": "SELECT count(*) AS n FROM trades"})["rowData"] == [{"n": 60}]


SPACES = (" ", "\n", "\t", "  ", "/**/", " /* x */ ", " -- x\n", "\r\n", "\u00a0")
SWAPS = (
    lambda rng, text: "".join(char.upper() if rng.random() < 0.5 else char.lower() for char in text),
    lambda rng, text: re.sub(" ", lambda _: rng.choice(SPACES), text),
    lambda rng, text: text.replace(
        "secret", rng.choice(['"secret"', "`secret`", "[secret]", "SECRET", "ſecret", "sec/**/ret"])
    ),
    lambda rng, text: text.replace(
        "SELECT", rng.choice(["SELECT ALL", "SELECT DISTINCT", "(SELECT", "SELECT /*+ x */"])
    ),
    lambda rng, text: rng.choice(["", ";", "/* a */", "(", "-- a\n", "SELECT 1;", "\ufeff"]) + text,
    lambda rng, text: text + rng.choice(["", ";", "--", "/*", ")", " LIMIT 1", " UNION SELECT token FROM secret"]),
    lambda rng, text: f"SELECT * FROM ({text}) q",
    lambda rng, text: f"WITH q AS ({text}) SELECT * FROM q",
    lambda rng, text: text.replace("'", rng.choice(["''", '"', "\\'", "’", "`", "$$"])),
    lambda rng, text: (
        text[: rng.randrange(len(text))] + rng.choice("'\"`;()[]-/*\\%:@$?é\u200b") + text[rng.randrange(len(text)) :]
    ),
    lambda rng, text: text.replace("(", rng.choice(["( ", "/**/(", " (", '"('])),
    lambda rng, text: rng.choice(list(HONEST.values())) + rng.choice([" UNION ", "; ", " "]) + text,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ENGINES), st.sampled_from(ATTACKS), st.integers(0, 2**32), st.integers(1, 4))
def test_no_mutation_of_an_attack_reads_what_is_not_allowed(engine, text, seed, times):
    rng = random.Random(seed)
    for _ in range(times):
        text = rng.choice(SWAPS)(rng, text.replace(FILE, str(secret_file())))
    try:
        statement = judge(text, database(engine).catalog(), database(engine).name)
    except RowRequestError as error:
        assert CANARY not in str(error)
        return
    assert {table.name for table in statement.tables} <= set(ALLOWED)
    try:
        found = repr(model(engine).answer({"query": text, "endRow": 50}, guard=Guard(2)))
    except (RowRequestError, RowTimeoutError) as error:
        found = str(error)
    assert CANARY not in found


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ENGINES), st.text(max_size=60))
def test_any_text_is_answered_or_refused_with_a_sentence(engine, text):
    try:
        judge(text, database(engine).catalog(), database(engine).name)
    except RowRequestError as error:
        assert error.problem.endswith((".", "?"))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ENGINES), st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=30))
def test_a_text_in_quotes_is_that_text_on_every_engine(engine, value):
    backslashes = value.replace("\\", "\\\\") if engine == "mariadb" else value
    query = f"SELECT '{backslashes.replace(chr(39), chr(39) * 2)}' AS x"
    assert model(engine).answer({"query": query})["rowData"] == [{"x": value}]


def test_python_runs_no_pattern_of_a_statement_in_sqlite():
    """SQLAlchemy gives SQLite a REGEXP of Python's ``re``, which neither a timeout nor another thread could stop."""
    with pytest.raises(RowRequestError):
        unjudged("sqlite", "SELECT desk FROM trades WHERE desk REGEXP '^(a+)+$'")


def test_a_type_of_postgresql_looks_up_no_name():
    table = next(iter(database("postgresql").catalog()))
    for text in (f'SELECT \'{table.schema}.secret\'::"pg_catalog"."regclass"', "SELECT '1260'::pg_catalog.regclass"):
        with pytest.raises(RowRequestError, match="types are those of SQL here"):
            judge(text, database("postgresql").catalog(), "postgresql")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SELECT regexp_matches(note, 'a', note) AS x FROM trades", "the database refused the statement"),
        ("SELECT json_extract(note, note) AS x FROM trades", "a value cannot be converted"),
    ],
)
def test_the_names_in_a_message_of_duckdb_are_not_taken_for_its_cause(text, sentence):
    """DuckDB repeats the statement, whose tables are in a database called memory."""
    with pytest.raises(RowRequestError) as caught:
        model("duckdb").answer({"query": text})
    assert "memory" not in str(caught.value)
    assert caught.value.problem.startswith(sentence)


def test_a_time_that_python_cannot_hold_is_shown_as_the_database_writes_it():
    query = "SELECT 'infinity'::timestamp AS t, '0044-03-15 BC'::date AS d"
    assert model("postgresql").answer({"query": query})["rowData"] == [{"t": "infinity", "d": "0044-03-15 BC"}]


@pytest.mark.parametrize("error", ["InternalException", "FatalException"])
def test_an_error_within_duckdb_does_not_end_it_for_the_worker(error):
    """DuckDB takes no statement after one, until it is opened anew."""
    import duckdb

    from flask_openbb.rowmodel.sql_answer import SqlModel

    own = open_sql(str(duckdb_files()), caps=SqlCaps(), tables=ALLOWED)
    asked = SqlModel(own)
    known = {"query": "SELECT count(*) AS n FROM symbols"}
    assert asked.answer(known)["rowData"] == [{"n": 9}]
    statement = judge("SELECT 1 AS a", own.catalog(), "duckdb")
    broken = own.database
    raised = getattr(duckdb, error)("Memory allocation failure\n\nStack Trace:\n\nLocalAggregateState")
    with pytest.raises(RowRequestError, match="needs more memory"), own.asking(Guard(5), statement):
        raise raised
    assert own.database is not broken
    for fresh in (False, True):
        assert asked.answer({**known, "disableCache": fresh})["rowData"] == [{"n": 9}]
    with own.asking(Guard(5), statement) as cursor, pytest.raises(duckdb.InvalidInputException, match="locked"):
        cursor.execute("SET enable_external_access = true")


def test_one_database_answers_while_another_thread_breaks_it():
    import duckdb

    own = open_sql(str(duckdb_files()), caps=SqlCaps(), tables=ALLOWED)
    statement = judge("SELECT 1 AS a", own.catalog(), "duckdb")
    with own.asking(Guard(5), statement) as cursor:
        cursor.execute("SELECT n FROM big")
        with pytest.raises(RowRequestError), own.asking(Guard(5), statement):
            raise duckdb.FatalException
        assert len(cursor.fetchall()) == 3_000


@NEEDS_LIMITS
def test_a_text_that_sqlite_cannot_hold_is_too_much_memory():
    text = "SELECT group_concat(a.n || '-----------------------------------') AS t FROM big a, big b WHERE b.n < 99"
    with pytest.raises(RowRequestError, match="needs more memory"):
        model("sqlite").answer({"query": text})


@pytest.mark.parametrize(
    "text", ["VACUUM INTO '/tmp/CANARY-7f3a9'", "SELECT json_extract('{}', '$.a[b CANARY-7f3a9') AS x"]
)
def test_what_was_typed_is_in_no_log_of_the_parser(text, caplog):
    with contextlib.suppress(RowRequestError):
        judge(text, database("sqlite").catalog(), "sqlite")
    assert CANARY not in caplog.text
    logging.getLogger("sqlglot").warning("of the app's own use of the parser")
    assert "own use" in caplog.text


LISTS = {
    "duckdb": {
        "numbers": "SELECT list(a.n) AS l FROM big a, big b WHERE b.n < 200",
        "without a name": "SELECT list(a.n) FROM big a, big b WHERE b.n < 200",
        "rows": "SELECT list({'a': a.n, 'b': 'xxxxxxxxxxxxxxxxxxx'}) AS l FROM big a, big b WHERE b.n < 30",
        "of a select": "SELECT ARRAY(SELECT a.n FROM big a, big b WHERE b.n < 200) AS l",
    },
    "postgresql": {
        "numbers": "SELECT array_agg(a.n) AS l FROM big a, big b WHERE b.n < 200",
        "without a name": "SELECT array_agg(a.n) FROM big a, big b WHERE b.n < 200",
        "lists": "SELECT array_agg(q.l) AS l FROM (SELECT array_agg(n) AS l FROM big) q, big WHERE n < 200",
        "of a select": "SELECT ARRAY(SELECT a.n FROM big a, big b WHERE b.n < 200) AS l",
    },
}


@pytest.mark.parametrize(("engine", "name"), [(engine, name) for engine, each in LISTS.items() for name in each])
def test_a_list_that_is_too_long_never_comes_to_python(engine, name, monkeypatch):
    """Python takes ten times a list's bytes, and nothing can stop it meanwhile."""
    from flask_openbb.rowmodel.sql_limits import LongRows

    taken = []
    take = LongRows.take
    monkeypatch.setattr(LongRows, "take", lambda self, part: (taken.append(part), take(self, part))[1])
    caps = SqlCaps(max_bytes=2**23)
    own = SqlModel(open_sql(source(engine), caps=caps, tables=ALLOWED, schemas=database_schemas(engine)))
    with pytest.raises(RowRequestError, match="needs more memory than it may take"):
        own.answer({"query": LISTS[engine][name]})
    assert not taken
    short = LISTS[engine][name].replace("200", "3").replace("30", "3")
    assert own.answer({"query": short})["rowCount"] == 1


def database_schemas(engine):
    return [SCHEMA] if engine == "postgresql" else None


def test_what_is_in_lists_of_lists_counts():
    from flask_openbb.rowmodel.sql_limits import LongRows

    nested = [[{"a": ["x" * 100] * 10}] * 10] * 10
    with pytest.raises(RowRequestError, match="the answer is larger than 64 KB"):
        LongRows(2**16).take([(nested,)])
    LongRows(2**20).take([(nested,)])


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_a_query_groups_in_few_ways_only(engine):
    """DuckDB planned 300 of them for 20 seconds, and could not be stopped."""
    ways = "the statement groups in more than 256 ways"
    for by in (
        "CUBE(id, desk, symbol, price, qty, note, day, at, id + 1)",
        f"ROLLUP({', '.join(f'id + {at}' for at in range(300))})",
        "CUBE(id, desk, symbol), CUBE(id, desk, symbol), CUBE(id, desk, symbol)",
        "GROUPING SETS (CUBE(id, desk, symbol, price, qty, note, day, at), (id))",
    ):
        with pytest.raises(RowRequestError, match=ways):
            model(engine).answer({"query": f"SELECT count(*) AS n FROM trades GROUP BY {by}"})
    found = model(engine).answer({"query": "SELECT count(*) AS n FROM trades GROUP BY CUBE(desk, symbol)"})
    assert found["rowCount"] == 1 + 3 + 7 + 21


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limit", ["FETCH FIRST 5 ROWS WITH TIES", "FETCH FIRST 5 PERCENT ROWS ONLY"])
def test_a_limit_that_would_be_another_one_is_refused(engine, limit):
    """The columns that make pages stable leave no ties, and no percentage is of a page."""
    with pytest.raises(RowRequestError, match="WITH TIES and PERCENT cannot be used here"):
        model(engine).answer({"query": f"SELECT id, qty FROM trades ORDER BY qty {limit}"})


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "postgresql"])
def test_what_the_writer_of_statements_cannot_write_is_refused(engine):
    """It raised a ValueError of its own, which was told as a failure of the database."""
    with pytest.raises(RowRequestError, match="uses what this database does not know"):
        model(engine).answer({"query": """SELECT json_extract('{"a": [1]}', '$..a') AS x"""})


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "mariadb"])
def test_all_columns_of_a_table_that_is_not_read_are_columns_that_do_not_exist(engine):
    with pytest.raises(RowRequestError, match=r"does not exist"):
        model(engine).answer({"query": "SELECT secret.* FROM trades"})
