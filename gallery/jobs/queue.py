"""The only code that changes a job's state.

    QUEUED -> RUNNING -> DONE | FAILED;  RUNNING -> QUEUED again after a fault;  "analyse again" reopens.

How a worker takes and keeps a job is in `leases`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from analysis.methods import Choice
from analysis.sentences import Sentence
from gallery.jobs import leases, wake
from gallery.jobs.leases import ATTEMPTS
from gallery.live import events
from gallery.models import AnalysisJob, Person, Photo, Preferences
from gallery.models.job import AnalysisJobQuerySet
from gallery.models.leased import State
from gallery.words import say


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds until its lease runs out."""

    job_id: int
    photo_id: int
    owner_id: int
    lease: uuid.UUID
    attempts: int
    choice: Mapping[str, str]


def enqueue(
    photo: Photo, *, choice: Choice | None = None, portrait_of: Person | None = None
) -> bool:
    """Queue the photo's analysis; False, and nothing done, while it is queued or running already.

    Without a `choice`, the methods are those that the owner prefers; a photo that failed is tried again
    by those that it failed with.
    """
    now = timezone.now()
    preferred = Preferences.objects.of(photo.owner_id).choice
    methods = choice or preferred
    batch = _open_batch(photo.owner_id) or uuid.uuid4()
    fresh = {
        "state": State.QUEUED, "batch": batch, "attempts": 0, "error": None, "answer": None,
        "queued_at": now, "due_at": now, "started_at": None, "finished_at": None, "dismissed_at": None,
        "portrait_of": portrait_of, "choice": methods.by_stage(),
        "chosen": dict(methods.by_stage().items() - preferred.by_stage().items()),
    }  # fmt: skip
    _, created = AnalysisJob.objects.get_or_create(photo=photo, defaults=fresh)
    queued = created or _reopen(photo, fresh, keep_choice=choice is None)
    _tell(photo.pk, photo.owner_id)
    # The worker rings its own bell too: a ring that fails costs seconds and must not cost the upload.
    transaction.on_commit(wake.ring, robust=True)
    return queued


def retry_failed(owner_id: int) -> int:
    """Queue the owner's photos that failed and were not dismissed, by the methods that they failed with.

    Returns how many there were.
    """
    now = timezone.now()
    failed = AnalysisJob.objects.filter(
        photo__owner_id=owner_id, state=State.FAILED, dismissed_at=None
    )
    batch = _open_batch(owner_id) or uuid.uuid4()
    # First, as the state tells which; and by the state, for their keys may be more than SQLite takes.
    Photo.objects.filter(pk__in=failed.values("photo")).touch()
    queued = failed.update(
        state=State.QUEUED, batch=batch, attempts=0, error=None, answer=None,
        queued_at=now, due_at=now, started_at=None, finished_at=None,
    )  # fmt: skip
    events.publish(owner_id)
    transaction.on_commit(wake.ring, robust=True)
    return queued


def dismiss_failed(photo: Photo) -> bool:
    """List a photo that failed no more; it stays in the library, with its reason."""
    failed = AnalysisJob.objects.filter(photo=photo, state=State.FAILED)
    return bool(failed.update(dismissed_at=timezone.now()))


def _reopen(photo: Photo, fresh: dict[str, Any], *, keep_choice: bool) -> bool:
    """Queue a job that is done, or one that failed, which is then still what it was."""
    kept = {"portrait_of", "choice", "chosen"} if keep_choice else {"portrait_of"}
    again = {name: value for name, value in fresh.items() if name not in kept}
    jobs = AnalysisJob.objects.filter(photo=photo)
    done = jobs.filter(state=State.DONE).update(**fresh)
    return bool(done or jobs.filter(state=State.FAILED).update(**again))


