alter table tokens drop column old_until, drop column old_secret_hash;
