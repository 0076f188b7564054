"""End to end: what people do and see, with a real bot in a real town on a fast clock."""
