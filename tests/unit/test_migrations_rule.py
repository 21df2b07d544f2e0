"""Old and new code run beside each other while a deploy rolls: expand first, contract later.

A migration may add what old code does not notice: tables, indexes, columns that are nullable or
have a server default. To take away, rename or tighten, a later release says in its migration
what it finishes: `contracts = "0002"` names the earlier one, `since` the release of each. The
rule reads the operations; it cannot know whether old code still needs what is taken away.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.store.migrating import SCRIPTS
from tests.unit.rows import each_row

FIRST = "0001"
TAKES_AWAY = {
    "drop_table",
    "drop_column",
    "drop_index",
    "drop_constraint",
    "rename_table",
    "alter_column",
    "create_unique_constraint",
    "create_check_constraint",
    "create_foreign_key",
}
WORDS = ("DROP ", "RENAME ", "ALTER ", "DELETE ", "TRUNCATE ")


def constants(tree: ast.Module) -> dict[str, object]:
    """The plain values at the top of a migration."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def not_expanding(tree: ast.Module) -> Iterator[str]:
    """Operations of `upgrade` and its helpers that old code may notice."""
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name != "downgrade"
    ]
    for call in (n for f in functions for n in ast.walk(f) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in TAKES_AWAY:
            yield f"{name} in line {call.lineno}"
        if name == "create_index" and _is_true(call, "unique"):
            yield f"a unique index in line {call.lineno}"
        if name == "add_column" and not any(_old_code_may_insert(a) for a in call.args):
            yield f"add_column that old code cannot fill, in line {call.lineno}"
        if name == "execute" and any(word in ast.unparse(call).upper() for word in WORDS):
            yield f"SQL that takes away, in line {call.lineno}"


def _old_code_may_insert(column: ast.expr) -> bool:
    if not isinstance(column, ast.Call):
        return False
    given = {k.arg for k in column.keywords}
    return "server_default" in given or not _is_false(column, "nullable")


def _is_true(call: ast.Call, name: str) -> bool:
    return any(k.arg == name and ast.unparse(k.value) == "True" for k in call.keywords)


def _is_false(call: ast.Call, name: str) -> bool:
    return any(k.arg == name and ast.unparse(k.value) == "False" for k in call.keywords)


def problems(sources: dict[str, str]) -> list[str]:
    """What breaks the rule, of migrations by file name."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    known = {name: constants(tree) for name, tree in trees.items()}
    since = {str(c["revision"]): c.get("since") for c in known.values()}
    found = []
    for name, tree in sorted(trees.items()):
        says = known[name]
        broken = [] if says["revision"] == FIRST else list(not_expanding(tree))
        if not broken:
            continue
        finishes, now = says.get("contracts"), says.get("since")
        if finishes is None:
            found += [f"{name}: {what}" for what in broken]
        elif not now or not _earlier(since.get(str(finishes)), now):
            found.append(f"{name}: contracts {finishes}, which was not released before")
    return found


def _earlier(one: object, other: object) -> bool:
    if one is None:
        return False
    a, b = ([int(part) for part in str(version).split(".")] for version in (one, other))
    return a < b


def test_migrations_expand_first_and_contract_in_a_later_release() -> None:
    files = (SCRIPTS / "versions").glob("*.py")
    assert problems({file.name: file.read_text() for file in files}) == []


def test_migrations_come_one_after_the_other() -> None:
    files: list[Path] = sorted((SCRIPTS / "versions").glob("*.py"))
    says = [constants(ast.parse(file.read_text())) for file in files]
    chain = [(c["down_revision"], c["revision"]) for c in says]
    revisions = [revision for _, revision in chain]
    assert chain == list(zip([None, *revisions], revisions, strict=False))


EXPAND = """
revision = "0002"
down_revision = "0001"
since = "0.2.0"
def upgrade():
    op.add_column("recordings", sa.Column("mood", sa.Text(), nullable=True))
"""
CONTRACT = """
revision = "0003"
down_revision = "0002"
contracts = "0002"
since = "{since}"
def upgrade():
    op.drop_column("recordings", "state")
"""


@each_row(
    ("operation", "refused"),
    [
        ('op.add_column("r", sa.Column("a", sa.Text(), nullable=True))', False),
        ('op.add_column("r", sa.Column("a", sa.Text(), nullable=False, server_default=""))', False),
        ('op.create_table("t", sa.Column("a", sa.Text(), nullable=False))', False),
        ('op.create_index("i", "r", ["a"])', False),
        ('op.add_column("r", sa.Column("a", sa.Text(), nullable=False))', True),
        ('op.drop_column("r", "a")', True),
        ('op.rename_table("r", "s")', True),
        ('op.alter_column("r", "a", nullable=False)', True),
        ('op.create_index("i", "r", ["a"], unique=True)', True),
        ('op.execute("alter table r drop column a")', True),
    ],
)
def test_only_what_old_code_does_not_notice_is_an_expansion(operation: str, refused: bool) -> None:
    source = f'revision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    {operation}\n'
    assert bool(problems({"0002_x.py": source})) is refused


def test_a_contraction_needs_an_earlier_release() -> None:
    late = {"0002.py": EXPAND, "0003.py": CONTRACT.format(since="0.10.0")}
    assert problems(late) == []
    at_once = {"0002.py": EXPAND, "0003.py": CONTRACT.format(since="0.2.0")}
    assert problems(at_once) == ["0003.py: contracts 0002, which was not released before"]
