# Made from metrics/definitions by ./lakehouse generate looker.
- dashboard: catalogue
  title: Catalogue
  description: What there is to watch, where it was made, for whom, and how old it is.
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
  - name: Released
    title: Released
    type: field_filter
    model: lakehouse
    explore: title
    field: title.release_year
    default_value: ''
    allow_multiple_values: true
  - name: Added
    title: Added
    type: field_filter
    model: lakehouse
    explore: title
    field: title.year_added
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
      Released: title.release_year
      Added: title.year_added
    row: 0
    col: 0
    width: 6
    height: 3
  - name: headline_movie_share
    title: Share of movies
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.movie_share
    note_text: movies / titles, 0 to 1, rounded half up
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 0
    col: 6
    width: 6
    height: 3
  - name: headline_genres
    title: Genres
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.genres
    note_text: number of distinct genres, not counting Unknown
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 0
    col: 12
    width: 6
    height: 3
  - name: headline_production_countries
    title: Countries of production
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.production_countries
    note_text: number of distinct countries of production, not counting Unknown
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 0
    col: 18
    width: 6
    height: 3
  - name: headline_average_duration
    title: Average length of movies
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.average_duration
    note_text: average minutes of movies; null if all unknown
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 3
    col: 0
    width: 6
    height: 3
  - name: headline_average_rating
    title: Average rating
    model: lakehouse
    explore: rated_title
    type: single_value
    fields:
    - rated_title.average_rating
    note_text: average of the titles' ratings at IMDb, 1 to 10
    note_display: hover
    listen:
      Type: rated_title.type
      Genre: rated_title.genre
      Country: rated_title.production_country
      Rating: rated_title.rating
      Released: rated_title.release_year
      Added: rated_title.year_added
    row: 3
    col: 6
    width: 6
    height: 3
  - name: headline_unwatched_titles
    title: Titles that nobody watched
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.unwatched_titles
    note_text: titles without a view
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 3
    col: 12
    width: 6
    height: 3
  - name: headline_unwatched_share
    title: Share that nobody watched
    model: lakehouse
    explore: title
    type: single_value
    fields:
    - title.unwatched_share
    note_text: unwatched titles / titles, 0 to 1, rounded half up
    note_display: hover
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 3
    col: 18
    width: 6
    height: 3
  - name: types
    title: Movies and TV shows
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.type
    - title.titles
    sorts:
    - title.titles desc
    limit: 10
    note_text: Number of titles
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 6
    col: 0
    width: 8
    height: 6
  - name: content-age
    title: How old the content is, by type
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.type
    - title.content_age_category
    - title.titles
    pivots:
    - title.content_age_category
    sorts:
    - title.type
    limit: 500
    stacking: percent
    note_text: 'Share of titles: recent is from 2020, modern from 2010'
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 6
    col: 8
    width: 8
    height: 6
  - name: ratings
    title: Maturity ratings
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.rating
    - title.titles
    sorts:
    - title.titles desc
    limit: 5
    note_text: Number of titles
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 6
    col: 16
    width: 8
    height: 6
  - name: genres
    title: Genres
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.genre
    - title.titles
    sorts:
    - title.titles desc
    limit: 12
    note_text: A title counts once for each of its genres
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 12
    col: 0
    width: 12
    height: 6
  - name: countries
    title: Where titles are made
    model: lakehouse
    explore: title
    type: looker_grid
    fields:
    - title.production_country
    - title.titles
    - title.movies
    - title.tv_shows
    sorts:
    - title.titles desc
    limit: 500
    note_text: A title counts once for each of its countries
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 12
    col: 12
    width: 12
    height: 6
  - name: release-years
    title: Titles by year of release
    model: lakehouse
    explore: title
    type: looker_column
    fields:
    - title.release_year
    - title.type
    - title.titles
    pivots:
    - title.type
    sorts:
    - title.release_year
    limit: 500
    stacking: normal
    note_text: The latest 25 years; the table has all
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 18
    col: 0
    width: 16
    height: 12
  - name: depth
    title: What nobody watched
    model: lakehouse
    explore: title
    type: looker_bar
    fields:
    - title.type
    - title.unwatched_titles
    sorts:
    - title.type
    limit: 500
    note_text: Titles without a view; the table has their share
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 18
    col: 16
    width: 8
    height: 6
  - name: years-added
    title: Titles by the year in which they were added
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
    note_text: ''
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 24
    col: 16
    width: 8
    height: 6
  - name: countries-by-age
    title: Age of content by type and country
    model: lakehouse
    explore: title
    type: looker_grid
    fields:
    - title.production_country
    - title.type
    - title.content_age_category
    - title.titles
    - title.average_duration
    - title.genres
    sorts:
    - title.titles desc
    limit: 500
    note_text: With the average length of movies and the number of genres
    note_display: below
    listen:
      Type: title.type
      Genre: title.genre
      Country: title.production_country
      Rating: title.rating
      Released: title.release_year
      Added: title.year_added
    row: 30
    col: 0
    width: 24
    height: 6
  - name: underwatched
    title: Well rated, little watched
    model: lakehouse
    explore: underwatched_title
    type: looker_grid
    fields:
    - underwatched_title.title
    - underwatched_title.type
    - underwatched_title.less_watched_share
    sorts:
    - underwatched_title.less_watched_share
    limit: 100
    note_text: Top rated at IMDb, and the share of rated titles that have fewer hours still
    note_display: below
    listen:
      Type: underwatched_title.type
      Rating: underwatched_title.rating
      Released: underwatched_title.release_year
      Added: underwatched_title.year_added
    row: 36
    col: 0
    width: 24
    height: 6
