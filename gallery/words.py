"""Sentences as the site keeps and shows them: a code and its values there, the reader's language here.

`SENTENCES` has words for every code that the analysis and the site can say and keep. What an earlier
version kept as plain text is said as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self, cast

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext_lazy

from analysis.sentences import ENGLISH, Sentence, Value

_ = gettext_lazy

# Lazy: what is put in its place by `format` is a translation, with its plural form chosen by then.
SENTENCES = cast(
    Mapping[str, str],
    {
        # What an earlier version of the site kept, or a program said that is no sentence of ours.
        "text": "{text}",
        # Analysing a photo.
        "gave_up": ngettext_lazy(
            "The analysis of this photo failed {attempts} time: {reason}",
            "The analysis of this photo failed {attempts} times: {reason}",
            "attempts",
        ),
        "worker_died": _("the process that analysed it was stopped."),
        "file_gone": _("its file cannot be found on this server."),
        "broken": _("something on this server went wrong ({name})."),
        "unmeasured": _("This face could not be measured: {reason}"),
        "album_closed": _("The album is not there any more, or is not open to you any more."),
        # Uploads and portraits.
        "duplicate": _("This photo is already in your library, as {filename}."),
        "portrait_waiting": _("The portrait is being looked at."),
        "portrait_busy": _(
            "{filename} is in your library already and is being looked at. Try again in a moment."
        ),
        "portrait_taken": _(
            "{filename} is in your library already, and its face is named {other}. "
            "Open it to change that."
        ),
        "portrait_added": _("Added as a known face of {name}."),
        "portrait_poor": _(
            "Added as a known face of {name}, but it is a poor reference: {faults}. "
            "Add a better one too."
        ),
        "portrait_of_another": _(
            "Added as a known face of {name}, but it looks like {other}. "
            "If it is {other}, open the photo and say so."
        ),
        "portrait_unlike": _(
            "Added as a known face of {name}, but it looks unlike the others. "
            "If it is somebody else, open the photo and say so."
        ),
        "portrait_without_face": _(
            "No face was found on this photo. Try one that shows the face from the front."
        ),
        "portrait_of_several": ngettext_lazy(
            "This photo shows {count} face. Choose the one that is {name}.",
            "This photo shows {count} faces. Choose the one that is {name}.",
            "count",
        ),
        "face_hard_to_see": _("hard to see"),
        "made_up": _("Made up by seed_library: neither this photo nor the people on it are real."),
        # Files of people that are sent to be brought in.
        "arrival_nothing": _(
            "There is no picture among these files, nor a file that people are known by."
        ),
        "arrival_many": ngettext_lazy(
            "There is more than {most} picture. Bring them in several parts.",
            "There are more than {most} pictures. Bring them in several parts.",
            "most",
        ),
        "arrival_large": _(
            "These files have more than {limit} MB together. Bring them in several parts."
        ),
        "arrival_another": _("Other files are being sent just now. Try again in a moment."),
        "arrival_gone": _("These files are not waiting any more."),
        "arrival_piece": _("A part of a file did not arrive as it was sent. Send the files again."),
        "arrival_no_picture": _("It is no picture."),
        "arrival_by_itself": _("It is no picture. To know people by it, bring it by itself."),
        # Folders on the server.
        "source_gone": _("{folder} is no folder that can be read. Is its disk there?"),
        "source_empty": _(
            "{folder} has no photos any more. Is its disk there? None of them is taken for gone."
        ),
        "source_own": _("{folder} is where Facesite keeps its own files. Choose another folder."),
        "source_not_allowed": _(
            "{folder} is not in a folder that IMPORT_FOLDERS allows. Choose one that is, or have the "
            "setting changed."
        ),
        "source_unreadable": _("It can't be read: {reason}."),
        "source_video": _("It is a video, and only photos are taken."),
        "source_link": _("It is a link, and no link is followed."),
        "source_closed": _("This folder can't be read, so what is in it stays as it was."),
        "source_unnameable": _("Its name is too long, or no text. Rename it."),
        # Tasks.
        "task_gave_up": ngettext_lazy(
            "It was tried {attempts} time: {reason}",
            "It was tried {attempts} times: {reason}",
            "attempts",
        ),
        "task_died": ngettext_lazy(
            "It was tried {attempts} time, and each time the process that did it was stopped.",
            "It was tried {attempts} times, and each time the process that did it was stopped.",
            "attempts",
        ),
        "program_stopped": _("the process that did it was stopped."),
        "program_silent": _("It ended in an error."),
        "upload_gone": _("The file is not there any more. Upload it again."),
        "dataset_gone": _("{name} is not in the folder of datasets any more."),
        "faces_withdrawn": _(
            "Faces that it has learnt from were deleted, or are not shared any more. "
            "Discard it, and train another."
        ),
        # What still holds something of somebody who was erased.
        "erased_photos": ngettext_lazy(
            "{count} photo still shows the face: photos themselves are never changed.",
            "{count} photos still show the face: photos themselves are never changed.",
            "count",
        ),
        "erased_originals": ngettext_lazy(
            "{count} photo's own file holds the name, as a camera or a program wrote it there. "
            "It does until you delete the photo.",
            "{count} photos' own files hold the name, as a camera or a program wrote it there. "
            "They do until you delete the photos.",
            "count",
        ),
        "erased_paths": ngettext_lazy(
            "{count} photo is read in place by a path that holds the name. Rename what is called so, "
            "and have the folder looked through again.",
            "{count} photos are read in place by paths that hold the name. Rename what is called so, "
            "and have the folder looked through again.",
            "count",
        ),
        "erased_copies": _(
            "Copies of this site's data from before {when}, such as backups, hold everything "
            "until you delete them."
        ),
        "erased_locked": _(
            "One locked vector stays, as was agreed: it keeps their faces on new photos from being "
            "recognised, until you let them be under “Not to be recognised”."
        ),
        "erased_log": _(
            "The database's write-ahead log could not be emptied while somebody was reading. It "
            "is once the site is restarted."
        ),
        "erased_disk": _("What is deleted stays on a disk until something is written over it."),
        "erased_server": _(
            "PostgreSQL's files hold deleted rows until VACUUM FULL is run, its write-ahead log "
            "until it comes round again, archives of that log and replicas as long as you keep them."
        ),
        "erased_browsers": _("Browsers may keep pictures of the face for ten minutes."),
        "erased_networks": _(
            "Networks that were trained with faces that people corrected keep what they learnt, "
            "until they are deleted: {names}."
        ),
        "network_slow": _("This network takes {milliseconds} ms a face, and {most} are the most."),
        "network_files_gone": _("Its files are gone. Delete it, or put them back."),
        "network_name_taken": _("There is a network called {name} by now. Choose another name."),
    }
    | {code: gettext_lazy(english) for code, english in ENGLISH.items()},
)


class Words(Sentence):
    """A sentence whose `str()` is in the language of whoever reads it."""

    __slots__ = ()

    @classmethod
    def of(cls, sentence: Sentence) -> Self:
        return cls(sentence.code, sentence.values)

    @classmethod
    def read(cls, kept: str) -> Self:
        """Return what `write` made; any other text, as earlier versions kept it, says itself."""
        try:
            found = json.loads(kept)
        except ValueError:
            return cls("text", {"text": kept})
        if not _is_sentence(found):
            return cls("text", {"text": kept})
        return cls(found["code"], {name: _read(it) for name, it in found["values"].items()})

    def write(self) -> str:
        """Return the sentence as text for a column: JSON, or itself where it is plain text."""
        text = self.values.get("text") if self.code == "text" else None
        # So a row of an earlier version that is saved again stays what it was.
        if isinstance(text, str) and text and Words.read(text) == self:
            return text
        return super().write()

    def __str__(self) -> str:
        try:
            return SENTENCES[self.code].format(
                **{name: _shown(it) for name, it in self.values.items()}
            )
        except (KeyError, IndexError, ValueError, TypeError, AttributeError):
            # Kept by another version of the site, before an update or after one was taken back.
            return gettext(
                "Another version of Facesite said this, and this one has no words for it ({code})."
            ).format(code=self.code)


def say(code: str, /, **values: Value) -> Words:
    """Return the sentence of one of the codes in SENTENCES."""
    return Words(code, values)


def _shown(value: Value) -> Any:
    if isinstance(value, Sentence):
        return str(Words.of(value))
    if isinstance(value, float):
        return number_format(int(value) if value.is_integer() else value)
    if isinstance(value, int | str):  # A plural form is chosen by the number itself.
        return value
    return ", ".join(str(_shown(one)) for one in value)


def _is_sentence(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == {"code", "values"}
        and isinstance(found["code"], str)
        and isinstance(found["values"], dict)
    )


def _read(value: Any) -> Any:
    if _is_sentence(value):
        return Words(value["code"], {name: _read(it) for name, it in value["values"].items()})
    return [_read(one) for one in value] if isinstance(value, list) else value
