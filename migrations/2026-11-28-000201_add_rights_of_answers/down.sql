alter table imports drop column rights;
alter table idempotency_keys drop column rights;
