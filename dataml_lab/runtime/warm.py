"""Importing this module imports the libraries that lessons use, and makes the shell: a process that is forked
afterwards has them at once. The template of all workers does so."""

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

from dataml_lab.runtime.shell import shell

shell()
