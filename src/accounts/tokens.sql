-- The tokens of an account that are not revoked, oldest first. $1 bigint: the account. $2 bigint: only ids above this.
-- $3 bigint: the limit. Columns: those of Token.
select
  t.id, t.name, t.role,
  case when t.unit_code is not null then (t.unit_on, t.unit_code, u.name, u.level) end as unit,
  t.addresses, t.operators, t.created_at, t.expires_at, t.collections, t.last_used_at, t.sees_restricted,
  t.unconditional_writes
from tokens t
left join lateral (
  select n.name, n.level from named_by_code(t.unit_code) n where in_force(n.valid_from, n.valid_to, t.unit_on) limit 1
) u on true
where t.account_id = $1 and t.revoked_at is null and t.id > $2
order by t.id
limit $3
