"""The log file: where unexpected errors go with their traceback, of the command line and of the window."""

from __future__ import annotations

import logging
from pathlib import Path

LOGGER = logging.getLogger("juesuan")
_MAX_BYTES = 512 * 1024


def log_file() -> Path:
    """Where the log is (made on demand)."""
    import platformdirs

    return Path(platformdirs.user_log_dir("juesuan", appauthor=False)) / "juesuan.log"


def start_log() -> None:
    """Write to the log file from now on; a folder that cannot be written is no reason to stop."""
    if LOGGER.handlers:
        return
    from logging.handlers import RotatingFileHandler

    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)


def log_unexpected(error: BaseException) -> Path:
    """Write *error* with its traceback to the log file and return the file's path."""
    start_log()
    LOGGER.error("unexpected error", exc_info=error)
    return log_file()
