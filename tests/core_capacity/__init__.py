"""The rules of capacity that is always right: marks, restoring, the write budget, the closed loop."""
