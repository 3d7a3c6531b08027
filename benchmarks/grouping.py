"""How long unknown faces take to be put together in a large library: `python -m benchmarks.grouping`.

Makes one by `manage.py seed_library`, and has groups found of all its faces, then of some that nobody has
looked at yet, as the process does that follows behind the site (`manage.py follow`).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery.models import Roster

OWNER = "made-up"
FACES, PEOPLE, NEW = 300_000, 2_000, 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Time grouping in a large made library.")
    parser.add_argument("--faces", type=int, default=FACES)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure()
        return
    with tempfile.TemporaryDirectory() as folder:
        # Settings are read once in a process, and memory at its most is a process's.
        environment = os.environ | {"DATABASE_URL": "", "DATA_DIR": folder}
        made = ["--owner", OWNER, "--faces", f"{options.faces}", "--people", f"{options.people}"]
        for command in (
            ["manage.py", "migrate", "--verbosity=0"],
            ["manage.py", "seed_library", "--no-match", *made],
            ["-m", "benchmarks.grouping", "--here"],
        ):
            subprocess.run([sys.executable, *command], env=environment, check=True)


def measure() -> None:
    """Print how long groups take in the library that the settings name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "facesite.settings"
    import django

    django.setup()
    from gallery.models import GroupedFace, Roster

    roster = Roster.objects.get(owner__username=OWNER)
    told("all", roster)
    faces = GroupedFace.objects.order_by("-face").values_list("face", flat=True)[:NEW]
    GroupedFace.objects.filter(face__in=list(faces)).delete()
    told(f"{NEW} new", roster)


def told(what: str, roster: Roster) -> None:
    from gallery.services import grouping

    roster.refresh_from_db()
    began, busy = time.perf_counter(), time.process_time()
    grouping.follow(roster)
    seconds, worked = time.perf_counter() - began, time.process_time() - busy
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    groups = roster.groups.filter(count__gt=1).count()
    print(
        f"{what}: {seconds:.1f} s ({worked:.1f} s of processors), {groups} groups, {most} MB at most"
    )


if __name__ == "__main__":
    main()
