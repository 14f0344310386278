-- The codes of hamlets. A hamlet keeps its record while its code changes, so a code is read on a day.

-- The hamlets that bore a code, each with the time during which it did. A hamlet that was dissolved bears none.
create or replace function hamlets_of_code(of_code text)
returns table (id bigint, code text, name text, valid_from date, valid_to date)
language sql
stable
as $$
  with stated as (
    select distinct on (v.record_id, s.since) v.record_id, s.since, v.changes ->> 'code' as code
    from versions v
    join hamlets h on h.id = v.record_id and h.deleted_at is null
    cross join lateral (
      select case when v.version = 1 then least(v.effective_on, h.installed_on) else v.effective_on end as since
    ) s
    where v.collection = 'hamlets' and v.changes ? 'code' and v.record_id in (
      select bore.record_id from versions bore
      where bore.collection = 'hamlets' and bore.changes ? 'code' and bore.changes ->> 'code' = of_code)
    order by v.record_id, s.since, v.version desc
  ), held as (
    select s.*, lead(s.since) over (partition by s.record_id order by s.since) - 1 as last_day
    from stated s
  )
  select h.id, held.code, h.name, held.since, least(held.last_day, h.decommissioned_on - 1)
  from held
  join hamlets h on h.id = held.record_id
  where held.code = of_code
$$;

-- The hamlets that bear a code on a day.
create or replace function hamlets_on(of_code text, on_day date) returns setof bigint
language sql
stable
as $$ select h.id from hamlets_of_code(of_code) h where in_force(h.valid_from, h.valid_to, on_day) $$;

-- The versions of what a code names: a unit, or a hamlet.
create or replace function named_by_code(of_code text)
returns table (id bigint, code text, name text, level text, valid_from date, valid_to date)
language sql
stable
as $$
  select u.id, u.code, u.name, u.level, u.valid_from, u.valid_to from admin_units u where u.code = of_code
  union all
  select h.id, h.code, h.name, 'hamlet', h.valid_from, h.valid_to from hamlets_of_code(of_code) h
$$;
