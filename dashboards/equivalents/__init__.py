"""One table of equivalents: what each metric is in each language, and why these mean the same (docs/equivalents.md).

`kinds.py` names the closed forms and says why they mean the same. A language is a module with a `LANGUAGE`: its formula
of a measure, and the form that a formula of each kind has; `languages.py` lists them. `document.py` writes the page.
"""
