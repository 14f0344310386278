-- The kept sums of a layer, anew if their definition has changed.
do $do$
begin
  if exists (select from summaries where collection = '{collection}' and definition = '{hash}') then
    return;
  end if;
  drop table if exists {table}_contributions, {table}_deltas, {table}_recent, {table}_marks;
  create table {table}_contributions (
    record_id bigint not null,
    unit_id bigint not null,
    units_from date not null,
    units_to date not null,
    from_day date not null,
    to_day date not null,
    is_public boolean not null,
    works boolean not null,
    status text not null,
    installed_on date,
    group_key text{sums}
  );
  comment on table {table}_contributions is 'What each state of a record adds to the figures of a unit; see src/figures/summaries.';
  create index {table}_contributions_record_idx on {table}_contributions (record_id);
  create index {table}_contributions_unit_idx on {table}_contributions (unit_id, record_id);
  create index {table}_contributions_from_idx on {table}_contributions (from_day);
  create index {table}_contributions_to_idx on {table}_contributions (to_day) where to_day <> 'infinity';
  create index {table}_contributions_group_idx on {table}_contributions (group_key) where group_key is not null;
  create index {table}_contributions_hidden_idx on {table}_contributions (unit_id) where not is_public;
  create table {table}_deltas (
    unit_id bigint not null,
    units_from date not null,
    units_to date not null,
    day date not null,
    is_public boolean not null{sums}
  );
  comment on table {table}_deltas is 'By how much the sums of a unit change on a day.';
  create index {table}_deltas_unit_idx on {table}_deltas (unit_id, day);
  create index {table}_deltas_day_idx on {table}_deltas (day);
  create table {table}_recent (like {table}_deltas including all);
  comment on table {table}_recent is 'Deltas that are in no mark yet.';
  create table {table}_marks (
    unit_id bigint not null,
    units_from date not null,
    units_to date not null,
    mark date not null,
    is_public boolean not null{running},
    constraint {table}_marks_pkey primary key (unit_id, units_from, units_to, mark, is_public)
  );
  comment on table {table}_marks is 'The sums of a unit at the end of a day: all deltas until then.';
  create index {table}_marks_mark_idx on {table}_marks (mark);
  insert into summaries (collection, definition) values ('{collection}', '{hash}')
  on conflict (collection) do update set definition = excluded.definition, built_until = 0, marked_until = null;
end
$do$;
