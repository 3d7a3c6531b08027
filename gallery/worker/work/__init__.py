"""Every kind of task, one file a kind: what it does, under a lease, and how its page tells of it.

A kind is a file here and a line below; `docs/adding-a-task.md` walks along one.
"""

from __future__ import annotations

from collections.abc import Sequence

from gallery.kinds import Work
from gallery.worker.work.ages import AgesAgain
from gallery.worker.work.arrivals import Arrivals
from gallery.worker.work.boxes import Boxes
from gallery.worker.work.colours import Colours
from gallery.worker.work.comparison import Comparison
from gallery.worker.work.dates import Dates
from gallery.worker.work.emotions import EmotionsAgain
from gallery.worker.work.encodings import Encodings
from gallery.worker.work.erasing import Erasing
from gallery.worker.work.folders import Folders
from gallery.worker.work.intake import Intake
from gallery.worker.work.lab import Lab
from gallery.worker.work.many import Many, ManyUndone
from gallery.worker.work.names import NamesAgain
from gallery.worker.work.pictures import Pictures
from gallery.worker.work.renewal import Renewal
from gallery.worker.work.roster import RosterTraining
from gallery.worker.work.small import SmallPictures
from gallery.worker.work.training import Training

KINDS: Sequence[type[Work]] = (
    Intake,
    Training,
    EmotionsAgain,
    AgesAgain,
    Comparison,
    Renewal,
    Colours,
    Dates,
    NamesAgain,
    Pictures,
    Arrivals,
    Encodings,
    RosterTraining,
    Boxes,
    Erasing,
    SmallPictures,
    Lab,
    Folders,
    Many,
    ManyUndone,
)
