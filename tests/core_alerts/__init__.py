"""The core of alerts: parsing, grouping, the state machine, escalation, noise."""
