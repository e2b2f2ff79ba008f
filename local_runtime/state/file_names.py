"""Names of files as they are shown outside the table that loads them: parts that may name a person are hidden.

A table of personal data says so by two properties:

    lakehouse.hidden_file_names   a regular expression; a part of a path in which it is found is hidden
    lakehouse.file_name_key       the name of the secret with which a hidden part is hashed

What is shown of a part is `…` and sixteen digits of its keyed hash, by which `./lakehouse file` finds it again; the
number of a part file (part-00001) stays. Pipelines may show the same in their tables.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

HIDDEN_NAMES, KEY_NAME = "lakehouse.hidden_file_names", "lakehouse.file_name_key"
PART_NUMBER = re.compile("^part-(?:[a-z]-)?[0-9]{5}")
IS_HIDDEN = re.compile("…[0-9a-f]{16}$")
DIGITS_SHOWN = 16


@dataclass(frozen=True)
class FileNames:
    """How the names of a table's files are shown: `hidden` is found in parts to hide, None where none is hidden.

    Without the secret `key`, nothing is shown of a hidden part.
    """

    hidden: re.Pattern[str] | None
    key: str | None

    def shown(self, name: str) -> str:
        """A path below the source's folder, as it is shown."""
        return "/".join(map(self._part, name.split("/")))

    def _part(self, part: str) -> str:
        number = PART_NUMBER.match(part)
        rest = part[number.end() :] if number else part
        if self.hidden is None or IS_HIDDEN.match(rest) or not self.hidden.search(rest):
            return part
        return f"{number[0] if number else ''}…{self._digits(part)}"

    def _digits(self, part: str) -> str:
        if self.key is None:
            return ""
        return hmac.new(self.key.encode(), f"file\x1f{part}".encode(), hashlib.sha256).hexdigest()[:DIGITS_SHOWN]


def file_names(properties: Mapping[str, str], secrets: Mapping[str, str]) -> FileNames:
    """How the names of a table's files are shown, by its properties; `secrets` are by `scope/key`."""
    hidden, name = properties.get(HIDDEN_NAMES), properties.get(KEY_NAME)
    keys = [value for secret, value in secrets.items() if name and secret.endswith(f"/{name}")]
    return FileNames(re.compile(hidden) if hidden else None, next(iter(keys), None))
