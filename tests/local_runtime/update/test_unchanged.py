"""A materialized view is skipped only where nothing that it is made of has changed."""

import os

import pytest
from deltalake import DeltaTable

from local_runtime.errors import LakehouseError, UnsupportedError

VIEW = """
PATH = spark.conf.get("lakehouse.landing") + "/../{path}"

@dp.materialized_view
def rates():
    return {rows}
"""
READS = {
    "csv": 'spark.read.csv(PATH, header=True, schema="id STRING, rate STRING")',
    "load": 'spark.read.format("csv").options(header="true").schema("id STRING, rate STRING").load(PATH)',
    "open": 'spark.createDataFrame([tuple(line.split(",")) for line in open(PATH).read().split()[1:]], '
    '"id STRING, rate STRING")',
}


def commits(project):
    return {result.dataset: result.commits for result in project.run().results}


@pytest.mark.parametrize("how", READS)
@pytest.mark.parametrize("through", ["itself", "view"])
def test_111_a_view_is_rebuilt_when_a_file_that_it_reads_has_changed(project, how, through):
    path = project.root / "rates.csv"
    path.write_text("id,rate\na,1\n")
    code = VIEW.format(path="rates.csv", rows=READS[how])
    if through == "view":
        code = code.replace("materialized_view", "temporary_view")
        code += '\n@dp.materialized_view\ndef shown():\n    return spark.read.table("rates")'
    shown = "gold.rates" if through == "itself" else "gold.shown"
    project.pipeline("gold", code)
    project.run()
    assert commits(project) == {shown: 0}
    path.write_text("id,rate\na,1\nb,22\n")
    assert commits(project) == {shown: 1}
    assert project.rows(shown) == [("a", "1"), ("b", "22")]


def test_111_a_view_is_rebuilt_when_a_file_comes_to_a_folder_that_it_reads(project):
    (project.root / "rates").mkdir()
    (project.root / "rates" / "1.csv").write_text("id,rate\na,1\n")
    project.pipeline("gold", VIEW.format(path="rates", rows=READS["csv"]))
    project.run()
    (project.root / "rates" / "2.csv").write_text("id,rate\nb,2\n")
    assert commits(project) == {"gold.rates": 1}
    assert len(project.rows("gold.rates")) == 2


def test_111_a_file_that_is_opened_while_the_pipeline_is_read_counts_for_every_table(project):
    project.pipeline("gold", """
        LIMIT = int(open(spark.conf.get("lakehouse.landing") + "/../limit").read())

        @dp.materialized_view
        def numbers():
            return spark.range(LIMIT)
        """)  # fmt: skip
    (project.root / "limit").write_text("2")
    project.run()
    assert commits(project) == {"gold.numbers": 0}
    (project.root / "limit").write_text("30")
    assert commits(project) == {"gold.numbers": 1}


def test_111_what_cannot_be_looked_at_is_never_unchanged(project):
    """A path on a remote store, a database: whether it changed can't be told."""
    from local_runtime.pipelines.external_files import UNKNOWN_PATH, list_paths

    for path in ("s3://bucket/rates.csv", UNKNOWN_PATH):
        assert list(list_paths([path])) != list(list_paths([path]))


def test_111_a_path_that_does_not_exist_is_an_error(project):
    """The default engine reads it as no rows."""
    project.pipeline("gold", VIEW.format(path="none.csv", rows=READS["csv"]))
    with pytest.raises(LakehouseError, match=r"gold.rates reads .*none.csv, which doesn't exist"):
        project.update()


def test_111_a_path_in_an_option_is_refused(project):
    """The default engine reads it as no rows."""
    rows = 'spark.read.format("csv").schema("id STRING").option("Path", PATH).load()'
    project.pipeline("gold", VIEW.format(path="rates.csv", rows=rows))
    with pytest.raises(UnsupportedError, match=r"gold.rates gives a path as an option"):
        project.graph()


def test_111_a_table_that_is_read_past_spark_read_table_is_refused(project):
    project.pipeline("bronze", "@dp.materialized_view\ndef one():\n    return spark.range(1)")
    project.pipeline(
        "gold", '@dp.materialized_view\ndef x():\n    return spark.read.option("a", "b").table("bronze.one")'
    )
    with pytest.raises(UnsupportedError, match=r"gold.x reads the table bronze.one with options"):
        project.graph()


