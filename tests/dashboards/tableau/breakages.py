"""What could be wrong in the workbook and its data sources."""

from tests.dashboards.breakages import Breakage, removed, replaced, rewritten

BOOK, PLAY = "generated/tableau/lakehouse.twb", "generated/tableau/metrics_play.tds"
ALL = "generated/tableau/*"
GENRES = "generated/tableau/metrics_play_by_genres.tds"


def wrong(name, kind, old, new, pattern=BOOK):
    return Breakage(name, kind, replaced(pattern, old, new))


def everywhere(name, kind, old, new):
    """A breakage of the workbook and of each data source alike."""

    def plant(files):
        return {path: text.replace(old, new) for path, text in files.items()}

    return Breakage(name, kind, plant)


YEAR = 'name="[release_year]"'
SHEET, WINDOW = '<worksheet name="Overview: ', '<window class="worksheet" name="Overview: '
ZONE = 'name="Overview: Plays (number)" w='
RELATION = 'relation connection="databricks.'
PLAN, GENDER = "COALESCE(`t1`.`plan`, 'Unknown') AS `plan`", "`t`.`gender` AS `gender`"

BREAKAGES = (
    everywhere("a table that gold hasn't", "names", "FROM `fact_playback` AS", "FROM `fact_plays` AS"),
    everywhere("a column that gold hasn't", "names", "`watched_seconds`", "`seconds_watched`"),
    wrong("a data source that differs from its file", "names", "`is_view`", "`is_completed`", PLAY),
    everywhere("a number that is a text", "types", f'datatype="integer" {YEAR}', f'datatype="string" {YEAR}'),
    everywhere("a function that Tableau hasn't", "functions", "COUNTD(", "COUNT_DISTINCT("),
    wrong("two worksheets of one name", "ids", f"{SHEET}Plays (", f"{SHEET}Viewers ("),
    wrong("an id that is no UUID", "ids", 'simple-id uuid="{', 'simple-id uuid="'),
    Breakage("a byte order mark", "encodings", rewritten(BOOK, lambda text: "\ufeff" + text)),
    wrong("an ampersand as it is", "encodings", "Movies and TV shows", "Movies & TV shows"),
    everywhere("a sign that marks parameters", "encodings", "GREATEST(", "&lt;("),
    Breakage("a data source without its file", "missing files", removed(PLAY)),
    Breakage("no workbook", "missing files", removed(BOOK)),
    wrong("rows for columns", "order", "<rows>", "<row>"),
    wrong("a zone over another", "order", 'x="25000"', 'x="0"'),
    wrong("no window for a worksheet", "references", f"{WINDOW}Plays (", f"{WINDOW}Play ("),
    wrong("a zone of a worksheet that isn't there", "references", ZONE, ZONE.replace("Plays", "Play")),
    wrong("a pill that isn't declared", "references", "[usr:hours_viewed:qk]</", "[usr:hours:qk]</"),
    everywhere(
        "a formula of a field that isn't there", "references", "SUM([hours_viewed_value])", "SUM([hours_value])"
    ),
    wrong("a connection that isn't there", "references", RELATION, RELATION.replace("databricks", "databrick")),
    everywhere("hours without the bridge's weight", "meaning", "`.`weight` * 1000000", "`.`weight` * 0 + 1000000"),
    everywhere("an average for a sum", "meaning", "SUM([revenue_value])", "AVG([revenue_value])"),
    everywhere("units that are forgotten", "meaning", "/ 3600)", "/ 60)"),
    everywhere("movies that are shows", "meaning", "`type` = 'Movie'", "`type` = 'TV Show'"),
    everywhere("titles that have left are counted", "meaning", "`t`.`in_catalogue`", "TRUE"),
    everywhere(
        "small groups of people are shown", "meaning", "GREATEST(`subscribers`, 5)", "GREATEST(`subscribers`, 0)"
    ),
    everywhere("an attribute of people", "meaning", PLAN, GENDER),
)
