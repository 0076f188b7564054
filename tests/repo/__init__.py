"""The repository itself: size limits, docs that claim things, commands."""
