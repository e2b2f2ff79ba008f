"""Apache Spark with Delta: a local Spark Connect server in a Java process."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_runtime.engines import MAX_IDLE_SECONDS
from local_runtime.engines.child import start
from local_runtime.engines.java import java_environment
from local_runtime.errors import LakehouseError

JAVA_OPTIONS = "spark.driver.extraJavaOptions"
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
    # The user interface is off, so nobody can look at past queries: a thousand plans, most of the server's memory.
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.session.manager.defaultSessionTimeout": f"{MAX_IDLE_SECONDS}s",
    "spark.log.level": "ERROR",
}


@contextmanager
def serve_spark(cache: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The address of a server, which ends with the context; `cache` is a folder for Delta's jars.

    `settings` are Spark's, besides SPARK_CONF.
    """
    java = java_environment()
    home = _spark_home()
    # Without the settings of another Spark on this machine.
    environment = {**java, "SPARK_HOME": str(home), "SPARK_CONF_DIR": str(home / "conf")}
    port = _free_port()
    conf = {
        **SPARK_CONF,
        **settings,
        "spark.driver.extraClassPath": _delta_classpath(cache, home, environment),
        "spark.connect.grpc.binding.port": port,
    }
    # Spark and Java leave files behind wherever their temporary folder is.
    scratch = tempfile.TemporaryDirectory(prefix="lakehouse-spark-", ignore_cleanup_errors=True)
    conf["spark.local.dir"] = scratch.name
    conf[JAVA_OPTIONS] = f'{settings.get(JAVA_OPTIONS, "")} -Djava.io.tmpdir="{scratch.name}"'.strip()
    command = [str(home / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += ["--master", "local[2]"]
    for name, value in conf.items():
        command += ["--conf", f"{name}={value}"]
    command += ["spark-internal"]
    log = cache / "spark-connect.log"
    with log.open("w") as out:
        server = start(command, environment, output=out, errors=subprocess.STDOUT)
    try:
        _wait_for(int(port), server, log)
        yield f"sc://127.0.0.1:{port}"
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()
        scratch.cleanup()


def _delta_classpath(cache: Path, home: Path, environment: Mapping[str, str]) -> str:
    """Class path of Delta's jars, fetched from Maven Central by Spark's own resolver the first time."""
    jars = _delta_jars(cache)
    if not jars:
        _resolve_jars(cache, home, environment)
        jars = _delta_jars(cache)
    return ":".join(str(jar) for jar in jars)


def _delta_jars(cache: Path) -> list[Path]:
    """The jars that Spark doesn't bring itself."""
    folder = cache / "ivy" / "jars"
    return sorted([*folder.glob("io.delta_*.jar"), *folder.glob("io.unitycatalog_*.jar")])


def _resolve_jars(cache: Path, home: Path, environment: Mapping[str, str]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    # spark-submit resolves packages before it looks for the class, so a class that does nothing is enough.
    command = [str(home / "bin" / "spark-submit"), "--packages", DELTA_PACKAGE]
    command += ["--conf", f"spark.jars.ivy={cache / 'ivy'}", "--class", "org.apache.spark.util.VersionUtils"]
    command += ["spark-internal"]
    resolver = start(command, environment, output=subprocess.DEVNULL, errors=subprocess.PIPE)
    assert resolver.stderr is not None
    errors = resolver.stderr.read()
    resolver.wait()
    if not _delta_jars(cache):
        raise LakehouseError(f"{DELTA_PACKAGE} could not be fetched from Maven Central:\n{errors[-2000:]}")


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


def _wait_for(port: int, server: "subprocess.Popen[str]", log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise LakehouseError(f"Apache Spark did not start; the end of {log}:\n{log.read_text()[-2000:]}")
