"""One server over the small lake of tests/serving, and Debian's Chromium. Without one of them these tests skip."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager

import pytest

from docs.pictures.overview import CHROMIUM, OPTIONS
from tests.browser.chromium import Visit
from tests.conftest import ROOT
from tests.serving.conftest import made_lake  # noqa: F401

WIDTHS = {"phone": 390, "tablet": 900, "wide": 1440}
THEMES = ("light", "dark")
OF_TESTS = ("--port", "0", "--no-browser")


@contextmanager
def serving(lake, *options):
    """The address of a server over the lake, in a process of its own."""
    command = [sys.executable, "-P", "-m", "local_runtime", "serve", "--lake", str(lake.root), *OF_TESTS, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT)}
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            said = server.stdout.readline()
            address = re.search(r"http://[^/ ]+", said)
            assert address, f"The server said {said!r}"
            yield address.group()
        finally:
            server.terminate()
            code = server.wait(60)
            server.stdout.close()
        log.seek(0)
        assert code == 128 + signal.SIGTERM, log.read()[-5000:]


@pytest.fixture(scope="session")
def address(made_lake):  # noqa: F811
    """The address of the server."""
    pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
    with serving(made_lake) as found:
        yield found


@pytest.fixture(scope="package")
def chromium():
    """The browser. Playwright's event loop runs for as long as it does: other tests have loops of their own."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright (the group `browser`) isn't installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, address):
    """Opens pages; what they load and say is checked when the test ends."""
    opened = []

    def open_(path="/", *, width=WIDTHS["wide"], theme="light", **options):
        context = chromium.new_context(
            base_url=address, viewport={"width": width, "height": 900}, color_scheme=theme, locale="en-GB", **options
        )
        opened.append(found := Visit(context, address))
        found.go(path)
        return found

    yield open_
    for found in opened:
        found.context.close()
    assert [it for found in opened for it in found.mistakes] == []


@pytest.fixture(scope="session")
def ask(address):
    """Asks the API."""

    def asked(path):
        with urllib.request.urlopen(f"{address}{path}") as response:
            return json.load(response)

    return asked
