-- History and the audit trail only grow, also for the owner of the tables. This guards against slips: the owner can drop
-- the triggers, and the role of the service does not even have the rights that they take away.
-- The setting hatang.final is 'erasure' while erase_fields() takes personal data out (Law 91/2025).

create or replace function audit_is_final() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'UPDATE' and current_setting('hatang.final', true) = 'erasure' then
    return null;
  end if;
  raise exception '% is only ever added to', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create or replace trigger audit_final
before update or delete or truncate on audit
for each statement execute function audit_is_final();

create or replace trigger versions_final
before update or delete or truncate on versions
for each statement execute function audit_is_final();
