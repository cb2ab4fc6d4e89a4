"""Processes that run an answer and crash, at a step of the systems that it uses."""

from dataml_lab.runtime.deadline import Stopped


class Crash(Stopped):
    """The process that ran the answer is gone."""


class Process:
    """One run of an answer: counts its steps, and crashes at one of them; nothing goes on after a crash."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.crash_at, self.steps = crash_at, []

    @property
    def crashed(self) -> bool:
        """Whether the crash has come."""
        return self.crash_at is not None and len(self.steps) >= self.crash_at

    def step(self, name: str) -> None:
        """Something that a crash can come just before."""
        if not self.crashed:
            self.steps.append(name)
        if self.crashed:
            raise Crash
