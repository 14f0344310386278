-- The households and people of units, of the country (VN) and of a group: the sums over their communes, null where one of
-- them has no count. $1 text[]: codes of units; $2 date: the day of the units; $3 text: the code of the group, or null.
-- Returns unit, households, population, counted_on (the oldest count), source (null where they differ).
select
  unit,
  case when count(*) = count(households) then sum(households) end as households,
  case when count(*) = count(population) then sum(population) end as population,
  min(counted_on) as counted_on,
  case when count(distinct counted_source) = 1 then min(counted_source) end as source
from (
  select c.households, c.population, c.counted_on, c.counted_source,
    unnest(array[c.code, d.code, coalesce(d.parent_code, c.parent_code), 'VN',
      case when c.id in (select g.id from group_communes($3, $2) g) then 'group:' || $3 end]) as unit
  from admin_units c
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, $2)
  where c.level = 'commune' and in_force(c.valid_from, c.valid_to, $2)
) part
where unit = any($1)
group by unit
