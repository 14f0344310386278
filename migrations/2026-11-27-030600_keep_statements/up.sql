-- A version keeps every field that its writer stated, also one equal to the value that the record has.

alter table versions add column stated text[];
comment on column versions.stated is 'Of a first version, the columns that its writer gave; the others are defaults. Null: every column of changes.';
comment on column versions.changes is 'The columns that this version changed or stated, with their values; in the first version all columns.';

create unlogged table stated_fields (
  collection text not null,
  record_id bigint not null,
  said jsonb not null,
  constraint stated_fields_pkey primary key (collection, record_id)
);
comment on table stated_fields is 'What the rows of a running write state besides what they change. The triggers of history take it into the version and delete it, so it is empty outside transactions.';

-- The commune of a public record is the true one for every reader.
do $$
declare
  layer record;
begin
  for layer in select replace(collection, '-', '_') as name from layers loop
    execute format('alter table %I disable trigger user', layer.name);
    execute format('update %I set public_commune_code = commune_code where public_commune_code is distinct from commune_code', layer.name);
    execute format('alter table %I enable trigger user', layer.name);
  end loop;
end
$$;
comment on column asset.public_commune_code is 'The commune of the true place, as every reader sees it.';

alter table import_rows add column said jsonb;
comment on column import_rows.said is 'The columns that the row states, also those that the record has already; for a new record without their values.';
