# Made from metrics/definitions by ./lakehouse generate looker.

test: title_equals_kpi_content_type {
  explore_source: title {

    column: title__type {
      field: title.type
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_content_type__titles {
      field: kpi_content_type.titles
    }
  }

  assert: titles_is_kpi_content_type_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_content_type.titles})) OR abs(${title.titles} - ${kpi_content_type.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_rating {
  explore_source: title {

    column: title__rating {
      field: title.rating
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_rating__titles {
      field: kpi_rating.titles
    }
  }

  assert: titles_is_kpi_rating_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_rating.titles})) OR abs(${title.titles} - ${kpi_rating.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_genre {
  explore_source: title {

    column: title__genre {
      field: title.genre
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_genre__titles {
      field: kpi_genre.titles
    }
  }

  assert: titles_is_kpi_genre_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_genre.titles})) OR abs(${title.titles} - ${kpi_genre.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_country {
  explore_source: title {

    column: title__production_country {
      field: title.production_country
    }

    column: title__titles {
      field: title.titles
    }

    column: title__movies {
      field: title.movies
    }

    column: title__tv_shows {
      field: title.tv_shows
    }

    column: kpi_country__titles {
      field: kpi_country.titles
    }

    column: kpi_country__movies {
      field: kpi_country.movies
    }

    column: kpi_country__tv_shows {
      field: kpi_country.tv_shows
    }
  }

  assert: titles_is_kpi_country_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_country.titles})) OR abs(${title.titles} - ${kpi_country.titles}) <= 0.000001 ;;
  }

  assert: movies_is_kpi_country_movies {
    expression: (is_null(${title.movies}) AND is_null(${kpi_country.movies})) OR abs(${title.movies} - ${kpi_country.movies}) <= 0.000001 ;;
  }

  assert: tv_shows_is_kpi_country_tv_shows {
    expression: (is_null(${title.tv_shows}) AND is_null(${kpi_country.tv_shows})) OR abs(${title.tv_shows} - ${kpi_country.tv_shows}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_release_year {
  explore_source: title {

    column: title__release_year {
      field: title.release_year
    }

    column: title__type {
      field: title.type
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_release_year__titles {
      field: kpi_release_year.titles
    }
  }

  assert: titles_is_kpi_release_year_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_release_year.titles})) OR abs(${title.titles} - ${kpi_release_year.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_year_added {
  explore_source: title {

    column: title__year_added {
      field: title.year_added
    }

    column: title__type {
      field: title.type
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_year_added__titles {
      field: kpi_year_added.titles
    }
  }

  assert: titles_is_kpi_year_added_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_year_added.titles})) OR abs(${title.titles} - ${kpi_year_added.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_genre_trend {
  explore_source: title {

    column: title__genre {
      field: title.genre
    }

    column: title__year_added {
      field: title.year_added
    }

    column: title__titles {
      field: title.titles
    }

    column: kpi_genre_trend__titles {
      field: kpi_genre_trend.titles
    }
  }

  assert: titles_is_kpi_genre_trend_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_genre_trend.titles})) OR abs(${title.titles} - ${kpi_genre_trend.titles}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_content_age {
  explore_source: title {

    column: title__type {
      field: title.type
    }

    column: title__content_age_category {
      field: title.content_age_category
    }

    column: title__production_country {
      field: title.production_country
    }

    column: title__titles {
      field: title.titles
    }

    column: title__average_duration {
      field: title.average_duration
    }

    column: title__genres {
      field: title.genres
    }

    column: kpi_content_age__content_count {
      field: kpi_content_age.content_count
    }

    column: kpi_content_age__average_duration {
      field: kpi_content_age.average_duration
    }

    column: kpi_content_age__genres {
      field: kpi_content_age.genres
    }
  }

  assert: titles_is_kpi_content_age_content_count {
    expression: (is_null(${title.titles}) AND is_null(${kpi_content_age.content_count})) OR abs(${title.titles} - ${kpi_content_age.content_count}) <= 0.000001 ;;
  }

  assert: average_duration_is_kpi_content_age_average_duration {
    expression: (is_null(${title.average_duration}) AND is_null(${kpi_content_age.average_duration})) OR abs(${title.average_duration} - ${kpi_content_age.average_duration}) <= 0.000001 ;;
  }

  assert: genres_is_kpi_content_age_genres {
    expression: (is_null(${title.genres}) AND is_null(${kpi_content_age.genres})) OR abs(${title.genres} - ${kpi_content_age.genres}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_content_trend {
  explore_source: title {

    column: title__release_year {
      field: title.release_year
    }

    column: title__type {
      field: title.type
    }

    column: title__titles {
      field: title.titles
    }

    column: title__average_duration {
      field: title.average_duration
    }

    column: title__production_countries {
      field: title.production_countries
    }

    column: kpi_content_trend__content_count {
      field: kpi_content_trend.content_count
    }

    column: kpi_content_trend__average_duration {
      field: kpi_content_trend.average_duration
    }

    column: kpi_content_trend__countries {
      field: kpi_content_trend.countries
    }
    filters: [title.release_year: ">=2010"]
  }

  assert: titles_is_kpi_content_trend_content_count {
    expression: (is_null(${title.titles}) AND is_null(${kpi_content_trend.content_count})) OR abs(${title.titles} - ${kpi_content_trend.content_count}) <= 0.000001 ;;
  }

  assert: average_duration_is_kpi_content_trend_average_duration {
    expression: (is_null(${title.average_duration}) AND is_null(${kpi_content_trend.average_duration})) OR abs(${title.average_duration} - ${kpi_content_trend.average_duration}) <= 0.000001 ;;
  }

  assert: production_countries_is_kpi_content_trend_countries {
    expression: (is_null(${title.production_countries}) AND is_null(${kpi_content_trend.countries})) OR abs(${title.production_countries} - ${kpi_content_trend.countries}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_country_growth {
  explore_source: title {

    column: title__production_country {
      field: title.production_country
    }

    column: title__titles_last_5_years {
      field: title.titles_last_5_years
    }

    column: title__titles_previous_5_years {
      field: title.titles_previous_5_years
    }

    column: title__title_growth {
      field: title.title_growth
    }

    column: kpi_country_growth__titles_last_5_years {
      field: kpi_country_growth.titles_last_5_years
    }

    column: kpi_country_growth__titles_previous_5_years {
      field: kpi_country_growth.titles_previous_5_years
    }

    column: kpi_country_growth__growth {
      field: kpi_country_growth.growth
    }
  }

  assert: titles_last_5_years_is_kpi_country_growth_titles_last_5_years {
    expression: (is_null(${title.titles_last_5_years}) AND is_null(${kpi_country_growth.titles_last_5_years})) OR abs(${title.titles_last_5_years} - ${kpi_country_growth.titles_last_5_years}) <= 0.000001 ;;
  }

  assert: titles_previous_5_years_is_kpi_country_growth_titles_previous_5_years {
    expression: (is_null(${title.titles_previous_5_years}) AND is_null(${kpi_country_growth.titles_previous_5_years})) OR abs(${title.titles_previous_5_years} - ${kpi_country_growth.titles_previous_5_years}) <= 0.000001 ;;
  }

  assert: title_growth_is_kpi_country_growth_growth {
    expression: (is_null(${title.title_growth}) AND is_null(${kpi_country_growth.growth})) OR abs(${title.title_growth} - ${kpi_country_growth.growth}) <= 0.000001 ;;
  }
}

test: title_equals_kpi_catalogue_depth {
  explore_source: title {

    column: title__type {
      field: title.type
    }

    column: title__titles {
      field: title.titles
    }

    column: title__watched_titles {
      field: title.watched_titles
    }

    column: title__unwatched_titles {
      field: title.unwatched_titles
    }

    column: title__unwatched_share {
      field: title.unwatched_share
    }

    column: kpi_catalogue_depth__titles {
      field: kpi_catalogue_depth.titles
    }

    column: kpi_catalogue_depth__watched_titles {
      field: kpi_catalogue_depth.watched_titles
    }

    column: kpi_catalogue_depth__unwatched_titles {
      field: kpi_catalogue_depth.unwatched_titles
    }

    column: kpi_catalogue_depth__unwatched_share {
      field: kpi_catalogue_depth.unwatched_share
    }
  }

  assert: titles_is_kpi_catalogue_depth_titles {
    expression: (is_null(${title.titles}) AND is_null(${kpi_catalogue_depth.titles})) OR abs(${title.titles} - ${kpi_catalogue_depth.titles}) <= 0.000001 ;;
  }

  assert: watched_titles_is_kpi_catalogue_depth_watched_titles {
    expression: (is_null(${title.watched_titles}) AND is_null(${kpi_catalogue_depth.watched_titles})) OR abs(${title.watched_titles} - ${kpi_catalogue_depth.watched_titles}) <= 0.000001 ;;
  }

  assert: unwatched_titles_is_kpi_catalogue_depth_unwatched_titles {
    expression: (is_null(${title.unwatched_titles}) AND is_null(${kpi_catalogue_depth.unwatched_titles})) OR abs(${title.unwatched_titles} - ${kpi_catalogue_depth.unwatched_titles}) <= 0.000001 ;;
  }

  assert: unwatched_share_is_kpi_catalogue_depth_unwatched_share {
    expression: (is_null(${title.unwatched_share}) AND is_null(${kpi_catalogue_depth.unwatched_share})) OR abs(${title.unwatched_share} - ${kpi_catalogue_depth.unwatched_share}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_top_titles {
  explore_source: play {

    column: play__title_key {
      field: play.title_key
    }

    column: play__title {
      field: play.title
    }

    column: play__plays {
      field: play.plays
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__viewers {
      field: play.viewers
    }

    column: kpi_top_titles__plays {
      field: kpi_top_titles.plays
    }

    column: kpi_top_titles__hours_viewed {
      field: kpi_top_titles.hours_viewed
    }

    column: kpi_top_titles__subscribers {
      field: kpi_top_titles.subscribers
    }
  }

  assert: plays_is_kpi_top_titles_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_top_titles.plays})) OR abs(${play.plays} - ${kpi_top_titles.plays}) <= 0.000001 ;;
  }

  assert: hours_viewed_is_kpi_top_titles_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_top_titles.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_top_titles.hours_viewed}) <= 0.000001 ;;
  }

  assert: viewers_is_kpi_top_titles_subscribers {
    expression: (is_null(${play.viewers}) AND is_null(${kpi_top_titles.subscribers})) OR abs(${play.viewers} - ${kpi_top_titles.subscribers}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_device {
  explore_source: play {

    column: play__device {
      field: play.device
    }

    column: play__plays {
      field: play.plays
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__viewers {
      field: play.viewers
    }

    column: kpi_device__plays {
      field: kpi_device.plays
    }

    column: kpi_device__hours_viewed {
      field: kpi_device.hours_viewed
    }

    column: kpi_device__subscribers {
      field: kpi_device.subscribers
    }
  }

  assert: plays_is_kpi_device_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_device.plays})) OR abs(${play.plays} - ${kpi_device.plays}) <= 0.000001 ;;
  }

  assert: hours_viewed_is_kpi_device_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_device.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_device.hours_viewed}) <= 0.000001 ;;
  }

  assert: viewers_is_kpi_device_subscribers {
    expression: (is_null(${play.viewers}) AND is_null(${kpi_device.subscribers})) OR abs(${play.viewers} - ${kpi_device.subscribers}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_viewing_by_country {
  explore_source: play {

    column: play__viewing_country {
      field: play.viewing_country
    }

    column: play__plays {
      field: play.plays
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__viewers {
      field: play.viewers
    }

    column: kpi_viewing_by_country__plays {
      field: kpi_viewing_by_country.plays
    }

    column: kpi_viewing_by_country__hours_viewed {
      field: kpi_viewing_by_country.hours_viewed
    }

    column: kpi_viewing_by_country__subscribers {
      field: kpi_viewing_by_country.subscribers
    }
  }

  assert: plays_is_kpi_viewing_by_country_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_viewing_by_country.plays})) OR abs(${play.plays} - ${kpi_viewing_by_country.plays}) <= 0.000001 ;;
  }

  assert: hours_viewed_is_kpi_viewing_by_country_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_viewing_by_country.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_viewing_by_country.hours_viewed}) <= 0.000001 ;;
  }

  assert: viewers_is_kpi_viewing_by_country_subscribers {
    expression: (is_null(${play.viewers}) AND is_null(${kpi_viewing_by_country.subscribers})) OR abs(${play.viewers} - ${kpi_viewing_by_country.subscribers}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_watched_genre {
  explore_source: play {

    column: play__genre {
      field: play.genre
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__plays {
      field: play.plays
    }

    column: kpi_watched_genre__hours_viewed {
      field: kpi_watched_genre.hours_viewed
    }

    column: kpi_watched_genre__plays {
      field: kpi_watched_genre.plays
    }
  }

  assert: hours_viewed_is_kpi_watched_genre_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_watched_genre.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_watched_genre.hours_viewed}) <= 0.000001 ;;
  }

  assert: plays_is_kpi_watched_genre_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_watched_genre.plays})) OR abs(${play.plays} - ${kpi_watched_genre.plays}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_watched_director {
  explore_source: play {

    column: play__director {
      field: play.director
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__plays {
      field: play.plays
    }

    column: kpi_watched_director__hours_viewed {
      field: kpi_watched_director.hours_viewed
    }

    column: kpi_watched_director__plays {
      field: kpi_watched_director.plays
    }
  }

  assert: hours_viewed_is_kpi_watched_director_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_watched_director.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_watched_director.hours_viewed}) <= 0.000001 ;;
  }

  assert: plays_is_kpi_watched_director_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_watched_director.plays})) OR abs(${play.plays} - ${kpi_watched_director.plays}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_watched_actor {
  explore_source: play {

    column: play__actor {
      field: play.actor
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__plays {
      field: play.plays
    }

    column: kpi_watched_actor__hours_viewed {
      field: kpi_watched_actor.hours_viewed
    }

    column: kpi_watched_actor__plays {
      field: kpi_watched_actor.plays
    }
  }

  assert: hours_viewed_is_kpi_watched_actor_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_watched_actor.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_watched_actor.hours_viewed}) <= 0.000001 ;;
  }

  assert: plays_is_kpi_watched_actor_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_watched_actor.plays})) OR abs(${play.plays} - ${kpi_watched_actor.plays}) <= 0.000001 ;;
  }
}

