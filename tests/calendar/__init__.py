"""Calendars both ways: campaigns as ICS, and events as drafts."""
