"""One suite for each port; the fake and the real adapter (against the sandbox) pass the same assertions."""
