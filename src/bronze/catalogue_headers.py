"""Columns of the catalogue: the name of each, its meaning, and the other names that headers use for it, best first."""

COLUMNS = (
    ("show_id", "id of the row in its release; every release numbers its rows again", ("id", "title id")),
    ("type", "Movie or TV Show", ("content type", "title type", "media type")),
    ("title", "name of the title", ("name", "movie title")),
    ("director", "names of directors, separated by commas", ("directors", "directed by", "director name")),
    (
        "cast",
        "names of actors, separated by commas",
        ("cast members", "cast people", "actors", "actor", "starring", "stars"),
    ),
    (
        "country",
        "countries of production, separated by commas",
        ("countries", "production country", "production countries", "origin country", "country of origin"),
    ),
    (
        "date_added",
        "when the title was added to the catalogue",
        ("added", "added date", "date added to netflix", "added on", "added at"),
    ),
    (
        "release_year",
        "year in which the title was first shown",
        ("year", "released", "year of release", "year released", "production year"),
    ),
    (
        "rating",
        "maturity rating",
        ("age rating", "maturity rating", "content rating", "age certification", "certification", "mpaa rating"),
    ),
    ("duration", "length of a movie (90 min) or number of seasons of a TV show (2 Seasons)"),
    ("listed_in", "genres, separated by commas", ("genres", "genre", "categories")),
    (
        "description",
        "one or two sentences",
        ("movie description", "summary", "synopsis", "overview", "plot", "plot summary"),
    ),
)
# Columns of some files only, and the columns above that can be read from them.
ALTERNATIVES = (
    (
        "minutes",
        "length in minutes",
        (
            *("runtime", "length", "duration minutes", "duration min", "duration mins", "duration in minutes"),
            *("runtime minutes", "runtime mins", "runtime min", "length minutes", "running time"),
        ),
        ("duration",),
    ),
    ("seasons", "number of seasons", ("number of seasons", "season count"), ("duration",)),
    ("duration_int", "number of minutes or seasons", ("duration value",), ("duration",)),
    ("duration_type", "unit of duration_int: min or Season", ("duration unit",), ("duration",)),
    ("category", "genres, or Movie and TV Show", (), ("type", "listed_in")),
    ("release_date", "day on which the title was first shown", (), ("release_year",)),
)
