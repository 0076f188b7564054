"""Thresholds as code, from alerts.yaml to Cloud Monitoring."""
