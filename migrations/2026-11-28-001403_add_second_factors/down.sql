drop table recovery_codes;
drop table second_factors;
alter table sessions drop column confirmed_at;
alter table accounts drop column second_factor_required, drop column mail;
