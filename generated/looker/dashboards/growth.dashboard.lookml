# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: growth
  title: Growth
  description: How the catalogue became what it is, year by year, and who drives it.
  layout: newspaper
  preferred_viewer: dashboards-next
  filters:
  - name: Type
    title: Type
    type: field_filter
    model: lakehouse
    explore: title
    field: title.type
    default_value: ''
    allow_multiple_values: true
  - name: Genre
    title: Genre
    type: field_filter
    model: lakehouse
    explore: title
    field: title.genre
    default_value: ''
    allow_multiple_values: true
  - name: Country
    title: Country
    type: field_filter
    model: lakehouse
    explore: title
    field: title.production_country
    default_value: ''
    allow_multiple_values: true
  - name: Rating
    title: Rating
    type: field_filter
    model: lakehouse
    explore: title
    field: title.rating
    default_value: ''
    allow_multiple_values: true
  elements:
  - name: headline_titles
    title: Titles
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.titles
    note_text: number of titles
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 0
    col: 0
    width: 6
    height: 3
  - name: headline_titles_last_5_years
    title: Titles added in the last 5 years
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.titles_last_5_years
    note_text: titles added in the five years up to the latest with an addition
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 0
    col: 6
    width: 6
    height: 3
  - name: headline_titles_previous_5_years
    title: Titles added in the 5 years before
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.titles_previous_5_years
    note_text: titles added in the five years before those
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 0
    col: 12
    width: 6
    height: 3
  - name: headline_title_growth
    title: Growth of additions
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.title_growth
    note_text: (last - previous) / previous; null if previous is 0
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 0
    col: 18
    width: 6
    height: 3
  - name: additions
    title: Titles added, by year
    model: lakehouse
    explore: title
    type: looker_column
    fields:
    - title.year_added
    - title.type
    - title.titles
    pivots:
    - title.type
    sorts:
    - title.year_added
    limit: 500
    stacking: normal
    note_text: By type; the latest 15 years
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 3
    col: 0
    width: 16
    height: 6
  - name: country-growth
    title: Growth of additions by country
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.production_country
    - title.title_growth
    sorts:
    - title.production_country
    limit: 500
    note_text: Titles added in the last five years, against the five before
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 3
    col: 16
    width: 8
    height: 6
  - name: since-2015
    title: Content by year of release, against 2015
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.release_year
    - title.titles
    filters:
      title.release_year: '>=2015'
    sorts:
    - title.release_year
    limit: 15
    note_text: Titles of each year, and the change since 2015
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 9
    col: 0
    width: 12
    height: 6
  - name: added-since-2015
    title: Additions by year, against 2015
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.year_added
    - title.titles
    filters:
      title.year_added: '>=2015'
    sorts:
    - title.year_added
    limit: 15
    note_text: Titles added in each year, and the change since 2015
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 9
    col: 12
    width: 12
    height: 6
  - name: genre-trend
    title: Genres over time
    model: lakehouse
    explore: title
    type: looker_grid
    fields:
    - title.genre
    - title.year_added
    - title.titles
    pivots:
    - title.year_added
    sorts:
    - title.genre
    - title.year_added
    limit: 500
    note_text: Titles added in each year; a title counts once for each of its genres
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 15
    col: 0
    width: 24
    height: 6
  - name: content-trend
    title: Content since 2010
    model: lakehouse
    explore: title
    type: looker_grid
    fields:
    - title.release_year
    - title.type
    - title.titles
    - title.average_duration
    - title.production_countries
    filters:
      title.release_year: '>=2010'
    sorts:
    - title.release_year desc
    - title.titles desc
    limit: 500
    note_text: 'By year of release: the newest first, then the largest. Length is of movies'
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 21
    col: 0
    width: 16
    height: 6
  - name: diversity
    title: From how many countries
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.release_year
    - title.production_countries
    filters:
      title.release_year: '>=2010'
    sorts:
    - title.release_year desc
    limit: 14
    note_text: Distinct countries of production, by year of release since 2010
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
    row: 21
    col: 16
    width: 8
    height: 6
