"""What a command costs is that of everything that it starts, and ratios are those of runs in turn."""

import json
import sys

import pytest

from benchmarks.measuring import Cost, Costs, measured, shown_ratio, size_on_disk, spread, write_json


def cost(cpu_seconds, seconds=1.0):
    return Cost(seconds=seconds, cpu_seconds=cpu_seconds, peak_bytes=0, read_bytes=0, written_bytes=0)


def python(code):
    return [sys.executable, "-c", code]


def in_a_child(code):
    return python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)")


def test_a_childs_processor_time_is_the_commands():
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    assert measured(in_a_child(busy)).cpu_seconds >= 0.3


def test_bytes_that_a_child_reads_and_writes_are_the_commands(tmp_path):
    (tmp_path / "source").write_bytes(b"x" * 3_000_000)
    copy = f"data = open({str(tmp_path / 'source')!r}, 'rb').read(); open({str(tmp_path / 'copy')!r}, 'wb').write(data)"
    once, twice = measured(in_a_child(copy)), measured(in_a_child(f"{copy}; {copy}"))
    assert 3_000_000 <= twice.read_bytes - once.read_bytes < 3_100_000
    assert 3_000_000 <= twice.written_bytes - once.written_bytes < 3_100_000


def test_a_childs_memory_is_part_of_the_peak():
    held = "import time; data = bytearray(b'x') * 200_000_000; time.sleep(1)"
    assert measured(in_a_child(held)).peak_bytes > 200_000_000


def test_the_largest_size_of_a_folder_is_seen_though_it_shrinks(tmp_path):
    file = tmp_path / "staged" / "file"
    file.parent.mkdir()
    code = (
        f"import os, time; open({str(file)!r}, 'wb').write(b'x' * 5_000_000); time.sleep(1.5); os.remove({str(file)!r})"
    )
    assert measured(python(code), folder=tmp_path).folder_bytes >= 5_000_000
    assert size_on_disk(tmp_path) == 0


def test_a_command_that_fails_says_why():
    with pytest.raises(SystemExit, match="no such thing"):
        measured(python("raise SystemExit('no such thing')"))


def test_a_ratio_is_that_of_two_runs_in_turn():
    costs = Costs()
    for ours, theirs in ((4, 2), (30, 10), (9, 9)):  # the second time, the machine was busy
        costs.note("ours", cost(ours, seconds=ours / 2))
        costs.note("theirs", cost(theirs))
    assert [ratio["cpu_seconds"] for ratio in costs.ratios("ours", "theirs")] == [2, 3, 1]
    assert [ratio["seconds"] for ratio in costs.ratios("ours", "theirs")] == [2, 15, 4.5]


def test_a_run_without_its_pair_has_no_ratio():
    costs = Costs(ours=[cost(1), cost(2)], theirs=[cost(1)])
    with pytest.raises(ValueError, match="shorter"):
        costs.ratios("ours", "theirs")


def test_a_spread_is_median_smallest_and_largest():
    assert spread([5, 1, 2]) == (2, 1, 5)
    assert spread([1, 2]) == (1.5, 1, 2)


def test_a_ratio_says_of_how_many_pairs_it_is():
    assert shown_ratio("CPU", [1.5]) == "CPU: 1.50 (from 1.50 to 1.50, 1 pair run in turn)"
    assert shown_ratio("CPU", [2, 1]) == "CPU: 1.50 (from 1.00 to 2.00, 2 pairs run in turn)"


def test_what_another_benchmark_wrote_stays(tmp_path):
    write_json(tmp_path / "all.json", "one", {"value": 1})
    write_json(tmp_path / "all.json", "two", {"value": 2})
    write_json(tmp_path / "all.json", "one", {"value": 3})
    found = json.loads((tmp_path / "all.json").read_text())
    assert {name: about["value"] for name, about in found.items()} == {"one": 3, "two": 2}
