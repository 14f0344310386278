-- Writes and withdraws values of declared indicators. Values: 1 jsonb, rows.
with row as (
  select r.*
  from jsonb_to_recordset($1) as r (withdrawn boolean, indicator text, unit_id bigint, from_day date,
    to_day date, value double precision, out_of double precision, source text, note text)
), withdrawn as (
  delete from declared_values t
  using row r
  where r.withdrawn and (t.unit_id, t.indicator, t.from_day, t.to_day) = (r.unit_id, r.indicator, r.from_day, r.to_day)
)
insert into declared_values (indicator, kind, unit_id, from_day, to_day, value, out_of, source, note)
select r.indicator, i.kind, r.unit_id, r.from_day, r.to_day, r.value, r.out_of, r.source, r.note
from row r
join declared_indicators i on i.code = r.indicator
where not r.withdrawn
-- In one order, so that two writers do not wait for each other.
order by r.unit_id, r.indicator, r.from_day, r.to_day
on conflict on constraint declared_values_key do update
set value = excluded.value, out_of = excluded.out_of, source = excluded.source, note = excluded.note,
  stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (declared_values.value, declared_values.out_of, declared_values.source, declared_values.note)
  is distinct from (excluded.value, excluded.out_of, excluded.source, excluded.note)
