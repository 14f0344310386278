-- An answer is shown again only to a caller who may see all of it: one whose grants include those it was given for.

alter table idempotency_keys add column rights jsonb;
comment on column idempotency_keys.rights is 'The grants of the caller to whom the answer was given; null: nobody reads it again.';

alter table imports add column rights jsonb;
comment on column imports.rights is 'The grants of the sender when the import was sent; null for imports of earlier programs.';
