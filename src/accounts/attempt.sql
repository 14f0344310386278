-- Starts an attempt to sign in and counts it as failed. $1 text: the name. $2 text: SHA-256 of the device's secret,
-- hexadecimal; empty for none. Columns: account bigint, password_hash text, refused text, knows_device boolean; no row
-- for an unknown name.
-- A device in which the account has signed in has a count of its own. Simultaneous attempts wait for the row lock and
-- then see the new count. A day after the last lock the count starts again. No lock lasts longer than a minute: one
-- that seems to was made before the clock was set back.
with device as (
  select d.secret_hash
  from devices d
  join accounts a on a.id = d.account_id
  where a.username = $1 and d.secret_hash = decode($2, 'hex')
), by_device as (
  update devices d
  set
    failed_logins = case when d.locked_until < now() - interval '1 day' then 1 else d.failed_logins + 1 end,
    locked_until = case
      when d.locked_until < now() - interval '1 day' then null
      when d.failed_logins >= 4 then now() + least(power(2, least(d.failed_logins - 4, 20)), 60) * interval '1 second'
    end
  from device, accounts a
  where d.secret_hash = device.secret_hash
    and a.id = d.account_id
    and a.password_hash is not null
    and a.disabled_at is null
    and (d.locked_until is null or d.locked_until not between now() and now() + interval '1 minute')
  returning a.id, a.password_hash
), by_account as (
  update accounts a
  set
    failed_logins = case when a.locked_until < now() - interval '1 day' then 1 else a.failed_logins + 1 end,
    locked_until = case
      when a.locked_until < now() - interval '1 day' then null
      when a.failed_logins >= 4 then now() + least(power(2, least(a.failed_logins - 4, 20)), 60) * interval '1 second'
    end
  where a.username = $1
    and a.password_hash is not null
    and a.disabled_at is null
    and (a.locked_until is null or a.locked_until not between now() and now() + interval '1 minute')
    and not exists (select from device)
  returning a.id, a.password_hash
), counted as (
  select * from by_device union all select * from by_account
)
select
  a.id as account,
  counted.password_hash,
  case
    when counted.id is not null then null
    when a.disabled_at is not null then 'disabled'
    when a.password_hash is null then 'no password'
    else 'locked'
  end as refused,
  exists (select from device) as knows_device
from accounts a
left join counted on counted.id = a.id
where a.username = $1
