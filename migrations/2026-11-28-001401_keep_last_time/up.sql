-- The time of the newest write: a clock that is set back must not give later writes earlier times.

alter table feed add column last_at timestamptz;
update feed set last_at = (select max(at) from changes);
comment on column feed.last_at is 'The time of the newest change that has a number.';
