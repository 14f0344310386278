alter table facilities drop column heritage_rank;
