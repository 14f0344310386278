-- The units in force on $3 whose territory a unit as of $2 shares, each with whether it lies in it as a whole.
-- $1 text: the code of the unit.
with own as materialized (
  -- Only communes say what became of a district.
  select c.id from communes_within($1, $2) c where length($1) <> 2
  union all
  select u.id from admin_units u where u.code = $1 and length($1) = 2 and in_force(u.valid_from, u.valid_to, $2)
), met as materialized (
  select distinct found as id from own, unit_on(own.id, $3) as found
)
select u.id, u.code, u.name, u.level, u.valid_from, u.valid_to,
  not exists (select from unit_on(met.id, $2) as back where back not in (select id from own)) as whole
from met
join admin_units u on u.id = met.id
order by u.code
