"""Lesson 02: what windows over a stream, a table that counts once, and the choice of batch or stream must do."""

from dataml_lab.checks.streaming.choose import choose
from dataml_lab.checks.streaming.deliver import deliver
from dataml_lab.checks.streaming.spending import spending
from dataml_lab.checks.streaming.tips_at import tips_at

EXERCISES = [spending, deliver, choose, tips_at]
