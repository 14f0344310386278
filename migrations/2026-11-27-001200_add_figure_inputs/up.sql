-- What figures use besides the records of layers: statements of availability, and figures published earlier.

create table availability (
  id bigint generated always as identity constraint availability_pkey primary key,
  hamlet_id bigint not null constraint availability_hamlet_fkey references admin_units,
  technology text not null,
  operator text,
  state text not null,
  share_households double precision,
  basis text not null,
  as_of date not null,
  created_at timestamptz not null default now(),
  constraint availability_key unique nulls not distinct (hamlet_id, technology, operator, as_of),
  constraint availability_technology_check check (technology in ('fiber', '2g', '3g', '4g', '5g')),
  constraint availability_operator_check check (operator in ('viettel', 'mobifone', 'vnpt', 'vietnamobile', 'gmobile', 'other')),
  constraint availability_state_check check (state in ('connected', 'available', 'planned', 'not_available', 'unknown')),
  constraint availability_share_check check (share_households between 0 and 1),
  constraint availability_basis_check check (basis in ('reported', 'surveyed', 'measured', 'modelled'))
);
comment on table availability is 'Which service a hamlet can get, as stated on a day. On a day the latest statement until then holds; without one it is unknown.';
comment on column availability.operator is 'Null for any operator.';

create table declared_baselines (
  id bigint generated always as identity constraint declared_baselines_pkey primary key,
  indicator text not null,
  group_value text,
  unit_id bigint not null constraint declared_baselines_unit_fkey references admin_units,
  on_day date not null,
  value double precision not null,
  document text not null,
  constraint declared_baselines_key unique nulls not distinct (indicator, group_value, unit_id, on_day),
  constraint declared_baselines_document_check check (document <> '')
);
comment on table declared_baselines is 'Figures published before the register existed. Comparisons start from them.';
comment on column declared_baselines.group_value is 'A value of a partition, such as district_police of camera_eyes_by_manager; null for the total.';
