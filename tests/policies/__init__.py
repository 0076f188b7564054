"""The guardrails, each alone and all together."""
