"""Finds secrets in texts: the detectors of detect-secrets, and rules for what it lacks."""

import re

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.stripe import StripeDetector

LOCK_FILES = frozenset({"uv.lock", "requirements.txt"})
"""Their digests look like keys."""


class DatabricksDetector(RegexBasedDetector):
    """Personal access tokens and secrets of service principals."""

    secret_type = "Databricks token"
    denylist = (re.compile(r"\b(?:dapi|dose|dkea)[0-9a-f]{32}(?:-\d)?\b"),)


class PrivateKeyDetector(RegexBasedDetector):
    """Private keys; the library's own detector wants the whole of one."""

    secret_type = "Private key"
    denylist = (re.compile(r"BEGIN (?:[A-Z]+ )?PRIVATE KEY"),)


class TokenDetector(RegexBasedDetector):
    """Tokens of `./lakehouse token`."""

    secret_type = "lakehouse token"
    denylist = (re.compile(r"\blakehouse_[A-Za-z0-9_-]{43}\b"),)


class ServicesDetector(RegexBasedDetector):
    """Tokens of services that begin with letters of theirs, and signatures of shared access in Azure."""

    secret_type = "Token of a service"
    denylist = (
        re.compile(r"\bgithub_pat_[A-Za-z0-9_]{36,}"),
        re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
        re.compile(r"\bhf_[A-Za-z0-9]{34}\b"),
        re.compile(r"\bpypi-AgE[A-Za-z0-9_-]{40,}"),
        re.compile(r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
        re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
        re.compile(r"[?&;]sig=[A-Za-z0-9%/+]{40,}"),
    )


VALUE = r"(?![$<{*…]|\.\.\.)[^\s\"'`&|,;)\]]{8,}"
"""What may be a password: no variable, no placeholder, and not too short for one."""


class PasswordDetector(RegexBasedDetector):
    """Passwords without quotes: in the environment, in an address, and as the only value of a line of YAML."""

    secret_type = "Password"
    denylist = (
        re.compile(rf"\b(?:PGPASSWORD|PASSWORD|PASSWD)=({VALUE})"),
        re.compile(rf"[?&]password=({VALUE})"),
        re.compile(rf"^\s*(?:- )?[\w-]*(?:password|passwd|client_secret|api_key):\s+({VALUE})\s*(?:#.*)?$"),
    )


KNOWN_FORMS = (
    AWSKeyDetector(),
    AzureStorageKeyDetector(),
    BasicAuthDetector(),
    DatabricksDetector(),
    GitHubTokenDetector(),
    JwtTokenDetector(),
    NpmDetector(),
    PasswordDetector(),
    PrivateKeyDetector(),
    ServicesDetector(),
    SlackDetector(),
    StripeDetector(),
    TokenDetector(),
)
LIKE_KEYS = (Base64HighEntropyString(limit=4.7), HexHighEntropyString(limit=3.0))
"""Quoted texts as random as keys are."""


def secrets_in(path, text):
    """Every secret in a text: (line number, kind, the secret)."""
    detectors = KNOWN_FORMS if path in LOCK_FILES else (*KNOWN_FORMS, *LIKE_KEYS)
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        for detector in detectors:
            for secret in detector.analyze_line(path, line, number):
                found.add((number, secret.type, secret.secret_value))
    return sorted(found)
