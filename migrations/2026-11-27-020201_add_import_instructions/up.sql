-- A sender may also give values for what rows leave open, and say what texts of cells mean.
alter table import_mappings
  add column defaults jsonb not null default '{}',
  add column answers jsonb not null default '{}';
comment on table import_mappings is 'What a sender last said about the files of a collection.';
comment on column import_mappings.defaults is 'Values for what the rows leave open, by field.';
comment on column import_mappings.answers is 'What texts of cells mean, by field.';
