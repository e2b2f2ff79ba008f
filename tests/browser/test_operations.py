"""The report on operations comes while the page stays, and what the reader was at stays with it."""

import re

READ = re.compile(r'data-read="[^"]+"')


def as_if_being_read(route):
    """The page as it is while its report is read again."""
    answer = route.fetch()
    text = READ.sub('data-read="before" data-reading', answer.text(), count=1)
    route.fulfill(response=answer, body=text.replace("Last updates</h2>", "Updates before</h2>"))


def test_a_report_that_is_being_read_comes_by_itself_and_keeps_focus_and_what_is_open(visit):
    opened = visit("/operations")
    page = opened.page
    page.route("**/operations", as_if_being_read, times=1)
    page.goto("/operations")
    assert page.locator("#updates h2").inner_text() == "Updates before"
    chosen = page.locator("#quarantine summary").first
    chosen.focus()
    was_open = page.locator("#quarantine details").first.get_attribute("open") is not None
    if not was_open:
        page.keyboard.press("Enter")
    opened.drawn()
    assert page.locator("#updates h2").inner_text() == "Last updates"
    assert page.evaluate("document.activeElement === document.querySelector('#quarantine summary')")
    assert page.evaluate("document.querySelector('#quarantine details').open")
