"""Sizes: the published figures by formula, statsmodels, inverses, and power by simulation."""

import math

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize, samplesize_proportions_2indep_onetail

from dataml_lab.experiments.design import (
    FORMULAS,
    design_effect,
    effect_on_mean,
    effect_on_proportion,
    size_of_means,
    size_of_proportions,
)
from dataml_lab.experiments.effects import Term, counted, difference_of_proportions

PROPORTIONS = ["pooled", "unpooled", "arcsine", "control"]


@pytest.mark.parametrize(("formula", "units"), [("pooled", 1_094), ("unpooled", 1_091), ("arcsine", 1_092),
                                                ("control", 1_031)])  # 1,030.2: web calculators round to 1,030
def test_from_20_to_25_percent_each_formula_has_its_number(formula, units):
    found = size_of_proportions(0.20, 0.05, formula=formula)
    assert (found.control, found.treatment, found.units) == (units, units, 2 * units)
    assert str(found) == f"{units:,} in control and {units:,} in treatment, by: {FORMULAS[formula]}"


def test_from_10_to_11_percent_as_published():
    assert size_of_proportions(0.10, 0.01).control == 14_751
    assert size_of_proportions(0.10, 0.01, formula="arcsine").control == 14_745  # 14,744.1


@pytest.mark.parametrize("ratio", [1, 0.25, 3])
def test_statsmodels_has_the_same_size(ratio):
    arcsine = NormalIndPower().solve_power(proportion_effectsize(0.12, 0.1), power=0.9, alpha=0.01, ratio=ratio)
    ours = size_of_proportions(0.1, 0.02, alpha=0.01, power=0.9, ratio=ratio, formula="arcsine")
    assert ours.control == math.ceil(arcsine) and ours.treatment == math.ceil(ratio * arcsine)
    t = TTestIndPower().solve_power(0.1, power=0.9, alpha=0.01, ratio=ratio)
    assert size_of_means(30, 3, alpha=0.01, power=0.9, ratio=ratio).control == math.ceil(t)


def test_the_pooled_formula_of_statsmodels_is_ours():
    theirs = samplesize_proportions_2indep_onetail(0.05, 0.2, 0.8, ratio=1, alpha=0.025, alternative="larger")
    assert size_of_proportions(0.2, 0.05).control == math.ceil(theirs)


@pytest.mark.parametrize("formula", PROPORTIONS)
@pytest.mark.parametrize("ratio", [1, 0.5])
def test_the_smallest_effect_is_the_inverse(formula, ratio):
    units = size_of_proportions(0.1, 0.02, ratio=ratio, formula=formula).control
    assert effect_on_proportion(0.1, units, ratio=ratio, formula=formula) == pytest.approx(0.02, rel=1e-3)
    assert effect_on_proportion(0.1, units, ratio=ratio, formula=formula) <= 0.02


def test_the_smallest_effect_on_a_mean_is_the_inverse_and_cuped_divides_the_units():
    for kept in (1, 0.33):
        units = size_of_means(30, 2, kept=kept).control
        assert 1.99 < effect_on_mean(30, units, kept=kept) <= 2.0001
    assert size_of_means(30, 2, kept=0.33).control / size_of_means(30, 2).control == pytest.approx(0.33, abs=0.001)


def test_few_units_find_no_rise_at_all():
    assert math.isnan(effect_on_proportion(0.99, 20))


@pytest.mark.parametrize("ratio", [1, 3])
@pytest.mark.parametrize("formula", PROPORTIONS[:3])
def test_the_power_is_as_promised(formula, ratio):
    size, random = size_of_proportions(0.20, 0.05, ratio=ratio, formula=formula), np.random.default_rng(1)
    arms = [counted(units, random.binomial(units, rate, 20_000))
            for units, rate in ((size.control, 0.20), (size.treatment, 0.25))]
    found = (difference_of_proportions(*arms, Term(0)).p_value() < 0.05).mean()
    assert abs(found - 0.8) < 0.02  # the formulas differ by that where arms are unequal


def test_clusters_multiply_the_units():
    assert design_effect(1, 0.5) == 1 and design_effect(20, 0) == 1 and design_effect(20, 1) == 20


@pytest.mark.parametrize(("call", "words"), [
    (lambda: size_of_proportions(0.2, 0.9), "From 0.2 to 1.1: both must be proportions"),
    (lambda: size_of_proportions(0.2, 0), "and differ"),
    (lambda: size_of_proportions(0.2, 0.05, power=80), "power 80"),
    (lambda: size_of_means(1, 1, ratio=0), "a positive ratio")])
def test_what_has_no_size_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
