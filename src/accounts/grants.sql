-- The grants of an account, oldest first. $1 bigint: the account. $2 boolean: only those in force today. Columns: those
-- of UserGrant.
select
  g.id, g.note, g.role,
  case when g.unit_code is not null then (g.unit_on, g.unit_code, u.name, u.level) end as unit,
  holds,
  (select array_agg((c.code, c.name) order by c.code) from admin_units c where c.id = any(g.communes)) as communes,
  g.operators, g.starts_on, g.created_at, g.created_by, g.expires_on, g.revoked_at, g.revoked_by, g.collections,
  g.needs_review
from grants g
left join lateral (
  select n.name, n.level from named_by_code(g.unit_code) n where in_force(n.valid_from, n.valid_to, g.unit_on) limit 1
) u on true
cross join lateral (select
  g.revoked_at is null and g.starts_on <= current_date and (g.expires_on is null or g.expires_on > current_date) as holds) h
where g.account_id = $1 and (holds or not $2)
order by g.id
