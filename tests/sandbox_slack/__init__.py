"""The sandbox's Slack, tried with Slack's own client and over real sockets."""
