"""The README tested against the code: its commands exist, its Python runs, and its example is what comes out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from osteoreport import cli, render
from tests.osteoreport.conftest import Ran

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BEGIN, END = "<!-- founding-case:begin -->\n", "<!-- founding-case:end -->"
SHORTENED = {"PROTOCOL": 6, "TO FIND OUT NEXT": 3, "SOURCES": 3}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.S)


def excerpt(text: str) -> str:
    """Give the output with its long sections cut."""
    sections = []
    for section in text.rstrip("\n").split("\n\n"):
        title, *lines = section.splitlines()
        most = SHORTENED.get(title, len(lines))
        sections.append("\n".join([title, *lines[:most], *["  ..."][: len(lines) - most]]))
    return "\n\n".join(sections)


def test_the_example_is_what_comes_out(osteoreport: Callable[..., Ran]) -> None:
    ran = osteoreport("run", ROOT / "annotated_corpus" / "examples" / "founding_case.txt")
    assert ran.code == 0
    actual = f"{BEGIN}\n```text\n{excerpt(ran.out)}\n```\n\n{END}"
    text = README.read_text()
    written = text[text.index(BEGIN) : text.index(END) + len(END)]
    if os.environ.get("UPDATE_README"):
        README.write_text(text.replace(written, actual))
        return
    assert written == actual, "if this is meant, run this test with UPDATE_README=1"


def commands() -> list[tuple[str, list[str]]]:
    lines = "\n".join(blocks("sh")).replace("\\\n", " ").splitlines()
    calls = [call.split() for line in lines for call in line.partition("#")[0].split("|")]
    return [
        (words[1], [word for word in words if word.startswith("--")]) for words in calls if words[:1] == ["osteoreport"]
    ]


def test_the_commands_and_their_options_exist() -> None:
    app = typer.main.get_command(cli.app)
    known = {name: {option for parameter in command.params for option in parameter.opts}
             for name, command in app.commands.items()}  # type: ignore[attr-defined]  # fmt: skip
    assert len(commands()) >= 6
    for name, options in commands():
        assert set(options) <= known[name]
    assert set(known) == {"run", "extract", "assess", "explain", "schema", "archive", "evaluate"}


def test_the_python_runs() -> None:
    (program,) = blocks("python")
    film = "LUMBAR SPINE: compression fracture of L2."
    names = {"film": film, "dxa": "Femoral neck T-score -2.7."}
    exec(program, names)
    evidence = names["findings"][0].vertebrae[0].evidence[0]  # type: ignore[attr-defined]
    assert film[evidence.start : evidence.end] == evidence.text


def test_the_query_of_the_archive_reads_the_columns(
    tmp_path: Path, osteoreport: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("LUMBAR SPINE: compression fracture of L2.")
    assert osteoreport("archive", "a.txt", "--out", "findings.parquet", "-q").code == 0
    (row,) = parquet.read_table("findings.parquet").to_pylist()
    (query,) = blocks("sql")
    assert [name for name in row["findings"]["vertebrae"][0] if f"v.{name}" in query]
    assert row["id"] == "a"


def test_every_exit_code_is_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", README.read_text(), re.M)}
    assert documented == {0, cli.INTERNAL, cli.USAGE, cli.QUARANTINED, cli.NOTHING_READ, cli.INTERRUPTED}


def test_the_banner_says_what_this_is_not() -> None:
    assert "Not a medical device" in README.read_text()
    assert "not a medical device" in render.BANNER
