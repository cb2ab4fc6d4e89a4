"""The data follow the documented mechanisms: counts against sums of true probabilities."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dataml_lab.store import Store
from dataml_lab.store import mechanisms as true
from dataml_lab.store.schema import TABLES

SHIFT = pd.Timestamp("2025-04-01", tz="UTC")


def z(happened, probability):
    """How many standard errors the number of what happened is off the sum of its probabilities."""
    probability = np.asarray(probability)
    return (np.sum(happened) - probability.sum()) / np.sqrt((probability * (1 - probability)).sum())


def by_strength(happened, probability, parts=5):
    """z in equal parts, from the least to the most probable: calibration, not only the mean."""
    order = np.argsort(probability)
    return [z(happened[rows], probability[rows]) for rows in np.array_split(order, parts)]


def bought(store):
    """Whether each session ended in an order; of an order by phone it is the user's last begun before."""
    orders = store.orders.sort_values(["occurred_at", "order_id"])
    sessions = store.sessions.sort_values(["started_at", "session_id"])
    found = store.activity.dropna(subset="order_id")[["order_id", "session_id"]]
    phone = orders[~orders["order_id"].isin(found["order_id"])]
    last = pd.merge_asof(phone, sessions, left_on="occurred_at", right_on="started_at", by="user_id")
    buyers = set(found["session_id"]) | set(last["session_id"])
    return store.sessions["session_id"].isin(buyers).to_numpy()


def test_purchases_follow_their_probability(large):
    truth = large.truth.sessions["purchase_probability"].to_numpy()
    assert np.abs(by_strength(bought(large), truth)).max() < 3.5


def test_the_purchase_probability_is_the_documented_formula(store):
    truth, sessions = store.truth, store.sessions
    rows = sessions.merge(truth.sessions).merge(truth.users, on="user_id").merge(store.products, on="product_id")
    rows = rows.sort_values("session_id")
    gap = rows.groupby("user_id")["started_at"].diff().dt.total_seconds().div(86_400).fillna(np.inf)
    expected = true.purchase_probability(
        rows["propensity"],
        rows["favourite"].astype("str") == rows["category"].astype("str"),
        rows["price"],
        rows["price_sensitivity"],
        gap,
        False,
    )
    np.testing.assert_allclose(rows["purchase_probability"], expected)


def test_frauds_follow_their_probability_and_are_about_one_per_cent(large):
    fraud = large.payments["is_fraud"].to_numpy()
    truth = large.truth.payments["fraud_probability"].to_numpy()
    assert np.abs(by_strength(fraud, truth, 3)).max() < 3.5
    assert fraud.mean() == pytest.approx(0.01, abs=0.002)
    assert roc_auc_score(fraud, truth) > 0.75


def test_the_fraud_probability_is_the_documented_formula(store):
    rows = store.payments.merge(store.users, on="user_id")
    hours = rows["country"].astype("str").map({name: hours for name, (_, hours) in true.COUNTRIES.items()})
    hour = (rows["occurred_at"] + pd.to_timedelta(hours, unit="h")).dt.hour
    age = (rows["occurred_at"] - rows["signed_up_at"]).dt.total_seconds() / 86_400
    expected = true.fraud_probability(
        rows["amount"], hour, rows["country_mismatch"], age, rows["attempts"], np.zeros(len(rows), bool)
    )
    np.testing.assert_allclose(store.truth.payments["fraud_probability"], expected)


def test_returns_follow_their_probability(large):
    truth = large.truth.orders.set_index("order_id")["return_probability"]
    end = large.deliveries["dispatched_at"].max() - pd.Timedelta("22D")
    seen = large.deliveries[(large.deliveries["status"] == "delivered") & (large.deliveries["delivered_at"] < end)]
    happened = seen["order_id"].isin(large.returns["order_id"]).to_numpy()
    assert np.abs(by_strength(happened, truth.loc[seen["order_id"]].to_numpy())).max() < 3.5


def test_descriptions_say_what_drives_returns(large):
    effect = large.truth.products["phrase_effect"]
    said = sum(large.products["description"].str.contains(phrase, case=False) * e for phrase, e in true.PHRASES.items())
    np.testing.assert_allclose(said, effect)


def minutes(store):
    """The deliveries that arrived, with their minutes and their truth."""
    rows = store.deliveries.merge(store.truth.deliveries).dropna(subset="delivered_at")
    return rows.assign(minutes=(rows["delivered_at"] - rows["dispatched_at"]).dt.total_seconds() / 60)


def test_delivery_times_are_log_normal_around_their_median(large):
    rows = minutes(large)
    noise = np.log(rows["minutes"] / rows["median_minutes"]) / true.DELIVERY_NOISE
    assert noise.mean() == pytest.approx(0, abs=0.02)
    assert noise.std() == pytest.approx(1, abs=0.02)
    assert rows["minutes"].mean() == pytest.approx(rows["mean_minutes"].mean(), rel=0.01)


