-- Encrypted secrets are lost: their accounts set up a new authenticator.

delete from recovery_codes where account_id in (select account_id from second_factors where octet_length(secret) <> 20);
delete from second_factors where octet_length(secret) <> 20;
alter table second_factors
  drop constraint second_factors_secret_check,
  add constraint second_factors_secret_check check (octet_length(secret) = 20);
comment on column second_factors.secret is null;