test: play_equals_kpi_regional_performance {
  explore_source: play {

    column: play__viewing_region {
      field: play.viewing_region
    }

    column: play__viewing_country {
      field: play.viewing_country
    }

    column: play__genre {
      field: play.genre
    }

    column: play__hours_viewed {
      field: play.hours_viewed
    }

    column: play__plays {
      field: play.plays
    }

    column: kpi_regional_performance__hours_viewed {
      field: kpi_regional_performance.hours_viewed
    }

    column: kpi_regional_performance__plays {
      field: kpi_regional_performance.plays
    }
  }

  assert: hours_viewed_is_kpi_regional_performance_hours_viewed {
    expression: (is_null(${play.hours_viewed}) AND is_null(${kpi_regional_performance.hours_viewed})) OR abs(${play.hours_viewed} - ${kpi_regional_performance.hours_viewed}) <= 0.000001 ;;
  }

  assert: plays_is_kpi_regional_performance_plays {
    expression: (is_null(${play.plays}) AND is_null(${kpi_regional_performance.plays})) OR abs(${play.plays} - ${kpi_regional_performance.plays}) <= 0.000001 ;;
  }
}

test: timed_play_equals_kpi_genre_completion {
  explore_source: timed_play {

    column: timed_play__genre {
      field: timed_play.genre
    }

    column: timed_play__timed_plays {
      field: timed_play.timed_plays
    }

    column: timed_play__average_completion {
      field: timed_play.average_completion
    }

    column: timed_play__completed_plays {
      field: timed_play.completed_plays
    }

    column: timed_play__completed_share {
      field: timed_play.completed_share
    }

    column: kpi_genre_completion__plays {
      field: kpi_genre_completion.plays
    }

    column: kpi_genre_completion__average_completion {
      field: kpi_genre_completion.average_completion
    }

    column: kpi_genre_completion__completed_plays {
      field: kpi_genre_completion.completed_plays
    }

    column: kpi_genre_completion__completed_share {
      field: kpi_genre_completion.completed_share
    }
  }

  assert: timed_plays_is_kpi_genre_completion_plays {
    expression: (is_null(${timed_play.timed_plays}) AND is_null(${kpi_genre_completion.plays})) OR abs(${timed_play.timed_plays} - ${kpi_genre_completion.plays}) <= 0.000001 ;;
  }

  assert: average_completion_is_kpi_genre_completion_average_completion {
    expression: (is_null(${timed_play.average_completion}) AND is_null(${kpi_genre_completion.average_completion})) OR abs(${timed_play.average_completion} - ${kpi_genre_completion.average_completion}) <= 0.000001 ;;
  }

  assert: completed_plays_is_kpi_genre_completion_completed_plays {
    expression: (is_null(${timed_play.completed_plays}) AND is_null(${kpi_genre_completion.completed_plays})) OR abs(${timed_play.completed_plays} - ${kpi_genre_completion.completed_plays}) <= 0.000001 ;;
  }

  assert: completed_share_is_kpi_genre_completion_completed_share {
    expression: (is_null(${timed_play.completed_share}) AND is_null(${kpi_genre_completion.completed_share})) OR abs(${timed_play.completed_share} - ${kpi_genre_completion.completed_share}) <= 0.000001 ;;
  }
}

