"""nbgrader on this course: solutions/ is released to notebooks/; submissions are graded in hidden worlds."""

import os
import secrets
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from dataml_lab.grading import pages
from dataml_lab.grading.stock import ExecuteInHiddenWorlds, Export, LeaveOutClaims, OnlyWhereAllowed, RestoreMarks

COURSE = Path(__file__).resolve().parent

# nbgrader calls `alembic` by name, and no environment need be activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

c = get_config()
c.CourseDirectory.course_id = "dataml-lab"
c.CourseDirectory.root = str(COURSE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# Sources, oracles and catalogued answers lie beside the solution notebook, and must not travel with it.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "__pycache__", "*.pyc", "*.lab.tmp", "[0-9][0-9]*_*.py", "oracle.py", "answers"]
c.Exchange.root = str(COURSE / "exchange")

c.GenerateAssignment.preprocessors.insert(0, LeaveOutClaims)
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nreturn NotImplemented"}

c.Autograde.exporter_class = OnlyWhereAllowed
c.Autograde.sanitize_preprocessors = [
    ClearOutput, RestoreMarks, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    ExecuteInHiddenWorlds, IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
c.ExportApp.plugin_class = Export
# nbgrader skips pages that exist, and doesn't see that a score or a mark has changed since.
c.GenerateFeedback.force = True
c.GenerateFeedback.preprocessors = [pages.Scores, CSSHTMLHeaderPreprocessor]
c.Execute.skip_cells_with_tag = f"never-{secrets.token_hex(8)}"  # else a tag skips a test, for full marks
c.Execute.timeout = 60
c.Execute.shutdown_kernel = "immediate"
c.KernelManager.transport_encryption = "auto"

# What students wrote is shown by formgrader, on the origin of Jupyter, and in feedback.
c.HTMLExporter.extra_template_basedirs = pages.TEMPLATES
c.HTMLExporter.template_file = "guarded.html.j2"
c.HTMLExporter.filters = pages.FILTERS
c.HTMLExporter.preprocessors = [pages.HarmlessOutputs]
c.HTMLExporter.sanitize_html = True
