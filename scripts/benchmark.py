#!/usr/bin/env python3
"""Compare, in one run, the whole extraction with stock medspaCy that is given the same literal targets.

usage: .venv/bin/python scripts/benchmark.py [REPORTS.jsonl[.gz]] [--reports N] [--stock-reports N] [--rounds N]

Without a file an archive is generated from the annotated corpus: whole reports and reports put together from sentences
of several, with other numbers, so that some sentences repeat and many do not. Every round runs in a process of its own
on one core; figures are medians over the rounds. Stock medspaCy is slow, so it reads only a sample, evenly spread over
the archive. Two ratios are printed: of the same sample, with a cold cache, and of the whole archive as it would be
processed, where sentences that repeat are read once. Stock gives targets with their assertion, the project the whole
findings.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import json
import os
import pstats
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "annotated_corpus"
EXAMPLES = CORPUS / "examples"
FOUNDING_CASE = EXAMPLES / "founding_case.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", nargs="?", type=Path, help="JSON lines with a field text")
    parser.add_argument("--reports", type=int, default=5000, help="how many reports at most (default 5000)")
    parser.add_argument("--stock-reports", type=int, default=300, help="how many of them stock reads (default 300)")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        json.dump(CONTENDERS[arguments.contender](read(arguments.archive)), sys.stdout)
        return
    texts = read(arguments.archive) if arguments.archive else generated(arguments.reports)
    texts = spread(texts, arguments.reports)
    with tempfile.TemporaryDirectory() as folder:
        whole = write(Path(folder, "whole.jsonl"), texts)
        sample = write(Path(folder, "sample.jsonl"), spread(texts, arguments.stock_reports))
        rounds = []
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds} ...", file=sys.stderr)
            rounds.append({
                "stock": run("stock", sample),
                "sample": run("extract", sample),
                "whole": run("extract", whole),
                "assess": run("assess", whole),
            })  # fmt: skip
        stages = run("stages", whole)
    report(texts, min(len(texts), arguments.stock_reports), rounds, stages)


def spread(texts: list[str], count: int) -> list[str]:
    """At most count of the texts, evenly spread over all of them."""
    return [texts[number * len(texts) // count] for number in range(count)] if count < len(texts) else texts


def read(path: Path) -> list[str]:
    from osteoreport.readers import Record, read_records

    return [record.text for record in read_records([path]) if isinstance(record, Record)]


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def generated(count: int, seed: int = 20261120) -> list[str]:
    """Make reports from those of the corpus: a third as they are, the rest mixed, all with other numbers."""
    chance = random.Random(seed)
    corpus = [text for path in sorted(CORPUS.glob("*.jsonl")) for text in read(path)]
    corpus += [path.read_text() for path in sorted(EXAMPLES.glob("*.txt"))]

    def other_number(found: re.Match[str]) -> str:
        return "".join(str(chance.randrange(10)) for _ in found[0])

    texts = []
    for number in range(count):
        text = chance.choice(corpus)
        if number % 3:
            lines = text.splitlines()
            more = chance.choice(corpus).splitlines()
            text = "\n".join(lines[: len(lines) // 2] + more[len(more) // 2 :])
        texts.append(re.sub(r"(?<=[ .])\d\d?(?=[ %.])", other_number, text))
    return texts


def run(contender: str, path: Path) -> dict[str, Any]:
    one_core = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, str(path), "--contender", contender]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, env=one_core).stdout)
    return result


# ----------------------------------------------------------------------------------------------------------- contenders


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def stock(texts: list[str]) -> dict[str, Any]:
    """medspacy.load() with the project's literals; PyRuSH silenced, or its log would take most of the time."""
    from loguru import logger

    logger.disable("PyRuSH")
    started = time.perf_counter()
    import medspacy
    from medspacy.target_matcher import TargetRule

    imported = time.perf_counter()
    nlp = medspacy.load()
    literals = sorted(literals_of_the_project())
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(literal, "TARGET") for literal in literals])
    for text in first_texts():
        nlp(text)
    loaded = time.perf_counter()
    for text in texts:
        doc = nlp(text)
        [(ent.text, ent._.is_negated, ent._.is_uncertain, ent._.is_historical) for ent in doc.ents]
    return timing(started, imported, loaded, len(texts)) | {"literals": len(literals)}


def first_texts() -> list[str]:
    """The shipped examples. Both read them before the clock starts: vocabulary that waits for its first use is load."""
    return [path.read_text() for path in sorted(EXAMPLES.glob("*.txt"))]


def literals_of_the_project() -> set[str]:
    from extractor import vocabulary

    return {literal.lower() for target in vocabulary.targets() for literal in target.literals}


def extract(texts: list[str]) -> dict[str, Any]:
    """The whole extraction, from text to validated findings, its cache cold."""
    started = time.perf_counter()
    import extractor

    imported = time.perf_counter()
    reader = extractor.Extractor()
    findings(reader, first_texts())
    loaded = time.perf_counter()
    found = findings(reader, texts)
    return timing(started, imported, loaded, len(texts)) | {"crashed": len(texts) - len(found)}


def findings(reader: Any, texts: list[str]) -> list[Any]:
    """Read all that can be read: a report that crashes the extractor is counted, not the end."""
    found = []
    for text in texts:
        with contextlib.suppress(Exception):
            found.append(reader.extract(text))
    return found


