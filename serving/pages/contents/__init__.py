"""What each page has, as data: headlines, panels and filters."""

from serving.pages.contents.overview import OVERVIEW

PAGES = (OVERVIEW,)
