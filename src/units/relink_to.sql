-- Some versions were cut and now begin after their changes. Links these changes to the version of the code that begins
-- with them. $1 bigint[]: the versions that were cut.
update admin_changes c
set to_id = began.id
from admin_units cut, admin_units was, admin_units began
where cut.id = any($1)
  and c.to_id = cut.id
  and was.id = c.from_id
  and cut.valid_from > was.valid_to + 1
  and began.code = cut.code
  and in_force(began.valid_from, began.valid_to, was.valid_to + 1)
  and began.id <> was.id
  and not exists (select from admin_changes known where known.from_id = was.id and known.to_id = began.id)
