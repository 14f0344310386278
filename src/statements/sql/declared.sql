-- The declared figures of units on a day.
-- Values: 1 bigint[], versions of units; 2 date; 3 text, the instant at which they were known, or null for now.
-- A figure that was stated of a unit under an earlier name, code or parent is a figure of the unit.
-- Returns jsonb: unit_id, code, sentence, kind, value, of, unit_label, from, to, source, note.
with recursive same as (
  select u.id as asked, u.id
  from unnest($1) as u (id)
  union
  select s.asked, c.from_id
  from same s
  join admin_changes c on c.to_id = s.id and c.part = 'full' and c.kind in ('renamed', 'moved', 'recoded')
), known as (
  select distinct on (v.statement_id) v.after
  from statement_versions v
  where v.kind = 'values' and v.unit_id in (select id from same) and v.at <= ($3::text)::timestamptz
  order by v.statement_id, v.id desc
), said as (
  select v.* from declared_values v where $3::text is null and v.unit_id in (select id from same)
  union all
  select (jsonb_populate_record(null::declared_values, k.after)).* from known k where k.after is not null
), latest as (
  select distinct on (s.asked, v.indicator) s.asked, v.*
  from same s
  join said v on v.unit_id = s.id
  where v.from_day <= $2
  -- Of several periods that hold the day, the shortest is the most precise.
  order by s.asked, v.indicator, least(v.to_day, $2) desc, v.from_day desc, v.to_day, v.id desc
)
select jsonb_build_object('unit_id', l.asked, 'code', i.code, 'kind', i.kind, 'value', l.value, 'of', l.out_of,
  'sentence', jsonb_build_object('vi', i.sentence_vi, 'en', i.sentence_en),
  'unit_label', jsonb_build_object('vi', i.unit_vi, 'en', i.unit_en),
  'from', l.from_day, 'to', l.to_day, 'source', l.source, 'note', l.note)
from latest l
join declared_indicators i on i.code = l.indicator
order by l.asked, i.code
