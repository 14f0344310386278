-- What kept sums and past places need to be found without reading everything.

-- The parts of a layer that are still to be built.
create table summary_parts (
  collection text not null,
  part integer not null,
  ids bigint[] not null,
  constraint summary_parts_pkey primary key (collection, part)
);
comment on table summary_parts is 'The records of each part of a layer whose kept sums are being built. A part that is built is removed.';
comment on column summaries.built_until is '0 when the sums have to be built, 1 while they are, null when they are complete.';

-- The unit of a code on a day. The index of the exclusion constraint takes ten times as long.
create index admin_units_code_idx on admin_units (code, valid_from);

-- Where records were, whatever was written since.
create index versions_place_idx on versions using gist (st_geomfromgeojson(changes ->> 'geom')) where changes ? 'geom';
create index versions_no_place_idx on versions (collection, record_id)
  where changes ->> 'geom' is null and (version = 1 or changes ? 'geom');
