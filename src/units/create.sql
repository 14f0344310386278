-- Adds versions. $1 jsonb: versions. One with copy_of takes the boundary, counts and decree of that row.
insert into admin_units (level, code, name, kind, parent_code, valid_from, valid_to, area_km2, area_source, source,
  population, households, counted_on, counted_source, decree, geom, geom_source)
select
  case length(r.code) when 2 then 'province' when 3 then 'district' else 'commune' end,
  r.code, r.name, r.kind, r.parent_code, r.valid_from, r.valid_to, r.area_km2, r.area_source, r.source,
  whole.population, whole.households, whole.counted_on, whole.counted_source, whole.decree, whole.geom, whole.geom_source
from jsonb_to_recordset($1) as r (code text, name text, kind text, parent_code text, valid_from date, valid_to date,
  area_km2 double precision, area_source text, source text, copy_of bigint)
left join admin_units whole on whole.id = r.copy_of
order by r.code, r.valid_from
