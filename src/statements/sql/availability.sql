-- Writes and withdraws statements of availability. Values: 1 jsonb, rows.
with row as (
  select r.*
  from jsonb_to_recordset($1) as r (withdrawn boolean, hamlet_id bigint, unit_id bigint, technology text,
    operator text, state text, share_households double precision, basis text, as_of date, source text)
), withdrawn as (
  delete from availability t
  using row r
  where r.withdrawn and t.technology = r.technology and t.as_of = r.as_of
    and (t.hamlet_id = r.hamlet_id or t.unit_id = r.unit_id) and t.operator is not distinct from r.operator
)
insert into availability (hamlet_id, unit_id, technology, operator, state, share_households, basis, as_of, source)
select r.hamlet_id, r.unit_id, r.technology, r.operator, r.state, r.share_households, r.basis, r.as_of, r.source
from row r
where not r.withdrawn
-- In one order, so that two writers do not wait for each other.
order by r.hamlet_id, r.unit_id, r.technology, r.operator, r.as_of
on conflict on constraint availability_key do update
set state = excluded.state, share_households = excluded.share_households, basis = excluded.basis,
  source = excluded.source, stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (availability.state, availability.share_households, availability.basis, availability.source)
  is distinct from (excluded.state, excluded.share_households, excluded.basis, excluded.source)
