"""MLflow behind the names of our own registry: it does what ours does, in a process that ends with the notebook's."""

import shutil
import sys

import pytest

from dataml_lab.serving import RegistryError
from dataml_lab.serving.mlflow import MlflowRegistry, missing, started
from dataml_lab.store.sidecar import Sidecar
from tests.conftest import needs
from tests.serving.registering import (
    BEHAVIOUR,
    SCHEMA,
    constant,
    killed_at_any_step_a_change_has_happened_or_has_not,
    value_of,
)

needs_mlflow = needs("mlflow")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Opens registries that share a process; MLflow takes seconds to make a database, and so has a copy of one."""
    process, template = started(), tmp_path_factory.mktemp("template")
    MlflowRegistry(template, process).versions("none")

    def open_in(folder):
        if not (folder / "mlflow.db").exists():
            shutil.copytree(template, folder, dirs_exist_ok=True)
        return MlflowRegistry(folder, process)

    yield open_in
    process.stop()


@needs_mlflow
@pytest.mark.parametrize("behaviour", BEHAVIOUR, ids=lambda function: function.__name__)
def test_it_is_a_registry(behaviour, opened, tmp_path):
    behaviour(opened, tmp_path)


@needs_mlflow
def test_killed_at_any_step_a_change_has_happened_or_has_not(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(Sidecar, "alive", True)  # the process that is killed can't know: MLflow's isn't its child
    killed_at_any_step_a_change_has_happened_or_has_not(opened, tmp_path / "registry", range(5, 1_000, 15))


@needs_mlflow
def test_an_alias_that_was_moved_with_mlflow_itself_is_there(opened, tmp_path):
    with opened(tmp_path) as registry:
        for value in (1, 2, 3):
            registry.add("spend", constant(value), SCHEMA)
        registry.promote("spend", 1)
        registry._ask("move", name="spend", alias="champion", version=3)
        assert value_of(registry) == 3
        registry.promote("spend", 2)
        assert [change.version for change in registry.history("spend")] == [1, 3, 2]
        assert [registry.roll_back("spend"), registry.roll_back("spend")] == [3, 1]


@needs_mlflow
def test_its_process_ends_with_it(tmp_path, processes):
    with MlflowRegistry(tmp_path, None) as registry:
        assert registry.versions("spend") == []
        pid = registry._process.pid
    assert processes.gone(pid)


def test_what_is_missing_is_said_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAML_LAB_MLFLOW", str(tmp_path / "python"))
    with pytest.raises(RegistryError, match=r"python has no MLflow: `make mlflow` installs it .* DATAML_LAB_MLFLOW"):
        MlflowRegistry(tmp_path).versions("spend")
    monkeypatch.setenv("DATAML_LAB_MLFLOW", sys.executable)
    assert "has no MLflow" in missing()
