"""Test the versions in pyproject.toml: the lowest direct dependencies on the oldest Python, and the
locked ones on the newest Python of this machine.

Each job runs in an environment of its own: the command line, the unit tests with few examples, and
the sandbox's tour, which starts the bot. Run it with `make lowest`.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from shutil import which
from time import monotonic

ROOT = Path(__file__).parents[1]
UV = [sys.executable, "-m", "uv"]
OLDEST = (3, 11)
MOST_MINOR = 30
ASK = "import json, sys; v = sys.version_info; print(json.dumps([*v[:2], v.releaselevel]))"
TIMEOUT_S = 600


@dataclass(frozen=True)
class Job:
    """An interpreter, with the `lowest` versions of pyproject.toml or those of uv.lock."""

    python: str
    version: tuple[int, int]
    lowest: bool

    @property
    def title(self) -> str:
        which_ = "the lowest versions" if self.lowest else "the locked versions"
        return f"Python {self.version[0]}.{self.version[1]} with {which_}"


def version_of(python: str) -> tuple[int, int] | None:
    """The version of an interpreter; None if it does not run or is a pre-release."""
    try:
        told = subprocess.run([python, "-c", ASK], capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, level = json.loads(told.stdout)
    return (major, minor) if level == "final" else None


def pythons() -> dict[tuple[int, int], str]:
    """One interpreter for each version from 3.11 on: our own, those on PATH, those of pyenv."""
    names = [f"python3.{minor}" for minor in range(OLDEST[1], MOST_MINOR)]
    pyenv = os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))
    candidates = [
        sys.executable,
        *filter(None, map(which, names)),
        *sorted(glob(f"{pyenv}/versions/*/bin/python3")),
    ]
    found: dict[tuple[int, int], str] = {}
    for candidate in candidates:
        version = version_of(candidate)
        if version and version >= OLDEST:
            found.setdefault(version, candidate)
    return found


def jobs() -> list[Job]:
    found = pythons()
    oldest, newest = min(found), max(found)
    if oldest != OLDEST:
        print(f"No Python 3.11 here: the lowest versions are tried on 3.{oldest[1]}.")
    if newest == oldest:
        print(f"No Python newer than 3.{oldest[1]} here: nothing is tried on a newer one.")
        return [Job(found[oldest], oldest, lowest=True)]
    return [Job(found[oldest], oldest, lowest=True), Job(found[newest], newest, lowest=False)]


def commands(job: Job, env: Path) -> list[list[str]]:
    bot, python = str(env / "bin" / "record-bot"), str(env / "bin" / "python")
    if job.lowest:
        sources = ["--editable", ".[postgres]", "--editable", "./sandbox", "--group", "unit"]
        lowest = ["--resolution", "lowest-direct"]
        install = [
            [*UV, "venv", "--quiet", "--python", job.python, str(env)],
            [*UV, "pip", "install", "--quiet", "--python", python, *lowest, *sources],
        ]
    else:
        sync = ["sync", "--quiet", "--locked", "--all-extras", "--no-default-groups"]
        install = [[*UV, *sync, "--group", "unit", "--python", job.python]]
    tests = ["-m", "pytest", "-p", "no:cacheprovider", "--inline-snapshot=disable"]
    return [
        *install,
        [bot, "--help"],
        [bot, "manifest"],
        [python, *tests, "--hypothesis-profile", "few", "tests/unit"],
        [bot, "sandbox", "--exit", "--port", "0"],
    ]


def failure_of(job: Job) -> str | None:
    """The first command that failed with the end of its output; None if all succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        env = Path(folder) / "venv"
        here = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(env), "UV_PYTHON_DOWNLOADS": "never"}
        here.pop("VIRTUAL_ENV", None)
        for command in commands(job, env):
            ours = here if command[: len(UV)] == UV else {**here, "PYTHONPATH": ""}
            ran = subprocess.run(
                command,
                cwd=ROOT,
                env=ours,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_S,
                check=False,
                text=True,
            )
            if ran.returncode:
                return f"{' '.join(command)}\n{ran.stdout[-6000:]}"
    return None


def main() -> None:
    todo = jobs()
    started = monotonic()
    failed = False
    with ThreadPoolExecutor() as pool:
        for job, failure in zip(todo, pool.map(failure_of, todo), strict=True):
            print(f"{job.title}: {f'failed at {failure}' if failure else 'all is well'}")
            failed = failed or failure is not None
    print(f"{monotonic() - started:.0f} s")
    sys.exit(failed)


if __name__ == "__main__":
    main()
