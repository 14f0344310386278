-- Copies new boundaries to the versions with a demo boundary that only changed name or parent. $1 bigint[]: versions
-- with a new boundary.
update admin_units w
set geom = v.geom, geom_source = 'import'
from admin_changes c, admin_units v
where v.id = any($1)
  and v.id in (c.from_id, c.to_id)
  and w.id in (c.from_id, c.to_id)
  and w.id <> v.id
  and w.code = v.code
  and w.geom_source = 'demo'
  and c.part = 'full'
  and c.kind in ('renamed', 'moved')
