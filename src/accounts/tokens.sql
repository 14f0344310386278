-- The tokens of an account that are not revoked, oldest first. $1 bigint: the account. $2 bigint: only ids above this.
-- $3 bigint: the limit. Columns: those of Token.
select
  t.id, t.name, t.role,
  case when t.unit_code is not null then (t.unit_on, t.unit_code, u.name, u.level) end as unit,
  t.addresses, t.operators, t.created_at, t.expires_at, t.collections, t.last_used_at, t.sees_restricted,
  t.unconditional_writes
from tokens t
left join admin_units u on u.code = t.unit_code and in_force(u.valid_from, u.valid_to, t.unit_on)
where t.account_id = $1 and t.revoked_at is null and t.id > $2
order by t.id
limit $3
