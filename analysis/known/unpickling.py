"""Reads a pickle as data. Nothing that it names is imported, looked up or called.

An interpreter of its own over the opcodes of protocols 0 to 5 that can make dicts, lists, tuples, text,
bytes, numbers, None, truth values and arrays of floats (`pickled_arrays`), and refuses all else. Python's
own `Unpickler` is not used: its `find_class` can be narrowed, but not what it takes in memory.

Nothing here recurses: however deep values lie in each other, or how often in themselves, they are never
walked through.
"""

from __future__ import annotations

import pickle
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analysis.known.known import KnownRefused, check_bytes
from analysis.known.pickled_arrays import FOUND, Kind, NotNumbers, Numbers
from analysis.known.pickled_values import DIGITS, EIGHT, FOUR, ONE, VALUES, Source
from analysis.names import tidied
from analysis.sentences import say

# Bytes. 50,000 encodings are counted as 280 MB in lists of floats, as 360 MB in the form that we write.
MOST_HELD = 384 * 2**20
SLOT = 16  # bytes of a place on the stack, and of one in the list that a value goes to from there
KEPT = 120  # bytes of a place in a dict, or in the memory of values to refer to again
ARRAY = 250  # bytes of an array beside its numbers
MOST_KEYS = 100  # of a dict; the study's has two
GIVEN = 5  # values that a call may be given
MODULE = 200  # letters of a module's or function's name
TUPLES = {pickle.TUPLE1: 1, pickle.TUPLE2: 2, pickle.TUPLE3: 3}
PLACES = {
    **dict.fromkeys((pickle.BINPUT, pickle.BINGET), ONE),
    **dict.fromkeys((pickle.LONG_BINPUT, pickle.LONG_BINGET), FOUR),
}


