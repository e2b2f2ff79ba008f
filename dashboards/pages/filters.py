"""The menus over the pages, and the periods that readers choose from."""

from dashboards.pages.model import Choice

PERIODS = ("30d", "90d", "12m")
ALONE = "The data begin within the period: there is none before"

TYPE = Choice(name="type", label="Type", dimensions=("type",), listed="hours_viewed")
CATALOGUE_TYPE = Choice(name="type", label="Type", dimensions=("type",), listed="titles")
GENRE = Choice(name="genre", label="Genre", dimensions=("genre",), listed="titles")
RATING = Choice(name="rating", label="Rating", dimensions=("rating",), listed="titles")
RELEASED = Choice(name="released", label="Released", dimensions=("release_year",), listed="titles")
ADDED = Choice(name="added", label="Added", dimensions=("year_added",), listed="titles")
MADE_IN = Choice(name="country", label="Country", dimensions=("production_country",), listed="titles")
MADE_IN_REGION = Choice(name="region", label="Region", dimensions=("production_region",), listed="titles")
COUNTRY = Choice(
    name="country", label="Country", dimensions=("viewing_country", "residence_country"), listed="hours_viewed"
)
REGION = Choice(name="region", label="Region", dimensions=("viewing_region",), listed="hours_viewed")
DEVICE = Choice(name="device", label="Device", dimensions=("device",), listed="plays")
EVENT_TYPE = Choice(name="event", label="Event type", dimensions=("event_type",), listed="events")
PLAN = Choice(name="plan", label="Plan", dimensions=("plan",), listed="subscribers")
RESIDENCE = Choice(name="country", label="Country", dimensions=("residence_country",), listed="subscribers")
AGE = Choice(name="age", label="Age", dimensions=("age_band",), listed="subscribers")
GENDER = Choice(name="gender", label="Gender", dimensions=("gender",), listed="subscribers")
