-- Seals of the audit trail: a chain of hashes, so that an event that was changed, removed or slipped in is noticed. The
-- database makes them, not the service, which may not write them. The chain proves nothing against somebody who can write
-- to the tables as their owner and makes all of it anew: therefore exports show its last hash, to be kept elsewhere.

-- What an event says, in a form that is the same in every time zone.
create or replace function audit_content(event audit) returns bytea
language sql
stable
as $$
  select sha256(convert_to(jsonb_build_array(event.id, extract(epoch from event.at)::text, event.actor, event.action,
    event.collection, event.detail, event.request_id, event.address)::text, 'UTF8'))
$$;

create or replace function audit_added() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  insert into audit_unsealed (audit_id) select id from new_rows;
  return null;
end
$$;

create or replace trigger audit_added after insert on audit
referencing new table as new_rows for each statement execute function audit_added();

-- Seals committed events, in the order of their ids, and returns how many. Not in the transaction that adds them: it would
-- make all others wait.
create or replace function seal_audit(at_most integer) returns bigint
language plpgsql
security definer
set search_path = public, pg_temp
as $$
declare
  last_nth bigint;
  last_hash bytea;
  event record;
  sealed bigint := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('hatang.seal_audit', 0)) then
    return 0;
  end if;
  select s.nth, s.hash into last_nth, last_hash from audit_seals s order by s.nth desc limit 1;
  last_nth := coalesce(last_nth, 0);
  last_hash := coalesce(last_hash, '');
  for event in
    with due as (
      delete from audit_unsealed where audit_id in (select audit_id from audit_unsealed order by audit_id limit at_most)
      returning audit_id
    )
    select a.id, audit_content(a) as content from due join audit a on a.id = due.audit_id order by a.id
  loop
    last_nth := last_nth + 1;
    last_hash := sha256(last_hash || event.content);
    insert into audit_seals (nth, audit_id, content, hash) values (last_nth, event.id, event.content, last_hash);
    sealed := sealed + 1;
  end loop;
  return sealed;
end
$$;

create or replace trigger audit_seals_final
before update or delete or truncate on audit_seals
for each statement execute function audit_is_final();

-- What is wrong with the trail: one row, whose counts should be zero except for those erased.
create or replace function audit_faults(out changed bigint, out removed bigint, out unknown bigint, out broken bigint,
  out erased bigint, out sealed bigint, out last_hash text)
language sql
stable
as $$
  select
    count(*) filter (where a.id is not null and s.erased_at is null and s.content <> audit_content(a)),
    count(*) filter (where a.id is null),
    (select count(*) from audit e where not exists (select from audit_seals k where k.audit_id = e.id)
      and not exists (select from audit_unsealed u where u.audit_id = e.id)),
    count(*) filter (where s.hash <> sha256(s.was || s.content) or s.nth <> s.was_nth + 1),
    count(*) filter (where s.erased_at is not null),
    count(*),
    (select encode(k.hash, 'hex') from audit_seals k order by k.nth desc limit 1)
  from (
    select *, lag(hash, 1, ''::bytea) over (order by nth) as was, lag(nth, 1, 0::bigint) over (order by nth) as was_nth
    from audit_seals
  ) s
  left join audit a on a.id = s.audit_id
$$;
