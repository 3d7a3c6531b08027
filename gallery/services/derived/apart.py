"""Writes which people are two, as a human said where they might be one."""

from __future__ import annotations

from gallery.models import Apart, Person
from gallery.services import record


def settle(said: record.Current) -> None:
    if not said:
        return
    pairs = {(one.subject, int(one.about)): word.value for one, word in said.items()}
    there = set(
        Person.everyone.filter(pk__in={key for pair in pairs for key in pair}).values_list(
            "pk", flat=True
        )
    )
    new = [
        Apart(first_id=first, second_id=second)
        for (first, second), is_so in pairs.items()
        if is_so and first in there and second in there
    ]
    Apart.objects.bulk_create(new, ignore_conflicts=True, batch_size=record.AT_A_TIME)
    for (first, second), is_so in pairs.items():
        if not is_so:
            Apart.objects.filter(first=first, second=second).delete()
