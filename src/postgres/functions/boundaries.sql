-- Derives the boundaries that no file gave from those that one did. A boundary holds for one territory:
-- 1. a unit that was renamed, moved to another parent or recoded keeps its boundary, in either direction of time;
-- 2. a district or province is the union of its communes, on the latest day on which all of them have a boundary;
-- 3. otherwise it is the union of the communes that its own became or came from, if those took nothing from elsewhere.
-- What is derived has the source 'children' (2) or 'lineage' (1, 3). The demo's districts and provinces stay as they are.

-- The units without units below them, by day: communes, and districts that have none. A row a unit and day on which
-- some unit begins or ends.
create or replace function unit_leaves() returns table (day date, id bigint, district bigint, province bigint, has_boundary boolean)
language sql
stable
rows 50000
as $$
  with days as materialized (
    select valid_from as day from admin_units where level <> 'hamlet'
    union
    select valid_to from admin_units where level <> 'hamlet' and valid_to is not null
  ), provinces as materialized (
    select days.day, u.id, u.code from days
    join admin_units u on u.level = 'province' and in_force(u.valid_from, u.valid_to, days.day)
  ), districts as materialized (
    select days.day, u.id, u.code, u.parent_code, u.geom is not null as has_boundary from days
    join admin_units u on u.level = 'district' and in_force(u.valid_from, u.valid_to, days.day)
  ), communes as materialized (
    select days.day, u.id, u.parent_code, u.geom is not null as has_boundary from days
    join admin_units u on u.level = 'commune' and in_force(u.valid_from, u.valid_to, days.day)
  )
  select c.day, c.id, d.id, p.id, c.has_boundary
  from communes c
  left join districts d on d.day = c.day and d.code = c.parent_code
  left join provinces p on p.day = c.day and p.code = coalesce(d.parent_code, c.parent_code)
  union all
  select d.day, d.id, null, p.id, d.has_boundary
  from districts d
  left join provinces p on p.day = d.day and p.code = d.parent_code
  where not exists (select from communes c where c.day = d.day and c.parent_code = d.code)
$$;

-- Pairs of versions that stand for one territory, in both directions. Where neighbours ended or began on that day and
-- nothing says what became of them, a renamed unit may have taken them in, so it is no pair.
create or replace function same_territory() returns table (id bigint, other bigint)
language sql
stable
as $$
  with alone as (
    select c.from_id, c.to_id, was.parent_code as old_parent, became.parent_code as new_parent, was.level,
      became.valid_from as day
    from admin_changes c
    join admin_units was on was.id = c.from_id
    join admin_units became on became.id = c.to_id
    where c.part = 'full' and c.kind in ('renamed', 'moved', 'recoded') and was.level <> 'hamlet'
      and not exists (select from admin_changes o where o.from_id = c.from_id and o.to_id <> c.to_id)
      and not exists (select from admin_changes o where o.to_id = c.to_id and o.from_id <> c.from_id)
  ), unexplained as (
    select u.parent_code, u.valid_to + 1 as day from admin_units u
    where u.level = 'commune' and u.valid_to is not null and not exists (select from admin_changes c where c.from_id = u.id)
    union
    select u.parent_code, u.valid_from from admin_units u
    where u.level = 'commune' and not exists (select from admin_changes c where c.to_id = u.id)
  ), sure as (
    select a.from_id, a.to_id from alone a
    where a.level <> 'commune'
      or not exists (select from unexplained n where n.day = a.day and n.parent_code in (a.old_parent, a.new_parent))
  )
  select from_id, to_id from sure union all select to_id, from_id from sure
$$;

-- Copies boundaries along same_territory() to communes, and to districts without communes, that have none. The nearest
-- one wins, an imported one before one of the demo. Returns how many changed.
create or replace function carry_boundaries() returns bigint
language sql
as $$
  with recursive pair as materialized (
    select * from same_territory()
  ), unit as materialized (
    select u.id, u.valid_from, u.geom_source from admin_units u
    where u.level = 'commune' or u.level = 'district' and not exists (
      select from admin_units c
      where c.level = 'commune' and c.parent_code = u.code
        and daterange(c.valid_from, c.valid_to, '[]') && daterange(u.valid_from, u.valid_to, '[]'))
  ), walk as (
    select u.id as origin, u.id, u.valid_from, u.geom_source = 'demo' as is_demo, 0 as steps, null::bigint as before
    from unit u
    where u.geom_source in ('demo', 'import')
    union all
    select w.origin, n.id, w.valid_from, w.is_demo, w.steps + 1, w.id
    from walk w
    join pair on pair.id = w.id and pair.other is distinct from w.before
    join unit n on n.id = pair.other and n.geom_source is distinct from 'import'
    where not (w.is_demo and n.geom_source is not distinct from 'demo')
  ), nearest as (
    select distinct on (id) id, origin
    from walk
    where steps > 0
    order by id, is_demo, steps, valid_from desc
  ), wrong as (
    select u.id, o.geom
    from unit
    join admin_units u on u.id = unit.id
    left join nearest n on n.id = u.id
    left join admin_units o on o.id = n.origin
    where (n.id is not null or u.geom_source = 'lineage')
      and (u.geom is distinct from o.geom or u.geom_source is distinct from case when o.geom is not null then 'lineage' end)
  ), changed as (
    update admin_units u
    set geom = wrong.geom, geom_source = case when wrong.geom is not null then 'lineage' end
    from wrong
    where u.id = wrong.id
    returning 1
  )
  select count(*) from changed
