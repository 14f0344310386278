-- Hamlets with the commune of today in which they lie.
-- Values: 1 bigint[], ids.
-- Returns jsonb: hamlet_id, name, valid_from, valid_to, communes, hamlets.
select jsonb_build_object('hamlet_id', h.id, 'name', h.name, 'valid_from', coalesce(h.installed_on, h.effective_on),
  'valid_to', h.decommissioned_on - 1, 'communes', array_remove(array[h.commune_id], null), 'hamlets', array[h.id])
from hamlets h
where h.deleted_at is null and h.id = any($1)
