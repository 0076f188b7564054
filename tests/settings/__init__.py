"""The environment and headroom.yaml."""
