"""Slack requests, through Bolt."""