def claim() -> Claim | None:
    """Take the oldest due job, or None. The attempt counts from here, so a crash counts too."""
    job = leases.claim(AnalysisJob.objects.select_related("photo"))
    if job is None or job.lease is None:
        return None
    _tell(job.photo_id, job.photo.owner_id)
    return Claim(job.pk, job.photo_id, job.photo.owner_id, job.lease, job.attempts, job.choice)


def renew(claim: Claim) -> bool:
    """Extend the lease; False when the job is no longer this worker's."""
    return leases.renew(_held(claim))


def finish(claim: Claim) -> bool:
    """Close the job as done; False when the lease was lost and nothing may be written.

    Call it inside the transaction that saves the results, before anything is written.
    """
    return _close(claim, State.DONE)


def fail(claim: Claim, reason: Sentence) -> bool:
    """Close the job as failed, with a sentence for the person who uploaded the photo."""
    return _close(claim, State.FAILED, error=reason)


def retry(claim: Claim, reason: Sentence) -> bool:
    """Queue the job again, later each time, or fail it when its attempts are used up."""
    if claim.attempts >= ATTEMPTS:
        return fail(claim, say("gave_up", attempts=claim.attempts, reason=reason))
    released = leases.release(_held(claim), due_at=leases.later(claim.attempts))
    _tell(claim.photo_id, claim.owner_id)
    return bool(released)


def hand_back(claim: Claim) -> bool:
    """Queue the job again without counting the attempt, which failed by no fault of its photo."""
    released = leases.hand_back(_held(claim))
    _tell(claim.photo_id, claim.owner_id)
    return bool(released)


def choose_instead(stage: str, method: str, other: str) -> None:
    """Have photos that wait, or that failed, for a method that goes be analysed by another one."""
    jobs = AnalysisJob.objects.exclude(state=State.DONE).filter(**{f"choice__{stage}": method})
    # One UPDATE for each combination of methods, of which there are few, and not one for each photo.
    for choice, chosen in jobs.order_by().values_list("choice", "chosen").distinct():
        kept = {name: one for name, one in chosen.items() if name != stage}
        alike = jobs.filter(choice=choice, chosen=chosen)
        alike.update(choice=choice | {stage: other}, chosen=kept)


def free_expired() -> int:
    """Give back the jobs of workers that died; one that used up its attempts fails."""
    expired = AnalysisJob.objects.expired()
    freed = 0
    # One transaction a photo: rows of several, locked in another order elsewhere, could deadlock.
    for photo_id, owner_id in list(expired.values_list("photo_id", "photo__owner_id")):
        with transaction.atomic():
            if _free(expired.filter(photo_id=photo_id)):
                _tell(photo_id, owner_id)
                freed += 1
    return freed


def _free(expired: AnalysisJobQuerySet) -> int:
    reason = say("gave_up", attempts=ATTEMPTS, reason=say("worker_died"))
    failed = leases.close(expired.filter(attempts__gte=ATTEMPTS), State.FAILED, error=reason)
    return failed or leases.release(expired, due_at=timezone.now())


def _open_batch(owner_id: int) -> uuid.UUID | None:
    # Not by a join: SQLite would go through all of the owner's photos for each that comes.
    owner = Photo.objects.filter(pk=OuterRef("photo")).values("owner")
    jobs = AnalysisJob.objects.open().annotate(owner=Subquery(owner)).filter(owner=owner_id)
    return next(iter(jobs.values_list("batch", flat=True)[:1]), None)


def _held(claim: Claim) -> AnalysisJobQuerySet:
    return AnalysisJob.objects.filter(pk=claim.job_id, state=State.RUNNING, lease=claim.lease)


def _close(claim: Claim, state: State, **changes: Sentence) -> bool:
    closed = leases.close(_held(claim), state, **changes)
    _tell(claim.photo_id, claim.owner_id)
    return bool(closed)


def _tell(photo_id: int, owner_id: int) -> None:
    """Let the owner's open pages know."""
    Photo.objects.filter(pk=photo_id).touch()
    events.publish(owner_id)
