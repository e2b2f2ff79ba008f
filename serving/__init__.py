"""The API and the pages over one lake, in one process (`./lakehouse serve`).

`start.py` takes the port and runs the server, `build.py` puts together what it serves with, `app.py` the routes.

**How numbers are asked for.** The API (`api/`) and the pages (`pages/`) ask in one place and so have the same numbers:

    service, generation = service_of(request), generation_of(request)        # serving/service.py
    answer = await service.answers.answer(generation, Query(metrics=("plays",), dimensions=("device",)))
    answers = await service.answers.answer_all(generation, [query, another])   # a page's queries, side by side

`Query` is of `metrics/query.py`. An `Answer` (`answers.py`) has `columns` (name, label, unit, format, …), `rows`
(tuples of Python values), `records` (dicts) and `value(column)`, for one number. Small groups of people have been added
to `Other (fewer than 5)` (`privacy.py`). Equal questions on one generation are computed once and kept. A question that
doesn't fit the registry, or can't be answered now, raises `Problem` (`problems.py`), which becomes the response.

What isn't in the registry is asked with `service.statements.once(generation, key, work)`: `work` gets a DuckDB cursor
in another thread and returns what is to be kept under `key` (`titles.py` has examples). Values are bound, never
formatted.

**A generation** (`generations.py`) is what one publication holds, in memory. A request reads the one that was current
when it came, to its last byte; `watching.py` loads a newer one aside and switches.

**Pages**: a module in `pages/` with a `router` and a template over `base.html`; `pages/__init__.py` lists the modules.
`rendered(request, template, title, **values)` gives every template what `base.html` needs. The middleware (`http/`)
adds the ETag, 304, the strict Content-Security-Policy and the log to all of them. Answers to GET are kept by their
ETag, so a page follows from its address and the publication alone; what doesn't is under `/operations`
(`http/conditional.py`).
"""
