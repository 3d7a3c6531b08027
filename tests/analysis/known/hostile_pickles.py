"""Pickles that somebody made to run something or to fill a memory, none of them large."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Callable, Mapping
from typing import Any

MANY = 300_000


class Command:
    """Runs a shell's command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return os.system, (self.command,)


def commands(command: str) -> dict[str, bytes]:
    """Return pickles that run a command, by what they call it through."""
    line = command.encode()
    data = {"encodings": [], "names": [Command(command)]}
    calls = b"X" + len(line).to_bytes(4, "little") + line
    return {
        **{f"reduce, {number}": pickle.dumps(data, number) for number in range(6)},
        "eval": b"cbuiltins\neval\n(" + calls + b"tR.",
        "eval of Python 2": b"c__builtin__\neval\n(" + calls + b"tR.",
        "a name within": b"\x80\x04\x8c\x05numpy\x8c\x0fcore.os.system_\x93(" + calls + b"tR.",
        "through numpy": b"cnumpy.testing._private.utils\nrunstring\n(" + calls + b"}tR.",
        "another of numpy": b"cnumpy\nfromfile\n(" + calls + b"tR.",
        "another module's array": b"carray\narray\n(" + calls + b"tR.",
        "instance": b"(" + calls + b"ios\nsystem\n.",
        "object": b"(cos\nsystem\n" + calls + b"o.",
        "new object": b"\x80\x02cos\nsystem\n" + calls + b"\x85\x81.",
        "new object by names": b"\x80\x04cos\nsystem\n" + calls + b"\x85}\x92.",
        "new object of an array": b"\x80\x02cnumpy\nndarray\n" + calls + b"\x85\x81.",
        "build": b"\x80\x02]}" + b"X\x0c\x00\x00\x00__setstate__cos\nsystem\nsb" + calls + b"b.",
        "extension": b"\x80\x02\x82\x01" + calls + b"\x85R.",
        "outside": b"P" + line + b"\n.",
        "outside, packed": calls + b"Q.",
        "a buffer beside": b"\x80\x05\x97.",
        "call of a text": calls + b"(tR.",
        "call of a list": b"](tR.",
        "encoded by another codec": b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x03\x00\x00\x00hextR.",
    }


def array(shape: bytes, kind: bytes = b"f8", data: bytes = b"") -> bytes:
    """Return the opcodes of an array, whatever it claims."""
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\x01btR"
        b"(K\x01(%btcnumpy\ndtype\n(U%c%bI0\nI1\ntR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"I00\nB%b%btb" % (shape, len(kind), kind, struct.pack("<I", len(data)), data)
    )


TERABYTES = array(b"\x8a\x06\x00\x00\x00\x00\x00\x01K\x80")
SQUARE = b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x40"  # 2 ** 62
LAUGHS = b"]q\x00" + b"".join(
    b"](" + b"h%c" % (level) * 50 + b"eq%c" % (level + 1) for level in range(200)
)
EMOJI = "🎭".encode() + b"a" * MANY

BOMBS: Mapping[str, bytes] = {
    "lists": b"]" * MANY + b".",
    "lists that are kept": b"]\x94" * MANY + b".",
    "dicts": b"}" * MANY + b".",
    "dicts with a key": b"X\x01\x00\x00\x00aq\x00" + b"}h\x00h\x00s" * (MANY // 5) + b".",
    "marks": b"(" * MANY + b".",
    "tuples": b"]" + b"\x85" * MANY + b".",
    "tuples of three": b")" + b"22\x87" * (MANY // 3) + b".",
    "twice the same": b"]" + b"2" * MANY + b".",
    "numbers": b"]" + b"(" + b"M\xe8\x03" * (MANY // 3) + b"e.",
    "numbers as text": b"(" + b"I7\n" * (MANY // 3) + b"l.",
    "references": b"]q\x00(" + b"h\x00" * (MANY // 2) + b"e.",
    "memories": b"]" + b"".join(b"r" + struct.pack("<I", n) for n in range(MANY // 5)) + b".",
    "laughs": LAUGHS + b".",
    "laughs for names": b"}(X\x05\x00\x00\x00names" + LAUGHS + b"X\x09\x00\x00\x00encodings]u.",
    "in itself": b"]q\x00" + b"h\x00a" * (MANY // 3) + b".",
    "wide text, again and again": b"X" + struct.pack("<I", len(EMOJI)) + EMOJI + b"2" * 10 + b".",
    "wide text of lines": b"V\\U0001f3ad" + b"a" * MANY + b"\n.",
    "encoded again and again": b"c_codecs\nencode\nq\x00X"
    + struct.pack("<I", MANY)
    + b"a" * MANY
    + b"X\x06\x00\x00\x00latin1\x86q\x01"
    + b"h\x00h\x01R" * 100
    + b".",
    "arrays again and again": b"cnumpy\narray\nq\x00]("
    + b"G?\xf0\0\0\0\0\0\0" * 1000
    + b"e\x85q\x01"
    + b"h\x00h\x01R" * 20_000
    + b".",
    "an array of a long list": b"cnumpy\narray\n](" + b"K\x01" * (MANY // 2) + b"e\x85R.",
    "calls with many values": b"cnumpy\nndarray\nq\x00("
    + b"N" * (MANY // 2)
    + b"tq\x01"
    + b"h\x00h\x01R0" * 20_000
    + b"N.",
    "an array of many dimensions": array(b"K\x01" * (MANY // 2)) + b".",
    "an array that claims terabytes": TERABYTES + b".",
    "an array that claims more than there are numbers": array(SQUARE + SQUARE) + b".",
    "an array of less than nothing": array(b"J\xff\xff\xff\xff") + b".",
    "an array of truth": array(b"\x88\x88", data=b"12345678") + b".",
    "an array of objects": array(b"K\x01", b"O8", b"12345678") + b".",
    "an array of records": array(b"K\x01", b"V8", b"12345678") + b".",
    "a buffer of another length": b"\x80\x05cnumpy.core.numeric\n_frombuffer\n(C\x01acnumpy\ndtype\n"
    b"(U\x02f8tRK\x01\x85U\x01CtR.",
    "bytes that are not there": b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"ab.",
    "text that is not there": b"\x80\x04\x8d" + struct.pack("<Q", 2**63) + b"ab.",
    "an array of bytes that are not there": b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b".",
    "less than no bytes": b"T\xff\xff\xff\xff.",
    "a frame that is not there": b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"].",
    "digits": b"I" + b"9" * MANY + b"\n.",
    "digits of a long": b"L" + b"9" * MANY + b"L\n.",
    "a packed long": b"\x80\x02\x8b" + struct.pack("<i", MANY) + b"\xff" * MANY + b".",
    "a line without an end": b"S'" + b"a" * MANY,
    "many keys": b"}(" + b"".join(b"X\x04\x00\x00\x00%04dN" % n for n in range(1000)) + b"u.",
    "a key that is a list": b"}]Ns.",
    "an escape that is none": b"S'\\q'\n.",
    "no quotes": b"Sabc\n.",
    "nothing": b"",
    "no value": b".",
    "two values": b"NN.",
    "an opcode that is none": b"\xff.",
    "no stack": b"a.",
    "no mark": b"N1.",
    "no memory": b"h\x05.",
    "a list that is none": b"NNa.",
    "a dict that is none": b"]NNs.",
    "a pair that is half": b"}(Nu.",
    "build of a list": b"]Nb.",
    "a byte order that is none": b"cnumpy\ndtype\n(U\x02f8tR(K\x03U\x01?Ntb.",
    "a module that is a number": b"\x80\x04K\x01K\x01\x93.",
}
