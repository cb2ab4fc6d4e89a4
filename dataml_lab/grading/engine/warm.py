"""What a template imports before it forks: all that lessons and checks use, so that no student's process has to."""

import duckdb  # noqa: F401
import IPython.core.completer  # noqa: F401
import lightgbm  # noqa: F401
import matplotlib.backends.backend_agg
import matplotlib.pyplot  # noqa: F401
import scipy.stats  # noqa: F401
import seaborn  # noqa: F401
import sklearn.compose
import sklearn.ensemble
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.pipeline
import sklearn.preprocessing  # noqa: F401

from dataml_lab.checks import LESSONS, exercises
from dataml_lab.grading.engine.shell import shell

for lesson in LESSONS:
    exercises(lesson)
shell()
