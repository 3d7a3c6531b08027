"""TensorFlow set up once a process: quiet, repeatable, with a known number of threads."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Literal

Precision = Literal["float32", "bfloat16"]
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


def load() -> None:
    """Import Keras and TensorFlow without TensorFlow's start-up messages."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    # One of the messages heeds no level.
    errors = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 2)
            import tensorflow as tf

            tf.get_logger().setLevel("ERROR")
    finally:
        os.dup2(errors, 2)
        os.close(errors)


def start(seed: int, threads: int, precision: Precision) -> None:
    """Prepare a training: the same seed, data and number of threads give the same network.

    The sums of a convolution's gradient are divided among the threads, so another number of them
    rounds otherwise. With "bfloat16" layers compute in it and keep float32 weights (mixed precision,
    Micikevicius et al., 2018, arXiv:1710.03740): quicker where the processor has AVX512-BF16 or AMX.
    """
    load()
    import keras
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    tf.config.experimental.enable_op_determinism()
    # TensorFlow takes the number of threads only before its first operation.
    if tf.config.threading.get_intra_op_parallelism_threads() != threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def stop_with_stdin() -> None:
    """Have this process get SIGTERM when its standard input ends, as it does when a parent is killed."""
    threading.Thread(target=_wait_for_the_end_of_stdin, daemon=True).start()


def _wait_for_the_end_of_stdin() -> None:
    with suppress(OSError):  # Closed already.
        # Python's own file would be locked by this thread when the interpreter ends.
        while os.read(0, 2**16):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
