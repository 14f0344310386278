-- Where grants and tokens hold: the units that they name, stored as lists of communes and hamlets.

-- The communes in force on on_day that unit_code, read on unit_on, stands for: its own while it is in force, otherwise the
-- successors of its communes; or the record of the hamlet. carried: whether the unit is no longer in force.
create or replace function unit_scope(unit_code text, unit_on date, on_day date, out communes bigint[], out hamlets bigint[], out carried boolean)
language sql
stable
as $$
  with unit as materialized (
    select in_force(u.valid_from, u.valid_to, on_day) as stands, least(coalesce(u.valid_to, on_day), on_day) as last_day
    from admin_units u
    where u.code = unit_code and in_force(u.valid_from, u.valid_to, unit_on)
  ), commune as (
    select c.id
    from unit, communes_within(unit_code, on_day) c
    where unit.stands
    union
    select successor
    from unit
    cross join lateral communes_within(unit_code, greatest(unit.last_day, unit_on)) c
    cross join lateral unit_on(c.id, on_day) as successor
    where not unit.stands
  ), hamlet as (
    select h.id, h.decommissioned_on is null or h.decommissioned_on > on_day as stands
    from hamlets_on(unit_code, unit_on) as found (id)
    join hamlets h on h.id = found.id
  )
  select
    coalesce((select array_agg(id order by id) from commune), '{}'),
    coalesce((select array_agg(id order by id) from hamlet), '{}'),
    coalesce((select not bool_and(stands) from (select stands from unit union all select stands from hamlet) s), true)
$$;

create or replace function scope_of_unit() returns trigger
language plpgsql
as $$
begin
  select s.communes, s.hamlets into new.communes, new.hamlets
  from unit_scope(new.unit_code, new.unit_on, current_date) s
  where new.unit_code is not null;
  return new;
end
$$;

create or replace trigger grants_scope
before insert or update of unit_code, unit_on on grants
for each row execute function scope_of_unit();

create or replace trigger tokens_scope
before insert or update of unit_code, unit_on on tokens
for each row execute function scope_of_unit();

-- Finds the units of all grants and tokens again, after the units changed. Returns how many rows changed.
create or replace function refresh_grants() returns bigint
language plpgsql
as $$
declare
  in_grants bigint;
  in_tokens bigint;
begin
  update grants g
  set communes = s.communes, hamlets = s.hamlets, needs_review = g.needs_review or s.carried
  from grants old, unit_scope(old.unit_code, old.unit_on, current_date) s
  where g.id = old.id and old.unit_code is not null and old.revoked_at is null
    and (old.communes, old.hamlets) is distinct from (s.communes, s.hamlets);
  get diagnostics in_grants = row_count;
  update tokens t
  set communes = s.communes, hamlets = s.hamlets
  from tokens old, unit_scope(old.unit_code, old.unit_on, current_date) s
  where t.id = old.id and old.unit_code is not null
    and (old.communes, old.hamlets) is distinct from (s.communes, s.hamlets);
  get diagnostics in_tokens = row_count;
  return in_grants + in_tokens;
end
$$;
