-- Printed by `hatang layer sql facilities --add lan`.

alter table facilities
  add column lan boolean;
