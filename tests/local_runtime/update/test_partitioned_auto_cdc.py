"""AUTO CDC into partitioned tables, which rewrites only the partitions that change."""

from deltalake import DeltaTable

from tests.helpers.partitions import BRONZE, CDC, DAYS, counts, files


def test_auto_cdc_rewrites_only_partitions_in_which_a_row_changes(project):
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", CDC)
    project.land("events/1.csv", "day,id,value\n2024-01-01,a,2\n2024-01-01,a,1\n2024-01-02,a,5\n,n,1\n")
    assert "no value in a key" in next(iter(project.update().failures.values()))
    project.pipeline("bronze", BRONZE.replace('"value")', '"value").filter("day IS NOT NULL")'))
    project.run("bronze.events", "silver.newest")
    first = files(project, "silver.newest")
    project.land("events/2.csv", "day,id,value\n2024-01-02,a,5\n2024-01-02,b,1\n2024-01-01,a,0\n")
    project.run()
    assert first < files(project, "silver.newest")
    second = files(project, "silver.newest")
    project.land("events/3.csv", "day,id,value\n2024-01-01,a,9\n")
    project.run()
    assert len(second - files(project, "silver.newest")) == 1
    assert [(str(day), key, value) for day, key, value in project.rows("silver.newest")] == [
        ("2024-01-01", "a", "9"),
        ("2024-01-02", "a", "5"),
        ("2024-01-02", "b", "1"),
    ]


def test_changes_with_keys_that_are_never_the_same_are_computed_once(project):
    code = BRONZE.replace("def events", "def raw")
    project.pipeline("bronze", code)
    project.pipeline(
        "silver",
        """
        @dp.temporary_view
        def events():
            return spark.readStream.table("bronze.raw").withColumn("id", F.rand().cast("string"))
        """
        + CDC.replace("bronze.events", "events").replace("\n", "\n        "),
    )
    project.land("events/1.csv", "day,id,value\n" + "2024-01-01,a,2\n" * 50)
    project.run()
    assert len({key for _, key, _ in project.rows("silver.newest")}) == 50
    project.land("events/2.csv", "day,id,value\n" + "2024-01-01,a,2\n" * 50)
    project.run()
    assert len({key for _, key, _ in project.rows("silver.newest")}) == 100


def test_after_another_program_compacted_it_auto_cdc_and_views_go_on(project):
    """Its files don't hold the partition's columns."""
    code = BRONZE.replace('"value")', '"value").filter("day IS NOT NULL")')
    project.pipeline("bronze", code)
    view = DAYS.replace("bronze.events", "newest").replace("n < 100", "n > 0")
    project.pipeline("silver", CDC + view)
    for number, rows in enumerate(
        ("2024-01-01,a,1\n2024-01-02,b,0\n2024-01-03,d,1\n", "2024-01-01,c,1\n2024-01-02,e,1\n")
    ):
        project.land(f"events/{number}.csv", f"day,id,value\n{rows}")
        project.run()
    DeltaTable(str(project.lake.path("silver.newest"))).optimize.compact()
    project.run()
    project.land("events/3.csv", "day,id,value\n2024-01-01,a,2\n2024-01-02,b,0\n")
    project.run()
    assert [(str(day), key, value) for day, key, value in project.rows("silver.newest")] == [
        *(("2024-01-01", "a", "2"), ("2024-01-01", "c", "1"), ("2024-01-02", "b", "0")),
        *(("2024-01-02", "e", "1"), ("2024-01-03", "d", "1")),
    ]
    assert counts(project) == [("2024-01-01", 2), ("2024-01-02", 2), ("2024-01-03", 1)]


def test_a_key_that_is_no_partition_is_refused(project):
    code = BRONZE.replace('F.col("day").cast("date").alias("day")', 'F.lit("").alias("day")')
    project.pipeline("bronze", code.replace('partition_cols=["day"]', ""))
    project.pipeline("silver", CDC)
    project.land("events/1.csv", "day,id,value\na,1,x\n")
    assert "no value in a key" in project.update().failures["silver.newest"]


def test_both_zeros_are_one_key(project):
    project.pipeline("bronze", BRONZE.replace('"id"', 'F.col("id").cast("double").alias("id")'))
    project.pipeline("silver", CDC)
    for number, zeros in enumerate((("0.0", "-0.0"), ("-0.0",))):
        rows = "".join(f"2024-01-01,{zero},{number}{place}\n" for place, zero in enumerate(zeros))
        project.land(f"events/{number}.csv", f"day,id,value\n{rows}")
        project.run()
        assert repr([key for _, key, _ in project.rows("silver.newest")]) == "[0.0]"
    assert project.rows("silver.newest")[0][2] == "10"


def test_micro_batches_of_ties_keep_the_row_that_is_there(project):
    project.pipeline("bronze", BRONZE)
    code = CDC.replace('keys=["day", "id"], sequence_by="value"', 'keys=["day", "value"], sequence_by="value"')
    project.pipeline("silver", code)
    for number, key in enumerate("bca"):
        project.land(f"events/{number}.csv", f"day,id,value\n2024-01-01,{key},1\n")
        project.run()
    assert [key for _, key, _ in project.rows("silver.newest")] == ["b"]


def test_a_snapshot_of_a_text_that_is_no_partition_makes_no_version(project):
    project.pipeline("bronze", '@dp.table\ndef events():\n    return read_csv("events").select("day", "id", "value")')
    project.pipeline(
        "silver",
        """
        @dp.temporary_view
        def newest():
            rows = spark.read.table("bronze.events").groupBy("id").agg(F.max("value").alias("value"))
            return rows.withColumn("day", F.lit(""))

        dp.create_streaming_table("history", partition_cols=["day"])
        dp.create_auto_cdc_from_snapshot_flow(target="history", source="newest", keys=["id"], stored_as_scd_type=2)
        """,
    )
    for number in range(3):
        project.land(f"events/{number}.csv", "day,id,value\nx,a,1\n")
        project.run()
    assert [(key, value, day) for key, value, day, *_ in project.rows("silver.history")] == [("a", "1", None)]
