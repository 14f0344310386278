-- Writes declared baselines that are new or differ. $1 jsonb: rows of the file; unit_code is read on unit_on.
insert into declared_baselines (indicator, group_value, unit_id, on_day, value, document)
select r.indicator, r.group_value, u.id, r.on_day, r.value, r.document
from jsonb_to_recordset($1) as r (line bigint, indicator text, group_value text, unit_code text, unit_on date, on_day date,
  value double precision, document text)
join admin_units u on u.code = r.unit_code and in_force(u.valid_from, u.valid_to, r.unit_on)
order by r.line
on conflict on constraint declared_baselines_key do update
set value = excluded.value, document = excluded.document, stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (declared_baselines.value, declared_baselines.document) is distinct from (excluded.value, excluded.document)
