-- Figures that are not counted here but stated, with their source: per unit and period, of indicators defined freely.

create table declared_indicators (
  id bigint generated always as identity constraint declared_indicators_pkey primary key,
  code text not null,
  sentence_vi text not null,
  sentence_en text not null,
  unit_vi text not null,
  unit_en text not null,
  kind text not null,
  out_of double precision,
  decimals smallint,
  note text,
  stated_at timestamptz not null default now(),
  stated_by text not null default coalesce(nullif(current_setting('hatang.actor', true), ''), session_user),
  constraint declared_indicators_code_key unique (code),
  constraint declared_indicators_kind_key unique (code, kind),
  constraint declared_indicators_code_check check (code ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$' and length(code) <= 60),
  constraint declared_indicators_sentence_check check (sentence_vi <> '' and sentence_en <> ''),
  constraint declared_indicators_unit_check check (unit_vi <> '' and unit_en <> ''),
  constraint declared_indicators_kind_check check (kind in ('number', 'share', 'rank', 'level')),
  constraint declared_indicators_out_of_check check (
    out_of is null or kind <> 'share' and out_of >= 1 and out_of < 'infinity'),
  constraint declared_indicators_decimals_check check (decimals between 0 and 6 and (decimals = 0 or kind in ('number', 'share')))
);
comment on table declared_indicators is 'Indicators that are not counted: groups, ranks, indices. A counted figure never has such a code.';
comment on column declared_indicators.out_of is 'The whole of which a value is a part, or the last rank or level; null without one. A value may state another.';
comment on column declared_indicators.decimals is 'How many decimals a value may have; null for any.';

create table declared_values (
  id bigint generated always as identity constraint declared_values_pkey primary key,
  indicator text not null,
  kind text not null,
  unit_id bigint not null constraint declared_values_unit_fkey references admin_units,
  from_day date not null,
  to_day date not null,
  value double precision not null,
  out_of double precision,
  source text not null,
  note text,
  stated_at timestamptz not null default now(),
  stated_by text not null default coalesce(nullif(current_setting('hatang.actor', true), ''), session_user),
  -- The kind stands here too, so that the checks below can use it. It cannot change while there are values.
  constraint declared_values_indicator_fkey foreign key (indicator, kind) references declared_indicators (code, kind),
  constraint declared_values_key unique (unit_id, indicator, from_day, to_day),
  constraint declared_values_period_check check (to_day >= from_day),
  constraint declared_values_value_check check (value > '-infinity' and value < 'infinity' and case kind
    when 'share' then value between 0 and 100
    when 'number' then true
    else value >= 1 and value = trunc(value) end),
  constraint declared_values_out_of_check check (
    out_of is null or kind <> 'share' and out_of >= 1 and out_of < 'infinity' and value <= out_of),
  constraint declared_values_source_check check (source <> '')
);
comment on table declared_values is 'What a document says of a unit for a period. Earlier statements are in statement_versions.';
comment on column declared_values.value is 'A share as percent, 0 to 100.';
create index declared_values_indicator_idx on declared_values (indicator, id);
