"""Stands in for what Databricks adds to Apache Spark's pipelines. A run loads this file before the project's own."""

import builtins
from types import SimpleNamespace

from pyspark import pipelines as dp
from pyspark.sql import functions as F
from pyspark.sql.connect.session import SparkSession

AUTO_LOADER = "cloudFiles"
RESCUED = "rescuedDataColumn"


class FileStream:
    """`spark.readStream` for `cloudFiles`: a plain file stream of Spark, with its own hidden `_metadata`."""

    def __init__(self, reader):
        self.reader = reader
        self.rescued = None

    def format(self, source):
        if source != AUTO_LOADER:
            raise ValueError(f"only {AUTO_LOADER} is streamed from files, not {source}")
        return self

    def options(self, **options):
        self.rescued = options.pop(RESCUED, None)
        self.reader.format(options.pop(f"{AUTO_LOADER}.format")).options(**options)
        return self

    def schema(self, schema):
        self.reader.schema(schema)
        return self

    def load(self, path):
        files = self.reader.load(path)
        return files.withColumn(self.rescued, F.lit(None).cast("string")) if self.rescued else files


def without(declare, *names, **more):
    """`declare` that leaves out the arguments `names` and adds `more`."""

    def declaration(**arguments):
        return declare(**{key: value for key, value in arguments.items() if key not in names}, **more)

    return declaration


def expectation(rules):
    """A decorator that checks nothing."""
    return lambda function: function


spark_streams = SparkSession.readStream
SparkSession.readStream = property(lambda session: FileStream(spark_streams.fget(session)))
dp.expect_all = expectation
dp.expect_all_or_drop = expectation
builtins.dbutils = SimpleNamespace(secrets=SimpleNamespace(get=lambda scope, key: "0123456789abcdef" * 4))
# Spark's parser takes no PRIMARY KEY in `schema=`. Without `schema=` a table has exactly the columns of its flows.
# Spark moves partition columns to the end of a table of Parquet files, and then finds its metadata corrupted.
dp.table = without(dp.table, "schema", "partition_cols")
dp.materialized_view = without(dp.materialized_view, "schema", "partition_cols")
# Several flows into one table of Parquet files share a log of batches, and lose rows ("Race while writing batch 0").
dp.create_streaming_table = without(dp.create_streaming_table, "schema", "expect_all", format="delta")
