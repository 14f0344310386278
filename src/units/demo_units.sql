-- Adds the demo's versions where the code is not known at that time. $1 jsonb: rows of units.csv. The counts are
-- published.
insert into admin_units (level, code, name, kind, parent_code, valid_from, valid_to, area_km2, area_source,
  population, households, counted_on, counted_source, decree, source)
select r.level, r.code, r.name, r.kind, r.parent_code, r.valid_from, r.valid_to, r.area_km2,
  case when r.area_km2 is not null then 'demo' end,
  r.population, r.households, r.counted_on,
  case when r.counted_on is not null then 'General Statistics Office' end,
  r.decree, 'demo'
from jsonb_to_recordset($1) as r (level text, code text, name text, kind text, parent_code text, valid_from date,
  valid_to date, area_km2 double precision, population integer, households integer, counted_on date, decree text)
where not exists (
  select from admin_units u
  where u.code = r.code and daterange(u.valid_from, u.valid_to, '[]') && daterange(r.valid_from, r.valid_to, '[]'))
order by length(r.code), r.code, r.valid_from
