"""Databricks' SQLAlchemy dialect over a local Spark, for the fuzz by hand: nothing in the suite starts a JVM.

``pip install pyspark databricks-sqlalchemy``, a Java of 17 or later, and
``python tests/test_rowmodel_fuzz.py --engines spark``. Statements are compiled by the dialect as for Databricks; their
values get the types Databricks' own driver gives them, and Spark runs in ANSI mode, as Databricks does.
"""

import contextlib
import datetime as dt
import tempfile

import sqlalchemy as sa
from rowmodel_data import COLUMNS, sa_table

SPARK_TYPES = {
    "text": "STRING",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "decimal": "DECIMAL(18, 2)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP_NTZ",
}


@contextlib.contextmanager
def made_spark(rows):
    from pyspark.sql import SparkSession

    from flask_openbb.rowmodel import open_source

    builder = SparkSession.builder.master("local[1]").config("spark.sql.ansi.enabled", "true")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.log.level": "OFF",
        # Small questions are compiled for longer than they run.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    quoted = ["`" + name.replace("`", "``") + "`" for name in COLUMNS]
    types = [SPARK_TYPES[column.type] for column in COLUMNS.values()]
    schema = ", ".join(map(" ".join, zip(quoted, types, strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        spark.createDataFrame([tuple(row.values()) for row in rows], schema).write.parquet(f"{folder}/trades")
        spark.read.parquet(f"{folder}/trades").createOrReplaceTempView("trades")
        bind = sa.create_engine("databricks://token:x@localhost?http_path=x", creator=lambda: Connection(spark))
        # create_connect_args() does so, which a creator leaves out.
        bind.dialect._force_paramstyle_to_native_mode()
        yield open_source(sa_table("trades", sa.MetaData()), "id", bind=bind)
        bind.dispose()
        spark.stop()


class Connection:
    """As much of a DB-API connection as SELECTs need."""

    def __init__(self, spark):
        self.spark = spark

    def cursor(self):
        return Cursor(self.spark)

    def commit(self):
        pass

    rollback = close = commit


class Cursor:
    arraysize = 1
    rowcount = -1
    description = None

    def __init__(self, spark):
        self.spark = spark
        self.rows = []

    def execute(self, statement, parameters=None):
        from databricks.sql.exc import ServerOperationError
        from pyspark.errors import PySparkException

        given = {name: _typed(value) for name, value in (parameters or {}).items()}
        try:
            found = self.spark.sql(statement, given)
            self.description = [(name, None, None, None, None, None, True) for name in found.columns]
            self.rows = [tuple(row) for row in found.collect()]
        except PySparkException as error:
            raise ServerOperationError(str(error)) from error

    def fetchone(self):
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size=None):
        size = size or self.arraysize
        found, self.rows = self.rows[:size], self.rows[size:]
        return found

    def fetchall(self):
        found, self.rows = self.rows, []
        return found

    def close(self):
        pass


def _typed(value):
    """A value as a literal of the type that Databricks' driver infers: times have the session's time zone."""
    from pyspark.sql import functions as spark

    return spark.expr(f"TIMESTAMP'{value}'") if isinstance(value, dt.datetime) else spark.lit(value)
