"""Debian's Chromium by Playwright: what is opened in it may load from the server alone, and say nothing."""

from urllib.parse import urlsplit

PATIENCE = 60_000  # milliseconds


class Visit:
    """A page in a context of its own. `mistakes` are requests to elsewhere and whatever the console says."""

    def __init__(self, context, address):
        self.context, self.mistakes, self.requests = context, [], []
        self._host = urlsplit(address).netloc
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.page.on("request", self._requested)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.mistakes.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)

    def _requested(self, request):
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self._host:
            self.mistakes.append(f"loads {request.url}")

    def _failed(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):  # another page was opened before it was loaded
            self.mistakes.append(f"failed: {request.url}: {request.failure}")

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.mistakes.append(f"console: {message.text} ({self.page.url})")

    def go(self, path):
        """Opens a page, and waits until it is drawn. Returns the response."""
        response = self.page.goto(path, wait_until="load")
        self.drawn()
        return response

    def drawn(self):
        """Waits until the charts are drawn, where scripts run, and the report on operations is there."""
        if self.page.locator("figure[data-spec]").count() and self.page.locator("html[data-script]").count():
            self.page.wait_for_selector("html[data-ready]", state="attached")
        if urlsplit(self.page.url).path == "/operations":
            self._read()
        return self

    def _read(self):
        """Waits for the report on operations: a script asks for it; without scripts, the reader does."""
        if self.page.locator("html[data-script]").count():
            self.page.wait_for_selector("[data-reading]", state="detached", timeout=3 * PATIENCE)
            return
        for _ in range(30):
            if not self.page.locator("[data-reading]").count():
                return
            self.page.locator("[data-again]").click()
        raise AssertionError("The lake is still being read.")

    def text(self, selector="main"):
        """The text that a reader sees there."""
        return self.page.locator(selector).first.inner_text()

    def picture(self, path):
        """Takes a picture of all of the page."""
        self.page.screenshot(path=str(path), full_page=True)
