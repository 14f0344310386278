-- Some versions were cut and now end before figures that were published for them. Links these figures to the version of
-- the code that was in force on their day. $1 bigint[]: the versions that were cut.
update declared_baselines b
set unit_id = later.id
from admin_units cut, admin_units later
where cut.id = any($1)
  and b.unit_id = cut.id
  and b.on_day > cut.valid_to
  and later.code = cut.code
  and in_force(later.valid_from, later.valid_to, b.on_day)
