"""The streams of lesson 02: one question about windows of time, answered by a batch job and by a stream processor."""
