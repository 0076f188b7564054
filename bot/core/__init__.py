"""Pure values and decisions: data and `now` in, data out; nothing here touches the outside world."""
