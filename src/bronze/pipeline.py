"""Bronze: every feed's files, ingested once by Auto Loader, kept as they came."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from bronze.feeds import TITLES
from bronze.lineage import with_lineage

spark: SparkSession

LANDING = spark.conf.get("lakehouse.landing")


@dp.table(name=TITLES.name, comment=TITLES.comment, schema=TITLES.table.schema)
@dp.expect_all(TITLES.table.rules)
def titles() -> DataFrame:
    files = spark.readStream.format("cloudFiles").options(**TITLES.options).schema(TITLES.schema)
    return with_lineage(files.load(f"{LANDING}/{TITLES.folder}"))
