-- Hamlets with the commune of today in which they lie.
-- Values: 1 bigint[], ids; 2 date, today.
-- Returns jsonb: hamlet_id, name, communes, hamlets.
select jsonb_build_object('hamlet_id', h.id, 'name', h.name, 'valid_from', h.valid_from, 'valid_to', h.valid_to,
  'communes', array_remove(array[declared_commune(h.parent_code, h.valid_from, $2)], null), 'hamlets', array[h.id])
from admin_units h
where h.level = 'hamlet' and h.id = any($1)
