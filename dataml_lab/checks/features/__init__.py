"""Lesson 03: what features, their leaky twins, an encoder and a test for skew must do."""

from dataml_lab.checks.features.days_since_last import days_since_last
from dataml_lab.checks.features.differ import differ
from dataml_lab.checks.features.encoder import encoder
from dataml_lab.checks.features.features import features
from dataml_lab.checks.features.find_skew import find_skew
from dataml_lab.checks.features.leaky_twin import leaky_twin
from dataml_lab.checks.features.orders_in_last_30d import orders_in_last_30d

EXERCISES = [orders_in_last_30d, days_since_last, features, leaky_twin, encoder, differ, find_skew]
