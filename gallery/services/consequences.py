"""What follows from what is shown otherwise: names, groups, what is to be measured, and open pages."""

from __future__ import annotations

from gallery.live import events
from gallery.models import Photo, Roster
from gallery.services import following, grouping, matching, unmeasured
from gallery.services.derived import Changed
from gallery.services.nearest import few


def follow(roster: Roster, changed: Changed) -> None:
    """Have all follow from what `derived` has written, at once or soon; call it in the roster's turn."""
    if changed.unmatched:
        matching.match_photos(roster, changed.unmatched)
    if changed.has_names_follow:
        following.go_on(roster, changed.photos)
    if changed.has_boxes:
        unmeasured.begin(roster)
    if changed.has_groups_follow:
        grouping.go_on(roster)
    for some in few(changed.photos):
        Photo.objects.filter(pk__one_of=some).touch()
    events.publish_to(roster)
    if changed.albums:
        events.publish_to_readers(changed.albums, roster)
