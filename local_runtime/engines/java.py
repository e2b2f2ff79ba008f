"""Java for Apache Spark: the one to use."""

import os
import re
import subprocess
from pathlib import Path

from local_runtime.errors import LakehouseError

OLDEST = 17


def java_environment() -> dict[str, str]:
    """This process's environment for Spark's scripts: without a wrong JAVA_HOME, so that they use the `java` on PATH.

    Raises LakehouseError where neither is Java 17 or newer.
    """
    home = os.environ.get("JAVA_HOME")
    wrong = []
    if home:
        version = _version_of(str(Path(home) / "bin" / "java"))
        if _is_new_enough(version):
            return dict(os.environ)
        wrong.append(f"JAVA_HOME ({home}) has {version or 'none'}")
    version = _version_of("java")
    if _is_new_enough(version):
        return {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    wrong.append(f"`java` on PATH is {version}" if version else "there is no `java` on PATH")
    raise LakehouseError(
        f"Apache Spark needs Java {OLDEST} or newer, and {', and '.join(wrong)}. Install a JDK {OLDEST} (Debian: "
        f"openjdk-{OLDEST}-jre-headless), or leave --engine away: Sail needs no Java."
    )


def _is_new_enough(version: str | None) -> bool:
    return version is not None and int(re.split(r"\D", version)[0]) >= OLDEST


def _version_of(java: str) -> str | None:
    """The version that a `java` prints; None where it isn't a Java."""
    try:
        output = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(\d[^"]*)"', output)
    return match[1] if match else None
