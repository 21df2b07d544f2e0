"""The production image, without an engine: the Dockerfile's uv steps in what .dockerignore lets in."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".venv", ".tools", ".mypy_cache"}  # large, and asserted to stay outside
WITHIN_S = 300


@dataclass(frozen=True)
class Image:
    """`folder` is where the build has put the environment."""

    folder: Path

    def run(self, *command: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
        """As the image would: on its own PATH, with no settings."""
        env = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "HOME": str(cwd), "COLUMNS": "200"}
        return subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=cwd,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def patterns(dockerignore: str) -> list[tuple[re.Pattern[str], bool]]:
    """Each pattern, and whether it leaves out (else it lets in again)."""
    found = []
    for line in map(str.strip, dockerignore.splitlines()):
        if line and not line.startswith("#"):
            globbed = re.escape(line.removeprefix("!").strip("/"))
            globbed = globbed.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
            globbed = globbed.replace(r"\[", "[").replace(r"\]", "]")
            found.append((re.compile(globbed), not line.startswith("!")))
    return found


def is_sent(path: str, rules: list[tuple[re.Pattern[str], bool]]) -> bool:
    """The last rule that fits the path, or a folder that it is in, decides."""
    parts = path.split("/")
    above = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    sent = True
    for rule, leaves_out in rules:
        if any(map(rule.fullmatch, above)):
            sent = not leaves_out
    return sent


def context(into: Path) -> None:
    """What an engine is sent."""
    rules = patterns((ROOT / ".dockerignore").read_text("utf-8"))
    assert not any(is_sent(f"{folder}/x", rules) for folder in SKIPPED)
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in files:
            path = Path(folder, name)
            relative = path.relative_to(ROOT)
            if is_sent(relative.as_posix(), rules):
                (into / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, into / relative)


def build_steps() -> list[list[str]]:
    """The words of each instruction of the first stage."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stages = re.split(r"(?m)^FROM ", "\n".join(lines).replace("\\\n", " "))
    return [shlex.split(line) for line in stages[1].splitlines()[1:] if line.strip()]


def copy(words: list[str], sent: Path, workdir: Path) -> None:
    *sources, target = words
    for source in sources:
        if (sent / source).is_dir():  # an engine copies what is in it
            shutil.copytree(sent / source, workdir / target, dirs_exist_ok=True)
        else:
            (workdir / target).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(sent / source, workdir / target / Path(source).name)


def run_uv(words: list[str], workdir: Path, env: dict[str, str]) -> None:
    """From uv's cache if it has everything, since `make install` filled it; else by the network."""
    for offline in ("1", "0"):
        done = subprocess.run(
            [sys.executable, "-m", "uv", *words],
            cwd=workdir,
            env={**env, "UV_OFFLINE": offline},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    sent, workdir, made = (tmp_path_factory.mktemp(name) for name in ("sent", "src", "image"))
    context(sent)
    env = {**os.environ, "PYTHONPATH": str(ROOT / ".tools"), "UV_PYTHON": sys.executable}
    env.pop("VIRTUAL_ENV", None)
    ran: list[str] = []
    for instruction, *words in build_steps():
        match instruction:
            case "ENV":
                env |= dict(word.split("=", 1) for word in words)
                env |= {"UV_PROJECT_ENVIRONMENT": str(made), "UV_NO_CACHE": "0"}
                env |= {"UV_COMPILE_BYTECODE": "0"}  # of the little that is imported here: then
            case "COPY":
                copy(words, sent, workdir)
            case "RUN" if words[0] == "uv":
                run_uv(words[1:], workdir, env)
                ran.append(" ".join(words[1:]))
            case "RUN" | "WORKDIR":
                pass
            case _:
                raise AssertionError(f"this test does not know {instruction}")
    assert len(ran) == 2
    assert all(step.startswith("sync --locked --no-dev --no-editable") for step in ran)
    shutil.rmtree(workdir)  # the image has no sources
    yield Image(made)
    shutil.rmtree(made)


def test_only_what_the_image_is_made_of_is_sent(tmp_path: Path) -> None:
    context(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("pyproject.toml", "uv.lock", "README.md", "LICENSE", "bot", "sandbox"),
    }
    assert [path.name for path in (tmp_path / "sandbox").iterdir()] == ["pyproject.toml"]
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (".env", False),
        ("bot/cli.py", True),
        ("bot/features/start/__pycache__/x.cpython-313.pyc", False),
        ("bot/kit/x.pyc", False),
        ("sandbox/pyproject.toml", True),
        ("sandbox/record_bot_sandbox/cli.py", False),
        ("tests/pyproject.toml", False),
    ],
)
def test_dockerignore_is_read_as_an_engine_reads_it(path: str, sent: bool) -> None:
    assert is_sent(path, patterns((ROOT / ".dockerignore").read_text("utf-8"))) is sent


def test_the_image_has_the_bot_and_its_page_and_neither_the_sandbox_nor_tools(
    image: Image, tmp_path: Path
) -> None:
    names = "'bot', 'psycopg', 'record_bot_sandbox', 'pytest', 'mypy'"
    code = f"from importlib.util import find_spec; print([n for n in ({names}) if find_spec(n)])"
    code += "; import bot; print(*bot.__path__)"
    code += "; from bot.features.meeting.pages import load; p = load(home='x', bot='y')"
    code += "; print(sorted(name for _, name in p.assets), b'meeting.js' in p.document.content)"
    done = image.run("python", "-I", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    there, where, page = done.stdout.splitlines()
    assert there == "['bot', 'psycopg']"
    assert where.startswith(str(image.folder))
    assert page == "['icon.svg', 'meeting.css', 'meeting.js'] True"


ONE_AFTER_THE_OTHER = """
import sys
from bot.cli import main
for order in ("--help", "manifest", "migrate", "backup copy.db", "restore copy.db"):
    sys.argv[1:] = order.split()
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    print(f"{order} ended with {status}", flush=True)
"""


def test_each_command_does_its_work(image: Image, tmp_path: Path) -> None:
    """In one process, since each would import the bot."""
    env = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    env |= {"HMS_ACCESS_KEY": "key", "HMS_SECRET": "secret", "DATABASE_URL": "sqlite:///bot.db"}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in env.items()))
    done = image.run("python", "-I", "-c", ONE_AFTER_THE_OTHER, cwd=tmp_path)
    assert done.stdout.count(" ended with 0\n") == 5, done.stdout + done.stderr
    for command in ("run", "doctor", "manifest", "migrate", "backup", "restore"):
        assert f"│ {command} " in done.stdout
    assert "display_information:" in done.stdout
    assert (tmp_path / "bot.db").exists()
    assert (tmp_path / "copy.db").exists()


def test_the_sandbox_is_said_to_be_missing_in_one_line(image: Image, tmp_path: Path) -> None:
    done = image.run("record-bot", "sandbox", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("record-bot: the sandbox is not installed here.")
