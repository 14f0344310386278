-- The units that contain a place, from the commune up. $1, $2 double precision: longitude and latitude; $3 date: the day.
-- Columns: those of a unit.
with recursive up as (
  select u.id, u.parent_code, 0 as step
  from admin_units u
  where u.id = commune_at(st_setsrid(st_makepoint($1, $2), 4326), $3)
  union all
  select p.id, p.parent_code, up.step + 1
  from up
  join admin_units p on p.code = up.parent_code and in_force(p.valid_from, p.valid_to, $3)
)
select u.id, u.code, u.name, u.level, u.valid_from, u.valid_to
from up
join admin_units u on u.id = up.id
order by up.step
