"""No file of the repository has a secret in it, and one that is planted is found."""

import random
import string
import subprocess

import pytest

pytest.importorskip("detect_secrets", reason="what tests need (the group `test`) isn't installed")

from tests.conftest import ROOT
from tests.conventions.secret_scan import secrets_in

COUNTING = ("0123456789abcdef" * 4, "1234567890" * 4)
"""What examples and tests have for keys: nobody takes it for one."""
NOT_SECRET = {
    ("tests/common/test_pseudonyms.py", "Hex High Entropy String"): "a pseudonym that the test expects",
    ("tests/local_runtime/set_up/test_failures.py", "Basic Auth Credentials"): "what a message must not repeat",
    ("tests/publishing/postgres/test_refusals.py", "Basic Auth Credentials"): "a password that is refused in a DSN",
    ("dashboards/tableau/names.py", "Base64 High Entropy String"): "the digits and letters",
    ("generated/power_bi/", "Hex High Entropy String"): "ids of pages and visuals, hashes of their names",
}
"""Files, or folders of generated ones, and what they may have."""
CHANCE = random.Random(7)


def like_a_key(alphabet, length):
    """A text as random as a key; written out here, it would be found."""
    return "".join(CHANCE.choice(alphabet) for _ in range(length))


LETTERS = string.ascii_letters + string.digits
HEX, RANDOM = like_a_key("0123456789abcdef", 32), like_a_key(LETTERS, 40)


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
            is_known = any(name.startswith(place) and kind == may_have for place, may_have in NOT_SECRET)
            if not (any(one.startswith(secret) for one in COUNTING) or is_known):
                found.append(f"{name}:{line}: {kind}")
    assert found == [], "remove it, and revoke it: it is in the history"


@pytest.mark.parametrize(
    "planted",
    [
        f"token: dapi{HEX}",
        f"client_secret: dose{HEX}",
        f"AWS_ACCESS_KEY_ID=AKIA{RANDOM[:16].upper()}",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "postgresql://lakehouse:" + RANDOM[:12] + "@db.example/gold",
        f"lakehouse_{RANDOM}abc",
        f"ghp_{RANDOM[:36]}",
        f"github_pat_{RANDOM[:22]}_{RANDOM}",
        f"glpat-{RANDOM[:20]}",
        f"hf_{RANDOM[:34]}",
        f"pypi-AgEIcHlwaS5vcmc{RANDOM}",
        f"sk-ant-api03-{RANDOM}",
        f"AIza{RANDOM[:35]}",
        f"https://x.blob.core.windows.net/landing?sv=2024-11-04&sig={RANDOM}abc%3D",
        f"  password: {RANDOM[:12]}",
        f"export PGPASSWORD={RANDOM[:10]}",
        f"postgresql://db.example/gold?user=me&password={RANDOM[:10]}",
        f'API_KEY = "{RANDOM}"',
        f'key = "{HEX}"',
    ],
)
@pytest.mark.parametrize("path", ["bundle/targets.yml", "serving/start.py"])
def test_a_planted_secret_is_found(path, planted):
    text = (ROOT / path).read_text()
    assert secrets_in(path, text) == []
    assert secrets_in(path, f"{text}\n{planted}\n") != []


@pytest.mark.parametrize(
    "harmless",
    [
        "export PGPASSWORD=$SECRET_OF_THE_DATABASE",
        "PGPASSWORD=<password> ./lakehouse publish postgres",
        "  password: ${var.database_password}",
        "    password: str",
        "https://db.example/gold?password=…",
    ],
)
def test_where_a_secret_would_be_and_none_is_nothing_is_found(harmless):
    assert secrets_in("docs/any.md", harmless) == []