$$;

-- Sets the boundaries of districts and provinces by the rules 2 and 3. geom_key says what they were united from, since
-- uniting all of the country again takes 15 s. Returns how many changed.
create or replace function unite_boundaries() returns bigint
language sql
set work_mem = '64MB'
as $$
  with leaf as materialized (
    select * from unit_leaves()
  ), below as materialized (
    select day, district as parent, id, has_boundary from leaf where district is not null
    union all
    select day, province, id, has_boundary from leaf where province is not null
  ), parent as materialized (
    select u.id, u.level, u.valid_from, u.valid_to
    from admin_units u
    where u.level in ('district', 'province') and u.source <> 'demo' and u.geom_source is distinct from 'import'
      -- A district without communes is no union.
      and exists (select from below b where b.parent = u.id)
  ), whole as materialized (
    select b.parent, max(b.day) as day
    from (select parent, day from below group by parent, day having bool_and(has_boundary)) b
    group by b.parent
  ), link as materialized (
    select true as forward, from_id as near, to_id as far from admin_changes
    union all
    select false, to_id, from_id from admin_changes
  ), edge as materialized (
    -- The communes of a unit on its last day with their successors, and on its first day with their predecessors.
    select p.id as parent, way.forward, b.id as leaf, link.far
    from parent p
    cross join (values (true), (false)) way (forward)
    join below b on b.parent = p.id and b.day = case when way.forward then p.valid_to else p.valid_from end
    left join link on link.forward = way.forward and link.near = b.id
    where p.id not in (select parent from whole)
  ), taken as materialized (
    -- Units whose successors, or predecessors, also have parts of others.
    select distinct own.parent, own.forward
    from (select parent, forward, far, count(*) as links from edge where far is not null group by parent, forward, far) own
    join (select forward, far, count(*) as links from link group by forward, far) every
      on every.forward = own.forward and every.far = own.far and every.links > own.links
  ), closed as (
    select e.parent, e.forward
    from edge e
    left join admin_units o on o.id = e.far
    left join taken on taken.parent = e.parent and taken.forward = e.forward
    group by e.parent, e.forward
    having bool_and(o.geom is not null) and count(taken.parent) = 0
  ), lineage as (
    select distinct on (parent) parent, forward from closed order by parent, forward desc
  ), member as materialized (
    select b.parent, 'children' as source, b.id
    from whole w
    join below b on b.parent = w.parent and b.day = w.day
    where w.parent in (select id from parent)
    union
    select l.parent, 'lineage', e.far
    from lineage l
    join edge e on e.parent = l.parent and e.forward = l.forward
  ), wanted as materialized (
    select m.parent, m.source, md5(string_agg(m.id || ' ' || md5(u.geom::bytea), ',' order by m.id)) as key
    from member m
    join admin_units u on u.id = m.id
    group by m.parent, m.source
  ), united as materialized (
    select w.parent, st_multi(st_union(u.geom order by u.code, u.id)) as geom
    from wanted w
    join admin_units p on p.id = w.parent and (p.geom_key, p.geom_source) is distinct from (w.key, w.source)
    join member m on m.parent = w.parent
    join admin_units u on u.id = m.id
    group by w.parent
  ), derived as (
    select w.parent, w.source, w.key, coalesce(n.geom, p.geom) as geom
    from wanted w
    join admin_units p on p.id = w.parent
    left join united n on n.parent = w.parent
    union all
    (select distinct on (p.id) p.id, 'lineage', w.key, coalesce(n.geom, o.geom)
    from parent p
    join same_territory() same on same.id = p.id
    join wanted w on w.parent = same.other
    join admin_units o on o.id = w.parent
    left join united n on n.parent = w.parent
    where p.id not in (select parent from wanted)
    order by p.id, same.other)
  ), changed as (
    update admin_units u
    set geom = derived.geom, geom_source = derived.source, geom_key = derived.key
    from parent p
    left join derived on derived.parent = p.id
    where u.id = p.id
      and (derived.parent is not null or u.geom_source in ('children', 'lineage'))
      and (u.geom_key, u.geom_source) is distinct from (derived.key, derived.source)
    returning 1
  )
  select count(*) from changed
$$;

-- Derives all boundaries again. Call it when units, their changes or given boundaries have changed. Returns how many
-- communes received another boundary, and how many districts and provinces.
create or replace function derive_boundaries(out carried bigint, out united bigint)
language plpgsql
as $$
begin
  -- The demo did not know all communes of its district.
  update admin_units d
  set geom = null, geom_source = null
  where d.level = 'district'
    and d.geom_source = 'demo'
    and exists (
      select from admin_units c
      where c.parent_code = d.code
        and c.level = 'commune'
        and c.geom is null
        and daterange(c.valid_from, c.valid_to, '[]') && daterange(d.valid_from, d.valid_to, '[]'));
  carried := carry_boundaries();
  -- A register without a boundary of its own has nothing to unite, and its lists load faster.
  united := case when exists (select from admin_units u where u.geom_source in ('import', 'children')) then unite_boundaries() else 0 end;
end
$$;