test: event_day_equals_kpi_events_by_date {
  explore_source: event_day {

    column: event_day__day_date {
      field: event_day.day_date
    }

    column: event_day__events {
      field: event_day.events
    }

    column: kpi_events_by_date__events {
      field: kpi_events_by_date.events
    }
  }

  assert: events_is_kpi_events_by_date_events {
    expression: (is_null(${event_day.events}) AND is_null(${kpi_events_by_date.events})) OR abs(${event_day.events} - ${kpi_events_by_date.events}) <= 0.000001 ;;
  }
}

test: event_day_equals_kpi_event_type {
  explore_source: event_day {

    column: event_day__event_type {
      field: event_day.event_type
    }

    column: event_day__events {
      field: event_day.events
    }

    column: kpi_event_type__events {
      field: kpi_event_type.events
    }
  }

  assert: events_is_kpi_event_type_events {
    expression: (is_null(${event_day.events}) AND is_null(${kpi_event_type.events})) OR abs(${event_day.events} - ${kpi_event_type.events}) <= 0.000001 ;;
  }
}

test: event_day_equals_kpi_device {
  explore_source: event_day {

    column: event_day__device {
      field: event_day.device
    }

    column: event_day__events {
      field: event_day.events
    }

    column: kpi_device__events {
      field: kpi_device.events
    }
  }

  assert: events_is_kpi_device_events {
    expression: (is_null(${event_day.events}) AND is_null(${kpi_device.events})) OR abs(${event_day.events} - ${kpi_device.events}) <= 0.000001 ;;
  }
}

