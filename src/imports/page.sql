-- Rows of a file in its order, as JSON. $1 the import; $2 the operation or null; $3 the sheet or null; $4 after which row;
-- $5 whether only the rows $7 of the sheets $6; $8 the most rows.
select jsonb_strip_nulls(jsonb_build_object(
  'nth', r.nth,
  'sheet', r.sheet,
  'row', r.row,
  'op', r.op,
  'id', case when r.version is not null then r.record_id end,
  'geometry', st_asgeojson(r.place, 7)::jsonb)) as value
from import_rows r
where r.import_id = $1::uuid and r.row is not null and r.nth > $4
  and ($2::text is null or r.op = $2) and ($3::text is null or r.sheet = $3)
  and (not $5 or (r.sheet, r.row) in (select * from unnest($6::text[], $7::bigint[])))
order by r.nth
limit $8
