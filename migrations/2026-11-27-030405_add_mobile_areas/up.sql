-- Estimated areas with a mobile signal, which take long to compute. The table may be emptied or dropped: then they are
-- computed for each answer.

create table mobile_areas (
  unit_id bigint not null constraint mobile_areas_unit_fkey references admin_units on delete cascade,
  on_day date not null,
  towers_version bigint not null,
  units_version bigint not null,
  area_m2 double precision not null,
  area_2g double precision not null,
  area_3g double precision not null,
  area_4g double precision not null,
  area_5g double precision not null,
  constraint mobile_areas_pkey primary key (unit_id, on_day)
);
comment on table mobile_areas is 'Areas of communes within the nominal radius of stations, square metres; right while the towers and the units have these versions.';