test: event_day_equals_kpi_viewing_by_country {
  explore_source: event_day {

    column: event_day__viewing_country {
      field: event_day.viewing_country
    }

    column: event_day__events {
      field: event_day.events
    }

    column: kpi_viewing_by_country__events {
      field: kpi_viewing_by_country.events
    }
  }

  assert: events_is_kpi_viewing_by_country_events {
    expression: (is_null(${event_day.events}) AND is_null(${kpi_viewing_by_country.events})) OR abs(${event_day.events} - ${kpi_viewing_by_country.events}) <= 0.000001 ;;
  }
}

test: started_title_equals_kpi_top_titles {
  explore_source: started_title {

    column: started_title__title_key {
      field: started_title.title_key
    }

    column: started_title__title {
      field: started_title.title
    }

    column: started_title__starts {
      field: started_title.starts
    }

    column: kpi_top_titles__starts {
      field: kpi_top_titles.starts
    }
  }

  assert: starts_is_kpi_top_titles_starts {
    expression: (is_null(${started_title.starts}) AND is_null(${kpi_top_titles.starts})) OR abs(${started_title.starts} - ${kpi_top_titles.starts}) <= 0.000001 ;;
  }
}

test: subscriber_equals_kpi_plan_device {
  explore_source: subscriber {

    column: subscriber__device {
      field: subscriber.device
    }

    column: subscriber__plan {
      field: subscriber.plan
    }

    column: subscriber__subscribers {
      field: subscriber.subscribers
    }

    column: kpi_plan_device__subscribers {
      field: kpi_plan_device.subscribers
    }
  }

  assert: subscribers_is_kpi_plan_device_subscribers {
    expression: (is_null(${subscriber.subscribers}) AND is_null(${kpi_plan_device.subscribers})) OR abs(${subscriber.subscribers} - ${kpi_plan_device.subscribers}) <= 0.000001 ;;
  }
}

