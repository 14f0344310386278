-- What the statements say of each hamlet, as further expressions of a `with`.
-- Before it: hamlet (id), the hamlets that count, and stated, the statements known.
-- Values: 1 date, the last day of the statements; 2 text, an operator, or null for any; 3 text, a basis, or null for
-- any; 4 text, a technology, or null for any.
-- Returns availability_state: hamlet, mobile_2g … mobile_5g, no_signal, weak_signal, fiber_any, fiber_full (true, false,
-- null = unknown), the lowest and highest shares of households passed and connected, mobile_basis, fiber_basis
-- (positions in the list of bases, of the best one).
, statement as (
  select h.id as hamlet, a.technology, a.operator, a.state, a.share_households as share, a.basis, a.as_of
  from hamlet h
  join stated a on a.hamlet_id = h.id
  where a.as_of <= $1
    and ($2::text is null or a.operator = $2 or a.operator is null)
    and ($3::text is null or a.basis = $3)
    and ($4::text is null or a.technology = $4)
), newest as (
  select distinct on (s.hamlet, s.technology, s.operator) s.*
  from statement s
  order by s.hamlet, s.technology, s.operator, s.as_of desc
), latest as (
  -- For one operator: its own statements, and statements that no operator serves the hamlet well.
  select * from newest where $2::text is null or operator = $2 or state in ('weak', 'planned', 'not_available')
), held as materialized (
  -- A statement for any operator replaces the earlier statements of each operator.
  select
    l.hamlet, l.technology, l.operator, l.state, l.share,
    l.state in ('connected', 'available') as yes,
    l.state in ('planned', 'not_available') as no,
    l.state = 'weak' as weak,
    l.state <> 'unknown' and (l.operator is null or $2 is not null) as is_general,
    array_position('{reported,surveyed,measured,modelled}'::text[], l.basis) as basis
  from (
    select
      latest.*,
      max(as_of) filter (where operator is null and state <> 'unknown') over (partition by hamlet, technology) as general_on
    from latest
  ) l
  where l.general_on is null or l.as_of >= l.general_on
), told as (
  -- The silence of an operator is no "no": only a statement for any operator, or those of all three operators with a
  -- network in the whole country, say that a hamlet is not served.
  select
    hamlet, technology,
    bool_or(yes) as yes, bool_or(no) as no, bool_or(weak) as weak, bool_or(is_general) as is_general,
    bool_or(is_general)
      or count(operator) filter (where state <> 'unknown' and operator in ('viettel', 'mobifone', 'vnpt')) = 3 as is_settled,
    max(share) filter (where yes) as passed, sum(share) filter (where yes) as passed_sum,
    bool_or(yes and share is null) as passed_open,
    max(share) filter (where state = 'connected') as connected, sum(share) filter (where state = 'connected') as connected_sum,
    -- That fibre is available does not say who is connected.
    bool_or(yes and (share is null or state <> 'connected')) as connected_open,
    min(basis) filter (where yes) as basis
  from held
  group by hamlet, technology
), service as materialized (
  select
    hamlet, technology, basis, weak as has_weak,
    case when yes then 'yes' when is_settled and weak then 'weak' when is_settled and no then 'no' end as state,
    coalesce(passed, 0) as passed_low,
    case when not yes then case when is_settled and (no or weak) then 0 else 1 end
      when passed_open then 1
      when is_general then passed
      when is_settled then least(1, passed_sum)
      else 1 end as passed_high,
    coalesce(connected, 0) as connected_low,
    case when not yes then case when is_settled and (no or weak) then 0 else 1 end
      when connected_open then 1
      when is_general then connected
      when is_settled then least(1, connected_sum)
      else 1 end as connected_high
  from told
), mobile as (
  select
    hamlet,
    -- Each generation is served by itself and by those after it.
    max(technology) filter (where state = 'yes') as best,
    max(technology) filter (where state = 'weak') as best_weak,
    array_agg(technology) filter (where state in ('no', 'weak')) as not_served,
    bool_or(state = 'yes' or has_weak) as has_signal,
    -- There is no 5G without 4G.
    count(*) filter (where state = 'no' and technology in ('2g', '3g', '4g')) = 3 as without_signal,
    min(basis) as basis
  from service
  where technology <> 'fiber'
  group by hamlet
), availability_state as materialized (
  select
    hamlet,
    case when m.best >= '2g' then true when '2g' = any(m.not_served) then false end as mobile_2g,
    case when m.best >= '3g' then true when '3g' = any(m.not_served) then false end as mobile_3g,
    case when m.best >= '4g' then true when '4g' = any(m.not_served) then false end as mobile_4g,
    case when m.best >= '5g' then true when '5g' = any(m.not_served) then false end as mobile_5g,
    case when m.has_signal then false when m.without_signal then true end as no_signal,
    case when m.best_weak > coalesce(m.best, '') then true when m.best is not null or m.without_signal then false end as weak_signal,
    case f.state when 'yes' then true when 'no' then false end as fiber_any,
    case when f.passed_low >= 0.95 then true when f.passed_high < 0.95 then false end as fiber_full,
    f.passed_low, f.passed_high, f.connected_low, f.connected_high,
    m.basis as mobile_basis, f.basis as fiber_basis
  from mobile m
  full join (select * from service where technology = 'fiber') f using (hamlet)
)
