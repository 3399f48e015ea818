"""The command line. Exit codes: 0 done, 1 internal error, 2 wrong use, 3 done but some records are in the quarantine,
4 nothing could be read, 130 interrupted.

Errors are one line on stderr, without a traceback and without text of a report.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NoReturn

import typer
from pydantic import BaseModel, ValidationError
from typer.exceptions import TyperException

if TYPE_CHECKING:
    from decision.assessment import Assessment
    from decision.patient import Patient
    from extractor.findings import ReportFindings
    from osteoreport.archive import Summary

INTERNAL, USAGE, QUARANTINED, NOTHING_READ, INTERRUPTED = 1, 2, 3, 4, 130
PLAIN_WIDTH: Final = 100

app = typer.Typer(
    name="osteoreport",
    help="Reads free-text X-ray and DXA reports and says, with reasons, what they mean for spine and bones.",
    epilog="Exit codes: 0 done, 1 internal error, 2 wrong use, 3 done with records in the quarantine, "
    "4 nothing could be read, 130 interrupted.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Failure(Exception):
    """An end that the user is told about in one line; the message never holds report text."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"
    markdown = "markdown"


class Profile(StrEnum):
    """Whose guidelines decide where they differ."""

    US = "US"
    UK = "UK"
    ACP = "ACP"


