-- Writes and withdraws figures that were published earlier. Values: 1 jsonb, rows.
with row as (
  select r.*
  from jsonb_to_recordset($1) as r (withdrawn boolean, indicator text, group_value text, unit_id bigint,
    on_day date, value double precision, document text)
), withdrawn as (
  delete from declared_baselines t
  using row r
  where r.withdrawn and (t.unit_id, t.indicator, t.on_day) = (r.unit_id, r.indicator, r.on_day)
    and t.group_value is not distinct from r.group_value
)
insert into declared_baselines (indicator, group_value, unit_id, on_day, value, document)
select r.indicator, r.group_value, r.unit_id, r.on_day, r.value, r.document
from row r
where not r.withdrawn
-- In one order, so that two writers do not wait for each other.
order by r.unit_id, r.indicator, r.group_value, r.on_day
on conflict on constraint declared_baselines_key do update
set value = excluded.value, document = excluded.document, stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (declared_baselines.value, declared_baselines.document) is distinct from (excluded.value, excluded.document)
