-- Rows of history and of the audit trail are only added, even by the owner of the tables. These triggers prevent
-- mistakes: the owner can drop them, and the role of the service does not have these rights anyway. The setting
-- hatang.final is 'erasure' while erase_fields() removes personal data (Law 91/2025).

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
