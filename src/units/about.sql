-- What is known of a version of a unit. $1 bigint: the version; $2 date: the day on which its parent is read. Returns
-- jsonb.
select jsonb_build_object(
  'kind', u.kind,
  'parent', case when p.id is not null then jsonb_build_object('code', p.code, 'name', p.name, 'level', p.level) end,
  'decree', u.decree,
  'area_km2', u.area_km2,
  'area_source', u.area_source,
  'census', case when u.counted_on is not null then jsonb_build_object(
    'population', u.population, 'households', u.households, 'counted_on', u.counted_on, 'source', u.counted_source) end,
  'boundary', jsonb_build_object('present', u.geom is not null, 'source', u.geom_source)
)
from admin_units u
left join admin_units p on p.code = u.parent_code and in_force(p.valid_from, p.valid_to, $2)
where u.id = $1
