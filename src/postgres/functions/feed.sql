-- The numbers of the change feed, and the counter of writes to reference data. Both run as the owner of the tables, for
-- any writer or reader.

-- Numbers the committed changes that have no number yet, and counts the rows of each layer. Numbers are given after the
-- commit and under a lock, so the feed has no gaps, and no change appears behind a reader. Anonymous callers have a
-- sequence of their own. Keeps the time of the newest write. Returns how many changes were numbered.
create or replace function number_changes() returns bigint
language plpgsql
security definer
set search_path = public, pg_temp
as $$
declare
  numbered bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('hatang.number_changes', 0));
  with fresh as (
    select
      id,
      row_number() over (order by id) as nth,
      case when public_op is not null then count(public_op) over (order by id) end as public_nth
    from changes
    where seq is null
  ), given as (
    update changes c
    set seq = feed.last_seq + fresh.nth, public_seq = feed.last_public_seq + fresh.public_nth
    from fresh, feed
    where c.id = fresh.id
    returning c.collection, c.op, c.public_op, c.seq, c.public_seq, c.at
  ), counted as (
    update layers l
    set
      row_count = l.row_count + g.delta,
      public_row_count = l.public_row_count + g.public_delta,
      version = g.last_seq,
      public_version = coalesce(g.last_public_seq, l.public_version)
    from (
      select
        collection,
        count(*) filter (where op = 'create') - count(*) filter (where op = 'delete') as delta,
        count(*) filter (where public_op = 'create') - count(*) filter (where public_op = 'delete') as public_delta,
        max(seq) as last_seq,
        max(public_seq) as last_public_seq
      from given
      group by collection
    ) g
    where l.collection = g.collection
  )
  update feed
  set last_seq = last_seq + n.total, last_public_seq = last_public_seq + n.public_total,
    last_at = greatest(feed.last_at, n.last_at)
  from (select count(*) as total, count(public_seq) as public_total, max(at) as last_at from given) n
  where n.total > 0
  returning n.total into numbered;
  return coalesce(numbered, 0);
end
$$;

create or replace function reference_written() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  update reference_state set version = version + 1;
  return null;
end
$$;

-- Units whose boundary, time or parent changed: the sums of the records in them are computed again.
create or replace function units_written() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into summary_queue (collection, record_id) select 'units', id from new_rows;
  elsif tg_op = 'DELETE' then
    insert into summary_queue (collection, record_id) select 'units', id from old_rows;
  else
    insert into summary_queue (collection, record_id)
    select 'units', n.id
    from new_rows n
    join old_rows o on o.id = n.id
    where (n.level, n.code, n.parent_code, n.valid_from, n.valid_to) is distinct from (o.level, o.code, o.parent_code, o.valid_from, o.valid_to)
      or n.geom is distinct from o.geom;
  end if;
  update reference_state set version = version + 1, communes_on = null;
  return null;
end
$$;

create or replace function unit_changes_written() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  if tg_op in ('INSERT', 'UPDATE') then
    insert into summary_queue (collection, record_id)
    select 'units', unit.id from new_rows n cross join lateral (values (n.from_id), (n.to_id)) unit (id);
  end if;
  if tg_op in ('DELETE', 'UPDATE') then
    insert into summary_queue (collection, record_id)
    select 'units', unit.id from old_rows o cross join lateral (values (o.from_id), (o.to_id)) unit (id);
  end if;
  update reference_state set version = version + 1, communes_on = null;
  return null;
end
$$;

drop trigger if exists admin_units_written on admin_units;
drop trigger if exists admin_changes_written on admin_changes;

create or replace trigger units_inserted after insert on admin_units
referencing new table as new_rows for each statement execute function units_written();
create or replace trigger units_updated after update on admin_units
referencing old table as old_rows new table as new_rows for each statement execute function units_written();
create or replace trigger units_deleted after delete on admin_units
referencing old table as old_rows for each statement execute function units_written();

create or replace trigger unit_changes_inserted after insert on admin_changes
referencing new table as new_rows for each statement execute function unit_changes_written();
create or replace trigger unit_changes_updated after update on admin_changes
referencing old table as old_rows new table as new_rows for each statement execute function unit_changes_written();
create or replace trigger unit_changes_deleted after delete on admin_changes
referencing old table as old_rows for each statement execute function unit_changes_written();

create or replace trigger unit_groups_written
after insert or update or delete on unit_groups
for each statement execute function reference_written();

create or replace trigger availability_written
after insert or update or delete on availability
for each statement execute function reference_written();

create or replace trigger declared_baselines_written
after insert or update or delete on declared_baselines
for each statement execute function reference_written();