Files = Annotated[
    list[str], typer.Argument(help="Report files (one report each); - is standard input.", metavar="FILE...")
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write the result to this file.")]
EncodingOption = Annotated[
    str, typer.Option(help="Encoding of the input; where it does not fit, cp1252 or latin-1 is used and recorded.")
]
ProfileOption = Annotated[Profile, typer.Option(help="Guideline profile.")]
WhyOption = Annotated[bool, typer.Option("--why", help="Show, for every conclusion, the way from rule to report.")]
PatientOption = Annotated[
    Path | None, typer.Option("--patient", help="What is known of the patient: a TOML or JSON file.", metavar="FILE")
]
AgeOption = Annotated[float | None, typer.Option("--age", help="Age in years.")]
SexOption = Annotated[Literal["female", "male"] | None, typer.Option("--sex")]
MenopauseOption = Annotated[Literal["pre", "peri", "post"] | None, typer.Option("--menopausal-status")]
TraumaOption = Annotated[Literal["none", "low_energy", "high_energy"] | None, typer.Option("--trauma")]
BackPainOption = Annotated[bool | None, typer.Option("--back-pain/--no-back-pain")]
DeficitOption = Annotated[bool | None, typer.Option("--neurological-deficit/--no-neurological-deficit")]
CancerOption = Annotated[bool | None, typer.Option("--malignancy-history/--no-malignancy-history")]
EgfrOption = Annotated[float | None, typer.Option("--egfr", help="mL/min/1.73 m2.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any other patient field, e.g. --set serum_calcium=low (see: schema patient).",
                 metavar="FIELD=VALUE"),
]  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ commands


def _version(shown: bool) -> None:
    if shown:
        from osteoreport import __version__

        typer.echo(f"osteoreport {__version__}")
        raise typer.Exit


@app.callback()
def _main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    context: typer.Context,
    files: Files,
    format: FormatOption = Format.text,
    output: OutputOption = None,
    patient: PatientOption = None,
    age_years: AgeOption = None,
    sex: SexOption = None,
    menopausal_status: MenopauseOption = None,
    trauma: TraumaOption = None,
    back_pain: BackPainOption = None,
    neurological_deficit: DeficitOption = None,
    malignancy_history: CancerOption = None,
    egfr: EgfrOption = None,
    settings: SetOption = None,
    profile: ProfileOption = Profile.US,
    why: WhyOption = False,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Read the reports of ONE patient: what they say, what follows.

    A report that cannot be read ends the command (exit code 4): half a patient is not assessed.
    """
    known = _patient(context)
    _conclude(_read_reports(files, encoding), known, profile, format, output, why)


@app.command()
def extract(
    files: Files,
    format: FormatOption = Format.json,
    output: OutputOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Say what reports say: a line of JSON each, as assess takes it."""
    findings = _read_reports(files, encoding)
    if format is Format.json:
        _write("".join(json.dumps(report.model_dump(mode="json"), ensure_ascii=False) + "\n" for report in findings),
               output)  # fmt: skip
        return
    from osteoreport import render

    _print_sections(render.reports(findings), format, output)


@app.command()
def assess(
    context: typer.Context,
    findings: Annotated[
        str, typer.Argument(help="Findings of ONE patient, as printed by extract or archive; - is standard input.",
                            metavar="FINDINGS.json")
    ],
    format: FormatOption = Format.text,
    output: OutputOption = None,
    patient: PatientOption = None,
    age_years: AgeOption = None,
    sex: SexOption = None,
    menopausal_status: MenopauseOption = None,
    trauma: TraumaOption = None,
    back_pain: BackPainOption = None,
    neurological_deficit: DeficitOption = None,
    malignancy_history: CancerOption = None,
    egfr: EgfrOption = None,
    settings: SetOption = None,
    profile: ProfileOption = Profile.US,
    why: WhyOption = False,
) -> None:  # fmt: skip
    """Conclude from the findings of ONE patient.

    Findings are JSON of one report, a list, JSON lines, or the output of run or archive.
    """
    known = _patient(context)
    _conclude(_read_findings(findings), known, profile, format, output, why)


@app.command()
def schema(
    name: Annotated[
        Literal["findings", "patient", "assessment"], typer.Argument(help="Which of the three models.")
    ] = "findings",
) -> None:
    """Print the JSON Schema of findings, patient or assessment."""
    from decision.assessment import Assessment
    from decision.patient import Patient
    from extractor.findings import ReportFindings

    models: dict[str, type[BaseModel]] = {"findings": ReportFindings, "patient": Patient, "assessment": Assessment}
    mode: Literal["validation", "serialization"] = "validation" if name == "patient" else "serialization"
    typer.echo(json.dumps(models[name].model_json_schema(mode=mode), indent=2))


@app.command()
def explain(
    id: Annotated[str, typer.Argument(help="Id of a diagnosis, item, warning, criterion or policy.", metavar="ID")],
    format: FormatOption = Format.text,
) -> None:
    """Explain an id of the output: rule, thresholds, sources."""
    import decision
    from osteoreport import render

    try:
        explained = decision.explain(id)
    except KeyError:
        raise Failure("no such id: ids are those in the output of run --why or run --format json") from None
    if format is Format.json:
        _write(json.dumps(explained.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", None)
    else:
        _print_sections(render.explanation(explained), format, None)


@app.command()
def archive(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Folders, or files of .txt, .jsonl, .csv, .tsv (also .gz); - is JSON lines on stdin.",
                       metavar="INPUT..."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Findings: .jsonl, .jsonl.gz or .parquet.")],
    assessments: Annotated[
        Path | None, typer.Option(help="Also assess, per patient id: .jsonl, .jsonl.gz or .parquet.")
    ] = None,
    quarantine: Annotated[
        Path | None, typer.Option(help="Records that could not be read [default: OUT.quarantine.jsonl].")
    ] = None,
    text_field: Annotated[str, typer.Option(help="Field of a table that holds the report.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field that holds the id of the report.")] = "id",
    patient_id_field: Annotated[str, typer.Option(help="Field that holds the id of the patient.")] = "patient_id",
    encoding: EncodingOption = "utf-8",
    profile: ProfileOption = Profile.US,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that read reports.")] = 1,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="Form of the summary.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> None:  # fmt: skip
    """Read many reports into a table; list what cannot be read."""
    from osteoreport.archive import Targets, process
    from osteoreport.readers import Fields
    from osteoreport.writers import OutputRefused

    _known_encoding(encoding)
    paths = [Path(name) for name in inputs]
    if missing := [str(path) for path in paths if str(path) != "-" and not path.exists()]:
        raise Failure(f"no such file or folder: {missing[0]}")
    targets = Targets(
        findings=out, assessments=assessments, quarantine=quarantine or out.with_name(out.name + ".quarantine.jsonl")
    )
    outputs = [path for path in (targets.findings, targets.quarantine, targets.assessments) if path is not None]
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise Failure("findings, assessments and quarantine need files of their own")
    taken = {path.resolve() for path in paths}
    if any({path.resolve(), *path.resolve().parents} & taken for path in outputs):
        raise Failure("an output would overwrite an input, or lie among them")
    with _Progress(shown=not quiet and sys.stderr.isatty()) as progress:
        try:
            summary = process(
                paths,
                targets,
                fields=Fields(text_field, id_field, patient_id_field),
                encoding=encoding,
                workers=workers,
                profile=profile.value,
                progress=progress,
            )
        except OutputRefused as refused:
            raise Failure(str(refused)) from None
    if not quiet:
        as_json = json.dumps(summary.as_dict())
        typer.echo(as_json if format == "json" else _summary_text(summary, targets.quarantine))
    if not summary.written:
        hint = f"; no record has a field {text_field!r}, see --text-field" if _all_missing_text(summary) else ""
        raise Failure(f"nothing could be read{hint}", NOTHING_READ)
    if summary.quarantined:
        raise typer.Exit(QUARANTINED)


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Argument(help="JSON lines of {id, text, gold}.", metavar="GOLD.jsonl...")],
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    errors: Annotated[int, typer.Option(min=0, help="How many errors to list per field; 0 for none.")] = 0,
    skip_hard: Annotated[bool, typer.Option("--skip-hard", help="Leave out reports marked hard.")] = False,
) -> None:
    """Score the extractor against annotated reports.

    Precision, recall and F1 per field, with the errors by report id and offsets, never text.
    """
    from osteoreport import evaluation

    try:
        rows = list(evaluation.read_gold(gold))
    except evaluation.GoldRefused as refused:
        raise Failure(str(refused), NOTHING_READ) from None
    result = evaluation.score(rows, skip_hard=skip_hard)
    if format == "json":
        typer.echo(json.dumps(result.as_dict(errors=errors or None), indent=2))
    else:
        typer.echo(result.as_text(errors=errors), nl=False)


# ------------------------------------------------------------------------------------------------------------- reading


def _known_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError:
        raise Failure(f"no such encoding: {encoding}") from None


def _bytes_of(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise Failure(f"no such file: {name}") from None
    except OSError as error:
        raise Failure(f"cannot read {name}: {error.strerror}", NOTHING_READ) from None


def _read_reports(names: Sequence[str], encoding: str) -> list[ReportFindings]:
    import extractor
    from osteoreport.readers import UnreadableText, read_text

    _known_encoding(encoding)
    ids = ["stdin" if name == "-" else Path(name).stem for name in names]
    if len(set(ids)) < len(ids):
        ids = list(names)
    if len(set(ids)) < len(ids):
        raise Failure("a report is given twice")
    texts = []
    for name in names:
        try:
            text, used = read_text(_bytes_of(name), encoding)
        except UnreadableText as unreadable:
            raise Failure(f"cannot read {name}: {unreadable.reason}", NOTHING_READ) from None
        if used in ("cp1252", "latin-1") and used != encoding:
            typer.echo(f"note: {name} is not {encoding}; read as {used}", err=True)
        texts.append(text)
    return [extractor.extract(text, report_id=id) for id, text in zip(ids, texts, strict=True)]


def _read_findings(name: str) -> list[ReportFindings]:
    from extractor.findings import ReportFindings
    from osteoreport.readers import decode

    text, _ = decode(_bytes_of(name))
    try:
        values = _json_values(text)
        return [ReportFindings.model_validate(value) for value in values]
    except ValidationError as error:
        raise Failure(f"{name} holds no findings: {_first_fault(error, ReportFindings)}", NOTHING_READ) from None
    except (ValueError, RecursionError):
        raise Failure(f"{name} is not JSON", NOTHING_READ) from None


def _json_values(text: str) -> list[Any]:
    """Take one report, a list, JSON lines, or the output of run or archive, which keep findings under that name."""
    try:
        values = json.loads(text)
    except json.JSONDecodeError:
        values = [json.loads(line) for line in text.split("\n") if line.strip()]
    unpacked: list[Any] = []
    for value in values if isinstance(values, list) else [values]:
        inner = value.get("findings", value) if isinstance(value, dict) else value
        unpacked += inner if isinstance(inner, list) else [inner]
    if not unpacked:
        raise Failure("there are no findings to assess", NOTHING_READ)
    return unpacked


def _patient(context: typer.Context) -> Patient:
    """Join the patient file, ``--set`` and the options that name a field of the patient; the later wins."""
    from decision.patient import Patient

    path: Path | None = context.params["patient"]
    known: dict[str, Any] = {}
    if path is not None:
        raw = _bytes_of(str(path))
        try:
            known = tomllib.loads(raw.decode()) if path.suffix == ".toml" else json.loads(raw)
        except ValueError:
            raise Failure(f"{path} is not {'TOML' if path.suffix == '.toml' else 'JSON'}") from None
        if not isinstance(known, dict):
            raise Failure(f"{path} must hold fields of one patient")
    for setting in context.params["settings"] or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise Failure("--set takes FIELD=VALUE")
        known[name.strip()] = value.strip()
    options = {name: context.params.get(name) for name in Patient.model_fields}
    known |= {name: value for name, value in options.items() if value is not None}
    try:
        return Patient.model_validate(known)
    except ValidationError as error:
        raise Failure(f"patient: {_first_fault(error, Patient)}") from None


def _first_fault(error: ValidationError, model: type[BaseModel]) -> str:
    """Name the first field at fault, without what was put into it and without names that are not the contract's."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if fault["type"] == "extra_forbidden":
        return "unknown field"
    schema = model.model_json_schema()
    known = {name for part in (schema, *schema.get("$defs", {}).values()) for name in part.get("properties", {})}
    where = ".".join(str(part) for part in fault["loc"] if isinstance(part, int) or part in known)
    return f"{where}: {fault['msg']}" if where else fault["msg"]


# ------------------------------------------------------------------------------------------------------------ printing


def _conclude(
    findings: list[ReportFindings], patient: Patient, profile: Profile, format: Format, output: Path | None, why: bool
) -> None:
    import decision

    assessment: Assessment = decision.assess(findings, patient, profile=profile.value)
    if format is Format.json:
        result = {
            "schema_version": "1",
            "findings": [report.model_dump(mode="json") for report in findings],
            "assessment": assessment.model_dump(mode="json"),
        }
        _write(json.dumps(result, ensure_ascii=False, indent=2) + "\n", output)
        return
    from osteoreport import render

    _print_sections(render.document(findings, assessment, why=why), format, output)


def _print_sections(sections: list[Any], format: Format, output: Path | None) -> None:
    from osteoreport import render

    if format is Format.markdown:
        _write(render.to_markdown(sections), output)
        return
    terminal = output is None and sys.stdout.isatty()
    width = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if terminal else PLAIN_WIDTH
    _write(render.to_text(sections, width=width, colour=terminal and not os.environ.get("NO_COLOR")), output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    part = output.with_name(output.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        part.replace(output)
    except OSError as error:
        raise Failure(f"cannot write {output}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _all_missing_text(summary: Summary) -> bool:
    return summary.read > 0 and summary.quarantined["missing_text"] == summary.read


def _summary_text(summary: Summary, quarantine: Path) -> str:
    lines = [f"{summary.read} records: {summary.written} read, {summary.quarantined.total()} in the quarantine"]
    lines += [f"  {verdict.replace('_', ' '):15s} {count}" for verdict, count in sorted(summary.verdicts.items())]
    lines += [f"  quarantined, {reason}: {count}" for reason, count in sorted(summary.quarantined.items())]
    lines += [f"  decoded as {name}: {count}" for name, count in sorted(summary.encodings.items()) if name != "utf-8"]
    if summary.duplicate_ids:
        lines.append(f"  ids that came before: {summary.duplicate_ids} (all kept; see source and line)")
    if summary.patients:
        lines.append(f"  patients assessed: {summary.patients}")
    if summary.quarantined:
        lines.append(f"  quarantine: {quarantine}")
    lines.append(f"{summary.per_second:.0f} reports per second")
    return "\n".join(lines)


class _Progress:
    """A count on stderr while it is a terminal; otherwise nothing."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown

    def __enter__(self) -> _Progress:
        if self.shown:
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self.bar = Progress(SpinnerColumn(), TextColumn("{task.completed:.0f} records"), TimeElapsedColumn(),
                                console=Console(stderr=True), transient=True)  # fmt: skip
            self.task = self.bar.add_task("", total=None)
            self.bar.start()
        return self

    def __call__(self, summary: Summary) -> None:
        if self.shown:
            self.bar.update(self.task, completed=summary.read)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.bar.stop()


# ----------------------------------------------------------------------------------------------------------------- main


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the locale: no report can break the printing of a result
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
        code = typer.main.get_command(app).main(words, prog_name="osteoreport", standalone_mode=False)
        sys.stdout.flush()
    except Failure as failure:
        return _fail(failure.message, failure.code)
    except TyperException as error:
        return _fail(error.format_message(), USAGE)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # the reader of the pipe has gone, as head does; typer makes it a SystemExit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: a message or traceback may hold report text
        return _fail(f"internal error: {type(error).__name__} at {_place(error)}", INTERNAL)
    if code == INTERRUPTED:  # typer has made it of a KeyboardInterrupt
        return _fail("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _place(error: BaseException) -> str:
    """Name the file and line of ours that raised last."""
    place, trace = "unknown", error.__traceback__
    while trace is not None:
        package = trace.tb_frame.f_globals.get("__name__", "")
        if package.partition(".")[0] in ("osteoreport", "decision", "extractor"):
            place = f"{package}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _fail(message: str, code: int) -> int:
    sys.stderr.write("error: " + " ".join(message.split()) + "\n")
    return code
