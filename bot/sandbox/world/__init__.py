"""A simulated company: fleet, traffic, autoscaler and time."""
