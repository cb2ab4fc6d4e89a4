"""What every registry must do; `test_registry` asks it of ours, `test_mlflow` of MLflow.

Each function takes a way to open a registry in a folder.
"""

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sklearn.dummy import DummyRegressor

from dataml_lab.serving import Schema
from dataml_lab.serving.registry import ModelError, RegistryError
from tests.serving.kills import killed_at
from tests.serving.worlds import payments

TABLE = payments()[["amount"]]
SCHEMA = Schema.of(TABLE)


def constant(value):
    """A model whose score is this."""
    return DummyRegressor(strategy="constant", constant=value).fit(TABLE, [0] * len(TABLE))


def value_of(registry, which="champion", name="spend"):
    return registry.load(name, which).score(TABLE)[0]


def it_does_what_a_list_and_stacks_do(opened, folder):
    """Whatever is called in whatever order, also by another that has the folder open, or is opened later."""
    draw, added, stacks, moves = random.Random(4), [], {}, {}
    with opened(folder) as one, opened(folder) as other:
        for _ in range(40):
            registry, alias = draw.choice([one, other]), draw.choice(["champion", "shadow"])
            stack, moved = stacks.setdefault(alias, []), moves.setdefault(alias, [])
            action = draw.choice(["add", "promote", "promote", "promote", "back", "back"])
            if action == "add" and len(added) < 5:
                added.append(draw.random())
                assert registry.add("spend", constant(added[-1]), SCHEMA) == len(added)
            elif action == "promote" and added:
                version = draw.randint(1, len(added))
                registry.promote("spend", version, alias)
                if stack[-1:] != [version]:
                    stack.append(version)
                    moved.append(version)
            elif action == "back" and len(stack) > 1:
                stack.pop()
                moved.append(stack[-1])
                assert registry.roll_back("spend", alias) == stack[-1]
            elif action == "back":
                with pytest.raises(RegistryError, match=r"spend has no|no version was it before"):
                    registry.roll_back("spend", alias)
            compare(draw.choice([one, other]), added, stacks, moves)
    with opened(folder) as later:
        compare(later, added, stacks, moves)
        assert value_of(later, 1) == added[0]
        assert value_of(later) == added[stacks["champion"][-1] - 1]


def compare(registry, added, stacks, moves):
    """The registry holds this."""
    assert registry.versions("spend") == list(range(1, len(added) + 1))
    for alias, stack in stacks.items():
        history = registry.history("spend", alias)
        assert [change.version for change in history] == moves[alias]
        assert all(a.at <= b.at for a, b in pairwise(history))
        if stack:
            assert registry.current("spend", alias) == stack[-1]


def names_live_side_by_side(opened, folder):
    with opened(folder) as registry:
        for value, (name, version) in enumerate([("spend", 1), ("fraud", 1), ("spend", 2)]):
            assert registry.add(name, constant(value), SCHEMA) == version
        registry.promote("fraud", 1)
        assert (value_of(registry, name="fraud"), value_of(registry, 2)) == (1, 2)
        assert registry.history("spend") == []
        with pytest.raises(RegistryError, match=r"^spend has no champion: `promote` a version first$"):
            registry.load("spend")


def of_two_who_take_back_the_same_version_one_is_refused(opened, folder):
    with opened(folder) as one, opened(folder) as other:
        for version in (1, 2, 3):
            one.add("spend", constant(version), SCHEMA)
            one.promote("spend", version)
        assert one.roll_back("spend", of=3) == 2
        with pytest.raises(RegistryError, match=r"spend: champion is version 2, and not 3: it was moved meanwhile"):
            other.roll_back("spend", of=3)
        assert other.current("spend") == 2


def writers_side_by_side_lose_nothing(opened, folder):
    def write(first):
        with opened(folder) as registry:
            versions = []
            for value in (first, first + 1):
                versions.append(registry.add("spend", constant(value), SCHEMA))
                registry.promote("spend", versions[-1])
            return versions

    with ThreadPoolExecutor(2) as pool:
        made = dict(zip((10, 20), pool.map(write, (10, 20)), strict=True))
    with opened(folder) as registry:
        assert registry.versions("spend") == sorted([*made[10], *made[20]]) == [1, 2, 3, 4]
        for first, versions in made.items():
            assert [value_of(registry, version) for version in versions] == [first, first + 1]
        history = registry.history("spend")
        assert sorted(change.version for change in history) == [1, 2, 3, 4]
        assert [change.below for change in history] == [0, 1, 2, 3]
        assert [registry.roll_back("spend") for _ in history[1:]] == [change.version for change in history[-2::-1]]


