"""What players call the types of events, and the codes of countries."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.countries import codes_by_alias

# By type, what players call it, in any case: past and present tense (most trackers), `timeupdate`, `seeked` and `ended`
# (the HTML media element), `complete` (VAST), `ping` (heartbeats of collectors).
EVENT_TYPES = {
    "PLAY_START": ("play", "start", "started", "playing"),
    "PAUSE": ("paused",),
    "RESUME": ("resumed",),
    "SEEK": ("seeking", "seeked"),
    "HEARTBEAT": ("play_heartbeat", "progress", "timeupdate", "ping"),
    "PLAY_STOP": ("stop", "stopped", "end", "ended", "complete", "completed"),
}
# A code, alone or with a subdivision's (ISO 3166-2): us-CA.
CODE = "^[A-Za-z]{2}$"
COUNTRY = "^([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,3})?$"


def known_event_type(text: Column) -> Column:
    """STRING: the type that a text in upper case means, else the text."""
    # Agreed names first: nearly all events have one.
    known = F.when(text.isin(*EVENT_TYPES), text)
    for event_type, words in EVENT_TYPES.items():
        known = known.when(text.isin(*[word.upper() for word in words]), event_type)
    return known.otherwise(text)


def country_code(text: Column) -> Column:
    """STRING: the code by ISO 3166-1 alpha-2 of a country, or of a subdivision's country; null for another text.

    Abbreviations of countries' names (UK, USA, UAE) are codes too.
    """
    code = F.upper(F.when(text.rlike(COUNTRY), F.regexp_extract(text, COUNTRY, 1)))
    aliases, upper = codes_by_alias(), F.upper(text)
    # Codes first: nearly all are.
    known = F.when(text.rlike(CODE) & ~upper.isin(*aliases), upper)
    known = known.when((F.length(code) == 2) & ~code.isin(*aliases), code)
    for alias, alpha_2 in aliases.items():
        known = known.when(code == alias, alpha_2)
    return known
