-- What a batch did to each record. $1 collection; $2 the batch.
-- record_id; version, op and effective_on of what it wrote; before: the columns that it changed, as they were, null where
-- they were not.
select
  v.record_id, v.version, v.op, v.effective_on,
  (
    select coalesce(jsonb_object_agg(c.name, was.record -> c.name), '{}')
    from jsonb_object_keys(v.changes) as c (name)
  )
from versions v
cross join lateral (
  select coalesce(jsonb_merge(p.changes order by p.version), '{}') as record
  from versions p
  where p.collection = v.collection and p.record_id = v.record_id and p.version < v.version
) was
where v.collection = $1 and v.batch_id = $2
order by v.record_id
