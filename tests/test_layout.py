"""The layout of the code: sizes of folders and classes, imports that point downwards, docstrings, and unique names."""

import ast
import functools
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grimp
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
ROOTS = ("core", "gui", "cli")
MOST_MODULES = 16
CLASS_LINES = 300


def modules(*roots: str) -> list[Path]:
    return [path for root in roots for path in sorted((REPOSITORY / root).rglob("*.py"))]


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@dataclass(frozen=True)
class Contents:
    """What these tests ask of a module. Trees are not kept: each collection of garbage would look through them."""

    docstring: str | None
    class_lines: dict[str, int]
    classes: list[str]
    public_functions: list[str]


@functools.cache
def contents(path: Path) -> Contents:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lines = {
        node.name: node.end_lineno - min(n.lineno for n in (node, *node.decorator_list)) + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.end_lineno is not None
    }
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return Contents(
        ast.get_docstring(tree),
        lines,
        [node.name for node in tree.body if isinstance(node, ast.ClassDef)],
        [name for name in functions if not name.startswith("_")],
    )


def packages() -> list[Path]:
    return sorted({path.parent for path in modules(*ROOTS)})


@pytest.fixture(scope="module")
def imports() -> dict[str, list[str]]:
    """For each module the modules that it imports, including those that it imports for types alone."""
    graph = grimp.build_graph(*ROOTS, exclude_type_checking_imports=False, cache_dir=None)
    return {module: sorted(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}


def cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    """The groups of modules that import each other in a circle."""
    reachable = {module: set(found(graph, module)) for module in graph}
    circular = [module for module in graph if module in reachable[module]]
    groups = {tuple(other for other in circular if other in reachable[m] and m in reachable[other]) for m in circular}
    return [list(group) for group in sorted(groups)]


def found(graph: dict[str, list[str]], start: str) -> Iterator[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            yield module
            waiting += graph[module]


def test_no_folder_has_too_many_modules() -> None:
    counts = {shown(folder): len(list(folder.glob("*.py"))) - 1 for folder in packages()}  # without __init__.py
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_class_is_too_long() -> None:
    lengths = {
        f"{shown(path)}: {name}": lines
        for path in modules(*ROOTS)
        for name, lines in contents(path).class_lines.items()
    }
    assert {name: lines for name, lines in lengths.items() if lines >= CLASS_LINES} == {}


def test_no_import_points_upwards() -> None:
    """The contracts of pyproject.toml: layers, each folder in one of them, and no Qt in core."""
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_modules_import_each_other_in_a_circle(imports: dict[str, list[str]]) -> None:
    assert len(imports) > 200
    assert cycles(imports) == []


def test_a_circle_is_found() -> None:
    assert cycles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d"], "e": ["a"]}) == [["b", "c"], ["d"]]


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        shown(folder)
        for folder in packages()
        if not (folder / "__init__.py").is_file() or not contents(folder / "__init__.py").docstring
    ]
    assert silent == []


def test_no_class_name_stands_twice() -> None:
    places = defaultdict(list)
    for path in modules("core", "gui"):
        for name in contents(path).classes:
            places[name].append(shown(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_module_name_stands_twice() -> None:
    places = defaultdict(list)
    for path in modules("core", "gui"):
        if path.stem != "__init__":
            places[path.stem].append(shown(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_public_function_name_stands_twice() -> None:
    """But a kernel may have the name of the function that calls it."""
    places = defaultdict(list)
    for path in modules("core", "gui"):
        if "kernels" not in path.parts:
            for name in contents(path).public_functions:
                places[name].append(shown(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
