"""The pure decisions of the campaigns' and the workloads' ticks."""
