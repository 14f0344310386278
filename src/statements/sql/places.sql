-- The versions of units in force on days, with the communes and hamlets of today that they stand for.
-- Values: 1 jsonb, rows of code and on_day; 2 date, today; 3 boolean, whether to find what they stand for.
-- Returns jsonb: code, on_day, unit_id, name, valid_from, valid_to, communes, hamlets.
select jsonb_build_object('code', r.code, 'on_day', r.on_day, 'unit_id', u.id, 'name', u.name,
  'valid_from', u.valid_from, 'valid_to', u.valid_to,
  'communes', coalesce(g.communes, '{}'), 'hamlets', coalesce(g.hamlets, '{}'))
from jsonb_to_recordset($1) as r (code text, on_day date)
join admin_units u on u.code = r.code and in_force(u.valid_from, u.valid_to, r.on_day)
left join lateral unit_ground(u.id, $2) g on $3
