-- Writes statements of availability that are new or differ. $1 jsonb: rows of the file; hamlet_code is read on
-- hamlet_on.
insert into availability (hamlet_id, technology, operator, state, share_households, basis, as_of)
select h.id, r.technology, r.operator, r.state, r.share_households, r.basis, r.as_of
from jsonb_to_recordset($1) as r (line bigint, hamlet_code text, hamlet_on date, technology text, operator text,
  state text, share_households double precision, basis text, as_of date)
cross join lateral hamlets_on(r.hamlet_code, r.hamlet_on) as h (id)
order by r.line
on conflict on constraint availability_key do update
set state = excluded.state, share_households = excluded.share_households, basis = excluded.basis,
  stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (availability.state, availability.share_households, availability.basis)
  is distinct from (excluded.state, excluded.share_households, excluded.basis)