test: subscription_month_equals_kpi_monthly_revenue {
  explore_source: subscription_month {

    column: subscription_month__day_date {
      field: subscription_month.day_date
    }

    column: subscription_month__plan {
      field: subscription_month.plan
    }

    column: subscription_month__revenue {
      field: subscription_month.revenue
    }

    column: subscription_month__active_subscribers {
      field: subscription_month.active_subscribers
    }

    column: subscription_month__new_subscribers {
      field: subscription_month.new_subscribers
    }

    column: subscription_month__churned_subscribers {
      field: subscription_month.churned_subscribers
    }

    column: subscription_month__average_revenue_per_user {
      field: subscription_month.average_revenue_per_user
    }

    column: kpi_monthly_revenue__revenue {
      field: kpi_monthly_revenue.revenue
    }

    column: kpi_monthly_revenue__active_subscribers {
      field: kpi_monthly_revenue.active_subscribers
    }

    column: kpi_monthly_revenue__new_subscribers {
      field: kpi_monthly_revenue.new_subscribers
    }

    column: kpi_monthly_revenue__churned_subscribers {
      field: kpi_monthly_revenue.churned_subscribers
    }

    column: kpi_monthly_revenue__average_revenue_per_user {
      field: kpi_monthly_revenue.average_revenue_per_user
    }
  }

  assert: revenue_is_kpi_monthly_revenue_revenue {
    expression: (is_null(${subscription_month.revenue}) AND is_null(${kpi_monthly_revenue.revenue})) OR abs(${subscription_month.revenue} - ${kpi_monthly_revenue.revenue}) <= 0.000001 ;;
  }

  assert: active_subscribers_is_kpi_monthly_revenue_active_subscribers {
    expression: (is_null(${subscription_month.active_subscribers}) AND is_null(${kpi_monthly_revenue.active_subscribers})) OR abs(${subscription_month.active_subscribers} - ${kpi_monthly_revenue.active_subscribers}) <= 0.000001 ;;
  }

  assert: new_subscribers_is_kpi_monthly_revenue_new_subscribers {
    expression: (is_null(${subscription_month.new_subscribers}) AND is_null(${kpi_monthly_revenue.new_subscribers})) OR abs(${subscription_month.new_subscribers} - ${kpi_monthly_revenue.new_subscribers}) <= 0.000001 ;;
  }

  assert: churned_subscribers_is_kpi_monthly_revenue_churned_subscribers {
    expression: (is_null(${subscription_month.churned_subscribers}) AND is_null(${kpi_monthly_revenue.churned_subscribers})) OR abs(${subscription_month.churned_subscribers} - ${kpi_monthly_revenue.churned_subscribers}) <= 0.000001 ;;
  }

  assert: average_revenue_per_user_is_kpi_monthly_revenue_average_revenue_per_user {
    expression: (is_null(${subscription_month.average_revenue_per_user}) AND is_null(${kpi_monthly_revenue.average_revenue_per_user})) OR abs(${subscription_month.average_revenue_per_user} - ${kpi_monthly_revenue.average_revenue_per_user}) <= 0.000001 ;;
  }
}

