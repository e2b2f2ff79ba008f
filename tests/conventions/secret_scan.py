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


KNOWN_FORMS = (
    AWSKeyDetector(),
    AzureStorageKeyDetector(),
    BasicAuthDetector(),
    DatabricksDetector(),
    GitHubTokenDetector(),
    JwtTokenDetector(),
    NpmDetector(),
    PrivateKeyDetector(),
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
