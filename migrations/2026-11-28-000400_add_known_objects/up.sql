-- What the database must have, so that a restore that lost a function is noticed.
alter table applied_functions add column objects text[] not null default '{}';
comment on column applied_functions.objects is 'The functions (with the hash of their text), triggers and constraints that there were after the program had created its own.';
