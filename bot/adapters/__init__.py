"""The real ends of the ports: Slack, Cloud Run, Cloud Monitoring and the clock; vendors stop here."""
