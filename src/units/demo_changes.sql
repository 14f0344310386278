-- Adds the demo's changes between the versions that are in force on the days that it names. $1 jsonb: rows of
-- changes.csv. Leaves out changes between two imported units: there the import knows better.
insert into admin_changes (from_id, to_id, part, kind)
select was.id, became.id, r.part, r.kind
from jsonb_to_recordset($1) as r (from_code text, from_valid_from date, to_code text, to_valid_from date,
  part text, kind text)
join admin_units was on was.code = r.from_code and in_force(was.valid_from, was.valid_to, r.from_valid_from)
join admin_units became on became.code = r.to_code and in_force(became.valid_from, became.valid_to, r.to_valid_from)
where was.id <> became.id and 'demo' in (was.source, became.source)
order by was.code, became.code
on conflict on constraint admin_changes_key do nothing
