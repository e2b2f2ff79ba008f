"""What each page has, as data: headlines, panels and filters (`model.py` says what they are)."""

from dashboards.pages.audience import AUDIENCE
from dashboards.pages.catalogue import CATALOGUE
from dashboards.pages.growth import GROWTH
from dashboards.pages.overview import OVERVIEW
from dashboards.pages.taste import TASTE
from dashboards.pages.viewing import VIEWING

PAGES = (OVERVIEW, CATALOGUE, GROWTH, VIEWING, AUDIENCE, TASTE)
