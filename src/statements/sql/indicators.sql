-- Writes and withdraws definitions of indicators. Values: 1 jsonb, rows.
with row as (
  select r.*
  from jsonb_to_recordset($1) as r (withdrawn boolean, code text, sentence_vi text, sentence_en text,
    unit_vi text, unit_en text, kind text, out_of double precision, decimals smallint, note text)
), withdrawn as (
  delete from declared_indicators t using row r where r.withdrawn and t.code = r.code
)
insert into declared_indicators (code, sentence_vi, sentence_en, unit_vi, unit_en, kind, out_of, decimals, note)
select r.code, r.sentence_vi, r.sentence_en, r.unit_vi, r.unit_en, r.kind, r.out_of, r.decimals, r.note
from row r
where not r.withdrawn
-- In one order, so that two writers do not wait for each other.
order by r.code
on conflict on constraint declared_indicators_code_key do update
set sentence_vi = excluded.sentence_vi, sentence_en = excluded.sentence_en, unit_vi = excluded.unit_vi,
  unit_en = excluded.unit_en, kind = excluded.kind, out_of = excluded.out_of, decimals = excluded.decimals,
  note = excluded.note, stated_at = excluded.stated_at, stated_by = excluded.stated_by
where (declared_indicators.sentence_vi, declared_indicators.sentence_en, declared_indicators.unit_vi,
    declared_indicators.unit_en, declared_indicators.kind, declared_indicators.out_of, declared_indicators.decimals,
    declared_indicators.note)
  is distinct from (excluded.sentence_vi, excluded.sentence_en, excluded.unit_vi, excluded.unit_en, excluded.kind,
    excluded.out_of, excluded.decimals, excluded.note)
