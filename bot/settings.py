"""Reads the environment and headroom.yaml once, reports all faults together."""