def assess(texts: list[str]) -> dict[str, Any]:
    """Extraction and decision of the same reports, each as a patient of its own; CPU seconds."""
    import decision
    import extractor

    reader = extractor.Extractor()
    for report_findings in findings(reader, first_texts()):
        decision.assess([report_findings])
    started = time.process_time()
    found = findings(reader, texts)
    extracted = time.process_time()
    for report_findings in found:
        decision.assess([report_findings])
    ended = time.process_time()
    founding = [reader.extract(FOUNDING_CASE.read_text())] * 100
    spoken = spread([one for one in found if one.vertebrae or one.bone_density], 300)
    return {
        "extract": (extracted - started) / len(texts),
        "assess": (ended - extracted) / len(texts),
        "founding, new": as_new(founding),
        "founding, again": again(founding),
        "new": as_new(spoken),
    }


def as_new(found: list[Any]) -> float:
    """Seconds for one of them, all conclusions forgotten before each."""
    import decision
    from decision.words import forget

    spent = 0.0
    for report_findings in found:
        forget()
        started = time.process_time()
        decision.assess([report_findings])
        spent += time.process_time() - started
    return spent / max(len(found), 1)


def again(found: list[Any]) -> float:
    """Seconds for one of them, as they come."""
    import decision

    started = time.process_time()
    for report_findings in found:
        decision.assess([report_findings])
    return (time.process_time() - started) / len(found)


def stages(texts: list[str]) -> dict[str, Any]:
    """Share of the time by file of the project or library, from a profile; built-in functions count to their caller."""
    import extractor

    reader = extractor.Extractor()
    reader.extract("Mild wedge deformity of T12.")
    profile = cProfile.Profile()
    profile.enable()
    findings(reader, texts)
    profile.disable()
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file == "~":
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[stage(caller)] += part
        else:
            spent[stage(file)] += own
    total = sum(spent.values())
    return {name: seconds / total for name, seconds in spent.most_common()}


def stage(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT / "extractor"):
        return f"extractor/{path.name}"
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    return "Python's library"


def timing(started: float, imported: float, loaded: float, reports: int) -> dict[str, Any]:
    seconds = time.perf_counter() - loaded
    return {
        "import": imported - started,
        "load": loaded - imported,
        "per_second": reports / seconds,
        "memory": memory_mb(),
    }


CONTENDERS = {"stock": stock, "extract": extract, "assess": assess, "stages": stages}


# --------------------------------------------------------------------------------------------------------------- report


def report(texts: list[str], sampled: int, rounds: list[dict[str, Any]], stages: dict[str, float]) -> None:
    def median(contender: str, figure: str) -> float:
        return statistics.median(each[contender][figure] for each in rounds)

    size = sum(map(len, texts)) / len(texts) / 1000
    print(f"{len(texts)} reports of {size:.2f} kB on average, {sampled} of them also by stock;"
          f" Python {sys.version.split()[0]}, medians of {len(rounds)}, one core\n")  # fmt: skip
    print(f"{'':44s}{'stock':>10s}{'ours':>10s}{'ratio':>10s}")
    ours, theirs = median("sample", "per_second"), median("stock", "per_second")
    print(f"{f'reports per second, the same {sampled}':44s}{theirs:10.0f}{ours:10.0f}{ours / theirs:9.1f}x")
    ratios = sorted(each["sample"]["per_second"] / each["stock"]["per_second"] for each in rounds)
    print(f"{'  ratio, lowest and highest round':44s}{'':20s}{f'{ratios[0]:.1f}-{ratios[-1]:.1f}x':>10s}")
    print(f"{f'reports per second, all {len(texts)}':44s}{'':10s}{median('whole', 'per_second'):10.0f}"
          f"{median('whole', 'per_second') / theirs:9.1f}x")  # fmt: skip
    for figure, name in (("import", "import, s"), ("load", "load and first 30, s"), ("memory", "memory, MB")):
        print(f"{name:44s}{median('stock', figure):10.2f}{median('sample', figure):10.2f}")
    print(f"{'memory after all, MB':44s}{'':10s}{median('whole', 'memory'):10.2f}")
    print(f"{'reports that crashed':44s}{'':10s}{median('whole', 'crashed'):10.0f}")
    print(f"{'literal targets in stock':44s}{rounds[0]['stock']['literals']:10d}")
    assessed, extracted = median("assess", "assess"), median("assess", "extract")
    print(f"\ndecision.assess, CPU ms per report: {1000 * assessed:.3f} of all {len(texts)},"
          f" {assessed / extracted:.1%} of their extraction ({1000 * extracted:.2f})")  # fmt: skip
    print(f"  new facts, of reports that state a vertebra or a density: {1000 * median('assess', 'new'):.2f};"
          f" founding case: new {1000 * median('assess', 'founding, new'):.2f},"
          f" again {1000 * median('assess', 'founding, again'):.2f}")  # fmt: skip
    print("\nshare of the extraction by file, from a profile:")
    for name, share in list(stages.items())[:14]:
        print(f"  {name:42s}{share:10.1%}")


if __name__ == "__main__":
    main()
