"""Which release a landed file belongs to, from its path alone."""

from pathlib import Path

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import Feed
from bronze.provenance import RELEASE, SHOWN_FILE, SOURCE_FILE
from common.file_names import PART_NUMBER, shown_path
from common.pseudonyms import UUID
from common.text import compute_once, decoded_url

# `\z` is the end of the text; in Java, `$` also matches before a line break at the end.
PART_FILE = f"{PART_NUMBER}(?:[-._]|\\z)"
# The number of the file within its task (c000), and up to two extensions (.snappy.csv, .csv.gz).
PART_ENDING = "(?:(?:^|[-.])c[0-9]{3,})?(?:[.][A-Za-z][A-Za-z0-9]*)?(?:[.][A-Za-z][A-Za-z0-9]*)?\\z"


def release_of(file_url: Column, landing: str, folder: str) -> Column:
    """STRING: the release of a file in a feed's `folder` of `landing`: its decoded path below landing.

    `file_url` is `_metadata.file_path`: percent-encoded, with or without a scheme; a plus sign is a plus sign. A path
    that isn't below the folder is returned in full, so a file always has a release.

    All part files of one writing job are one release: `titles/a/part-00007-x.csv` belongs to `titles/a/x`. The name of
    a part file is `part-` (for Hadoop also `part-r-`, or another letter), five digits, then nothing, `-`, `_` or `.`
    and more. The job's id is the first UUID in it. Without one, it is what follows the digits, without the separator
    before it, the number of the file in its task (`-c000`), and up to two extensions that start with a letter. Where
    nothing is left, the release is the folder: `titles/a/part-00007.csv` belongs to `titles/a`.
    """
    return compute_once(path_below(file_url, landing, folder), _release)


def path_below(file_url: Column, landing: str, folder: str = "") -> Column:
    """STRING: the decoded path of a file below `landing`, from its URL; the whole path if it isn't in its `folder`."""
    return compute_once(decoded_url(file_url), lambda path: _below(path, landing, folder))


def _below(path: Column, landing: str, folder: str) -> Column:
    """The path below landing. The first match is the landing folder: only a scheme can stand before it."""
    root = f"{Path(landing).absolute()}".rstrip("/") + "/"
    start = F.locate(f"{root}{folder}/" if folder else root, path)
    return F.when(start > 0, F.substr(path, start + len(root))).otherwise(path)


def _release(path: Column) -> Column:
    name = F.regexp_extract(path, "[^/]*\\z", 0)
    parent = F.regexp_replace(path, "/[^/]*\\z", "")
    release = F.when(name.rlike(PART_FILE), F.concat_ws("/", parent, _job_id(name))).otherwise(path)
    # Cheap to see, and rare: engines look for a name in the path only where this holds.
    return F.when(F.contains(path, F.lit("part-")), release).otherwise(path)


def _job_id(name: Column) -> Column:
    """The id of the job that wrote a part file; null where the name has none."""
    rest = F.regexp_replace(F.regexp_replace(name, f"{PART_NUMBER}[-_]?", ""), PART_ENDING, "")
    return F.coalesce(*[F.nullif(found, F.lit("")) for found in (F.regexp_extract(name, UUID, 0), rest)])


def with_file_columns(rows: DataFrame, feed: Feed, landing: str, key: str) -> DataFrame:
    """One row per row, with what the feed's table has of its file: what is shown of a personal one, and its release."""
    paths = {}
    if feed.is_personal:
        paths[SHOWN_FILE.name] = path_below(F.col(SOURCE_FILE), landing)
    if feed.has_releases:
        paths[RELEASE.name] = release_of(F.col(SOURCE_FILE), landing, feed.folder)
    if not paths:
        return rows
    with_paths = rows.withColumns(paths)
    # In a step of its own, because engines compute a path again wherever it is used.
    return (
        with_paths.withColumns({name: shown_path(F.col(name), key) for name in paths})
        if feed.is_personal
        else with_paths
    )


def release_with_hidden_parts(file_url: Column, shown_file: Column) -> Column:
    """STRING: the release of a file, with the parts that `_release` hides.

    `shown_file` is the path below landing, as it is shown: it has as many parts as the path itself.
    """
    parts = F.size(F.split(shown_file, "/"))
    below_landing = F.array_join(F.slice(F.split(decoded_url(file_url), "/"), -parts, parts), "/")
    return compute_once(below_landing, _release)
