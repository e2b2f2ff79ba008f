"""What Auto Loader is asked to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileSource:
    """An Auto Loader source: `spark.readStream.format("cloudFiles").options(…).schema(…).load(path)`."""

    path: str
    options: Mapping[str, str] = field(default_factory=dict)
    schema: str | None = None
