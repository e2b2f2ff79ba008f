import pytest

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError


def test_a_lake_lets_one_run_in(tmp_path):
    lake = Lake(tmp_path / "lake")
    with lake.locked(), pytest.raises(LakehouseError, match="Another run is in progress"), lake.locked():
        pass
    with lake.locked():
        pass
