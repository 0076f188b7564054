"""The simulated world: traffic, instances, events and the town's clock."""
