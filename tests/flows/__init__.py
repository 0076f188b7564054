"""The flows on a fake clock, with a real database and the fakes of Slack and Google."""
