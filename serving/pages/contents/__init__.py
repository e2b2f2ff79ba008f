"""What each page has, as data: headlines, panels and filters."""

from serving.pages.contents.audience import AUDIENCE
from serving.pages.contents.catalogue import CATALOGUE
from serving.pages.contents.growth import GROWTH
from serving.pages.contents.overview import OVERVIEW
from serving.pages.contents.taste import TASTE
from serving.pages.contents.viewing import VIEWING

PAGES = (OVERVIEW, CATALOGUE, GROWTH, VIEWING, AUDIENCE, TASTE)