def test_the_median_of_a_delivery_is_the_documented_formula(store):
    rows = store.deliveries.merge(store.truth.deliveries).merge(store.truth.couriers, on="courier_id")
    zone = rows["zone"].astype("str").map({name: factor for name, (_, factor, _) in true.ZONES.items()})
    weather = rows["weather"].astype("str").map({name: factor for name, (_, factor) in true.WEATHER.items()})
    hour = rows["dispatched_at"].dt.hour
    expected = true.delivery_minutes(rows["distance_km"], zone, hour, weather, rows["factor"], False)
    np.testing.assert_allclose(rows["median_minutes"], expected)


def test_traffic_follows_the_season():
    year = Store(users=2_000, days=365, seed=2)
    daily = year.sessions.groupby(year.sessions["started_at"].dt.floor("D")).size()
    wave = pd.Series(true.season(daily.index.tz_convert(None).to_numpy()), daily.index)
    assert np.corrcoef(daily, wave)[0, 1] > 0.9
    weekday = (daily / wave).groupby(daily.index.day_of_week).mean()
    assert weekday.max() / weekday.min() < 1.08


def test_hours_are_those_of_the_users_own_clock(large):
    rows = large.sessions.merge(large.users, on="user_id")
    offset = rows["country"].astype("str").map({name: hours for name, (_, hours) in true.COUNTRIES.items()})
    local = ((rows["started_at"] + pd.to_timedelta(offset, unit="h")).dt.hour).value_counts(normalize=True)
    np.testing.assert_allclose(local.sort_index(), true.HOURS, atol=0.004)


def test_session_rates_follow_the_latent_rate_until_disengagement(large):
    truth, days = large.truth.users, pd.date_range("2025-01-01", periods=180, tz="UTC")
    kept = (large.users["signed_up_at"] < days[0]) & (truth["disengaged_at"] > days[-1])
    expected = truth.loc[kept, "session_rate"] * true.season(days.tz_convert(None).to_numpy()).sum()
    seen = large.sessions["user_id"].value_counts().reindex(truth.loc[kept, "user_id"], fill_value=0)
    assert abs(seen.sum() - expected.sum()) < 4 * np.sqrt(expected.sum())


def test_activity_fades_after_disengagement_and_nearly_stops_after_churn(large):
    truth = large.truth.users.merge(large.subscriptions[["user_id", "closed_at"]], on="user_id")
    truth = truth[truth["closed_at"].notna() & (truth["disengaged_at"] > "2025-02-01")]
    rows = large.sessions.merge(truth, on="user_id")
    away = (rows["started_at"] - rows["disengaged_at"]).dt.days
    gone = rows["started_at"] > rows["closed_at"]
    per_day = {"before": away.between(-30, -1).sum() / 30, "after": (away.between(7, 13) & ~gone).sum() / 7}
    closed_days = (large.sessions["started_at"].max() - truth["closed_at"]).dt.days.sum()
    assert per_day["after"] < 0.8 * per_day["before"]
    assert gone.sum() / closed_days < 0.05 * per_day["before"] / len(truth)


def test_a_tenth_of_the_subscriptions_is_closed_in_a_quarter(large):
    table = large.subscriptions
    for first, last in (("2025-01-01", "2025-04-01"), ("2025-04-01", "2025-06-30")):
        active = table[(table["started_at"] < first) & ~(table["closed_at"] < first)]
        assert 0.09 < (active["closed_at"] < last).mean() < 0.125


def test_disengagement_follows_its_hazard(large):
    users = large.users.merge(large.truth.users, on="user_id").merge(large.subscriptions, on="user_id")
    clock = users["started_at"].clip(lower=pd.Timestamp("2024-12-02", tz="UTC"))
    waited = (users["disengaged_at"] - clock).dt.total_seconds() / 86_400
    assert (waited * users["disengagement_hazard"]).mean() == pytest.approx(1, abs=0.04)


def test_please_cancel_comes_just_before_churn(store):
    asked = store.tickets[store.tickets["topic"] == "cancel"].merge(store.truth.users, on="user_id")
    days = (asked["churns_at"] - asked["occurred_at"]).dt.total_seconds() / 86_400
    assert len(asked) > 40 and days.between(1, 6.01).all()


def test_ages_are_missing_more_often_the_older_the_user(large):
    missing = large.users["age"].isna().to_numpy()
    assert np.abs(by_strength(missing, large.truth.users["age_missing_probability"].to_numpy(), 4)).max() < 3.5
    assert large.truth.users["age"].mean() - large.users["age"].mean() > 0.5
    known = large.users["age"].notna()
    assert (large.users.loc[known, "age"] == large.truth.users.loc[known, "age"]).all()


