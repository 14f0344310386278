-- Sets boundaries that differ. $1 text[]: codes; $2 text[]: their boundaries as GeoJSON; $3 date: the day on which the
-- codes are read. Returns the ids of the versions that changed.
with given as (
  select g.code, st_setsrid(st_geomfromgeojson(g.geometry), 4326) as geom
  from unnest($1, $2) as g (code, geometry)
)
update admin_units u
set geom = given.geom, geom_source = 'import'
from given
where u.code = given.code
  and in_force(u.valid_from, u.valid_to, $3)
  and (u.geom is distinct from given.geom or u.geom_source <> 'import')
returning u.id
