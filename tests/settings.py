"""The site's settings for tests: deaf to `.env` and to the environment of whoever runs them."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
KEPT = tempfile.mkdtemp(prefix="facesite-tests-")
atexit.register(shutil.rmtree, KEPT, ignore_errors=True)
# An empty variable hides the line of `.env` and stands for the default.
for name in re.findall(r"^(\w+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE):
    os.environ[name] = ""
os.environ["DATA_DIR"] = KEPT

from facesite.settings import *  # noqa: E402, F403
from facesite.settings import DATABASES, MIDDLEWARE  # noqa: E402

# A file, as the site has: threads meet in it with the same locks.
DATABASES["default"]["TEST"] = {"NAME": f"{KEPT}/test.sqlite3"}
# Argon2 takes its 50 ms on purpose; tests/test_settings.py checks that the site uses it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIDDLEWARE[MIDDLEWARE.index("servestatic.middleware.ServeStaticMiddleware")] = (
    "tests.static_files.ListedOnce"
)
