"""Which tables run first."""

from local_runtime.update.scheduler import chain_lengths


def test_a_table_counts_the_longest_chain_of_tables_that_wait_for_it():
    reads = {"alone": set(), "a": set(), "b": {"a"}, "c": {"b", "alone"}, "d": {"c", "a"}, "e": {"a"}}
    assert chain_lengths(reads) == {"alone": 3, "a": 4, "b": 3, "c": 2, "d": 1, "e": 1}


def test_the_longest_chain_begins_first(project, monkeypatch):
    monkeypatch.setattr("local_runtime.update.scheduler.PARALLEL_TABLES", 1)
    view = "@dp.materialized_view\ndef {}():\n    return {}\n\n"
    short = "".join(view.format(f"a{number}", "spark.range(1)") for number in range(5))
    chain = view.format("long", "spark.range(1)") + view.format("longer", 'spark.read.table("long")')
    project.pipeline("gold", short + chain)
    done = [result.dataset for result in project.run().results]
    assert done[0] == "gold.long"
    assert sorted(done) == ["gold.a0", "gold.a1", "gold.a2", "gold.a3", "gold.a4", "gold.long", "gold.longer"]
