"""Work for the runners' tests; in a module of its own, since other processes must find it by name."""

import os
import time


def piece(what: int | str) -> object:
    """Twice a number; the process's own number, a fault, the end of the process, or nothing for a long time."""
    match what:
        case "process":
            time.sleep(0.02)  # so that every worker gets some
            return os.getpid()
        case "fail":
            raise ZeroDivisionError
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(600)
        case "abort":
            os.abort()
    return 2 * int(what)
