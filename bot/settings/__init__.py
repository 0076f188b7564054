"""Configuration: the environment and headroom.yaml, read and checked by the start-up files only."""
