"""Turns networks, fetched or committed, into ONNX, each checked against its original before it is written.

A converter is a module run as `python -m CONVERTER SOURCE TARGET PHOTO...` in a process of its own,
by `manage.py fetch_models`; nothing that serves or analyses photos imports this package.
"""
