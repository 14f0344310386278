drop function if exists record_statements() cascade;
drop function if exists keep_statements(text, text, jsonb[], jsonb[]);
drop function if exists unit_ground(bigint, date);
drop table statement_versions;
alter table declared_baselines
  drop constraint declared_baselines_value_check,
  drop column stated_at,
  drop column stated_by;
delete from availability where unit_id is not null;
alter table availability rename column stated_at to created_at;
alter table availability
  drop constraint availability_key,
  add constraint availability_key unique nulls not distinct (hamlet_id, technology, operator, as_of),
  drop column unit_id,
  drop column source,
  drop column stated_by,
  alter column hamlet_id set not null;
