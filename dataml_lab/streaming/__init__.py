"""The streams of lesson 02: one question about windows of time, answered by a batch job and by a stream processor.

`Question` asks for counts and sums by key and window (`Tumbling`, `Sliding`, `Sessions`); a `Processor` answers it from
records as they arrive, in a file that survives a crash, and `follow` gives it the records of a topic.
"""

from dataml_lab.streaming.follow import Followed, follow
from dataml_lab.streaming.processor import Arrived, Counts, Processor
from dataml_lab.streaming.windows import Question, Sessions, Sliding, Tumbling, Window, Windows, joined

__all__ = [
    "Arrived",
    "Counts",
    "Followed",
    "Processor",
    "Question",
    "Sessions",
    "Sliding",
    "Tumbling",
    "Window",
    "Windows",
    "follow",
    "joined",
]
