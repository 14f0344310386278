-- Somebody who may write a part of a batch undoes that part; the rest can still be undone.

alter table batches drop constraint batches_undoes_key;
create index batches_undoes_idx on batches (undoes);
