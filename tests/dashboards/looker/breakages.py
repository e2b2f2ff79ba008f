"""What could be wrong in the LookML project."""

from tests.dashboards.breakages import Breakage, removed, renamed, replaced, rewritten

VIEWS, MODEL = "generated/looker/views/*.lkml", "generated/looker/models/lakehouse.model.lkml"
PLAY, TITLE = "generated/looker/views/play.view.lkml", "generated/looker/views/title.view.lkml"
BOARD = "generated/looker/dashboards/overview.dashboard.lookml"
LEGACY = "*netflix_current.model.lkml"
TYPE = "sql: COALESCE(${TABLE}.type"
TESTS = "generated/looker/tests/kpis.lkml"


def wrong(name, kind, pattern, old, new):
    return Breakage(name, kind, replaced(pattern, old, new))


BREAKAGES = (
    wrong("a column that gold hasn't", "names", PLAY, "${TABLE}.watched_seconds", "${TABLE}.seconds"),
    wrong("a table that gold hasn't", "names", PLAY, "@{SCHEMA}.fact_playback", "@{SCHEMA}.fact_plays"),
    wrong("a field that the view hasn't", "names", PLAY, "${date.date}", "${date.day}"),
    wrong(
        "a text that is a number",
        "types",
        TITLE,
        "type: string\n    sql: COALESCE(${TABLE}.type",
        "type: number\n    sql: COALESCE(${TABLE}.type",
    ),
    wrong("a type of measure that isn't there", "types", PLAY, "type: count_distinct", "type: countd"),
    wrong("a function of another engine", "functions", TITLE, "EXTRACT(YEAR FROM ${TABLE}", "YEAR_OF(${TABLE}"),
    wrong(
        "titles of one name have one key",
        "ids",
        "generated/looker/views/started_title.view.lkml",
        "COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), ",
        "",
    ),
    wrong(
        "tables that are joined have one key for titles of one name",
        "ids",
        "generated/looker/views/kpi_top_titles.view.lkml",
        "COALESCE(CAST(${TABLE}.title_key AS STRING), '~'), ",
        "",
    ),
    wrong("no primary key", "ids", PLAY, "primary_key: yes", "primary_key: no"),
    Breakage(
        "two measures of one name",
        "ids",
        rewritten(PLAY, lambda text: text.replace("measure: plays", "measure: viewers", 1)),
    ),
    Breakage("a byte order mark", "encodings", rewritten(PLAY, lambda text: "\ufeff" + text)),
    Breakage("a brace is missing", "encodings", rewritten(PLAY, lambda text: text.rstrip().removesuffix("}"))),
    Breakage("a view is missing", "missing files", removed("generated/looker/views/dim_genre.view.lkml")),
    Breakage("a dashboard is missing", "missing files", removed(BOARD)),
    Breakage("views in a folder that no model includes", "missing files", renamed("*dim_genre*", "views/", "view/")),
    wrong(
        "a join before what it needs",
        "order",
        MODEL,
        "${play.column_title_key} = ${title.title_key}",
        "${device.device_key} = ${title.title_key}",
    ),
    wrong("a join of a view that isn't there", "references", MODEL, "from: dim_title", "from: dim_titles"),
    wrong("an element of a field that isn't there", "references", BOARD, "- play.hours_viewed", "- play.hours"),
    wrong(
        "a filter that nobody listens to rightly",
        "references",
        BOARD,
        "Country: play.viewing_country",
        "Land: play.viewing_country",
    ),
    wrong("a constant that isn't declared", "references", PLAY, "@{SCHEMA}", "@{SCHEMAS}"),
    wrong(
        "another connection for the legacy explore",
        "names",
        "*netflix_current.model.lkml",
        "bigquery_connection",
        "bigquery",
    ),
    wrong("a bridge as many-to-one", "meaning", MODEL, "relationship: one_to_many", "relationship: many_to_one"),
    wrong("hours without the bridge's weight", "meaning", PLAY, " * ${title_genres_pairs.weight}", ""),
    wrong("an average for a sum", "meaning", PLAY, "SUM(${TABLE}.watched_seconds", "AVG(${TABLE}.watched_seconds"),
    wrong("movies that are shows", "meaning", TITLE, "${TABLE}.type = 'Movie'", "${TABLE}.type = 'TV Show'"),
    wrong("titles that have left are counted", "meaning", MODEL, "${title.column_in_catalogue} AND ", ""),
    wrong(
        "small groups of people are shown",
        "meaning",
        "*audience_groups.view.lkml",
        "`subscribers` < 5",
        "`subscribers` < 0",
    ),
    wrong(
        "an assertion that always holds",
        "meaning",
        TESTS,
        "abs(${title.titles} - ${kpi_content_type.titles})",
        "abs(${title.titles} - ${title.titles})",
    ),
)
