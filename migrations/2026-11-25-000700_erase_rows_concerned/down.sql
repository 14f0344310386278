create or replace function erase_from_imports(layer text, record bigint, columns text[], lost text[]) returns void
language plpgsql
as $$
declare
  concerned constant uuid[] := array(
    select i.id
    from imports i
    where i.collection = layer and (
      not exists (select from import_rows r where r.import_id = i.id)
      or exists (select from import_rows r where r.import_id = i.id and (r.record_id = record or r.op = 'error'
        or without_values(r.changes::text, lost) <> r.changes::text or without_values(r.before::text, lost) <> r.before::text
        or without_values(r.compared::text, lost) <> r.compared::text))
      or without_values(i.findings::text, lost) <> i.findings::text
      or without_values(i.file_name, lost) <> i.file_name));
begin
  update import_rows r
  set
    changes = without_values((case when r.record_id = record then r.changes - columns else r.changes end)::text, lost)::jsonb,
    before = without_values((case when r.record_id = record then r.before - columns else r.before end)::text, lost)::jsonb,
    compared = without_values((case when r.record_id = record then r.compared - columns else r.compared end)::text, lost)::jsonb
  where r.import_id = any(concerned);
  update imports i
  set
    erased_at = now(),
    file = null,
    file_name = without_values(i.file_name, lost),
    options = without_values(i.options::text, lost)::jsonb,
    mappings = without_values(i.mappings::text, lost)::jsonb,
    -- Of these fields nothing that a cell held, in whatever spelling.
    findings = (
      select coalesce(jsonb_agg(case when f.finding ->> 'field' = any(columns)
        then f.finding || '{"value": null, "suggestion": null, "message": {"vi": "[đã xóa]", "en": "[erased]"}}'
        else f.finding end order by f.nth), '[]')
      from jsonb_array_elements(without_values(i.findings::text, lost)::jsonb) with ordinality f (finding, nth)),
    status = case when i.status in ('planning', 'planned') then 'failed' else i.status end,
    failure = case when i.status in ('planning', 'planned') then 'erased' else i.failure end
  where i.id = any(concerned);
end
$$;