def unpickled(path: Path, held: int = MOST_HELD) -> Any:
    """Return the value of a pickle, of plain values and Numbers; raises KnownRefused or OSError.

    A file of more than MOST_BYTES is not begun, and at most `held` bytes of memory are taken, beside what
    the longest text in it takes.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        check_bytes(size)
        file.seek(0)
        machine = _Machine(Source(file, size, held))
        try:
            return machine.run()
        except NotNumbers:
            raise KnownRefused(say("pickle_not_numbers")) from None
        # A stack that is empty, a reference to nothing, a length beyond the end, no number, no text.
        except (LookupError, ValueError, TypeError, struct.error) as error:
            raise KnownRefused(say("pickle_broken")) from error


class _Machine:
    """A stack, marks in it, and a memory of values to refer to again, as every unpickler has."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._charge = source.charge
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []  # What lies under each mark.
        self._memory: dict[int, Any] = {}

    def run(self) -> Any:
        """Return the one value that is left at the end."""
        while (code := self._source.take(1)) != pickle.STOP:
            if make := VALUES.get(code):
                self._push(make(self._source))
            elif act := ACTS.get(code):
                act(self, code)
            else:
                raise KnownRefused(say("pickle_odd"))
        (value,) = self._stack
        return value

    def _push(self, value: Any) -> None:
        self._charge(sys.getsizeof(value) + SLOT)
        self._stack.append(value)

    def _unmarked(self) -> list[Any]:
        """Return what lies above the last mark, and take both away."""
        values, self._stack = self._stack, self._below.pop()
        return values

    def protocol(self, _: bytes) -> None:
        self._source.number(ONE)

    def frame(self, _: bytes) -> None:
        self._source.number(EIGHT)

    def mark(self, _: bytes) -> None:
        self._charge(sys.getsizeof([]) + SLOT)
        self._below.append(self._stack)
        self._stack = []

    def pop(self, _: bytes) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._unmarked()

    def pop_to_mark(self, _: bytes) -> None:
        self._unmarked()

    def again(self, _: bytes) -> None:
        self._charge(SLOT)
        self._stack.append(self._stack[-1])

    def tuple_of(self, code: bytes) -> None:
        count = TUPLES[code]
        values = tuple(self._stack[-count:])
        if len(values) != count:
            raise IndexError("too few values")
        del self._stack[-count:]
        self._push(values)

    def tuple_from_mark(self, _: bytes) -> None:
        values = self._unmarked()
        self._push(tuple(values))

    def list_from_mark(self, _: bytes) -> None:
        values = self._unmarked()
        self._push(values)

    def append(self, _: bytes) -> None:
        value = self._stack.pop()
        self._extend([value])

    def append_many(self, _: bytes) -> None:
        self._extend(self._unmarked())

    def _extend(self, values: list[Any]) -> None:
        found = self._stack[-1]
        if not isinstance(found, list):
            raise ValueError("no list to append to")
        found.extend(values)

    def dict_from_mark(self, _: bytes) -> None:
        values = self._unmarked()
        self._push({})
        self._set(values)

    def set_one(self, _: bytes) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set([key, value])

    def set_many(self, _: bytes) -> None:
        self._set(self._unmarked())

    def _set(self, values: list[Any]) -> None:
        found = self._stack[-1]
        if not isinstance(found, dict) or len(values) % 2:
            raise ValueError("no dict to put pairs into")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(key, str | bytes) or len(found) >= MOST_KEYS:
                raise ValueError("no key, or too many")
            self._charge(KEPT)
            found[key] = value

    def remember(self, code: bytes) -> None:
        place = len(self._memory) if code == pickle.MEMOIZE else self._place(code)
        self._charge(KEPT)
        self._memory[place] = self._stack[-1]

    def recall(self, code: bytes) -> None:
        self._charge(SLOT)
        self._stack.append(self._memory[self._place(code)])

    def _place(self, code: bytes) -> int:
        packed = PLACES.get(code)
        return self._source.number(packed) if packed else int(self._source.line(DIGITS))

    def global_lines(self, _: bytes) -> None:
        module, name = self._source.line(MODULE), self._source.line(MODULE)
        self._found(module.decode(), name.decode())

    def global_of_stack(self, _: bytes) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise ValueError("no name")
        self._found(module, name)

    def _found(self, module: str, name: str) -> None:
        made = FOUND.get((module, name))
        if made is None:
            called = tidied(f"{module[:MODULE]}.{name[:MODULE]}")[:60]
            raise KnownRefused(say("pickle_calls", name=called))
        self._push(made)

    def call(self, _: bytes) -> None:
        values, make = self._stack.pop(), self._stack.pop()
        if not (callable(make) and isinstance(values, tuple) and len(values) <= GIVEN):
            raise ValueError("nothing to call, or with too much")
        # Before it is made: the same long text may be called with again and again.
        self._source.afford(sum(sys.getsizeof(one) for one in values if isinstance(one, str)))
        made = make(*values)
        self._charge_array(made)
        self._push(made)

    def build(self, _: bytes) -> None:
        state, found = self._stack.pop(), self._stack[-1]
        if not isinstance(found, Kind | Numbers):
            raise ValueError("nothing to build")
        found.build(state)
        self._charge_array(found)

    def _charge_array(self, made: Any) -> None:
        if isinstance(made, Numbers):
            self._charge(ARRAY + (0 if made.values is None else made.values.nbytes))


ACTS: Mapping[bytes, Callable[[_Machine, bytes], None]] = {
    pickle.PROTO: _Machine.protocol,
    pickle.FRAME: _Machine.frame,
    pickle.MARK: _Machine.mark,
    pickle.POP: _Machine.pop,
    pickle.POP_MARK: _Machine.pop_to_mark,
    pickle.DUP: _Machine.again,
    pickle.TUPLE: _Machine.tuple_from_mark,
    pickle.LIST: _Machine.list_from_mark,
    pickle.APPEND: _Machine.append,
    pickle.APPENDS: _Machine.append_many,
    pickle.DICT: _Machine.dict_from_mark,
    pickle.SETITEM: _Machine.set_one,
    pickle.SETITEMS: _Machine.set_many,
    pickle.GLOBAL: _Machine.global_lines,
    pickle.STACK_GLOBAL: _Machine.global_of_stack,
    pickle.REDUCE: _Machine.call,
    pickle.BUILD: _Machine.build,
    **dict.fromkeys(TUPLES, _Machine.tuple_of),
    **dict.fromkeys(
        (pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE), _Machine.remember
    ),
    **dict.fromkeys((pickle.GET, pickle.BINGET, pickle.LONG_BINGET), _Machine.recall),
}
