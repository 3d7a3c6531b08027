"""Which photos of an account a search finds: told from columns in memory (`library_index`), never by SQL.

`value.Search` is what is asked, `matching` says which photos that is true of, `found.Found` has them in
their order. The library is the search that asks for nothing.
"""

from __future__ import annotations

from gallery.services.search.found import Found, found, found_each
from gallery.services.search.value import Excluded, Order, Search, Span

__all__ = ["Excluded", "Found", "Order", "Search", "Span", "found", "found_each"]
