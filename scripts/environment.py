"""Set up .venv for scripts/demo and scripts/check: standard library only, and readable by any Python 3.

The work of a second run is skipped: a stamp in .venv holds the hash of pyproject.toml and constraints.txt.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "osteoreport-setup.stamp"
LOG = VENV / "setup.log"
OLDEST, NEWEST = (3, 11), (3, 13)
ASK_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def stop(message):
    """End with one line on stderr."""
    sys.stdout.flush()
    sys.stderr.write("error: %s\n" % message)
    sys.exit(1)


def say(message):
    """Tell what happens next, at once."""
    print(message)
    sys.stdout.flush()


def version_of(python):
    """Ask an interpreter for its (major, minor); None if it is missing or does not run."""
    try:
        answer = subprocess.check_output([str(python), "-c", ASK_VERSION], stderr=subprocess.DEVNULL)
        return tuple(int(part) for part in answer.decode().split("."))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def suits(version):
    """Tell whether the project supports this Python."""
    return version is not None and OLDEST <= version <= NEWEST


def find_python():
    """Take this interpreter if it suits, else a suitable one from PATH."""
    if suits(sys.version_info[:2]):
        return sys.executable
    for name in ("python3.12", "python3.13", "python3.11"):
        path = shutil.which(name)
        if path and suits(version_of(path)):
            return path
    return stop(
        "Python 3.11, 3.12 or 3.13 is needed; this is %d.%d and no other was found on PATH" % sys.version_info[:2]
    )


def wanted_stamp():
    """Hash what decides the content of .venv."""
    content = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()


def stamped():
    """Read the hash and the extras of the last finished set-up."""
    try:
        words = STAMP.read_text().split()
        return words[0], words[1:]
    except (OSError, IndexError):
        return None, []


def run_logged(command, failure):
    """Run a step of the set-up with its output in .venv/setup.log; end with one line if it fails."""
    with LOG.open("a") as log:
        try:
            code = subprocess.call([str(word) for word in command], cwd=str(ROOT), stdout=log, stderr=subprocess.STDOUT)
        except OSError:
            code = 1
    if code:
        stop("%s; details in %s" % (failure, LOG.relative_to(ROOT)))


def set_up(extra=""):
    """Make .venv with the project in it (and one of its extras), unless that is done already."""
    stamp, extras = stamped()
    ready = stamp == wanted_stamp() and suits(version_of(PYTHON))
    if ready and (not extra or extra in extras):
        say("Set-up: .venv is up to date.")
        return
    if not suits(version_of(PYTHON)):
        python = find_python()
        say("Set-up: making .venv with %s" % python)
        if VENV.exists():
            shutil.rmtree(str(VENV))
        VENV.mkdir()
        run_logged(
            [python, "-m", "venv", VENV], "could not make .venv (on Debian and Ubuntu: apt install python3-venv)"
        )
    say("Set-up: installing the tested versions (first time: a minute or two and about 150 MB) ...")
    target = ".[%s]" % extra if extra else "."
    run_logged(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1",
         "--timeout", "20", "-c", "constraints.txt", "-e", target],
        "could not install the dependencies: is the network (or the package index) reachable?",
    )  # fmt: skip
    STAMP.write_text("%s %s\n" % (wanted_stamp(), extra))


def run(*command):
    """Run a program of .venv from the project's folder and give its exit code."""
    sys.stdout.flush()
    return subprocess.call([str(BIN / command[0])] + list(command[1:]), cwd=str(ROOT))
