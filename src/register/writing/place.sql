-- Compares the places of rows with the units. Returns a row only where there is something to report.
-- Reads given (nth, place, code: the declared commune, read_on: the day on which the code is read, commune_id: the
-- commune that contains the place today). $1 date: today.
-- Columns: nth, code, code_unknown; known_as: the unit that had the code on another day; successors: what became of it;
-- distance_m: from the declared commune; declared_name; lies_in: the commune of the place on the day of the code;
-- outside_any.
, judged as (
  select
    given.*,
    given.code is not null and declared.id is null as code_unknown,
    declared.name as declared_name,
    case
      when declared.geom is null or given.place is null then null
      when st_covers(declared.geom, given.place) then 0
      else st_distance(declared.geom::geography, given.place::geography)
    end as distance_m,
    -- In the bounding box of a loaded boundary, but in no commune: a loaded neighbour should contain the place.
    given.place is not null and given.commune_id is null and exists (
      select from admin_units u
      where u.level = 'commune' and in_force(u.valid_from, u.valid_to, $1) and u.geom && given.place) as outside_any
  from given
  left join admin_units declared on declared.level = 'commune' and declared.code = given.code
    and in_force(declared.valid_from, declared.valid_to, given.read_on)
)
select
  judged.nth,
  judged.code,
  judged.code_unknown,
  case when other_day.id is not null then
    format('%s (%s – %s)', other_day.name, other_day.valid_from, coalesce(other_day.valid_to::text, '…')) end as known_as,
  (
    select string_agg(format('%s %s', u.code, u.name), ', ' order by u.code)
    from unit_on(other_day.id, judged.read_on) as successor
    join admin_units u on u.id = successor
  ) as successors,
  judged.distance_m,
  judged.declared_name,
  (
    select format('%s %s', u.code, u.name)
    from admin_units u
    where judged.distance_m > 0 and u.id = commune_at(judged.place, judged.read_on)
  ) as lies_in,
  judged.outside_any
from judged
left join lateral (
  select u.id, u.name, u.valid_from, u.valid_to
  from admin_units u
  where judged.code_unknown and u.level = 'commune' and u.code = judged.code
  order by abs(u.valid_from - judged.read_on)
  limit 1
) other_day on true
where judged.code_unknown or judged.distance_m > 0 or judged.outside_any
order by judged.nth
