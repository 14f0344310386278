-- A token gets a new secret, and the old one is valid for an hour more.

alter table tokens
  add column old_secret_hash bytea,
  add column old_until timestamptz,
  add constraint tokens_old_secret_hash_key unique (old_secret_hash),
  add constraint tokens_old_secret_hash_check check (octet_length(old_secret_hash) = 32),
  add constraint tokens_old_until_check check ((old_secret_hash is null) = (old_until is null));
comment on column tokens.old_until is 'When the secret before the last rotation ends.';
