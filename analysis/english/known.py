"""Why a file that people are known by is refused, and how a folder of pictures was understood."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.english import gettext_noop

KNOWN: Mapping[str, str] = {
    # Whatever the names and encodings come from.
    "known_of_another_encoder": gettext_noop(
        "These encodings were made by {other}. Only those made by {ours} can be compared here: "
        "bring the pictures instead."
    ),
    "known_counts": gettext_noop(
        "There are not as many names ({names}) as encodings ({encodings}), and each needs one."
    ),
    "known_nobody": gettext_noop("There is no encoding in it."),
    "known_many": gettext_noop(
        "There are more than {most} encodings in it. Bring them in several files."
    ),
    "known_name_empty": gettext_noop("Encoding number {number} has no name."),
    "known_name_long": gettext_noop(
        "The name of encoding number {number}, which begins with “{begins}”, has more than {most} "
        "letters."
    ),
    "known_size": gettext_noop(
        "Encoding number {number}, of {name}, has {size} numbers and not {wanted}. It was not made by "
        "dlib's network for faces."
    ),
    "known_infinite": gettext_noop(
        "Encoding number {number}, of {name}, holds something that is no finite number."
    ),
    "known_length": gettext_noop(
        "Encoding number {number}, of {name}, has the length {length}, and those of dlib's network for "
        "faces have {shortest} to {longest}. It was made otherwise."
    ),
    # Files of names and encodings.
    "known_no_form": gettext_noop(
        "This is no file that people are known by. Bring a known.bin, a JSON or NPZ file as they are "
        "exported here, or pictures in a folder or zip."
    ),
    "known_large": gettext_noop(
        "This file has more than {limit} MB, which is more than a file of known people may have. Bring "
        "them in several files."
    ),
    "pickle_broken": gettext_noop(
        "This file is damaged or ends too early. Copy it again from where it came, or make it anew."
    ),
    "pickle_calls": gettext_noop(
        "This file asks for {name}, and a file of known people needs nothing but names and arrays of "
        "numbers. Nothing of it was run."
    ),
    "pickle_odd": gettext_noop(
        "This file holds something else than names and numbers, so nothing of it was read."
    ),
    "pickle_takes_memory": gettext_noop(
        "This file takes more memory than a file of known people may. Bring them in several files."
    ),
    "pickle_not_numbers": gettext_noop(
        "Encodings must be lists or arrays of float32 or float64 numbers, and this file holds others."
    ),
    "pickle_not_of_study": gettext_noop(
        'This file is a pickle, but not of {{"encodings": […], "names": […]}} as the study writes it.'
    ),
    "known_incomplete": gettext_noop('This file lacks "names" or "encodings".'),
    "known_without_encoder": gettext_noop(
        'This file does not say what made its encodings. Add "encoder", as in a file that was exported '
        "here."
    ),
    "json_broken": gettext_noop(
        'This file is no JSON of the form {{"encoder": "…", "names": ["…"], "encodings": [[…]]}}, or it '
        "is damaged."
    ),
    "json_other_key": gettext_noop(
        'This file holds "{key}", and there may be "encoder", "population", "names" and "encodings".'
    ),
    "npz_other": gettext_noop(
        'In this file "{name}" is not what it should be: names are text, encodings float32 or float64, '
        "{numbers} numbers each, and nothing is pickled."
    ),
    # Zips, which .npz files are too.
    "zip_broken": gettext_noop(
        "This file is damaged or no zip. Copy it again from where it came, or make it anew."
    ),
    "zip_many": gettext_noop("There is more in this file than it may hold, which is {most} files."),
    "zip_encrypted": gettext_noop(
        "This file is encrypted. Unpack it with its password and bring what was in it."
    ),
    "zip_method": gettext_noop(
        "This file is packed by a method that is not read here. Pack it as an ordinary zip."
    ),
    # Folders of pictures, and zips of such.
    "layout_none": gettext_noop("There are no pictures in it."),
    "layout_flat": gettext_noop("Each picture is named by its file."),
    "layout_folders": gettext_noop("Each folder is a person, and all pictures in it are of them."),
    "layout_mixed": gettext_noop(
        "Each folder is a person. The pictures beside the folders are named by their files."
    ),
    "layout_within": gettext_noop(
        "Everything lies in the folder {folder}, whose pictures are called by different names: each is "
        "named by its file."
    ),
    "layout_one": gettext_noop(
        "Everything lies in the folder {folder}, so all pictures are taken to be of that one person."
    ),
    "picture_name": gettext_noop(
        "What it is called by is no name, or one of more than {most} letters."
    ),
    "picture_without_face": gettext_noop("No face was found on it, so nobody is known by it."),
    "picture_of_several": gettext_noop(
        "There are {count} faces on it, so nobody is known by it. Bring a picture of one person alone."
    ),
    "pictures_of_nobody": gettext_noop(
        "No picture in it shows one face alone, so nobody is known by it."
    ),
    "zip_large": gettext_noop(
        "The pictures in this file take more than {limit} MB unpacked. Bring them in several files."
    ),
    "zip_bomb": gettext_noop(
        "This file would unpack to {times} times its size, as pictures never do, so it was not unpacked."
    ),
    "zip_within": gettext_noop(
        "It is an archive within the zip, and those are not opened. Bring it by itself."
    ),
    "zip_link": gettext_noop("It is a link to another file and holds no picture itself."),
    "zip_damaged_picture": gettext_noop("It is damaged within the zip and could not be unpacked."),
}
