"""Couriers that both arms share: the model moves waiting from one arm to the other, and zones show that it is none."""

import numpy as np
import pytest

from dataml_lab.experiments.analyse import analyse_table
from dataml_lab.experiments.couriers import delivered
from dataml_lab.experiments.metrics import mean

MINUTES = [mean("minutes", better="lower")]


def test_to_serve_all_is_worth_nothing():
    worth = [delivered("all", seed=seed)["minutes"].mean() - delivered("none", seed=seed)["minutes"].mean()
             for seed in range(5)]
    assert np.abs(worth).max() < 0.3


def test_users_drawn_show_an_effect_that_is_none_and_zones_drawn_do_not():
    by_user = analyse_table(delivered("user"), MINUTES)["minutes"]
    by_zone = analyse_table(delivered("zone"), MINUTES, cluster="zone")["minutes"]
    assert by_user.better and by_user.difference < -4 and by_zone.low < 0 < by_zone.high


@pytest.mark.full
def test_intervals_by_zone_hold_no_effect_as_often_as_promised_and_those_by_delivery_do_not():
    tables = [delivered("zone", seed=seed) for seed in range(200)]
    held = {cluster: np.mean([one.low < 0 < one.high for one in (
        analyse_table(table, MINUTES, cluster=cluster)["minutes"] for table in tables)]) for cluster in ("zone", None)}
    assert 0.91 <= held["zone"] <= 0.99 and held[None] < 0.5  # 0.95, within 2.6 deviations of a share of 200


def test_arms_are_drawn_as_asked():
    users, zones = delivered("user"), delivered("zone")
    assert users.groupby("zone")["arm"].nunique().eq(2).all() and zones.groupby("zone")["arm"].nunique().eq(1).all()
    assert zones.groupby("arm")["zone"].nunique().tolist() == [30, 30]
    assert set(delivered("all")["arm"]) == {"treatment"} and set(delivered("none")["arm"]) == {"control"}