@pytest.mark.parametrize(
    "code",
    [
        "import os\nN = int(os.environ.get('N', 1))",
        "import os as system\nN = int(system.getenv('N', 1))",
        "from os import environ as e\nN = int(e.get('N', 1))",
        "import os.path\nN = int(os.environ.get('N', 1))",
        "import posixpath\nN = len(posixpath.expandvars('$N'))",
        "from helpers_env import N",
    ],
)
def test_111_environment_variables_are_refused(project, code):
    (project.root / "src").mkdir()
    (project.root / "src" / "helpers_env.py").write_text("import os\n\nN = int(os.environ.get('N', 1))\n")
    project.pipeline("gold", code + "\n\n@dp.materialized_view\ndef numbers():\n    return spark.range(N)")
    with pytest.raises(UnsupportedError, match=r"line \d+: .*spark.conf.get"):
        project.update()
    assert project.lake.tables() == []


def test_111_paths_and_other_functions_of_os_are_free(project):
    project.pipeline("gold", """
        import os

        @dp.materialized_view
        def names():
            return spark.range(1).select(F.lit(os.path.join("a", "b")).alias("x"))
        """)  # fmt: skip
    project.run()


def test_111_files_under_a_symbolic_link_in_the_source_folder_count(project):
    elsewhere = project.root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "rows.json").write_text("[]")
    (elsewhere / "linked_code.py").write_text("N = 1\n")
    (elsewhere / "loop").symlink_to(elsewhere)
    project.pipeline("gold", "@dp.materialized_view\ndef one():\n    from linked import linked_code\n"
                     "    return spark.range(linked_code.N)")  # fmt: skip
    (project.root / "src" / "linked").symlink_to(elsewhere)
    project.run()
    assert commits(project) == {"gold.one": 0}
    (elsewhere / "rows.json").write_text("[1]")
    assert commits(project) == {"gold.one": 1}
    (elsewhere / "linked_code.py").write_text("N = 1  # as before\n")
    assert commits(project) == {"gold.one": 1}


def test_111_a_project_under_a_symbolic_link_notices_changed_code(project, tmp_path_factory):
    project.pipeline(
        "gold", "from linked_helper import N\n\n@dp.materialized_view\ndef one():\n    return spark.range(N)"
    )
    helper = project.root / "src" / "linked_helper.py"
    helper.write_text("N = 1\n")
    link = tmp_path_factory.mktemp("links") / "project"
    link.symlink_to(project.root)
    project.run()
    project.root = link
    assert commits(project) == {"gold.one": 0}
    helper.write_text("N = 1  # as before\n")
    assert commits(project) == {"gold.one": 1}


@pytest.mark.parametrize("foreign", ["delete", "restore"])
def test_111_a_view_whose_rows_another_program_changed_is_rebuilt(project, foreign):
    code = "@dp.materialized_view\ndef one():\n    return spark.range({})"
    for number in (2, 3):
        project.pipeline("gold", code.format(number))
        project.run()
    table = DeltaTable(str(project.lake.path("gold.one")))
    table.delete("id = 0") if foreign == "delete" else table.restore(0)
    assert commits(project) == {"gold.one": 1}
    assert project.rows("gold.one") == [(0,), (1,), (2,)]
    DeltaTable(str(project.lake.path("gold.one"))).optimize.compact()
    assert commits(project) == {"gold.one": 0}


def test_111_only_what_is_read_counts(project):
    """Files that code writes, and files of other tables' functions, make no view change."""
    project.pipeline("gold", """
        ROOT = spark.conf.get("lakehouse.landing") + "/../"

        @dp.materialized_view
        def writes():
            with open(ROOT + "log", "a") as log:
                log.write("x")
            return spark.range(1)

        @dp.materialized_view
        def reads():
            return spark.range(len(open(ROOT + "one").read()))
        """)  # fmt: skip
    (project.root / "one").write_text("1")
    project.run()
    os.utime(project.root / "one", ns=(1, 1))
    assert commits(project) == {"gold.writes": 0, "gold.reads": 1}


def test_111_a_table_of_the_lake_that_is_read_by_its_path_is_refused(project):
    path = project.lake.path("bronze.x")
    rows = f'spark.read.format("delta").load({str(path)!r})'
    project.pipeline("gold", f"@dp.materialized_view\ndef y():\n    return {rows}")
    with pytest.raises(UnsupportedError, match=r"read a table by its name, spark\.read\.table\('bronze\.x'\)"):
        project.graph()
