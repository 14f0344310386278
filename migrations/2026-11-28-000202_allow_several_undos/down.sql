drop index batches_undoes_idx;
-- Only the first undo of a batch keeps its name of it.
update versions v
set batch_id = f.first
from (select undoes, min(id) as first from batches where undoes is not null group by undoes) f
join batches b on b.undoes = f.undoes and b.id <> f.first
where v.batch_id = b.id;
delete from batches b using batches f where f.undoes = b.undoes and f.id < b.id;
alter table batches add constraint batches_undoes_key unique (undoes);
