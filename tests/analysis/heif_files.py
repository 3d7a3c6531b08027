"""HEIF and AVIF files as phones make them: turned, mirrored and cropped by boxes."""

from __future__ import annotations

import struct

# A large picture takes x265 ten seconds otherwise.
QUICK = {"preset": "ultrafast"}
BOXES_OF_BOXES = {b"meta": 4, b"iprp": 0, b"ipco": 0}


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">L4s", 8 + len(body), name) + body


def turned(quarters: int) -> bytes:
    """Return the box that turns a photo anticlockwise."""
    return box(b"irot", bytes([quarters]))


def mirrored(axis: int) -> bytes:
    """Return the box that mirrors a photo, about its vertical axis if `axis` is 1."""
    return box(b"imir", bytes([axis]))


def cropped(width: int, height: int, x: tuple[int, int], y: tuple[int, int]) -> bytes:
    """Return the box that crops to a size; `x` and `y` are how far the middle moves, as fractions."""
    return box(b"clap", struct.pack(">8l", width, 1, height, 1, *x, *y))


def with_boxes(content: bytes, *added: bytes) -> bytes:
    """Return a HEIF or AVIF of one picture with more boxes that apply to it, in their order."""
    count = len(_children(content, b"ipco"))
    entries = b"".join(bytes([0x80 | (count + 1 + number)]) for number in range(len(added)))
    grown = sum(map(len, added)) + len(entries)
    return _rebuilt(content, b"".join(added), entries, grown)


def with_brand(content: bytes, main: bytes) -> bytes:
    """Return the file with `main` as its main brand and the one it had among those it is like."""
    length = struct.unpack(">L", content[:4])[0]
    first = struct.pack(">L4s", length + 4, b"ftyp") + main + content[12:length] + content[8:12]
    return _moved(first + content[length:], 4)


def with_box_before_meta(content: bytes, added: bytes) -> bytes:
    length = struct.unpack(">L", content[:4])[0]
    return _moved(content[:length] + added + content[length:], len(added))


def with_wide_box_in_meta(content: bytes) -> bytes:
    """Return the file with a `free` box within `meta`, behind its handler, whose length has 64 bits."""
    added = struct.pack(">L4sQ", 1, b"free", 24) + bytes(8)
    start, place = _find(content, b"meta")[0], _find(content, b"hdlr")[1]
    moved = bytearray(_moved(content, len(added)))
    length = struct.unpack_from(">L", moved, start - 12)[0]
    struct.pack_into(">L", moved, start - 12, length + len(added))
    return bytes(moved[:place] + added + moved[place:])


def with_wide_numbers(content: bytes) -> bytes:
    """Return the file with items of 32 and properties of 16 bits, as one of many thousand items has."""
    first, end = _find(content, b"pitm")
    start, last = _find(content, b"ipma")
    primary = b"\1\0\0\0" + bytes(2) + content[first + 4 : end]
    table, place = b"\1\0\0\1" + content[start + 4 : start + 8], start + 8
    while place < last:
        count, place = content[place + 2], place + 3
        table += bytes(2) + content[place - 3 : place]
        for value in content[place : place + count]:
            table += struct.pack(">H", (value & 0x80) << 8 | value & 0x7F)
        place += count
    grown = len(table) - (last - start)
    result = bytearray(content)
    for name, by in ((b"meta", grown + 2), (b"iprp", grown)):
        _grow(result, content, name, by)
    parts = result[: first - 8], box(b"pitm", primary), result[end : start - 8]
    return _moved(b"".join((*parts, box(b"ipma", table), result[last:])), grown + 2)


def listed_twice(content: bytes, added: bytes) -> bytes:
    """Return the file with a second table, by which one more box would apply to its picture."""
    count = len(_children(content, b"ipco"))
    _, end = _find(content, b"ipco")
    start, last = _find(content, b"ipma")
    table = bytes(4) + struct.pack(">L", 1) + content[start + 8 : start + 10] + b"\1"
    second = box(b"ipma", table, bytes([0x80 | (count + 1)]))
    result = bytearray(content)
    grown = len(added) + len(second)
    for name, by in ((b"meta", grown), (b"iprp", grown), (b"ipco", len(added))):
        _grow(result, content, name, by)
    return _moved(bytes(result[:end] + added + result[end:last] + second + result[last:]), grown)


def with_colours(content: bytes, primaries: int, transfer: int) -> bytes:
    """Return the file with other numbers of H.273 for the colours that its box names."""
    place = content.index(b"colrnclx") + 8
    return content[:place] + struct.pack(">HH", primaries, transfer) + content[place + 4 :]


def _children(content: bytes, wanted: bytes) -> list[bytes]:
    found = _find(content, wanted)
    start, end = found
    names = []
    while start < end:
        length, name = struct.unpack(">L4s", content[start : start + 8])
        names.append(name)
        start += length
    return names


def _find(content: bytes, wanted: bytes) -> tuple[int, int]:
    """Return where the body of a box begins and ends."""
    places = [(0, len(content))]
    while places:
        start, end = places.pop()
        while start < end:
            length, name = struct.unpack(">L4s", content[start : start + 8])
            body = start + 8 + BOXES_OF_BOXES.get(name, 0)
            if name == wanted:
                return body, start + length
            if name in BOXES_OF_BOXES:
                places.append((body, start + length))
            start += length
    raise AssertionError(wanted)


def _rebuilt(content: bytes, added: bytes, entries: bytes, grown: int) -> bytes:
    _, end = _find(content, b"ipco")
    start, last = _find(content, b"ipma")
    associations = bytearray(content[start:last])
    # Version and flags, number of items; of the first: its number, and how many properties it has.
    assert associations[0] == 0
    assert not associations[3] & 1
    count = associations[10]
    associations[10] = count + len(entries) // 1
    associations[11 + count : 11 + count] = entries
    assert end <= start
    result = bytearray(content[:end] + added + content[end:start] + associations + content[last:])
    for name in (b"meta", b"iprp"):
        _grow(result, content, name, grown)
    _grow(result, content, b"ipco", len(added))
    place = start - 8 + len(added)
    length = struct.unpack_from(">L", result, place)[0]
    struct.pack_into(">L", result, place, length + len(entries))
    return _moved(bytes(result), grown)


def _grow(result: bytearray, content: bytes, name: bytes, by: int) -> None:
    body, _ = _find(content, name)
    place = body - 8 - BOXES_OF_BOXES[name]
    length = struct.unpack_from(">L", result, place)[0]
    struct.pack_into(">L", result, place, length + by)


def _moved(content: bytes, by: int) -> bytes:
    """Return the file with all places in its table moved by as many bytes as its head has grown."""
    start, _ = _find(content, b"iloc")
    result = bytearray(content)
    version, sizes, base = content[start], content[start + 4], content[start + 5] >> 4
    offset_size, length_size = sizes >> 4, sizes & 15
    place = start + 6
    items = struct.unpack_from(">H", content, place)[0]
    place += 2
    for _ in range(items):
        method = struct.unpack_from(">H", content, place + 2)[0] & 15 if version else 0
        place += (4 if version else 2) + 2 + base
        extents = struct.unpack_from(">H", content, place)[0]
        place += 2
        for _ in range(extents):
            if method == 0:
                offset = int.from_bytes(content[place : place + offset_size], "big") + by
                result[place : place + offset_size] = offset.to_bytes(offset_size, "big")
            place += offset_size + length_size
    return bytes(result)
