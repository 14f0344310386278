-- Lets versions end earlier or begin later, as an import planned. $1 jsonb: versions with their id.
update admin_units u
set valid_from = greatest(u.valid_from, r.valid_from), valid_to = least(u.valid_to, r.valid_to)
from jsonb_to_recordset($1) as r (id bigint, valid_from date, valid_to date)
where u.id = r.id
  and (u.valid_from < r.valid_from or u.valid_to is distinct from least(u.valid_to, r.valid_to))
  and greatest(u.valid_from, r.valid_from) <= coalesce(least(u.valid_to, r.valid_to), 'infinity')
