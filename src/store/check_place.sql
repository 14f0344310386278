-- What the units say about the place of a record.
-- $1 geometry as GeoJSON text or null; $2 declared commune code or null; $3 the day on which it is read, or null; $4 today.
-- One row: code_unknown; known_as, successors (the code on another day, and what became of it); distance_m from the
-- declared commune, declared_name, lies_in (the commune the place lies in on the day of the code); outside_any.
with given as (
  select st_setsrid(st_geomfromgeojson($1::text), 4326) as place, $2::text as code, coalesce($3::text::date, $4) as read_on
), declared as (
  select u.id, u.name, u.geom
  from admin_units u, given
  where u.level = 'commune' and u.code = given.code and in_force(u.valid_from, u.valid_to, given.read_on)
), other_day as (
  select u.id, u.name, u.valid_from, u.valid_to
  from admin_units u, given
  where u.level = 'commune' and u.code = given.code and not exists (select from declared)
  order by abs(u.valid_from - given.read_on)
  limit 1
), lies_in as (
  select u.id, u.code, u.name
  from admin_units u, given
  where u.id = commune_at(given.place, given.read_on)
)
select
  given.code is not null and not exists (select from declared),
  (select format('%s (%s – %s)', name, valid_from, coalesce(valid_to::text, '…')) from other_day),
  (
    select string_agg(format('%s %s', u.code, u.name), ', ' order by u.code)
    from other_day
    cross join lateral unit_on(other_day.id, given.read_on) as successor
    join admin_units u on u.id = successor
  ),
  (select st_distance(declared.geom::geography, given.place::geography) from declared),
  (select name from declared),
  (select format('%s %s', code, name) from lies_in),
  given.place is not null
    and commune_at(given.place, $4) is null
    -- Near enough to a loaded boundary that one of its neighbours would hold the place.
    and exists (
      select from admin_units u
      where u.level = 'commune' and in_force(u.valid_from, u.valid_to, $4) and u.geom && given.place)
from given
