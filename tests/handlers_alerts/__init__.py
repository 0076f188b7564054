"""The doors for alerts: who is let in, and what is answered."""
