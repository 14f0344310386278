-- Starts an attempt to sign in and counts it as failed. $1 text: the name. Columns: account bigint, password_hash text,
-- refused text; no row for an unknown name.
-- Simultaneous attempts wait for the row lock and then see the new count. A day after the last lock the count starts
-- again.
with counted as (
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
    and (a.locked_until is null or a.locked_until <= now())
  returning a.id, a.password_hash
)
select
  a.id as account,
  counted.password_hash,
  case
    when counted.id is not null then null
    when a.disabled_at is not null then 'disabled'
    when a.password_hash is null then 'no password'
    else 'locked'
  end as refused
from accounts a
left join counted on counted.id = a.id
where a.username = $1
