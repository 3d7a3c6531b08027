"""What humans said before there was a record is written into it."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.db import migrations, models

PART = 1000


def record_what_was_said(apps: Any, schema_editor: Any) -> None:
    """Write into the record what humans said before there was one: an action for each roster."""
    Roster = apps.get_model("gallery", "Roster")
    Photo = apps.get_model("gallery", "Photo")
    # Whose photos had something said of them, though they know nobody.
    said = Photo.objects.filter(models.Q(is_collage=True) | models.Q(faces__emotion_words__isnull=False))
    for owner in set(said.values_list("owner", flat=True)):
        Roster.objects.get_or_create(owner_id=owner)
    for roster in Roster.objects.all():
        _record(apps, roster)


def _record(apps: Any, roster: Any) -> None:
    Action = apps.get_model("gallery", "Action")
    Word = apps.get_model("gallery", "Word")
    words = _words(apps, roster)
    first = next(words, None)
    if first is None:
        return
    action = Action.objects.create(roster=roster, by_id=roster.owner_id, did="upgrade")
    count, rest = 0, chain([first], words)
    while some := list(islice(rest, PART)):
        Word.objects.bulk_create([Word(action=action, **one) for one in some])
        count += len(some)
    action.count = count
    action.save(update_fields=["count"])


def _words(apps: Any, roster: Any) -> Iterator[dict[str, Any]]:
    Person, Face = apps.get_model("gallery", "Person"), apps.get_model("gallery", "Face")
    for pk, name, note, born_on, born_to in Person.objects.filter(roster=roster).order_by("pk").values_list(
        "pk", "name", "note", "born_on", "born_to"
    ):
        yield {"topic": "called", "subject": pk, "value": name}
        if note:
            yield {"topic": "note", "subject": pk, "value": note}
        if born_on:
            yield {"topic": "born", "subject": pk, "value": [born_on.isoformat(), born_to]}
    named = Face.objects.filter(person__roster=roster, named_by="human").order_by("pk")
    for pk, person, known in named.values_list("pk", "person", "known_encoding"):
        value = {"known": known is not None}
        yield {"topic": "name", "subject": pk, "person": person, "value": value}
    Refusal = apps.get_model("gallery", "Refusal")
    refused = Refusal.objects.filter(person__roster=roster).order_by("pk")
    for face, person in refused.values_list("face", "person"):
        yield {"topic": "refusal", "subject": face, "about": f"{person}", "value": True}
    yield from _words_of_owner(apps, roster.owner_id)


def _words_of_owner(apps: Any, owner: int) -> Iterator[dict[str, Any]]:
    EmotionWord = apps.get_model("gallery", "EmotionWord")
    said = EmotionWord.objects.filter(face__photo__owner=owner).order_by("pk")
    for face, emotion, is_so, said_at in said.values_list("face", "emotion", "is_so", "said_at"):
        word = {"subject": face, "said_at": said_at}
        if is_so:
            yield word | {"topic": "shows", "value": emotion}
        else:
            yield word | {"topic": "denies", "about": emotion, "value": True}
    collages = apps.get_model("gallery", "Photo").objects.filter(owner=owner, is_collage=True)
    for pk in collages.order_by("pk").values_list("pk", flat=True):
        yield {"topic": "collage", "subject": pk, "value": True}


class Migration(migrations.Migration):

    dependencies = [("gallery", "0019_record_of_words")]

    operations = [
        migrations.AddConstraint(
            model_name='knownencoding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('brought_for', None), ('face__isnull', False), ('imported_from', ''), ('person__isnull', False)), models.Q(('brought_for__isnull', False), ('face', None), models.Q(('imported_from', ''), _negated=True)), _connector='OR'), name='known_by_a_face_or_from_a_file'),
        ),
        migrations.RunPython(record_what_was_said, migrations.RunPython.noop),
    ]
