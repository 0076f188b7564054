"""Announcements and commands: what people type, and what it means."""
