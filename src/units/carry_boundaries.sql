-- Replaces the demo's boundary of a version that one with a new boundary was or became whole. $1 bigint[]: those.
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
