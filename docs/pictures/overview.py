"""Takes the picture of the overview in `overview.png`: `.venv-spark/bin/python -m docs.pictures.overview LAKE`.

The lake is served as `./lakehouse serve` does, and the browser of the tests opens it. Without LAKE, that is `lake`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("overview.png")
CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WIDTH, HEIGHT = 1440, 1000
PATIENCE = 60_000  # milliseconds


def main() -> None:
    """Serves the lake, and writes the picture."""
    lake = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "lake").absolute()
    command = [str(ROOT / "lakehouse"), "serve", "--lake", str(lake), "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            if address is None:
                sys.exit(f"{lake} can't be served: ./lakehouse serve --lake {lake}")
            take(address.group(), PICTURE)
        finally:
            server.terminate()
    print(f"{PICTURE.relative_to(ROOT)} is written.")


def take(address: str, picture: Path) -> None:
    """Writes what a reader sees of the page at the address when its charts are drawn, in the light theme."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", locale="en-GB")
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.wait_for_selector("html[data-ready]", state="attached")
        page.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    main()