def inputs(store, as_of):
    """Counts and recency of orders and sessions before `as_of`, and whether an order follows in 7 days."""
    users = store.users.loc[store.users["signed_up_at"] < as_of, "user_id"]
    found = {}
    for name, frame, time in (("o", store.orders, "occurred_at"), ("s", store.sessions, "started_at")):
        past = frame[frame[time] < as_of]
        age = (as_of - past[time]).dt.days
        for days in (14, 60, 200):
            found[f"{name}{days}"] = past[age < days]["user_id"].value_counts().reindex(users, fill_value=0)
        found[f"{name}_age"] = age.groupby(past["user_id"]).min().reindex(users, fill_value=400)
    ahead = store.orders["occurred_at"].between(as_of, as_of + pd.Timedelta("7D"), inclusive="left")
    return np.log1p(pd.DataFrame(found)), users.isin(store.orders.loc[ahead, "user_id"]).to_numpy()


def test_a_purchase_in_the_next_week_can_be_predicted_but_not_too_well(store):
    days = pd.to_datetime(["2025-04-01", "2025-05-01", "2025-06-01", "2025-06-15"], utc=True)
    (x, y), *later = [inputs(store, day) for day in days]
    model = LogisticRegression(max_iter=1_000).fit(x, y)
    found = np.mean([roc_auc_score(y, model.predict_proba(x)[:, 1]) for x, y in later])
    assert 0.77 < found < 0.83


@pytest.fixture(scope="module", params=["covariate_shift", "concept_shift"])
def shifted(request):
    return request.param, Store(**{request.param: "2025-04-01"})


def test_before_a_shift_nothing_differs(store, shifted):
    _, other = shifted
    when = dict.fromkeys(TABLES, "occurred_at") | {"users": "signed_up_at", "sessions": "started_at"}
    when |= {"subscriptions": "started_at", "deliveries": "dispatched_at"}
    for table in TABLES:
        before = [getattr(world, table) for world in (store, other)]
        if table != "products":
            before = [frame[frame[when[table]] < SHIFT] for frame in before]
        pd.testing.assert_frame_equal(*before)


def test_a_covariate_shift_changes_inputs(store):
    other = Store(covariate_shift="2025-04-01")
    new = other.deliveries[other.deliveries["dispatched_at"] >= SHIFT]
    old = store.deliveries[store.deliveries["dispatched_at"] >= SHIFT]
    assert (new["zone"] == "harbour").mean() > 0.2 and not (old["zone"] == "harbour").any()
    assert new["distance_km"].median() > 1.4 * old["distance_km"].median()
    users = other.users[other.users["signed_up_at"] >= SHIFT]
    assert (users["device"] == "mobile").mean() > 0.6
    assert (users["country"] == "US").mean() > 0.3
    assert (users["acquisition"] == "social").mean() > 0.4


def test_a_covariate_shift_keeps_the_relations(store):
    other = Store(covariate_shift="2025-04-01")
    test_the_median_of_a_delivery_is_the_documented_formula(other)
    test_the_fraud_probability_is_the_documented_formula(other)
    test_the_purchase_probability_is_the_documented_formula(other)


def test_a_concept_shift_changes_relations_and_keeps_inputs(store):
    other = Store(concept_shift="2025-04-01")
    new, old = minutes(other), minutes(store)
    new, old = new[new["dispatched_at"] >= SHIFT], old[old["dispatched_at"] >= SHIFT]
    slope = [np.polyfit(rows["distance_km"], rows["minutes"], 1)[0] for rows in (old, new)]
    assert slope[1] / slope[0] == pytest.approx(4.6 / 3.2, abs=0.1)
    assert new["distance_km"].mean() == pytest.approx(old["distance_km"].mean(), rel=0.05)
    assert new["zone"].value_counts(normalize=True).sub(old["zone"].value_counts(normalize=True)).abs().max() < 0.03
    pd.testing.assert_frame_equal(other.users, store.users)
    pd.testing.assert_frame_equal(other.sessions.drop(columns="ended_at"), store.sessions.drop(columns="ended_at"))
    after = (store.sessions["started_at"] >= SHIFT).to_numpy()
    was, now = (world.truth.sessions["purchase_probability"].to_numpy() for world in (store, other))
    assert (was[~after] == now[~after]).all() and not np.isclose(was[after], now[after]).all()


def test_a_concept_shift_moves_fraud_to_small_amounts_and_keeps_it_rare():
    store = Store(users=8_000, concept_shift="2025-04-01")
    rows = store.payments.merge(store.truth.payments)
    new = rows["occurred_at"] >= SHIFT
    small = rows["amount"] < 20
    assert rows.loc[new, "is_fraud"].mean() == pytest.approx(0.01, abs=0.004)
    rate = rows["fraud_probability"].groupby([new, small]).mean()
    assert rate[False][False] > rate[False][True] and rate[True][False] < rate[True][True]
