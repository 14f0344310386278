-- Stores planned rows. $1 the import; $2 the rows as a JSON array. For rows that are new or move, finds the commune in
-- force today, as the trigger of the layer will.
insert into import_rows (import_id, nth, sheet, row, op, record_id, version, changes, before, said, compared, moved, place,
  declared_code, declared_on, commune_id, hamlet_id, operator)
select
  $1::uuid, r.nth, r.sheet, r.row, r.op, r.record_id, r.version, r.changes, r.before, r.said, r.compared, r.moved, p.place,
  r.declared_code, r.declared_on,
  case when r.moved then coalesce(commune_at(p.place, current_date),
    case when p.place is null then declared_commune(r.declared_code, r.declared_on, current_date) end) end,
  r.hamlet_id, r.operator
from jsonb_to_recordset($2) as r (nth integer, sheet text, row integer, op text, record_id bigint, version integer,
  changes jsonb, before jsonb, said jsonb, compared jsonb, moved boolean, place jsonb, declared_code text, declared_on date,
  hamlet_id bigint, operator text)
cross join lateral (
  select case when jsonb_typeof(r.place) = 'object' then st_setsrid(st_geomfromgeojson(r.place), 4326) end as place
) p