def what_is_not_there_is_said(opened, folder):
    with opened(folder) as registry:
        with pytest.raises(RegistryError, match=r"^spend has no version 1: `add` one$"):
            registry.promote("spend", 1)
        registry.add("spend", constant(1), SCHEMA)
        for version in (0, 2):
            with pytest.raises(RegistryError, match=f"^spend has no version {version}: it has 1 to 1$"):
                registry.load("spend", version)
        for alias in ("v3", "3", "latest", "Champion", "../up", ""):
            with pytest.raises(ValueError, match=r"is no name of small letters, digits and _"):
                registry.promote("spend", 1, alias)
        with pytest.raises(ValueError, match=r"is no name of small letters"):
            registry.add("../up", constant(1), SCHEMA)
        assert (registry.versions("none"), registry.history("none")) == ([], [])


def a_model_that_may_not_be_saved_is_no_version(opened, folder):
    with opened(folder) as registry:
        for _ in "twice":
            untrusted = constant(1)
            untrusted.extra = shutil.rmtree
            with pytest.raises(ModelError, match=r"not trusted: shutil.rmtree"):
                registry.add("spend", untrusted, SCHEMA)
            assert registry.versions("spend") == []
        assert registry.add("spend", constant(1), SCHEMA) == 1


def a_folder_that_was_changed_or_replaced_is_refused(opened, folder):
    with opened(folder) as registry:
        for value in (1, 2):
            registry.add("spend", constant(value), SCHEMA)
        first, second = registry.path("spend", 1), registry.path("spend", 2)
        shutil.rmtree(second)
        shutil.copytree(first, second)
        with pytest.raises(RegistryError, match=r"the folder is not what was added as spend 2: restore it"):
            registry.load("spend", 2)
        (first / "model.skops").write_bytes(b"")
        with pytest.raises(ModelError, match=r"model.skops: the file is not what was saved"):
            registry.load("spend", 1)
        shutil.rmtree(second)
        with pytest.raises(ModelError, match=r"there is no such folder"):
            registry.load("spend", 2)


def killed_at_any_step_a_change_has_happened_or_has_not(opened, folder, steps):
    """Each of three changes is killed at each step in a process of its own, and done again by another."""
    with opened(folder) as registry:
        for value in (1, 2):
            registry.add("spend", constant(value), SCHEMA)
            registry.promote("spend", value)
    changes = {"add": lambda registry: registry.add("spend", constant(3), SCHEMA),
               "promote": lambda registry: registry.promote("spend", 1),
               "back": lambda registry: registry.roll_back("spend", of=2)}  # fmt: skip
    for name, change in changes.items():
        for step in steps:
            work = folder.with_name(f"{name}-{step}")
            shutil.copytree(folder, work)
            killed = killed_at(step, lambda work=work, change=change: change_in(opened, work, change))
            with opened(work) as registry:
                if not happened(registry, name):
                    change(registry)
                assert happened(registry, name)
            assert not list(work.glob("models/spend/.*"))
            if not killed:
                break
        assert step > 10
        assert not killed


def change_in(opened, folder, change):
    with opened(folder) as registry:
        change(registry)


def happened(registry, name):
    """Whether a change has happened; all of it, or nothing."""
    added, moved = len(registry.versions("spend")) == 3, len(registry.history("spend")) == 3
    assert registry.versions("spend") == [1, 2, 3][:2 + added]
    assert [change.version for change in registry.history("spend")] == [1, 2, 1][:2 + moved]
    assert registry.current("spend") == (1 if moved else 2)
    assert not (added if name != "add" else moved)
    assert value_of(registry, 2 + added) == 2 + added
    return added or moved


BEHAVIOUR = [it_does_what_a_list_and_stacks_do, names_live_side_by_side,
             of_two_who_take_back_the_same_version_one_is_refused, writers_side_by_side_lose_nothing,
             what_is_not_there_is_said, a_model_that_may_not_be_saved_is_no_version,
             a_folder_that_was_changed_or_replaced_is_refused]  # fmt: skip
