-- The account of a browser session, with what it may. $1 text: SHA-256 of the secret, hexadecimal. $2 bigint: minutes
-- after which a session that is not used ends. One column: json.
select jsonb_build_object(
  'account_id', a.id,
  'name', a.username,
  'organisation', a.organisation,
  'credential_id', s.id,
  'used_lately', s.last_seen_at > now() - interval '1 minute',
  'grants', grants_of(a.id, current_date))
from sessions s
join accounts a on a.id = s.account_id
where s.secret_hash = decode($1, 'hex')
  and s.revoked_at is null
  and s.expires_at > now()
  and s.last_seen_at > now() - make_interval(mins => $2::integer)
  and a.disabled_at is null
