create table unit_groups (
  code text constraint unit_groups_pkey primary key,
  name_vi text not null,
  name_en text,
  source text not null,
  units_on date not null,
  members text[] not null,
  updated_by text not null,
  updated_at timestamptz not null default now(),
  constraint unit_groups_code_check check (code ~ '^[a-z0-9][a-z0-9-]{0,49}$'),
  constraint unit_groups_name_check check (name_vi <> '' and name_en <> ''),
  constraint unit_groups_source_check check (source <> ''),
  constraint unit_groups_members_check check (cardinality(members) between 1 and 1000 and array_position(members, null) is null)
);
comment on table unit_groups is 'Named groups of units that no tier has, such as the communes of a former district.';
comment on column unit_groups.members is 'Codes of units, read on units_on.';
