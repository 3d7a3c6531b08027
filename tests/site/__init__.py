"""The whole site as a person runs it: `manage.py serve` in a process of its own, real weights."""
