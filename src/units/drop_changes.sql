-- Removes the changes across a day that involve units of a mapping, except the mapping's own changes.
-- $1 jsonb: its changes; $2 date: its day; $3 text[]: its old codes; $4 text[]: its new codes.
delete from admin_changes c
using admin_units was, admin_units became
where was.id = c.from_id
  and became.id = c.to_id
  and was.valid_from < $2
  and became.valid_from >= $2
  and (was.valid_to < $2 or became.valid_from = $2)
  and (was.code = any($3) or became.code = any($4))
  and not exists (
    select
    from jsonb_to_recordset($1) as r (from_code text, from_valid_from date, to_code text, to_valid_from date)
    where r.from_code = was.code and r.from_valid_from = was.valid_from
      and r.to_code = became.code and r.to_valid_from = became.valid_from)
