alter table feed drop column last_at;
