-- Writes versions as an import planned them, after shrink.sql has shortened some. $1 jsonb: versions with their id.
update admin_units u
set
  name = r.name,
  kind = r.kind,
  parent_code = r.parent_code,
  valid_from = r.valid_from,
  valid_to = r.valid_to,
  area_km2 = r.area_km2,
  area_source = r.area_source,
  source = r.source
from jsonb_to_recordset($1) as r (id bigint, name text, kind text, parent_code text, valid_from date, valid_to date,
  area_km2 double precision, area_source text, source text)
where u.id = r.id
  and (u.name, u.kind, u.parent_code, u.valid_from, u.valid_to, u.area_km2, u.area_source, u.source)
    is distinct from (r.name, r.kind, r.parent_code, r.valid_from, r.valid_to, r.area_km2, r.area_source, r.source)
