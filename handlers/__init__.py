"""The edge that people and services call: authenticate, parse, accept durably, acknowledge."""
