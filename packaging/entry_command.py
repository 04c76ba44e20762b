"""Start of the console program, juesuan(.exe)."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker process is this program again, started with a worker's arguments
    from cli.main import main

    sys.exit(main())
