"""Run the command line with ``python -m osteoreport``."""

from osteoreport.cli import main

if __name__ == "__main__":
    main()
