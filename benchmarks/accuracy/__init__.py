"""How right the analysis is: `python -m benchmarks.accuracy`, one file a measure.

Each measure takes a path and the methods' results on it, and gives a `Finding`: a section of
docs/accuracy.md and its plot. metrics.py counts, sets.py reads the sets' files, analysed.py runs the photos
through child processes, page.py writes, plots.py draws.
"""
