-- The tokens of an account that are not revoked. $1 bigint: the account. One column: json.
select jsonb_build_object(
  'id', t.id,
  'name', t.name,
  'role', t.role,
  'unit', case when t.unit_code is not null then jsonb_build_object(
    'code', t.unit_code, 'on', t.unit_on, 'level', u.level, 'name', u.name) end,
  'operators', t.operators,
  'collections', t.collections,
  'sees_restricted', t.sees_restricted,
  'addresses', t.addresses,
  'unconditional_writes', t.unconditional_writes,
  'created_at', t.created_at,
  'expires_at', t.expires_at,
  'last_used_at', t.last_used_at)
from tokens t
left join admin_units u on u.code = t.unit_code and in_force(u.valid_from, u.valid_to, t.unit_on)
where t.account_id = $1 and t.revoked_at is null
order by t.id
