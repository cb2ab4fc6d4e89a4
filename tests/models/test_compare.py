"""The measured table: what is measured of each model, in words a person reads; the same scores twice."""

import io
import sys
import warnings
from functools import partial

import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from dataml_lab.models import Family, compare, families
from dataml_lab.models.compare import costs, reached, show_progress, table
from dataml_lab.models.worlds import TEST_ROWS, few_rows, trend

MODELS = {"nothing": DummyClassifier(), "linear": make_pipeline(StandardScaler(), LogisticRegression())}


def test_a_score_is_that_of_a_model_fitted_by_hand():
    runs = compare(MODELS, [few_rows], seeds=[4, 7])
    assert runs[["model", "seed"]].to_numpy().tolist() == [
        ["nothing", 4], ["linear", 4], ["nothing", 7], ["linear", 7]]
    for run in runs.itertuples():
        world = few_rows(run.seed)
        by_hand = world.score(MODELS[run.model].fit(world.X_train, world.y_train))
        assert (run.score, run.best) == (by_hand, world.best)
        assert run.reached == pytest.approx((by_hand - 0.5) / (world.best - 0.5))
        assert run.bytes > 100 and min(run.fit_s, run.one_row_ms, run.batch_ms) > 0


def test_the_models_that_are_given_stay_unfitted():
    model = DummyClassifier()
    compare({"linear": model}, [few_rows], [0])
    with pytest.raises(NotFittedError):
        check_is_fitted(model)


def test_scores_are_the_same_to_the_digit_printed_when_measured_again():
    worlds = [few_rows, partial(trend, rows=60)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the net is stopped before it has converged
        one, again = (compare(families(), worlds, [5]) for _ in range(2))
    assert table(one).equals(table(again)) and reached(one).equals(reached(again))
    assert table(one).index.tolist() == [*families(), "best possible"]
    assert table(one).columns.tolist() == ["few_rows", "trend"]
    assert costs(one).index.tolist() == [*families()] and (costs(one) > 0).all(axis=None)


def test_the_table_tells_mean_and_spread_over_the_seeds():
    runs = compare(MODELS, [few_rows], range(3))
    scores = runs.loc[runs["model"] == "linear", "score"]
    assert table(runs).loc["linear", "few_rows"] == f"{scores.mean():.2f} ± {scores.std():.2f}"
    assert table(runs).loc["nothing", "few_rows"] == "0.50 ± 0.00"
    assert table(runs).loc["best possible", "few_rows"] == f"{runs['best'].mean():.2f}"
    assert table(compare(MODELS, [few_rows], [1])).loc["linear", "few_rows"].endswith("± 0.00")


def test_a_family_has_a_model_for_labels_and_one_for_numbers():
    both = Family(MODELS["linear"], LinearRegression())
    runs = compare({"linear": both}, [few_rows, trend], [0]).set_index("world")
    assert runs.loc["few_rows", "score"] > 0.6 and abs(runs.loc["trend", "reached"] - 1) < 0.05


class Counting(BaseEstimator):
    """Notes how many rows each prediction is for."""

    asked = ()

    def fit(self, X, y):
        Counting.asked = ()
        return self

    def predict(self, X):
        Counting.asked += (len(X),)
        return [0.0] * len(X)


def test_latency_is_of_one_row_and_of_all_rows_of_the_test():
    compare({"counting": Counting()}, [trend], [0])
    assert Counting.asked == (TEST_ROWS, 1)


@pytest.mark.parametrize(("terminal", "seconds", "told"), [
    (True, 6.0, "12 of 36 models measured, 12 s left"), (True, 1.0, ""), (False, 6.0, "")])
def test_progress_is_shown_on_a_terminal_after_two_seconds(monkeypatch, terminal, seconds, told):
    written = io.StringIO()
    written.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", written)
    show_progress(12, 36, seconds)
    assert written.getvalue().strip() == told
