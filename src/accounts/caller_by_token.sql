-- The account of a token, with what it may. $1 text: SHA-256 of the secret, hexadecimal. $2 text: the address asked from,
-- or null. One column: json.
select jsonb_build_object(
  'account_id', a.id,
  -- The console's tokens stand for whoever runs the server, each under its own name, which can be nobody's.
  'name', case when a.username = 'console' then 'console/' || t.name else a.username end,
  'organisation', a.organisation,
  'credential_id', t.id,
  'unconditional_writes', t.unconditional_writes,
  'used_lately', coalesce(t.last_used_at > now() - interval '1 minute', false),
  'limits', jsonb_build_object(
    'role', t.role,
    'sees_restricted', t.sees_restricted,
    'communes', t.communes,
    'hamlets', t.hamlets,
    'operators', t.operators,
    'collections', t.collections),
  'grants', grants_of(a.id, current_date))
from tokens t
join accounts a on a.id = t.account_id
where t.secret_hash = decode($1, 'hex')
  and t.revoked_at is null
  and t.expires_at > now()
  and a.disabled_at is null
  and (t.addresses is null or exists (
    select from unnest(t.addresses) as network where $2::text::inet <<= network::cidr))
