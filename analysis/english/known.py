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
}
