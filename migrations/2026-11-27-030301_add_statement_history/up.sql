-- Who stated what, and when: declared figures, baselines, availability. And availability of a whole commune or province.

alter table availability
  add column unit_id bigint constraint availability_unit_fkey references admin_units,
  add column source text,
  add column stated_by text not null default coalesce(nullif(current_setting('hatang.actor', true), ''), session_user),
  alter column hamlet_id drop not null,
  drop constraint availability_key,
  add constraint availability_key unique nulls not distinct (hamlet_id, unit_id, technology, operator, as_of),
  add constraint availability_place_check check (num_nonnulls(hamlet_id, unit_id) = 1),
  add constraint availability_source_check check (source <> '');
alter table availability rename column created_at to stated_at;
comment on column availability.unit_id is 'The commune, district or province of which it was stated as a whole, instead of a hamlet. Hamlets are counted by their own statements.';
create index availability_unit_idx on availability (unit_id) where unit_id is not null;

alter table declared_baselines
  add column stated_at timestamptz not null default now(),
  add column stated_by text not null default coalesce(nullif(current_setting('hatang.actor', true), ''), session_user),
  add constraint declared_baselines_value_check check (value >= 0 and value < 'infinity');

create table statement_versions (
  id bigint generated always as identity constraint statement_versions_pkey primary key,
  kind text not null,
  statement_id bigint not null,
  unit_id bigint,
  hamlet_id bigint,
  op text not null,
  at timestamptz not null default now(),
  by text not null,
  before jsonb,
  after jsonb,
  constraint statement_versions_kind_check check (kind in ('indicators', 'values', 'baselines', 'availability')),
  constraint statement_versions_op_check check (
    op = case when before is null then 'create' when after is null then 'withdraw' else 'update' end
    and num_nonnulls(before, after) > 0)
);
comment on column statement_versions.unit_id is 'The unit that the statement is about; no reference, so that units can be imported again.';
comment on table statement_versions is 'Every statement as it was before and after each write. Rows are only added, by triggers.';
create index statement_versions_statement_idx on statement_versions (kind, statement_id, id);
create index statement_versions_unit_idx on statement_versions (unit_id, id);
create index statement_versions_hamlet_idx on statement_versions (hamlet_id, id) where hamlet_id is not null;
-- A plan reads what its own transaction wrote.
create index statement_versions_at_idx on statement_versions (at);
