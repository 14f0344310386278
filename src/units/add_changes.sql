-- Adds or corrects changes between versions. $1 jsonb: changes, each end named by code and first day.
insert into admin_changes (from_id, to_id, part, kind)
select was.id, became.id, r.part, r.kind
from jsonb_to_recordset($1) as r (from_code text, from_valid_from date, to_code text, to_valid_from date,
  part text, kind text)
join admin_units was on was.code = r.from_code and was.valid_from = r.from_valid_from
join admin_units became on became.code = r.to_code and became.valid_from = r.to_valid_from
order by was.code, became.code
on conflict on constraint admin_changes_key do update set part = excluded.part, kind = excluded.kind
where (admin_changes.part, admin_changes.kind) is distinct from (excluded.part, excluded.kind)
