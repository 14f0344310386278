-- Sets the boundaries of the demo's units that have none yet. $1 text[]: codes; $2 date[]: first days of versions; $3
-- text[]: boundaries as GeoJSON.
update admin_units u
set geom = st_setsrid(st_geomfromgeojson(g.geometry), 4326), geom_source = 'demo'
from unnest($1, $2, $3) as g (code, day, geometry)
where u.code = g.code and u.valid_from = g.day and u.source = 'demo' and u.geom is null
