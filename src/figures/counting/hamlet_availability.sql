-- What the statements say of each hamlet, as further expressions of a `with recursive`.
-- Before it: hamlet (id, code, households, population, geom, commune, district, province), the hamlets in force on the
-- day of the territory.
-- Values: 1 date, the last day of the statements; 2 text, an operator, or null for any.
-- Returns availability_state: hamlet, mobile_2g … mobile_5g, fiber_any, fiber_full (true, false, null = unknown),
-- passed_share, connected_share, mobile_basis, fiber_basis (positions in the list of bases, of the best one).
, statement as (
  select o.hamlet, a.technology, a.operator, a.state, a.share_households as share, a.basis, a.as_of
  from origin o
  join availability a on a.hamlet_id = o.origin
  where a.as_of <= $1
    -- For one operator: its own statements, and statements that no operator is there.
    and ($2::text is null or a.operator = $2 or a.operator is null and a.state in ('planned', 'not_available'))
), latest as (
  -- A hamlet made of several may have two statements of one day: the better one counts.
  select distinct on (s.hamlet, s.technology, s.operator) s.*
  from statement s
  order by s.hamlet, s.technology, s.operator, s.as_of desc, s.state in ('connected', 'available') desc, s.share desc nulls last
), held as materialized (
  -- A statement for any operator replaces the earlier statements of each operator.
  select
    l.hamlet, l.technology, l.state, l.share,
    l.state in ('connected', 'available') as yes,
    l.state in ('planned', 'not_available') as no,
    array_position('{reported,surveyed,measured,modelled}'::text[], l.basis) as basis
  from (
    select
      latest.*,
      max(as_of) filter (where operator is null and state <> 'unknown') over (partition by hamlet, technology) as general_on
    from latest
  ) l
  where l.general_on is null or l.as_of >= l.general_on
), availability_state as materialized (
  select
    hamlet,
    case when bool_or(yes) filter (where technology in ('2g', '3g', '4g', '5g')) then true
      when bool_or(no) filter (where technology = '2g') then false end as mobile_2g,
    case when bool_or(yes) filter (where technology in ('3g', '4g', '5g')) then true
      when bool_or(no) filter (where technology = '3g') then false end as mobile_3g,
    case when bool_or(yes) filter (where technology in ('4g', '5g')) then true
      when bool_or(no) filter (where technology = '4g') then false end as mobile_4g,
    case when bool_or(yes) filter (where technology = '5g') then true
      when bool_or(no) filter (where technology = '5g') then false end as mobile_5g,
    case when bool_or(yes or share > 0) filter (where technology = 'fiber') then true
      when bool_or(no) filter (where technology = 'fiber') then false end as fiber_any,
    case when bool_or(share >= 0.95) filter (where technology = 'fiber') then true
      when bool_or(no or share < 0.95) filter (where technology = 'fiber') then false end as fiber_full,
    case when count(share) filter (where technology = 'fiber' and (yes or share > 0)) > 0
      then max(share) filter (where technology = 'fiber' and (yes or share > 0))
      when bool_or(no) filter (where technology = 'fiber') and not bool_or(yes) filter (where technology = 'fiber')
      then 0 end as passed_share,
    -- That fibre is available does not say who is connected.
    case when count(share) filter (where technology = 'fiber' and state = 'connected') > 0
      then max(share) filter (where technology = 'fiber' and state = 'connected')
      when bool_or(no) filter (where technology = 'fiber') and not bool_or(yes) filter (where technology = 'fiber')
      then 0 end as connected_share,
    min(basis) filter (where technology <> 'fiber' and yes) as mobile_basis,
    min(basis) filter (where technology = 'fiber' and yes) as fiber_basis
  from held
  group by hamlet
)
