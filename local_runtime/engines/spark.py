"""Apache Spark with Delta: a local Spark Connect server in a Java process."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from local_runtime.errors import LakehouseError

DELTA_PACKAGE = "io.delta:delta-spark_4.2_2.13:4.4.0"

# With the defaults one small Delta read runs 50 tasks and a shuffle 200.
SPARK_CONF = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.log.level": "ERROR",
}


@contextmanager
def serve(cache: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The address of a server, which ends with the context; `cache` is a folder for Delta's jars.

    `settings` are Spark's, besides SPARK_CONF.
    """
    require_java()
    port = _free_port()
    home = _spark_home()
    conf = {
        **SPARK_CONF,
        **settings,
        "spark.driver.extraClassPath": delta_classpath(cache),
        "spark.connect.grpc.binding.port": port,
    }
    # Spark and Java leave files behind wherever their temporary folder is.
    scratch = tempfile.TemporaryDirectory(prefix="lakehouse-spark-", ignore_cleanup_errors=True)
    conf["spark.local.dir"] = scratch.name
    conf["spark.driver.extraJavaOptions"] = f'-Djava.io.tmpdir="{scratch.name}"'
    command = [str(home / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += ["--master", "local[2]"]
    for name, value in conf.items():
        command += ["--conf", f"{name}={value}"]
    command += ["spark-internal"]
    log = cache / "spark-connect.log"
    with log.open("w") as out:
        # The pipe on its standard input ends the server with this process, even after a SIGKILL.
        server = subprocess.Popen(
            ["sh", "-c", '"$@" & server=$!; cat >/dev/null; kill -9 $server', "sh", *command],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SPARK_HOME": str(home)},
        )
    try:
        _wait_for(int(port), server, log)
        yield f"sc://127.0.0.1:{port}"
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()
        scratch.cleanup()


def require_java() -> None:
    """Raises LakehouseError where there is no Java 17 or newer."""
    java = shutil.which("java") or (Path(os.environ.get("JAVA_HOME", "/nonexistent")) / "bin" / "java")
    try:
        said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        _no_java("none was found")
    quoted = said.partition('"')[2].partition('"')[0]
    if not quoted.split(".")[0].isdigit() or int(quoted.split(".")[0]) < 17:
        _no_java(f"found {quoted or said.strip()}")


def _no_java(found: str) -> NoReturn:
    raise LakehouseError(
        f"Apache Spark needs Java 17 or newer, and {found}. Install a JDK 17 (Debian: openjdk-17-jre-headless) "
        "or leave --engine away: Sail needs no Java."
    )


def delta_classpath(cache: Path) -> str:
    """Class path of Delta's jars, fetched from Maven Central by Spark's own resolver the first time."""
    jars = _delta_jars(cache)
    if not jars:
        _resolve_jars(cache)
        jars = _delta_jars(cache)
    return ":".join(str(jar) for jar in jars)


def _delta_jars(cache: Path) -> list[Path]:
    """The jars that Spark doesn't bring itself."""
    folder = cache / "ivy" / "jars"
    return sorted([*folder.glob("io.delta_*.jar"), *folder.glob("io.unitycatalog_*.jar")])


def _resolve_jars(cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    home = _spark_home()
    # spark-submit resolves packages before it looks for the class, so a class that does nothing is enough.
    command = [str(home / "bin" / "spark-submit"), "--packages", DELTA_PACKAGE]
    command += [
        "--conf",
        f"spark.jars.ivy={cache / 'ivy'}",
        "--class",
        "org.apache.spark.util.VersionUtils",
        "spark-internal",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "SPARK_HOME": str(home)})
    if not _delta_jars(cache):
        raise LakehouseError(f"{DELTA_PACKAGE} could not be fetched from Maven Central:\n{done.stderr[-2000:]}")


def _spark_home() -> Path:
    import pyspark

    home = Path(pyspark.__file__).parent
    if not (home / "bin" / "spark-submit").is_file():
        raise LakehouseError("This environment has no Apache Spark: start the run by `./lakehouse run --engine spark`.")
    return home


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise LakehouseError(f"Apache Spark did not start; the end of {log}:\n{log.read_text()[-2000:]}")
