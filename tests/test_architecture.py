"""Imports point one way: osteoreport -> decision -> extractor.findings, and osteoreport -> extractor."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("extractor", "decision", "models", "osteoreport")
OTHERS = ("scripts", "tests", "annotated_corpus")

# What each package may import of the project; a module of its own is always allowed.
ALLOWED = {
    "extractor": ("models",),
    "models": (),
    "decision": ("extractor.findings",),
    "osteoreport": ("decision", "extractor"),
}


def imports(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Give every module that the source imports, wherever it does so, as (line, dotted name)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(part for part in (package if node.level else "", node.module or "") if part)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def forbidden(source: str, package: str) -> list[tuple[int, str]]:
    found = []
    for line, name in imports(source, package):
        top = name.partition(".")[0]
        if top not in PACKAGES + OTHERS or top == package:
            continue
        if not any(f"{name}.".startswith(f"{allowed}.") for allowed in ALLOWED[package]):
            found.append((line, name))
    return found


@pytest.mark.parametrize(
    ("source", "package", "expected"),
    [
        ("import decision", "extractor", [(1, "decision")]),
        ("def f():\n    from decision import assess", "extractor", [(2, "decision.assess")]),
        ("import osteoreport.render", "decision", [(1, "osteoreport.render")]),
        ("from extractor import extract", "decision", [(1, "extractor.extract")]),
        ("from extractor import findings", "decision", []),
        ("from extractor.findings import Model", "decision", []),
        ("from . import facts\nfrom .truth import Truth", "decision", []),
        ("import tests.cases\nimport scripts", "osteoreport", [(1, "tests.cases"), (2, "scripts")]),
        ("import extractor, decision.patient, json", "osteoreport", []),
    ],
)
def test_the_rule_itself(source: str, package: str, expected: list[tuple[int, str]]) -> None:
    assert forbidden(source, package) == expected


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package).is_dir()])
def test_no_import_against_the_arrows(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    wrong = [(path.name, *fault) for path in files for fault in forbidden(path.read_text(), package)]
    assert wrong == []


def test_one_file_imports_medspacy() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(name.partition(".")[0] == "medspacy" for _, name in imports(path.read_text(), package))
    }
    assert users <= {"extractor/pipeline.py"}


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["parquet"]]
    declared = {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    providers = packages_distributions()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for _, name in imports(path.read_text(), package):
                top = name.partition(".")[0]
                if top in sys.stdlib_module_names or top in PACKAGES:
                    continue
                found = {provider.lower().replace("_", "-") for provider in providers.get(top, [top])}
                assert found & declared, f"{path.name} imports {top}"


@pytest.mark.parametrize("package", ["extractor", "decision", "osteoreport"])
def test_importing_a_package_loads_nothing_heavy(package: str) -> None:
    program = f"import sys, {package}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert package in loaded
    assert loaded & {"spacy", "medspacy", "sklearn", "numpy", "pyarrow", "rich"} == set()
