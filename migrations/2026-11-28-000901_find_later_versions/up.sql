-- Figures known at an instant are the kept sums without what was written after it.
create index versions_at_idx on versions (collection, at);
