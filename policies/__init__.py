"""The guardrails: one pure module each, in one ordered list."""
