"""CSV files of every kind are committed as staged, and give the rows that the engine would have written."""

import gzip

import pytest

from local_runtime.update.flows import as_staged
from tests.local_runtime.update.test_as_staged import described, through_the_engine, ways

CSV_FILES = {
    "clean.csv": b'id,we"ird.name,more\n1,x,\n2,,y\n',
    "quoted.csv": b'"id","more"\n"1","a, ""b"""\n',
    "spans.csv": b'id,more\n1,"a\nb"\n2,c\n',
    "windows.csv": b"\xef\xbb\xbfid,more\r\n1,x\r\n",
    "old.csv": "id,more\n1,ü\n".encode("cp1252"),
    "packed.csv.gz": gzip.compress(b"id,more\n1,x\n"),
    "control.csv": b"id,more\n1,a\x01b\n2,\x7f\n",
    "broken.csv": b'id,more\n1,"a\n2,b\n3\n',
    "nul.csv": b"id,more\n" + b"1,a\n" * 30 + b"2,\x00\n",
    "twice.csv": b"ID,more,more\n1,a,b\n",
    "spelled.csv": b"ID,_file_path\n1,a\n",
    "header.csv": b"id,more\n",
    "empty.csv": b"",
    "one.csv": b"id\n1\n",
    "ambiguous.csv": b"id,ID,Id\n1,2,3\n",
    "it's 100% ü=é.csv": b"id,more\n1,x\n",
}


@pytest.mark.parametrize("partitioned", [False, True])
def test_csv_of_every_kind_gives_the_rows_of_the_engine(project, monkeypatch, partitioned):
    by = ', partition_cols=["_release"]' if partitioned else ""
    code = f"""
    @dp.table(name="rows"{by})
    @dp.expect("is_read", "`_corrupt_record` IS NULL")
    def flow():
        options = {{"cloudFiles.format": "csv", "header": "true", "multiLine": "true", "escape": '"',
                   "rescuedDataColumn": "_rescued_data", "readerCaseSensitive": "false"}}
        files = spark.readStream.format("cloudFiles").options(**options)
        schema = 'id STRING, `we"ird.name` STRING, _corrupt_record STRING'
        rows = files.schema(schema).load(spark.conf.get("lakehouse.landing") + "/rows")
        path = F.regexp_extract(F.col("_metadata.file_path"), "[^/]*$", 0)
        return rows.select("*", F.col("id").alias("again"), path.alias("_release"), F.current_timestamp().alias("at"))
    """
    project.pipeline("bronze", code)
    for name, content in CSV_FILES.items():
        project.land(f"rows/{name}", content)
    project.run()
    assert ways(project, "bronze.rows") == {"rows": as_staged.AS_STAGED}
    found = project.rows("bronze.rows")
    rows, committed = [row[:-1] for row in found], described(project, "bronze.rows")
    assert len({str(row[-1]) for row in found}) == 1
    assert len(project.lake.log("bronze.rows").snapshot().files) == (len({row[-2] for row in found}) if by else 1)
    through_the_engine(monkeypatch)
    project.run("bronze.rows")
    assert [row[:-1] for row in project.rows("bronze.rows")] == rows
    assert described(project, "bronze.rows") == committed
    assert len(rows) > 40
