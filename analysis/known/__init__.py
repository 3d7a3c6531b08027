"""The files that people are known by: names and encodings in and out, and folders of pictures named.

NumPy alone, no pixels: whoever takes a listing has its pictures looked at. All of it may come from a
stranger, so each reader is bounded in bytes and memory, runs nothing that a file says, and refuses with
one sentence (KnownRefused).

    from analysis.known import files, folders, zipped

    files.kind_of(path)             # "folder", "zip", "npz", "json", "pickle" or None
    files.read(path)                # Known, of the last three
    folders.listed(path)            # Listing of (name, path) in either layout of the study
    zipped.unpacked(path, into)     # the same of a zip
    likely.people_among(paths)      # the names of folders that look like people

The value      known.py (Known, its checks and bounds)
Its files      pickled.py (known.bin, as the study writes it) by unpickling.py, pickled_values.py and
               pickled_arrays.py; as_json.py; as_npz.py (no pickle inside); files.py (which of them one is)
Pictures       layouts.py (whose each is), likely.py, folders.py, zipped.py; archives.py opens any zip
"""
