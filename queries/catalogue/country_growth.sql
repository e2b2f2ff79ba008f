-- Which countries have grown over the last five years, against the five before?
SELECT country, titles_last_5_years, titles_previous_5_years, growth
FROM kpi_country_growth
ORDER BY titles_last_5_years DESC, country;
