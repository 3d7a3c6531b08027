"""What is said of photos, faces, the methods and their files, and the children that read photos."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.english import gettext_noop

PHOTOS: Mapping[str, str] = {
    # The photo.
    "unreadable": gettext_noop("This file is not a photo we can read. Try a JPEG or PNG."),
    "no_picture": gettext_noop(
        "This file begins like a photo but holds no picture. It may be damaged or copied only in part: "
        "copy it again from where it came."
    ),
    "damaged_in_part": gettext_noop(
        "This file is damaged, so a part of the photo is missing or wrong."
    ),
    "damaged": gettext_noop(
        "This file is damaged, so nothing of the photo can be shown. Copy it again from where it came, "
        "or export it anew."
    ),
    "empty_file": gettext_noop(
        "This file is empty. Perhaps it was not copied to its end: copy it again from where it came."
    ),
    "a_video": gettext_noop(
        "This is a video, and only photos are taken. Save a still of it as JPEG and upload that."
    ),
    "a_drawing": gettext_noop("This is a drawing (SVG), not a photo. Export it as PNG."),
    "a_web_page": gettext_noop(
        "This is a web page, not a photo. Open the page and save the photo that is on it."
    ),
    "a_document": gettext_noop("This is a PDF document. Export the photo that is in it as JPEG."),
    "an_archive": gettext_noop(
        "This is an archive. Unpack it and upload the photos that are in it."
    ),
    "with_layers": gettext_noop("This is a Photoshop document. Export it as JPEG or PNG."),
    "jpeg_xl": gettext_noop(
        "This is a JPEG XL photo, which cannot be read here yet. Export it as JPEG or PNG."
    ),
    "jpeg_2000": gettext_noop(
        "This is a JPEG 2000 photo, which cannot be read here. Export it as JPEG or PNG."
    ),
    "raw_without_preview": gettext_noop(
        "This RAW file holds no preview that can be read. Export it as JPEG."
    ),
    "raw_of_small_preview": gettext_noop(
        "This RAW file holds only a small preview, so little can be seen of the photo."
    ),
    "too_many_progressive": gettext_noop(
        "This photo has more than {limit} megapixels and is a progressive JPEG, which has to be held in "
        "memory as a whole. Save it as an ordinary (baseline) JPEG, or smaller."
    ),
    "too_many_bytes": gettext_noop(
        "This file has {size} MB; photos may have up to {limit} MB. Export it smaller."
    ),
    # Pillow does not say how many pixels it refused.
    "too_many_pixels": gettext_noop(
        "This photo has more than {limit} megapixels, which is the limit. Export it smaller."
    ),
    "truncated": gettext_noop(
        "This file ends too early, so a part of the photo is missing or blurred."
    ),
    "profile_broken": gettext_noop(
        "This file's colour profile is broken and was ignored, so its colours may be a little off."
    ),
    "hdr": gettext_noop(
        "This photo is made for HDR screens: its brightest parts are shown here as white."
    ),
    "both": gettext_noop("{first} {second}"),
    "crop_unreadable": gettext_noop("The crop {file} cannot be read."),
    # What makes a face hard to judge.
    "face_small": gettext_noop("small"),
    "face_blurred": gettext_noop("blurred"),
    "face_a_little_blurred": gettext_noop("a little blurred"),
    "face_dark": gettext_noop("dark"),
    "face_overexposed": gettext_noop("too bright"),
    "face_turned_away": gettext_noop("seen from the side"),
    "face_looking_up": gettext_noop("looking up"),
    "face_looking_down": gettext_noop("looking down"),
    # The installation.
    "weight_missing": gettext_noop(
        "The network file {file} is missing. Run: python manage.py fetch_models"
    ),
    "weight_of_wrong_size": gettext_noop(
        "The network file {file} has a wrong size. Run: python manage.py fetch_models"
    ),
    "files_not_brought": gettext_noop(
        "Put {files} into the folder {folder}/ first: "
        "no package has them, so they cannot be fetched."
    ),
    "first_and_last": gettext_noop("{first} and {last}"),
    "shipped_file_missing": gettext_noop(
        "The network file {file} is missing. It comes with Facesite's code: restore it from there."
    ),
    "own_network_missing": gettext_noop(
        "The emotion network {name} is not there any more. Choose another one."
    ),
    "not_converted": gettext_noop(
        "{file} must be turned into ONNX first. Run: python manage.py convert_emotion {path}"
    ),
    "unknown_stage": gettext_noop("There is no stage {stage}; there are {stages}."),
    "unknown_method": gettext_noop("There is no {stage} called {name}; there are {methods}."),
    # Why a child had no answer, as a clause within another sentence.
    "child_unavailable": gettext_noop("no process could be started to read it."),
    "child_timeout": gettext_noop("it took longer than {seconds} seconds."),
    "child_out_of_memory": gettext_noop("the process that read it crashed, out of memory."),
    "child_crashed": gettext_noop("the process that read it crashed."),
}
