alter table facilities drop column lan;
