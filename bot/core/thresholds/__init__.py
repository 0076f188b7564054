"""Thresholds as code: a library of alerts, the policies they become in Cloud Monitoring, and how they differ."""
