"""Gathers what a decision must know into one frozen value; called by the flows."""
