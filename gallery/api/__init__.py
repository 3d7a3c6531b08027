"""The HTTP API: what the pages' scripts and other programs use. JSON only."""
