"""What customers feel: looks, breaches, floors and messages."""
