"""What a Databricks App is told by its environment: resources/serving.app.yml sets it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_runtime.errors import UsageError

READS_AS = ("app", "user")
RUNTIMES_OWN = (
    "DATABRICKS_APP_NAME",
    "DATABRICKS_WORKSPACE_ID",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CLIENT_SECRET",
)
"""What only the runtime of Apps sets: https://docs.databricks.com/aws/en/dev-tools/databricks-apps/system-env.
Everybody who reaches the port is answered, so the program doesn't start anywhere else by mistake."""
NAME = re.compile(r"[^`.\x00-\x1f]{1,255}")
WAREHOUSE = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the App reads, and with whose rights."""

    host: str
    port: int
    warehouse_id: str
    catalog: str
    published_schema: str
    reads_as_user: bool = False


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings. Raises UsageError for one that is missing or can't be meant, with its name."""

    def read(name: str, pattern: re.Pattern[str]) -> str:
        value = environment.get(name, "").strip()
        if not pattern.fullmatch(value):
            problem = f"is {value!r}" if value else "isn't set"
            raise UsageError(
                f"The environment variable {name} {problem}. The bundle's app `serving` sets it: deploy it."
            )
        return value

    for name in RUNTIMES_OWN:
        if not environment.get(name):
            raise UsageError(
                f"The environment variable {name} isn't set, which every Databricks App has. Elsewhere nobody "
                "would log people in: `./lakehouse serve --token-file FILE` is for other machines."
            )
    reads_as = environment.get("LAKEHOUSE_READS_AS", "app")
    if reads_as not in READS_AS:
        raise UsageError(f"LAKEHOUSE_READS_AS is {reads_as!r}: it is one of {', '.join(READS_AS)}.")
    return Settings(
        host=read("DATABRICKS_HOST", re.compile(r"(https://)?[\w.-]+/?")).removeprefix("https://").rstrip("/"),
        port=int(read("DATABRICKS_APP_PORT", re.compile(r"\d{1,5}"))),
        warehouse_id=read("DATABRICKS_WAREHOUSE_ID", WAREHOUSE),
        catalog=read("LAKEHOUSE_CATALOG", NAME),
        published_schema=read("LAKEHOUSE_PUBLISHED_SCHEMA", NAME),
        reads_as_user=reads_as == "user",
    )
