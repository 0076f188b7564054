"""The edge: signed requests against the real Slack app and the real routes."""
