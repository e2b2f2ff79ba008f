"""A small package index on this machine."""

import hashlib
import http.server
import zipfile
from pathlib import Path

from local_runtime.set_up.build import UV
from tests.helpers.small_project import PRETENDED_UV, SmallProject


class Index:
    """A local index like https://pypi.org/simple with two wheels: `tiny` and a pretended uv."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tiny = self._wheel("tiny", "1.0", {"tiny/__init__.py": "where = __file__\n"})
        self._wheel("uv", UV, {f"uv-{UV}.data/scripts/uv": PRETENDED_UV})

    def _wheel(self, name: str, version: str, files: dict[str, str]) -> Path:
        wheel = self.folder / "files" / f"{name}-{version}-py3-none-any.whl"
        wheel.parent.mkdir(exist_ok=True)
        described = f"{name}-{version}.dist-info"
        files |= {
            f"{described}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{described}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in [*files, f"{described}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**files, f"{described}/RECORD": record}.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = 0o100755 << 16
                archive.writestr(entry, text)
        page = self.folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        page.write_text(f'<a href="/files/{wheel.name}#sha256={digest}">{wheel.name}</a>')
        return wheel

    def lock(self, project: SmallProject, digest: str | None = None) -> None:
        """Writes a lock file, which names PyPI's addresses as every lock file does."""
        digest = digest or hashlib.sha256(self.tiny.read_bytes()).hexdigest()
        (project.folder / "pyproject.toml").write_text(
            '[project]\nname = "small"\nversion = "1"\nrequires-python = ">=3.11"\n'
            '[dependency-groups]\nrun = ["tiny==1.0"]\n[tool.uv]\npackage = false\n'
        )
        (project.folder / "uv.lock").write_text(
            'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n'
            '[[package]]\nname = "tiny"\nversion = "1.0"\nsource = { registry = "https://pypi.org/simple" }\n'
            f'wheels = [{{ url = "https://files.pythonhosted.org/{self.tiny.name}", hash = "sha256:{digest}" }}]\n'
            '[[package]]\nname = "small"\nversion = "1"\nsource = { virtual = "." }\n'
            '[package.dev-dependencies]\nrun = [{ name = "tiny" }]\n'
            '[package.metadata]\n[package.metadata.requires-dev]\nrun = [{ name = "tiny", specifier = "==1.0" }]\n'
        )


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments) -> None:
        pass
