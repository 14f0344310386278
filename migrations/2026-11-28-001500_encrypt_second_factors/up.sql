-- Secrets of authenticators are encrypted by a key outside of the database.

alter table second_factors
  drop constraint second_factors_secret_check,
  add constraint second_factors_secret_check check (octet_length(secret) in (20, 48));
comment on column second_factors.secret is '20 bytes; where the service has a key, encrypted (AES-256-GCM): the nonce, the secret, the tag.';
