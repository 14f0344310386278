-- Keeps areas of communes. $1 jsonb: id, area_m2, area_2g … area_5g; $2 date: the day of the stations.
with given as (
  select * from jsonb_to_recordset($1) as r (id bigint, area_m2 float8, area_2g float8, area_3g float8, area_4g float8, area_5g float8)
)
insert into mobile_areas (unit_id, on_day, towers_version, units_version, area_m2, area_2g, area_3g, area_4g, area_5g)
select g.id, $2, l.version, r.version, g.area_m2, g.area_2g, g.area_3g, g.area_4g, g.area_5g
from given g
join layers l on l.collection = 'towers'
cross join reference_state r
on conflict on constraint mobile_areas_pkey do update
set towers_version = excluded.towers_version, units_version = excluded.units_version, area_m2 = excluded.area_m2,
  area_2g = excluded.area_2g, area_3g = excluded.area_3g, area_4g = excluded.area_4g, area_5g = excluded.area_5g
