-- Which kept sums there are, and what has to be brought up to date. The tables with the sums themselves are created by the
-- program: <table>_contributions, <table>_deltas, <table>_marks.

create table summaries (
  collection text constraint summaries_pkey primary key,
  definition text not null,
  built_until bigint default 0,
  marked_until date
);
comment on table summaries is 'The kept sums of each layer. They may be dropped at any time: they change speed, never an answer.';
comment on column summaries.definition is 'A hash of the definitions of the sums.';
comment on column summaries.built_until is 'The last record id that is built, while the sums are built; null when they are complete.';
comment on column summaries.marked_until is 'The last day whose sums are in the marks.';

create table summary_queue (
  id bigint generated always as identity constraint summary_queue_pkey primary key,
  collection text not null,
  record_id bigint not null
);
comment on table summary_queue is 'Records that were written since their contributions were computed. Triggers only add rows.';
create index summary_queue_collection_idx on summary_queue (collection, record_id);
