"""Secrets that pipeline code reads: from the environment, or from a file that is made once.

On Databricks a secret scope has them: https://docs.databricks.com/aws/en/security/secrets/
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import NoReturn

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UnsupportedError, register_secret

SECRET_NAME = re.compile(r"[\w.@-]+")
SECRETS_FOLDER = ".secrets"
FINGERPRINTS = ".secrets.json"


class NotInDbutils(UnsupportedError, AttributeError):
    """A member that `dbutils` has on Databricks only; code may ask for it with `hasattr`."""


class InjectedDbutils:
    """The `dbutils` of pipeline files: `dbutils.secrets.get`, and nothing else."""

    def __init__(self, root: Path) -> None:
        self.secrets = _Secrets(root)

    def __getattr__(self, name: str) -> NoReturn:
        raise NotInDbutils(f"dbutils.{name}: of dbutils the local runtime has secrets.get alone.")


class _Secrets:
    """`dbutils.secrets`. `read` are the secrets that were read, by `scope/key`; `made` are the files of new ones."""

    def __init__(self, root: Path) -> None:
        self.read: dict[str, str] = {}
        self.made: list[Path] = []
        self._root = root

    def get(self, scope: str, key: str) -> str:
        """The secret `key` of `scope`. Raises LakehouseError as `path_of` and `secret_at`."""
        path = path_of(scope, key, self._root)
        was_there = path.exists()
        secret = secret_at(path)
        if path.exists() and not was_there:
            self.made.append(path)
        register_secret(secret)
        self.read[f"{scope}/{key}"] = secret
        return secret

    def __getattr__(self, name: str) -> NoReturn:
        raise NotInDbutils(f"dbutils.secrets.{name}: of dbutils the local runtime has secrets.get alone.")


def variable_of(scope: str, key: str) -> str:
    """The environment variable that holds the secret, if it is set."""
    return re.sub("[^A-Z0-9]", "_", f"LAKEHOUSE_SECRET_{scope}_{key}".upper())


def path_of(scope: str, key: str, root: Path) -> Path:
    """The file that holds the secret where no environment variable does.

    Raises LakehouseError for a scope or key that Databricks wouldn't take.
    """
    for kind, name in {"scope": scope, "key": key}.items():
        if not isinstance(name, str) or not SECRET_NAME.fullmatch(name) or name in (".", ".."):
            raise LakehouseError(
                f"dbutils.secrets.get: {name!r} is not a name of a {kind}, which has letters, digits, _, -, @ and dots."
            )
    return root / SECRETS_FOLDER / scope / key


def known_secrets(lake: Lake, root: Path) -> dict[str, str]:
    """The secrets that a lake was filled with, by `scope/key`, without those that are no longer there."""
    known = {}
    for name in _fingerprints(lake):
        scope, _, key = name.partition("/")
        path = path_of(scope, key, root)
        if path.exists() or os.environ.get(variable_of(scope, key)):
            known[name] = secret_at(path)
    return known


def notes_on_made(made: Sequence[Path]) -> list[str]:
    """A message for each secret that was made because it was not set."""
    return [
        f"The secret {path.parent.name}/{path.name} was not set, so a random one was made: {path}. Keep this file: a "
        "lake only goes on with the secret that it began with. To use your own, set "
        f"{variable_of(path.parent.name, path.name)} before a lake's first run."
        for path in made
    ]


def secret_at(path: Path) -> str:
    """The secret, from the environment or else from the file at the `path` that `path_of` gives.

    The file is made on first use, and only its owner may read it. Raises LakehouseError if others may read it, if it is
    empty, and if it can't be made.
    """
    scope, key = path.parent.name, path.name
    variable = variable_of(scope, key)
    if value := os.environ.get(variable):
        return value
    try:
        if not path.exists():
            _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise LakehouseError(
            f"The secret {scope}/{key} can't be read from {path}, or made there ({getattr(error, 'strerror', error)}): "
            f"fix that, or set the environment variable {variable}."
        ) from None
    if mode & 0o077:
        raise LakehouseError(
            f"The secret {path} may be read by others (mode {mode:o}): `chmod 600 {quote(str(path))}`."
        )
    if not value:
        raise LakehouseError(f"The secret {path} is empty: bring it back, or delete the file to have another one made.")
    return value


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        os.link(unfinished, path)
    except FileExistsError:  # another run was faster
        pass
    finally:
        unfinished.unlink()


def check_fingerprints(lake: Lake, secrets_read: Mapping[str, str]) -> None:
    """Makes sure that the lake is filled with the secrets it was filled with before; remembers those of a new one.

    Raises LakehouseError for another one: what was made with each would not meet.
    """
    path, known = lake.root / FINGERPRINTS, _fingerprints(lake)
    now = {name: _fingerprint(value) for name, value in secrets_read.items()}
    changed = sorted(name for name in now if known.get(name, now[name]) != now[name])
    if changed and lake.tables():
        raise LakehouseError(
            f"The lake {lake.root} was filled with another secret {', '.join(changed)}: rows made with it, such as "
            f"pseudonyms, would not match from now on. Bring the secret back ({SECRETS_FOLDER}/{changed[0]} of the "
            f"project, or the variable {variable_of(*changed[0].split('/', 1))}), or begin another lake (--lake)."
        )
    if now and {**known, **now} != known:
        unfinished = path.with_suffix(".tmp")
        unfinished.write_text(json.dumps({**known, **now}), encoding="utf-8")
        unfinished.replace(path)


def _fingerprints(lake: Lake) -> dict[str, str]:
    """The fingerprints of the secrets that a lake was filled with; none where they can't be read."""
    path = lake.root / FINGERPRINTS
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    except ValueError:
        return {}


def _fingerprint(value: str) -> str:
    return hmac.new(value.encode(), b"fingerprint of a lake's secret", hashlib.sha256).hexdigest()[:16]
