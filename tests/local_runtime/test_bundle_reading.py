import pytest

from local_runtime.bundle import load_pipelines
from local_runtime.errors import LakehouseError
from tests.conftest import ROOT


def test_pipelines_come_in_the_jobs_order_with_their_references_resolved(tmp_path):
    pipelines = load_pipelines(ROOT, tmp_path)
    assert [pipeline.schema for pipeline in pipelines] == ["bronze", "silver", "gold"]
    assert pipelines[0].configuration == {"lakehouse.landing": str(tmp_path)}
    assert pipelines[1].configuration == {"lakehouse.bronze_schema": "bronze"}
    gold = ROOT / "src" / "gold"
    assert pipelines[2].sources == (gold / "catalogue" / "pipeline.py", gold / "conformed" / "pipeline.py")


def test_a_folder_without_a_bundle_is_named(tmp_path):
    with pytest.raises(LakehouseError, match=r"databricks\.yml is missing"):
        load_pipelines(tmp_path, tmp_path)


def test_a_pipeline_without_sources_is_named(tmp_path):
    spec = "{name: p, schema: s, root_path: ., libraries: [{glob: {include: no/*.py}}]}"
    (tmp_path / "p.yml").write_text(f"resources: {{pipelines: {{p: {spec}}}}}")
    (tmp_path / "databricks.yml").write_text("include: [p.yml]")
    with pytest.raises(LakehouseError, match=r"Pipeline p: no file matches no/\*\.py"):
        load_pipelines(tmp_path, tmp_path)
