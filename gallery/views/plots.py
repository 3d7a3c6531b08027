"""Plots of a search: as a part of the start page, as a page without scripts, and as numbers."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.services import plots
from gallery.services.plots import Plot, network
from gallery.services.search import address
from gallery.views.http import Request, as_download

# A program for tables takes what begins with one of these for something to compute.
COMPUTED = ("=", "+", "-", "@")


@login_required
@require_safe
def plot(request: Request) -> HttpResponse:
    """Show a plot with its table; nothing where a page says that it has `seen` just that."""
    name, drawn = _drawn(request)
    seen = hashlib.sha256(repr(drawn).encode()).hexdigest()[:16]
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context: dict[str, Any] = {
        "name": name,
        "kind": plots.KINDS[name],
        "plot": drawn,
        "network": network.lay_out(drawn) if drawn.links else None,
        "query": address.write(address.read(request.GET)),
        "seen": seen,
    }
    return render(request, "start/_plot.html" if request.htmx else "start/plot.html", context)


@login_required
@require_safe
def plot_csv(request: Request) -> HttpResponse:
    """Return the numbers of a plot, as programs for tables read them."""
    name, drawn = _drawn(request)
    text = io.StringIO()
    csv.writer(text).writerows(_lines(drawn))
    # With a mark, without which some take it for letters of another alphabet.
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv")
    return as_download(answer, f"{name}.csv")


def _drawn(request: Request) -> tuple[str, Plot]:
    name = request.GET.get("plot", next(iter(plots.KINDS)))
    if name not in plots.KINDS:
        raise Http404
    return name, plots.draw(request.user, name, address.read(request.GET))


def _lines(drawn: Plot) -> Iterator[list[str]]:
    if drawn.links:
        yield [drawn.head, _("With"), *drawn.columns]
        names = [_plain(row.label) for row in drawn.rows]
        for link in drawn.links:
            yield [names[link.first], names[link.second], f"{link.cell.count}"]
        return
    shares = [_("%(name)s, share") % {"name": one} for one in drawn.columns]
    yield [drawn.head, *drawn.columns, *(shares if drawn.is_of_shares else [])]
    for row in drawn.rows:
        counts = [f"{cell.count}" for cell in row.cells]
        of_others = [f"{cell.share:.4f}" for cell in row.cells if cell.share is not None]
        yield [_plain(row.label), *counts, *of_others]


def _plain(label: str) -> str:
    return f"'{label}" if label.startswith(COMPUTED) else label
