-- For whom is the catalogue: how many titles have which maturity rating?
SELECT rating, titles, share
FROM kpi_rating
ORDER BY titles DESC, rating;
