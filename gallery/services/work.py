"""What people do with their tasks, whatever kind they are of: stop, go on, dismiss, discard."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gallery import installed, kinds
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Task
from gallery.services import files, roster_networks

# Of what a task that is under way may have written and not named yet.
YOUNG = timedelta(hours=1)
KEPT = timedelta(days=30)


def stop(task: Task) -> bool:
    """End a task at a human's word; False, and nothing done, when it has ended by itself."""
    stopped = tasks.stop(task)
    if stopped:
        kinds.of(task).stopped()
    return stopped


def go_on(task: Task) -> None:
    """Have a task go on that was stopped or that failed; raises TaskRefused where it can't."""
    kinds.of(task).before_going_on()
    if not tasks.go_on(task):
        raise TaskRefused(_("It goes on already, or has come to its end."))


def dismiss(task: Task) -> None:
    """Show a task no more that has ended, and keeps nothing."""
    if not kinds.of(task).can_be_dismissed or not tasks.dismiss(task):
        raise TaskRefused(_("Stop it first, or discard what it keeps."))


@transaction.atomic
def discard(task: Task) -> None:
    """Forget a task that ended early, with all that it keeps."""
    folder = task.folder
    # The row may have been gone on with since it was read.
    if not tasks.unfinished().filter(pk=task.pk).ended().delete()[0]:
        raise TaskRefused(_("Stop it first."))
    transaction.on_commit(lambda: files.remove_folder(folder))


def sweep() -> int:
    """Remove rows that ended long ago, and files that no task needs any more.

    Such files are left by programs and processes that were killed.
    """
    return _sweep_rows() + _sweep_files()


def _sweep_rows() -> int:
    before = timezone.now() - KEPT
    old = Task.objects.filter(Q(finished_at__lt=before) | Q(dismissed_at__lt=before))
    # What keeps something to go on with waits for its owner, however long.
    needed = tasks.unfinished().values("pk")
    return old.ended().exclude(pk__in=needed).delete()[0]


def _sweep_files() -> int:
    wanted = {path for work in kinds.of_all(list(tasks.unfinished())) for path in work.files}
    before = (timezone.now() - YOUNG).timestamp()
    folders = (
        installed.uploads().glob("*"),
        installed.tasks().glob("*"),
        installed.networks().glob(".*"),
        (installed.rosters() / name for name in roster_networks.unneeded()),
    )
    found = [path for paths in folders for path in paths if path.stat().st_mtime < before]
    left = [path for path in found if path not in wanted]
    for path in left:
        if path.is_dir():
            files.remove_folder(path)
        else:
            files.remove([path])
    return len(left)
