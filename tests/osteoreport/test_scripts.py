from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    module = load("environment")
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path, "VENV": venv, "BIN": venv / "bin", "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "stamp", "LOG": venv / "setup.log",
    }.items():  # fmt: skip
        monkeypatch.setattr(module, name, value)
    (tmp_path / "pyproject.toml").write_text("project")
    (tmp_path / "constraints.txt").write_text("versions")
    return module


@pytest.mark.parametrize("name", ["demo", "check", "environment.py"])
def test_set_up_can_be_read_by_old_pythons(name: str) -> None:
    ast.parse((ROOT / "scripts" / name).read_text(), feature_version=(3, 4))


@pytest.mark.parametrize("name", ["scripts/demo", "scripts/check", ".ci/run"])
def test_scripts_can_be_started(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_an_old_python_without_another_ends_in_one_line(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        environment.set_up()
    assert ended.value.code == 1
    err = capsys.readouterr().err
    assert err == "error: Python 3.11, 3.12 or 3.13 is needed; this is 3.9 and no other was found on PATH\n"


def test_another_python_on_the_path_is_taken(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(environment.shutil, "which", {"python3.13": "/opt/python3.13"}.get)
    monkeypatch.setattr(environment, "version_of", {"/opt/python3.13": (3, 13)}.get)
    assert environment.find_python() == "/opt/python3.13"


def test_set_up_is_done_once_and_again_when_the_versions_change(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps: list[str] = []

    def run_logged(command: list[object], failure: str) -> None:
        steps.append(str(command[2]) + " " + str(command[-1]).replace(str(tmp_path), ""))

    monkeypatch.setattr(environment, "run_logged", run_logged)
    monkeypatch.setattr(environment, "version_of", lambda python: (3, 12) if environment.STAMP.exists() else None)
    environment.set_up()
    assert steps == ["venv /.venv", "pip ."]
    environment.set_up()
    assert len(steps) == 2
    environment.set_up("dev")
    environment.set_up()
    assert steps[2:] == ["pip .[dev]"]
    (tmp_path / "constraints.txt").write_text("newer versions")
    environment.set_up("dev")
    assert steps[3:] == ["pip .[dev]"]


def test_a_step_that_fails_ends_in_one_line(
    environment: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment.VENV.mkdir()
    with pytest.raises(SystemExit):
        environment.run_logged([sys.executable, "-c", "print('no route'); raise SystemExit(1)"], "could not install")
    assert capsys.readouterr().err == "error: could not install; details in .venv/setup.log\n"
    assert environment.LOG.read_text() == "no route\n"


def test_version_of_what_does_not_run(environment: ModuleType, tmp_path: Path) -> None:
    assert environment.version_of(tmp_path / "none") is None
    assert environment.version_of("/bin/false") is None
    assert environment.version_of(sys.executable) == sys.version_info[:2]


def test_constraints_hold_every_dependency() -> None:
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["parquet"],
              *project["optional-dependencies"]["dev"]]  # fmt: skip
    names = {re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    held = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    assert names - {"osteoreport"} <= held


def test_ci_runs_the_check(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".ci" / "run").write_text((ROOT / ".ci" / "run").read_text())
    (tmp_path / "scripts" / "check").write_text("import os; print('CI', os.environ['CI'])")
    out = subprocess.run(["bash", tmp_path / ".ci" / "run"], capture_output=True, text=True, check=True, cwd="/")
    assert out.stdout == "CI true\n"


def test_the_benchmark_makes_its_archive_and_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = load("benchmark")
    texts = benchmark.generated(6)
    assert texts == benchmark.generated(6)
    assert len(set(texts)) == 6
    assert len(benchmark.literals_of_the_project()) > 100
    stages = benchmark.stages(texts)
    assert sum(stages.values()) == pytest.approx(1)
    assert {"extractor/sections.py", "spacy"} & set(stages)
    speed = {"import": 1.0, "load": 2.0, "memory": 3.0, "literals": 4, "crashed": 2}
    rounds = [
        {"stock": speed | {"per_second": stock}, "sample": speed | {"per_second": 500.0},
         "whole": speed | {"per_second": 600.0}, "assess": {"extract": 3.0, "assess": 1.0, "reports": 6, "new": 0.002,
                                                            "founding, new": 0.003, "founding, again": 0.001}}
        for stock in (50.0, 100.0, 125.0)
    ]  # fmt: skip
    benchmark.report(texts, 6, rounds, stages)
    out = capsys.readouterr().out
    assert "100       500      5.0x" in out
    assert "4.0-10.0x" in out
    assert "1000.000 of all 6, 33.3% of their extraction (3000.00)" in out
    assert "2.00; founding case: new 3.00, again 1.00" in out


def test_evaluate_is_the_command(tmp_path: Path) -> None:
    gold = '{"id": "a", "text": "Compression fracture of L2.", "gold": {"vertebral_fracture": "present"}}'
    (tmp_path / "gold.jsonl").write_text(gold)
    command = [sys.executable, ROOT / "scripts" / "evaluate.py", tmp_path / "gold.jsonl"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert out.startswith("1 reports, 0 crashes")
