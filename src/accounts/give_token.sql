-- Adds a token. $1 bigint: the account. $2 jsonb: a NewToken. $3 text: SHA-256 of its secret, hexadecimal. One column: its id.
insert into tokens (account_id, name, secret_hash, expires_at, role, unit_code, unit_on, operators, collections,
  sees_restricted, addresses, unconditional_writes)
select $1, name, decode($3, 'hex'), now() + make_interval(days => days), role, unit_code, unit_on, operators, collections,
  sees_restricted, addresses, unconditional_writes
from jsonb_to_record($2) as t (name text, days integer, role text, unit_code text, unit_on date, operators text[],
  collections text[], sees_restricted boolean, addresses text[], unconditional_writes boolean)
returning id
