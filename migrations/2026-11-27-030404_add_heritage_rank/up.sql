-- Printed by `hatang layer sql facilities --add heritage_rank`.

alter table facilities
  add column heritage_rank text
    constraint facilities_heritage_rank_check check (heritage_rank in ('national_special', 'national', 'provincial', 'none'));
