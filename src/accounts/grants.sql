-- The grants of an account, newest last. $1 bigint: the account. $2 boolean: only those that hold today. One column: json.
select jsonb_build_object(
  'id', g.id,
  'role', g.role,
  'unit', case when g.unit_code is not null then jsonb_build_object(
    'code', g.unit_code, 'on', g.unit_on, 'level', u.level, 'name', u.name) end,
  'operators', g.operators,
  'collections', g.collections,
  'starts_on', g.starts_on,
  'expires_on', g.expires_on,
  'note', g.note,
  'holds', holds,
  'needs_review', g.needs_review,
  'communes', (select jsonb_agg(jsonb_build_object('code', c.code, 'name', c.name) order by c.code)
    from admin_units c where c.id = any(g.communes)),
  'created_at', g.created_at,
  'created_by', g.created_by,
  'revoked_at', g.revoked_at,
  'revoked_by', g.revoked_by)
from grants g
left join admin_units u on u.code = g.unit_code and in_force(u.valid_from, u.valid_to, g.unit_on)
cross join lateral (select
  g.revoked_at is null and g.starts_on <= current_date and (g.expires_on is null or g.expires_on > current_date) as holds) h
where g.account_id = $1 and (holds or not $2)
order by g.id
