-- Movies or TV shows: who watches what, by country and age?
SELECT country, age_band, type, hours_viewed, share
FROM kpi_type_preference
ORDER BY country, age_band, type;
