-- What a sender corrects in the cells of a file, rows that restore deleted records, and rows that are perhaps a record
-- that the list lacks.

alter table imports
  add column corrections jsonb not null default '[]',
  add column pairs jsonb not null default '[]';
comment on column imports.corrections is 'Cells that the sender corrected after the file was sent: sheet, row, field, value, and the value before.';
comment on column imports.pairs is 'New rows that are perhaps a missing record: sheet, row, id, why, distance_m.';

alter table import_rows
  drop constraint import_rows_op_check,
  drop constraint import_rows_version_check,
  drop constraint import_rows_changes_check,
  add constraint import_rows_op_check check (op in ('create', 'update', 'restore', 'unchanged', 'missing', 'error')),
  add constraint import_rows_version_check check ((op in ('update', 'restore', 'unchanged', 'missing')) <= (version is not null)),
  add constraint import_rows_changes_check check ((op in ('create', 'update', 'restore', 'missing')) <= (changes is not null));
