"""The files that people are known by: names and encodings in and out.

NumPy alone, no pixels. All of it may come from a stranger, so each reader is bounded in bytes and memory,
runs nothing that a file says, and refuses with one sentence (KnownRefused).

    from analysis.known import files

    files.kind_of(path)    # "folder", "zip", "npz", "json", "pickle" or None
    files.read(path)       # Known, of the last three

The value      known.py (Known, its checks and bounds)
Its files      pickled.py (known.bin, as the study writes it) by unpickling.py, pickled_values.py and
               pickled_arrays.py; as_json.py; as_npz.py (no pickle inside), opened by archives.py;
               files.py (which of them one is)
"""
