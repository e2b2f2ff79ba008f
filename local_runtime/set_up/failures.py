"""Why set-up failed, from the output of pip and uv."""

import errno
import re
import shutil
from pathlib import Path

LINES = 6
DISK_FULL = (
    "the disk is full: {free} MB are free where {root} is, and set-up needs up to 2,000. Make room and run again."
)
READ_ONLY = "{root} is read-only, and packages are installed into it. Copy the project to a folder that can be written."
NO_RIGHT = "set-up has no permission to write in {root}. Give it to this user, or use a copy of the project."
CERTIFICATE = r"certificate|UnknownIssuer|SSLError"
# The first match counts; pip and uv share their messages on network failures.
CAUSES = (
    (r"No space left on device|Disk quota exceeded|os error (28|122)\b", DISK_FULL),
    (r"Read-only file system|os error 30\b", READ_ONLY),
    (r"Permission denied|Operation not permitted|os error (1|13)\b", NO_RIGHT),
    (
        CERTIFICATE,
        "the certificate of {origin} is not trusted here. A company's proxy or mirror has a certificate of its own: "
        "name the file with it, SSL_CERT_FILE=/path/to/company.pem ./lakehouse …",
    ),
    (
        r"ProxyError|tunnel error|407 Proxy",
        "the proxy let no connection to {origin} through. Check HTTPS_PROXY, with user and password where it wants "
        "them, and NO_PROXY.",
    ),
    (
        r"Unauthorized|Forbidden",
        "{origin} refused the download. Where it wants a user and a password, give them in the index's address or in "
        "~/.netrc.",
    ),
    (
        r"Hash mismatch|hash mismatch|DO NOT MATCH THE HASHES",
        "{origin} has a file that is not the one in uv.lock, and it was not installed. Ask who runs that index, or use "
        "another one.",
    ),
    (
        r"dns error|lookup address|[Nn]ame resolution|not known|Connection refused|unreachable|[Tt]imed? ?out"
        r"|NewConnectionError|from versions: none|error sending request|Connection ?[Rr]eset|[Ss]erver [Ee]rror",
        "{origin} could not be reached. The first run needs the network: check it and run again. A company's mirror is "
        "named by PIP_INDEX_URL or UV_DEFAULT_INDEX, its proxy by HTTPS_PROXY.",
    ),
    (
        r"[Ff]ailed to build|Building wheel|compatible wheel|(your|current) platform|Python ABI",
        "{origin} has no build of a package for this machine and this Python. Name another Python from 3.11 to 3.14, "
        "LAKEHOUSE_PYTHON=/path/to/python3.13 ./lakehouse …",
    ),
    (
        r"No matching distribution|not found in|no version of|No solution found|404 Not Found",
        "{origin} lacks a package that uv.lock names. Use an index that has it.",
    ),
)


class SetUpError(Exception):
    """A clear message: why set-up failed, and what to do."""


def failure(doing: str, output: str, origin: str, root: Path) -> SetUpError:
    """The cause, as pip or uv `output` it while `doing`, with the end of what it said."""
    sentence = next((text for pattern, text in CAUSES if re.search(pattern, output)), "see below.")
    lines = [line for line in without_passwords(output).strip().splitlines() if line.strip()][-LINES:]
    return SetUpError("\n  ".join([f"{doing} failed: {_filled(sentence, root, origin)}", *lines]))


def failure_of_system(error: OSError, root: Path) -> SetUpError:
    """The cause of an error of the operating system while files were made."""
    sentence = {
        errno.ENOSPC: DISK_FULL,
        errno.EDQUOT: DISK_FULL,
        errno.EROFS: READ_ONLY,
        errno.EACCES: NO_RIGHT,
        errno.EPERM: NO_RIGHT,
    }.get(error.errno or 0, "see below.")
    return SetUpError(f"set-up failed: {_filled(sentence, root, '')}\n  {error.strerror}: {error.filename}")


def without_passwords(text: str) -> str:
    """`text` without the users and passwords of the addresses in it."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", text)


def is_about_certificates(output: str) -> bool:
    """Whether a certificate was refused."""
    return bool(re.search(CERTIFICATE, output))


def _filled(sentence: str, root: Path, origin: str) -> str:
    return sentence.format(root=root, origin=origin, free=shutil.disk_usage(root).free // 1_000_000)
