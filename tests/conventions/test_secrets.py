"""No file of the repository has a secret in it, and one that is planted is found."""

import subprocess

import pytest

pytest.importorskip("detect_secrets", reason="what tests need (the group `test`) isn't installed")

from tests.conftest import ROOT
from tests.conventions.secret_scan import secrets_in

COUNTING = "0123456789abcdef" * 4
"""What tests use for keys: nobody takes it for one."""
NOT_SECRET = {
    ("tests/common/test_pseudonyms.py", "Hex High Entropy String"): "a pseudonym that the test expects",
    ("tests/local_runtime/set_up/test_failures.py", "Basic Auth Credentials"): "what a message must not repeat",
}
RANDOM = "q7Rk2vXw9LmZ4tYb8NsJ1hGf6DcP3aUeKo5iVxTz"


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git repository")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_has_a_secret():
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; a file that is deleted and not committed yet
            continue
        for line, kind, secret in secrets_in(name, text):
            if not (COUNTING.startswith(secret) or (name, kind) in NOT_SECRET):
                found.append(f"{name}:{line}: {kind}")
    assert found == [], "remove it, and revoke it: it is in the history"


@pytest.mark.parametrize(
    "planted",
    [
        "token: " + "dapi" + "3f9c1e7ab2d84605" + "9c1e7ab2d846053f",
        "client_secret: " + "dose" + "3f9c1e7ab2d84605" + "9c1e7ab2d846053f",
        "AWS_ACCESS_KEY_ID=" + "AKIA" + "Z7QK3MWT5XRB2NLV",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "postgresql://lakehouse:" + "s3cr3t-word" + "@db.example/gold",
        "lakehouse_" + RANDOM + "abc",
        "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
        f'API_KEY = "{RANDOM}"',
        'key = "' + "3f9c1e7ab2d846059c1e" + '7ab2d846053fa0b1"',
    ],
)
@pytest.mark.parametrize("path", ["bundle/targets.yml", "serving/start.py"])
def test_a_planted_secret_is_found(path, planted):
    text = (ROOT / path).read_text()
    assert secrets_in(path, text) == []
    assert secrets_in(path, f"{text}\n{planted}\n") != []
