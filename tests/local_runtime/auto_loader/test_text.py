import bz2
import gzip
import io
import random
import zipfile

import pytest

from local_runtime.auto_loader.formats import text
from local_runtime.auto_loader.formats.text import Rejected, open_lines


@pytest.fixture
def lines(tmp_path):
    def read(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        with open_lines(path) as found:
            return list(found)

    return read


@pytest.mark.parametrize(
    "content",
    [b"a,b\nc,d\n", b"\xef\xbb\xbfa,b\nc,d\n", b"a,b\r\nc,d\r\n", b"a,b\rc,d\r", b"a,b\r\nc,d\n"],
)
def test_byte_order_marks_and_line_ends_make_no_difference(lines, content):
    assert lines(content) == ["a,b\n", "c,d\n"]


def test_bytes_that_are_not_utf_8_are_windows_1252(lines):
    assert lines("é".encode() + b" \xe9 \x93x\x94\n") == ["é é “x”\n"]


@pytest.mark.parametrize("content", ["a,b\n".encode("utf-16"), b"a\0b\n", b"\x89PNG\r\n\x1a\n\0\0"])
def test_what_is_no_text_is_rejected_as_encoding(lines, content):
    with pytest.raises(Rejected) as rejected:
        lines(content)
    assert rejected.value.reason == "encoding"


def random_bytes(seed, size):
    """Bytes without a NUL, by which a binary file is known otherwise."""
    return random.Random(seed).randbytes(size * 2).replace(b"\0", b"")[:size]


@pytest.mark.parametrize("size", [100, 3000, 300_000])
@pytest.mark.parametrize(("name", "pack"), [("a.csv", bytes), ("a.csv.gz", gzip.compress)])
def test_random_bytes_are_rejected_as_encoding(lines, size, name, pack):
    for seed in range(5):
        with pytest.raises(Rejected, match="it is binary") as rejected:
            lines(pack(random_bytes(seed, size)), name)
        assert rejected.value.reason == "encoding"


@pytest.mark.parametrize("stray", [b"\x0b\x1f", b"\x1c\x1d\x1e\x1f" + b"x" * 300])
def test_a_text_in_windows_1252_may_have_stray_control_characters(lines, stray):
    assert len(lines(b"caf\xe9,b\n" + stray)) == 2


def test_gzip_is_decompressed(lines):
    assert lines(gzip.compress(b"a,b\n"), "a.csv.gz") == ["a,b\n"]


@pytest.mark.parametrize(
    "content", [gzip.compress(b"a,b\n" * 9999, mtime=0)[:-20], b"no gzip at all", b"\x1f\x8b\x08\x00"]
)
def test_a_cut_or_fake_gzip_is_rejected(lines, content):
    with pytest.raises(Rejected) as rejected:
        lines(content, "a.csv.gz")
    assert rejected.value.reason == "corrupt_gzip"


@pytest.mark.parametrize("states", [b"", gzip.compress(b"a", mtime=0)])
def test_a_compression_bomb_is_rejected_before_it_is_unpacked(lines, monkeypatch, states):
    """Whether it states its size, or a small member at its end hides that."""
    monkeypatch.setattr(text, "SMALL", 2**20)
    with pytest.raises(Rejected) as rejected:
        lines(gzip.compress(b"a,b,c\n" * 2**20) + states, "a.csv.gz")
    assert rejected.value.reason == "compression_bomb"


def test_a_line_over_the_limit_is_rejected(lines):
    with pytest.raises(Rejected) as rejected:
        lines(b"a" * (text.MAX_LINE + 1))
    assert rejected.value.reason == "line_too_long"


def test_bytes_that_windows_1252_leaves_undefined_are_control_characters(lines):
    """https://encoding.spec.whatwg.org/#index-windows-1252"""
    assert lines(b"a\x81\x8d\x8f\x90\x9db\n") == ["a\x81\x8d\x8f\x90\x9db\n"]


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.csv", "a,b\n")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "todo"),
    [
        ("a.zip", zipped(), "a ZIP archive: unpack it"),
        ("a.csv", zipped(), "a ZIP archive: unpack it"),
        ("a.csv.gz", zipped(), "a ZIP archive: unpack it"),
        ("a.xlsx", zipped(), "save it as CSV"),
        ("a.csv", gzip.compress(b"a,b\n", mtime=0), "not called so: unpack it"),
        ("a.tar.gz", gzip.compress(b"a.csv", mtime=0), "a tar archive: unpack it"),
        ("a.bz2", bz2.compress(b"a,b\n"), "compressed by bzip2: unpack it"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive: unpack it"),
    ],
)
def test_130_an_archive_is_told_to_be_unpacked_and_a_spreadsheet_to_be_saved_as_csv(lines, name, content, todo):
    with pytest.raises(Rejected, match=todo) as rejected:
        lines(content, name)
    assert rejected.value.reason == "archive"
