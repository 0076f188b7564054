"""The only composition root: ports, flows, engine and servers are put together here."""
