"""Archives and spreadsheets: Auto Loader reads none of them, so the user learns what to do with them."""

from pathlib import Path

SPREADSHEETS = {".xlsx", ".xlsm", ".xls", ".ods", ".numbers"}
GZIP = b"\x1f\x8b"
HEAD_BYTES = 8  # bytes
BEGINNINGS = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a": "a RAR archive",
    **{b"BZh%d1AY&" % level: "compressed by bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}


def if_archive(path: Path, head: bytes) -> str | None:
    """What to do with an archive, a spreadsheet, or a compressed file that isn't a `.gz`; None for any other file.

    `head` are the file's first HEAD bytes.
    """
    kind = next((kind for beginning, kind in BEGINNINGS.items() if head.startswith(beginning)), None)
    if head.startswith(GZIP):
        is_tar = path.name.lower().endswith((".tar.gz", ".tgz"))
        kind = "a tar archive" if is_tar else None if path.suffix.lower() == ".gz" else "a .gz, and not called so"
    if kind is None:
        return None
    todo = "save it as CSV (UTF-8)" if path.suffix.lower() in SPREADSHEETS else "unpack it"
    return f"it is {kind}: {todo}, and land what that gives under a name of its own"
