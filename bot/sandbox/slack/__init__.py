"""Slack at the protocol level: Web API, signed deliveries, and the people who use it."""
