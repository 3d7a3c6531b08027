"""What `manage.py serve` says when it cannot start, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from channels.db import database_sync_to_async
from django.core.management import CommandError

from gallery.management.commands import serve
from gallery.management.commands.serve import listen
from tests.site.process import ROOT


def test_a_port_in_use_is_one_sentence_naming_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"^PORT is {port}, and another program listens"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_this_machines_is_one_sentence_naming_the_setting() -> None:
    with pytest.raises(CommandError, match=r"^HOST is '192\.0\.2\.1', which is no address"):
        listen("192.0.2.1", 0)


def test_ctrl_c_ends_the_site_without_a_word(tmp_path: Path) -> None:
    environment = os.environ | {"DATA_DIR": f"{tmp_path}", "PORT": "0"}
    # A shell that starts us in the background lets SIGINT be ignored, which children inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Facesite is at ")
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (process.returncode, errors) == (0, "")


def test_an_answer_waits_for_no_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_is_kept_for_longer_than_a_proxy_keeps_it() -> None:
    nginx = 60  # seconds
    assert serve.configuration().timeout_keep_alive > nginx


@pytest.mark.django_db(transaction=True)
async def test_reading_libraries_beforehand_holds_up_no_other_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going, enough = threading.Event(), threading.Event()

    def read() -> None:
        going.set()
        enough.wait(60)

    monkeypatch.setattr(serve, "read_libraries", read)
    warming = asyncio.create_task(serve.warm(0))
    try:
        await asyncio.to_thread(going.wait, 60)
        assert await asyncio.wait_for(database_sync_to_async(lambda: "claimed")(), 30) == "claimed"
    finally:
        enough.set()
        await warming
