drop index versions_at_idx;
