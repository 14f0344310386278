-- Some versions were cut and now end before their changes. Links these changes to the version of the code that ends
-- just before them. $1 bigint[]: the versions that were cut.
update admin_changes c
set from_id = ended.id
from admin_units cut, admin_units became, admin_units ended
where cut.id = any($1)
  and c.from_id = cut.id
  and became.id = c.to_id
  and cut.valid_to < became.valid_from - 1
  and ended.code = cut.code
  and in_force(ended.valid_from, ended.valid_to, became.valid_from - 1)
  and ended.id <> became.id
  and not exists (select from admin_changes known where known.from_id = ended.id and known.to_id = became.id)
