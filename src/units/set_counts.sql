-- Sets counts that differ, and areas that are unknown. An earlier count never replaces a later one.
-- $1 jsonb: code, population, households, area_km2; $2 date: the day on which the codes are read; $3 date: the day of
-- the count; $4 text: its source.
update admin_units u
set
  population = r.population,
  households = r.households,
  counted_on = $3,
  counted_source = $4,
  area_km2 = coalesce(u.area_km2, r.area_km2),
  area_source = case when u.area_km2 is null and r.area_km2 is not null then $4 else u.area_source end
from jsonb_to_recordset($1) as r (code text, population integer, households integer, area_km2 double precision)
where u.level = 'commune'
  and u.code = r.code
  and in_force(u.valid_from, u.valid_to, $2)
  and (u.counted_on is null or u.counted_on <= $3)
  and ((u.population, u.households, u.counted_on, u.counted_source) is distinct from (r.population, r.households, $3, $4)
    or (u.area_km2 is null and r.area_km2 is not null))
