-- Rows of an import with one operation, as JSON. $1 the import; $2 the operation; $3 the most rows.
select jsonb_strip_nulls(jsonb_build_object(
  'sheet', r.sheet,
  'row', r.row,
  'id', r.record_id,
  'code', coalesce(r.changes ->> 'code', r.before ->> 'code'),
  'name', coalesce(r.changes ->> 'name', r.before ->> 'name'),
  'fields', case when r.op in ('update', 'restore', 'missing') then (
    select jsonb_object_agg(c.key, jsonb_build_object('before', r.before -> c.key, 'after', c.value))
    from jsonb_each(r.changes) c
    where c.key not in ('effective_on', 'deleted_at')) end)) as value
from import_rows r
where r.import_id = $1::uuid and r.op = $2
order by r.nth
limit $3
