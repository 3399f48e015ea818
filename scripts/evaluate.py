#!/usr/bin/env python3
"""Score the extractor on annotated reports: osteoreport evaluate, by default on the annotated corpus.

usage: .venv/bin/python scripts/evaluate.py [GOLD.jsonl ...] [--errors N] [--format json]
"""

import sys
from pathlib import Path

from osteoreport.cli import main

CORPUS = Path(__file__).resolve().parent.parent / "annotated_corpus"

if __name__ == "__main__":
    arguments = sys.argv[1:]
    named = [argument for argument in arguments if argument.endswith((".jsonl", ".jsonl.gz"))]
    main(["evaluate", *([] if named else map(str, sorted(CORPUS.glob("*.jsonl")))), *arguments])