test: cohort_month_equals_kpi_cohort_retention {
  explore_source: cohort_month {

    column: cohort_month__cohort_month {
      field: cohort_month.cohort_month
    }

    column: cohort_month__months_since_joining {
      field: cohort_month.months_since_joining
    }

    column: cohort_month__cohort_subscribers {
      field: cohort_month.cohort_subscribers
    }

    column: cohort_month__cohort_active_subscribers {
      field: cohort_month.cohort_active_subscribers
    }

    column: cohort_month__retention {
      field: cohort_month.retention
    }

    column: kpi_cohort_retention__subscribers {
      field: kpi_cohort_retention.subscribers
    }

    column: kpi_cohort_retention__active_subscribers {
      field: kpi_cohort_retention.active_subscribers
    }

    column: kpi_cohort_retention__retention {
      field: kpi_cohort_retention.retention
    }
  }

  assert: cohort_subscribers_is_kpi_cohort_retention_subscribers {
    expression: (is_null(${cohort_month.cohort_subscribers}) AND is_null(${kpi_cohort_retention.subscribers})) OR abs(${cohort_month.cohort_subscribers} - ${kpi_cohort_retention.subscribers}) <= 0.000001 ;;
  }

  assert: cohort_active_subscribers_is_kpi_cohort_retention_active_subscribers {
    expression: (is_null(${cohort_month.cohort_active_subscribers}) AND is_null(${kpi_cohort_retention.active_subscribers})) OR abs(${cohort_month.cohort_active_subscribers} - ${kpi_cohort_retention.active_subscribers}) <= 0.000001 ;;
  }

  assert: retention_is_kpi_cohort_retention_retention {
    expression: (is_null(${cohort_month.retention}) AND is_null(${kpi_cohort_retention.retention})) OR abs(${cohort_month.retention} - ${kpi_cohort_retention.retention}) <= 0.000001 ;;
  }
}
