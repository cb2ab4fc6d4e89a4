"""What CONTRIBUTING.md shows is what stands in the files that it names."""

import re
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1]
SHOWN = re.findall(r"(?s)```(?:python|toml)\n(.+?)```", (COURSE / "CONTRIBUTING.md").read_text("utf-8"))
FILES = ("dataml_lab/checks/pipeline/affected.py", "solutions/01e_late_data/01e_late_data.py",
         "solutions/01e_late_data/answers/affected/mistakes.toml")


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.strip().splitlines()[-1])
def test_code_that_is_shown_stands_in_a_file(code):
    lines = [line for line in code.splitlines() if line]
    assert any(set(lines) <= set((COURSE / file).read_text("utf-8").splitlines()) for file in FILES)
