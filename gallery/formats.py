"""The formats of photos as the web names them: types and suffixes, and what forms let people choose."""

from __future__ import annotations

# An original leaves the site under its type and suffix; the keys are those of `analysis.headers`.
TYPES = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "GIF": ("image/gif", ".gif"),
    "TIFF": ("image/tiff", ".tif"),
    "BMP": ("image/bmp", ".bmp"),
    "HEIF": ("image/heic", ".heic"),
    "AVIF": ("image/avif", ".avif"),
    "ICO": ("image/vnd.microsoft.icon", ".ico"),
    "DNG": ("image/x-adobe-dng", ".dng"),
    "CR2": ("image/x-canon-cr2", ".cr2"),
    "CR3": ("image/x-canon-cr3", ".cr3"),
    "NEF": ("image/x-nikon-nef", ".nef"),
    "ARW": ("image/x-sony-arw", ".arw"),
    "RAF": ("image/x-fuji-raf", ".raf"),
    "ORF": ("image/x-olympus-orf", ".orf"),
    "RW2": ("image/x-panasonic-rw2", ".rw2"),
    "PEF": ("image/x-pentax-pef", ".pef"),
    "SRW": ("image/x-samsung-srw", ".srw"),
    "RAW": ("image/x-raw", ".raw"),
}
# Not `image/*`, which would let people choose drawings. Systems know few of the types of RAW files, so
# the suffixes stand beside them.
_SUFFIXES = {suffix for _, suffix in TYPES.values()} | {".jpeg", ".tiff", ".heif", ".hif"}
_TYPES = {kind for kind, _ in TYPES.values()}
ACCEPT = ",".join(sorted(_TYPES | {"image/heif"}) + sorted(_SUFFIXES))
