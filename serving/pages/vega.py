"""The library that draws charts (Vega, Vega-Lite, vega-embed), as one script.

The Python package `vl-convert-python` has the libraries inside. The script is made from it once, into the environment
that serves (or, where that can't be written, into a folder of the user's), so that no code of others is in this
repository and no page loads anything from another machine.
"""

import asyncio
import os
import sys
import tempfile
import threading
from functools import cache
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

VEGA_LITE = "6.4"
SNIPPET = "window.vegaEmbed = vegaEmbed;"
FOREVER = "private, max-age=31536000, immutable"
router = APIRouter()
_making = threading.Lock()


def address() -> str:
    """The script's address: another version of the package is another address, so that browsers may keep it."""
    return f"/charts/vega-{version('vl-convert-python')}.js"


def script() -> Path:
    """The script, which is made where it isn't there yet (1 to 3 s). Raises OSError where no folder can be written."""
    name = address().rpartition("/")[2]
    with _making:
        folders = [Path(sys.prefix) / "share" / "lakehouse", _users_folder(), _process_folder()]
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
        return _made(folders, name)


def _made(folders: list[Path], name: str) -> Path:
    import vl_convert

    text = vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE)
    for place, folder in enumerate(folders, 1):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Another process may make it, too: each has a file of its own, and the last one stays.
            unfinished = folder / f"{name}.{os.getpid()}"
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(folder / name)
        except OSError:
            if place == len(folders):
                raise
        else:
            return folder / name
    raise AssertionError("there are folders")


def _users_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lakehouse"


@cache
def _process_folder() -> Path:
    """A folder of this process alone, where neither of the others can be written: Databricks Apps may be so."""
    return Path(tempfile.mkdtemp(prefix="lakehouse-"))


@router.get("/charts/{name}")
async def library(name: str) -> Response:
    """The script. Raises OSError as `script`."""
    if name != address().rpartition("/")[2]:
        return Response(status_code=404)
    path = await asyncio.to_thread(script)
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": FOREVER})
