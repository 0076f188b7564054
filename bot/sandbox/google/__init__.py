"""Google Cloud at the protocol level: run.v2 and monitoring.v3 over gRPC."""
