"""Bronze: every feed's files, ingested once by Auto Loader, kept as they came."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze.feeds import TITLES, with_lineage

spark: SparkSession

LANDING = spark.conf.get("lakehouse.landing")


@dp.table(name=TITLES.table, comment=TITLES.comment)
@dp.expect_all({"well_formed_record": "_corrupt_record IS NULL", "file_is_known": "_source_file IS NOT NULL"})
def titles() -> DataFrame:
    files = spark.readStream.format("cloudFiles").options(**TITLES.options).schema(TITLES.schema)
    return with_lineage(files.load(f"{LANDING}/{TITLES.folder}"))
