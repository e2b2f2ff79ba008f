"""Where packages come from on this machine: the settings of pip and uv, each also applied to the other."""

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_runtime.set_up.failures import SetUpError, without_passwords

# pip's options, and the equivalent variables of uv.
PIP_AND_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
PIPS_OWN = ("no-index", "proxy", "client-cert", "keyring-provider", "retries", "timeout", "default-timeout")
UVS_OWN = re.compile(
    r"UV_(DEFAULT_INDEX|INDEX(_\w+)?|EXTRA_INDEX_URL|FIND_LINKS|INSECURE_HOST|KEYRING_PROVIDER|SYSTEM_CERTS|NATIVE_TLS"
    r"|HTTP_\w+|REQUEST_TIMEOUT|CONCURRENT_DOWNLOADS|CONFIG_FILE|CACHE_DIR)"
)
LOOPBACK = "localhost,127.0.0.1,::1"
MAC = "Library/Application Support/pip/pip.conf"
MACHINES_PIP = (Path("/", MAC), Path("/etc/pip.conf"), Path(sys.prefix, "pip.conf"))
MACHINES_UV = (Path("/etc/uv/uv.toml"),)


@dataclass(frozen=True)
class Origin:
    """Variables for pip and uv; whether packages come from elsewhere than the lock says (a mirror, a folder)."""

    pip: Mapping[str, str]
    uv: Mapping[str, str]
    elsewhere: bool

    def __str__(self) -> str:
        if "PIP_NO_INDEX" in self.pip:
            return self.pip.get("PIP_FIND_LINKS", "no index")
        asked = [self.uv.get("UV_DEFAULT_INDEX", "PyPI"), *self.uv.get("UV_INDEX", "").split()]
        return " or ".join(without_passwords(index) for index in asked)


def origin(variables: Mapping[str, str]) -> Origin:
    """What the user's variables and files of settings say about reaching packages.

    Their other settings of pip, uv and Python (where to install, say) are for other projects. Raises SetUpError for a
    file of settings that can't be read.
    """
    pip = dict(_pip_settings(variables))
    uv = {name: value for name, value in variables.items() if value and UVS_OWN.fullmatch(name)}
    for old, new in (("UV_INDEX_URL", "UV_DEFAULT_INDEX"), ("UV_EXTRA_INDEX_URL", "UV_INDEX")):
        if old in uv:
            uv.setdefault(new, uv.pop(old))
    if (index := _uv_file_index(variables)) and "index-url" not in pip:
        uv.setdefault("UV_DEFAULT_INDEX", index)
    if variables.get("SSL_CERT_FILE"):
        uv["SSL_CERT_FILE"] = variables["SSL_CERT_FILE"]
    for option, name in PIP_AND_UV.items():
        if name in uv:
            pip.setdefault(option, re.sub(r"(^|\s)[\w-]+=(?=\w+://)", r"\1", uv[name].replace(",", " ")))
        elif option in pip:
            uv[name] = ("," if option == "find-links" else " ").join(pip[option].split())
    uv["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # As pip does; the lock's hashes say which file is right.
    general = _general(variables, pip.get("proxy"))
    elsewhere = bool({"UV_DEFAULT_INDEX", "UV_INDEX"} & {*uv}) or "no-index" in pip
    return Origin(
        # Without its files, which also set where to install.
        {**general, "PIP_CONFIG_FILE": os.devnull, **{_variable(option): value for option, value in pip.items()}},
        {**general, **uv},
        elsewhere,
    )


def _general(variables: Mapping[str, str], proxy: str | None) -> dict[str, str]:
    """What is neither pip's nor uv's nor Python's, with the proxy that pip is told of, which is never for loopback."""
    general = {
        name: value
        for name, value in variables.items()
        if not name.startswith(("PIP_", "UV_", "PYTHON")) and name not in ("VIRTUAL_ENV", "CONDA_PREFIX")
    }
    if proxy:
        general |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}
    direct = [general[name] for name in ("NO_PROXY", "no_proxy") if general.get(name)]
    return general | dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join([*direct[:1], LOOPBACK]))


def _variable(option: str) -> str:
    return "PIP_" + option.upper().replace("-", "_")


def _pip_settings(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """pip's options on how to reach packages: from its files, the later ones first, and from its variables."""
    for path in _pip_files(variables):
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError) as error:
            raise SetUpError(f"pip's settings in {path} can't be read: {error}. Correct or remove that file.") from None
        for section in ("global", "install"):
            for name, value in parser.items(section) if parser.has_section(section) else ():
                option = name.replace("_", "-")
                if value and option in (*PIP_AND_UV, *PIPS_OWN):
                    yield option, value
    for option in (*PIP_AND_UV, *PIPS_OWN):
        if variables.get(_variable(option)):
            yield option, variables[_variable(option)]


def _pip_files(variables: Mapping[str, str]) -> list[Path]:
    """pip's files of settings, in the order in which later ones outdo earlier ones."""
    named = variables.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path(variables.get("HOME", "/"))
    settings = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
    shared = variables.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    files = [Path(folder, "pip/pip.conf") for folder in shared.split(":")]
    files += [*MACHINES_PIP, home / ".pip/pip.conf", settings / "pip/pip.conf", home / MAC]
    return [*files, *([Path(named)] if named else [])]


def _uv_file_index(variables: Mapping[str, str]) -> str | None:
    """The index that uv's files of settings name in place of PyPI."""
    settings = Path(variables.get("XDG_CONFIG_HOME") or Path(variables.get("HOME", "/"), ".config"))
    named = variables.get("UV_CONFIG_FILE")
    for path in [Path(named)] if named else [settings / "uv/uv.toml", *MACHINES_UV]:
        try:
            index = _default_index(tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise SetUpError(f"uv's settings in {path} can't be read: {error}. Correct or remove that file.") from None
        if index:
            return index
    return None


def _default_index(settings: dict[str, Any]) -> str | None:
    named: list[str] = [index["url"] for index in settings.get("index", []) if index.get("default")]
    named += [place["index-url"] for place in (settings, settings.get("pip", {})) if "index-url" in place]
    return next(iter(named), None)
