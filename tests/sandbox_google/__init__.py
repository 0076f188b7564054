"""The Google side of the sandbox, tried with the published clients over real sockets."""
