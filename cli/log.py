"""The log file: where unexpected errors go, with their traceback."""

from __future__ import annotations

import logging
from pathlib import Path


def log_path() -> Path:
    """Where the log file is (created on demand)."""
    import platformdirs

    return Path(platformdirs.user_log_dir("juesuan", appauthor=False)) / "juesuan.log"


def log_unexpected(error: BaseException) -> Path:
    """Write *error* with its traceback to the log file and return the file's path."""
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("juesuan")
    logger.addHandler(handler)
    logger.error("unexpected error", exc_info=error)
    handler.close()
    logger.removeHandler(handler)
    return path
