"""Seeing: pixels in, a `PhotoResult` out. No Django, no database, no network; use it anywhere.

    from pathlib import Path
    from analysis.images import decode
    from analysis.pipeline import load_pipeline

    result = load_pipeline().analyse(decode(Path("party.jpg")))

The values     results.py (what comes out), errors.py (what can go wrong), report.py (results as JSON),
               sentences.py and english/ (what is said of it)
The photo      headers.py (format and size from the first bytes), images.py (bytes to upright pixels),
               limits.py (which are accepted), taken.py and dates.py (when it was taken)
The methods    methods.py (which there are, by name), weights.py (their files), networks.py (running ONNX),
               memory.py (giving it back)
The stages     detection/ -> alignment.py -> landmarks/, encoding/, demographics/, emotion.py, quality.py:
               a protocol in each package's __init__, one file a method
All in a row   pipeline.py (one photo), turning.py (one that lies on a side),
               processes.py (in a child process with limits),
               batch.py (many photos in processes, without a database), failures.py (what went wrong)
People         known/ (files of names and encodings, folders and zips of pictures: NumPy alone),
               names.py (one form of a name), photo_files.py (which files in a folder are photos)
Afterwards     matching.py (whose face is it: NumPy only), references.py (which known faces count for less),
               born.py (how old they are, by dates),
               renditions.py (thumbnails, face crops), drawing.py (burnt-in annotations), copies.py (files)
Made once      convert/ and training/ turn fetched networks into the ONNX files that run
"""
