"""Measurements: each prints its table and exits. None is a test."""
