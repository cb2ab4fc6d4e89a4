"""The floors of the house: imports point downwards, without a circle, in rooms as well; the ground weighs nothing."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dataml_lab"
FLOORS = [{"runtime"}, {"store"}, {"pipeline"}, {"streaming"}, {"features"}, {"models"}, {"evaluation"}, {"leakage"},
          {"serving"}, {"drift"}, {"experiments"}, {"checks"}, {"grading"}, {"term"},
          {"lab", "doctor", "work", "checking", "cli"}]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The names in this package that a module imports, anywhere in it, and those that it imports names from."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("dataml_lab.")}


def imported_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path)}


def module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path):
    if path == PACKAGE / "__init__.py":
        assert not imported_rooms(path)
        return
    own = room(path)
    above = {other for other in imported_rooms(path) - {own} if FLOOR[other] > FLOOR[own]}
    assert not above, f"{path.name} is on floor {FLOOR[own]} and imports {above} from above"


def test_no_circle_of_imports_inside_a_room():
    modules = {module(path): path for path in PACKAGE.rglob("*.py")}
    graph = {name: {found if found in modules else found.rpartition(".")[0] for found in imports(path)} - {name}
             for name, path in modules.items()}
    list(TopologicalSorter(graph).static_order())  # CycleError names the modules of a circle


def test_every_room_has_a_floor():
    assert {room(path) for path in PACKAGE.rglob("*.py")} - {"__init__"} == set(FLOOR)


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_imports_nothing_heavy():
    heavy = {"numpy", "pandas", "duckdb", "matplotlib", "httpx", "fastapi", "nbformat", "IPython"}
    assert not heavy & modules_after("import dataml_lab")
    assert not heavy & modules_after("import dataml_lab.cli")


def test_the_store_starts_no_server_and_needs_no_plots():
    assert not {"fastapi", "uvicorn", "matplotlib", "sklearn"} & modules_after("import dataml_lab.store")
