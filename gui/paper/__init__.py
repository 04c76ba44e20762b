"""The report on paper: blocks laid out on A4 pages, each figure and prompt to be pointed at."""
