"""Drift and monitoring, lesson 08: whether data of today are as those that a model was made for."""

from dataml_lab.drift.compare import Limits, compare
from dataml_lab.drift.dashboard import Dashboard
from dataml_lab.drift.monitor import Monitor, Monitors, by_day
from dataml_lab.drift.profile import Profile
from dataml_lab.drift.report import Report
from dataml_lab.drift.streams import Watch, changes
from dataml_lab.drift.windows import Windows

__all__ = ["Dashboard", "Limits", "Monitor", "Monitors", "Profile", "Report", "Watch", "Windows", "by_day", "changes",
           "compare"]
