"""What went wrong with a photo in a child, as a code for programs and a sentence for people."""

from __future__ import annotations

import signal
from contextlib import suppress

from analysis.errors import AnalysisError
from analysis.processes import ChildFailed


def explained(error: Exception, timeout: float) -> tuple[str, str]:
    """Return the code and the sentence of an error; `timeout` is in seconds, as it was given."""
    if isinstance(error, AnalysisError):
        return error.code, str(error)
    if isinstance(error, FileNotFoundError):
        return "not_found", "There is no such file."
    if isinstance(error, OSError) and error.strerror:
        return "not_readable", f"{error.filename or 'The file'}: {error.strerror}."
    if isinstance(error, ChildFailed):
        return error.code, _failure(error, timeout)
    return "failed", f"The analysis failed: {error or type(error).__name__}."


def _failure(failed: ChildFailed, timeout: float) -> str:
    if failed.code == "timeout":
        return f"The analysis of this photo took longer than {timeout:g} s and was stopped."
    if failed.code == "out_of_memory":
        return "There is not enough memory to analyse this photo."
    if failed.code == "unavailable":
        return "No process could be started to analyse this photo."
    reason = _reason(failed.exitcode)
    return f"The analysis of this photo crashed ({reason}); the others went on."


def _reason(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            return signal.Signals(-exitcode).name
    return f"exit status {exitcode}"
