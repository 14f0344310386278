alter table facilities drop column video_conference;
