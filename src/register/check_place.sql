-- What the units say about the places of records.
-- $1 jsonb: an array of records, each with geom (GeoJSON) or null, declared_commune_code and declared_on or null; $2 date:
-- today. A row a record, in order: code_unknown; known_as, successors (the code on another day, and what became of it);
-- distance_m from the declared commune, declared_name, lies_in (the commune the place lies in on the day of the code);
-- outside_any.
with given as materialized (
  select
    g.nth,
    case when jsonb_typeof(g.item -> 'geom') = 'object' then st_setsrid(st_geomfromgeojson(g.item -> 'geom'), 4326) end as place,
    g.item ->> 'declared_commune_code' as code,
    coalesce((g.item ->> 'declared_on')::date, $2) as read_on
  from jsonb_array_elements($1) with ordinality as g (item, nth)
)
select
  given.code is not null and declared.id is null,
  other_day.known_as,
  other_day.successors,
  case when declared.id = lies_in.id then 0 else st_distance(declared.geom::geography, given.place::geography) end,
  declared.name,
  lies_in.name,
  given.place is not null
    and commune_at(given.place, $2) is null
    -- Near enough to a loaded boundary that one of its neighbours would hold the place.
    and exists (
      select from admin_units u
      where u.level = 'commune' and in_force(u.valid_from, u.valid_to, $2) and u.geom && given.place)
from given
left join lateral (
  select u.id, u.name, u.geom
  from admin_units u
  where u.level = 'commune' and u.code = given.code and in_force(u.valid_from, u.valid_to, given.read_on)
) declared on true
left join lateral (
  select
    format('%s (%s – %s)', u.name, u.valid_from, coalesce(u.valid_to::text, '…')) as known_as,
    (
      select string_agg(format('%s %s', s.code, s.name), ', ' order by s.code)
      from unit_on(u.id, given.read_on) as successor
      join admin_units s on s.id = successor
    ) as successors
  from admin_units u
  where declared.id is null and u.level = 'commune' and u.code = given.code
  order by abs(u.valid_from - given.read_on)
  limit 1
) other_day on true
left join lateral (
  select u.id, format('%s %s', u.code, u.name) as name
  from admin_units u
  where u.id = commune_at(given.place, given.read_on)
) lies_in on true
order by given.nth
