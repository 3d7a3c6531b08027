"""Makes libraries of people who do not exist: who is on which photo, and the encodings of their faces.

Nothing here is of anybody: people are drawn round the centres of the population map, each of which is the
mean of eight faces or more, with spreads that were fitted so that pairs of one person and of two lie as
far apart as on LFW (`spreads`). It is for measuring what large libraries cost (`manage.py seed_library`).
NumPy alone; the same seed makes the same library, whatever machine.
"""
