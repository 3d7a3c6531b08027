"""With a catalog in place, pages and scripts speak its language, down to what the analysis calls things."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

KOREAN = {
    "Residual network, FER2013": "잔차 신경망",
    "seven expressions, right most often": "일곱 표정",
    "a residual network": "잔차 방식",
    "%(recipe)s, %(epochs)s epoch\0%(recipe)s, %(epochs)s epochs": "%(recipe)s, 에포크 %(epochs)s",
    "loss": "손실 <값>",
    "dotted: best, epoch {epoch}": "점선: 에포크 {epoch}",
    "Best epoch": "최고 에포크",
    "YuNet": "유넷",
}
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"


def write_catalog(path: Path, words: Mapping[str, str]) -> None:
    """Write what msgfmt would: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html."""
    pairs = sorted((key.encode(), value.encode()) for key, value in {"": HEADER, **words}.items())
    count = len(pairs)
    place, table, text = 28 + 16 * count, [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            table[column] += struct.pack("<II", len(pair[column]), place + len(text))
            text += pair[column] + b"\0"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, place)
    path.write_bytes(head + table[0] + table[1] + text)


@pytest.fixture(autouse=True)
def _korean(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "ko" / "LC_MESSAGES"
    write_catalog(folder / "django.mo", KOREAN)
    write_catalog(folder / "djangojs.mo", {"Added.": "추가됨."})
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGE_CODE = "ko"


def page(client: Client, name: str, *args: str) -> str:
    return unescape(client.get(reverse(name, args=args)).content.decode())


def test_the_choices_of_networks_and_recipes_are_in_the_readers_language(as_admin: Client) -> None:
    text = page(as_admin, "networks")

    assert '<html lang="ko">' in text
    assert text.count(">잔차 신경망</option>") == 2  # One, and the other.
    assert ">잔차 방식, 에포크 150</option>" in text
    assert "Residual network, FER2013" not in text


def test_a_networks_page_draws_its_curves_in_the_readers_language(as_admin: Client) -> None:
    raw = as_admin.get(reverse("network", args=["residual"])).content.decode()

    assert "<h1>잔차 신경망</h1>" in raw
    assert "일곱 표정" in raw
    assert "손실 &lt;값&gt;</text>" in raw
    assert ">점선: 에포크 115</text>" in raw
    assert ">최고 에포크</dt>" in raw


def test_the_settings_name_methods_in_the_readers_language(as_alice: Client) -> None:
    assert "유넷" in page(as_alice, "settings")


def test_scripts_get_the_readers_catalog(as_alice: Client) -> None:
    assert "/catalog.js?ko" in page(as_alice, "library")
    # The catalog is JSON, with its letters beyond ASCII as numbers.
    assert json.dumps("추가됨.") in as_alice.get("/catalog.js?ko").content.decode()
