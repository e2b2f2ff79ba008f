"""The examples below each command's help; the key is the command, empty for the help of all."""

EXAMPLES = {
    "": """\
  ./lakehouse run                                   a sample, from files to gold tables
  ./lakehouse run --landing mine/landing --lake mine/lake      your own files, into a lake of their own
  ./lakehouse sql "FROM gold.TABLE LIMIT 5"
  ./lakehouse sql "SELECT count(*) FROM gold.TABLE@v0"         an older version of a table
  ./lakehouse status                                what is in the lake, how fresh, how healthy""",
    "run": """\
  ./lakehouse run                                   what has landed, from files to gold tables
  ./lakehouse run --landing mine/landing --lake mine/lake    your own files, into a lake of their own
  ./lakehouse run --watch                           stays up, and loads files as they land
  ./lakehouse run --log FOLDER/lakehouse.log        for cron: what it says, each line with the time
  ./lakehouse run --layer silver                    one layer only: the pipelines that publish to this schema
  ./lakehouse run --full-refresh silver.TABLE       one table rebuilt, from all that its sources have""",
    "sql": """\
  ./lakehouse sql "FROM gold.TABLE LIMIT 5"
  ./lakehouse sql "FROM gold.TABLE" --format csv > table.csv           every row and column
  ./lakehouse sql "SELECT count(*) FROM gold.TABLE@v0"                 an older version
  ./lakehouse sql "SELECT count(*) FROM gold.TABLE@p1"                 as an older update published it
  ./lakehouse sql --latest "FROM gold.TABLE LIMIT 5"                   as it is now, published or not
  ./lakehouse sql --files "FROM 'mine.csv' JOIN gold.TABLE USING (COLUMN)"    a file beside the lake
  ./lakehouse sql "FROM gold.TABLE; FROM gold.OTHER"                   several results
  ./lakehouse sql --file queries/TOPIC/QUESTION.sql                    a question of the collection

Gold is read as the last run that went well left it, all of its tables from one update (--publication, --latest);
bronze, silver and event logs are read as they are now. A line on standard error says where these differ.

CSV: NULL is nothing, an empty text is "". JSON: an array for each statement; NaN is a text; a second column of one
name is name_1. Keys are numbers of 64 bits, and keep all digits; JavaScript and spreadsheets round them, so select
KEY::VARCHAR for these.

Nothing is written, and no file outside the lake is read; with --files those that a query names in quotes are, except
keys. Without a query there is a prompt: .help says more.""",
    "metrics": """\
  ./lakehouse metrics                               all metrics, by subject
  ./lakehouse metrics hours_viewed                  how one is computed, and by what it can be asked for
  ./lakehouse metrics query --metric hours_viewed --by genre,month --where "country = 'Norway'"
  ./lakehouse metrics query --metric plays,hours_viewed --last 30d --compare previous
  ./lakehouse metrics query --metric titles --by country --order titles:desc --limit 10 --csv > countries.csv
  ./lakehouse metrics query --metric plays --by device --sql bigquery     the SQL, for another database

A filter is a dimension and a value: =, !=, <, <=, >, >=, in ('a', 'b'), between 1 and 2; several are joined by `and`.
Periods end with the newest day of the data, not today. `country` is the country of viewing, of production or of
residence: what it is of the metric. Gold is read as it was published.""",
    "status": """\
  ./lakehouse status                                exit code 0: healthy, 1: needs attention, or a run is in progress
  ./lakehouse status --long                         also what each table has taken in
  ./lakehouse status --format json                  for programs""",
    "serve": """\
  ./lakehouse serve                                 opens a browser; Ctrl-C stops it
  ./lakehouse serve --lake mine/lake --port 8000 --no-browser
  ./lakehouse serve --host 0.0.0.0 --token-file FOLDER/token      for other machines, behind a proxy with TLS""",
    "generate": """\
  ./lakehouse generate                              after a change in metrics/definitions or dashboards/pages
  ./lakehouse generate metrics                      only the metrics' documents and views
  ./lakehouse generate --check                      names the files that aren't current""",
    "token": """\
  ./lakehouse token add dashboards --scopes metrics,titles        prints the token, once
  ./lakehouse token rotate dashboards                             a new one; the old one ends in a day
  ./lakehouse token revoke dashboards                             refused within a second
  ./lakehouse token list""",
    "export": """\
  ./lakehouse export FOLDER                         all of gold as Parquet, and what loads it elsewhere
  ./lakehouse export FOLDER dim_title kpi_genre --format xlsx        two tables as workbooks
  ./lakehouse export FOLDER --format csv --separator ";"
  ./lakehouse export FOLDER --format duckdb         a database for tools on this machine

All tables are of one published state, which FOLDER/datapackage.json names, with columns, rows and digests. FOLDER is
replaced as a whole, at the end; one with files of your own is refused.

CSV and workbooks: a list is its elements with ", " between them, times are UTC, and a text that a spreadsheet would
compute (=, +, -, @) has an apostrophe before it. Spreadsheets round numbers of more than 15 digits: workbooks have
keys as texts; CSV has all digits, so import its keys as text.""",
    "publish": """\
  ./lakehouse publish postgres --dsn postgresql://USER@HOST/DATABASE      into the schema lakehouse
  ./lakehouse publish postgres --dsn service=NAME --schema star --reader ROLE
  PGHOST=… PGDATABASE=… PGUSER=… ./lakehouse publish postgres

All tables change in one transaction, with a row in the table `publication`; only what has changed is sent. Passwords
are libpq's matter: ~/.pgpass, PGPASSWORD, or a service. An address that has one is refused.""",
    "diff": """\
  ./lakehouse diff --last-run                       what the last run that published changed, by table
  ./lakehouse diff gold.TABLE@v3 gold.TABLE@v4      rows added, gone and changed between two versions
  ./lakehouse diff TABLE@p1                         between what an update published, and now
  ./lakehouse diff bronze.TABLE@v1 --key COLUMN,COLUMN --format csv > changes.csv

Rows are told apart by the primary key that the pipelines declare, or by --key. CSV and JSON have a row for each row
that came or went, and for each value that changed.""",
    "accept": """\
  ./lakehouse accept FEED/FILE.csv                  a release that is held or late is applied
  ./lakehouse accept mine/landing/FEED/FOLDER --lake mine/lake      one in part files""",
    "reject": """\
  ./lakehouse reject FEED/FILE.csv                  a wrong release is passed over; nothing is deleted""",
    "file": """\
  ./lakehouse file 0123456789abcdef                 the name of a personal file that is shown as …0123456789abcdef""",
    "rejected": """\
  ./lakehouse rejected FEED/FILE.csv                rows that were left out, by rule, and cells that could not be read
  ./lakehouse rejected FILE.csv --all               every row; of personal feeds, only rules and counts
  ./lakehouse rejected FILE.csv --format csv > left_out.csv      every row and column""",
    "graph": """\
  ./lakehouse graph
  ./lakehouse graph --format mermaid > graph.mmd    a diagram, as GitHub draws it""",
    "dictionary": """\
  ./lakehouse dictionary
  ./lakehouse dictionary --check        1 where they are not current, for CI""",
    "check": """\
  ./lakehouse check --target prod       before `databricks bundle deploy --target prod`; 1 where something is wrong
  ./lakehouse check                     all targets; who is logged in is asked for one target only""",
    "sample": """\
  ./lakehouse sample --landing /tmp/landing --titles 10000 --releases 3
  ./lakehouse sample --landing /tmp/landing --seed 1 --dirt dates encodings
  ./lakehouse sample --landing /tmp/landing --sessions 50000 --days 30
  ./lakehouse sample --landing /tmp/landing --continue               the next day
What must come of it is in .truth/ of the landing folder: every KPI of gold in kpis.json; catalogue.json, playback.json
and imdb.json are of rows, files, and titles and people at IMDb.""",
    "import": """\
  ./lakehouse import viewing-activity ViewingActivity.csv --landing mine/landing --lake mine/lake

Run the catalogue first: titles are looked up in the lake. To turn the same file, or a newer one, into events again is
harmless: an event that several files have counts once.""",
    "digest": """\
  ./lakehouse digest                                equal hashes: equal rows, whichever engine wrote them
  ./lakehouse digest --schema silver --lake ~/lake""",
    "vacuum": """\
  ./lakehouse vacuum                                keeps what versions of the last week and ten publications need
  ./lakehouse vacuum --hours 0 --publications 1     keeps the newest versions and the newest publication only""",
    "test": """\
  ./lakehouse test                                  everything, on both engines
  ./lakehouse test --engine sail -- tests/silver -x     what needs no Java; options for pytest""",
}
