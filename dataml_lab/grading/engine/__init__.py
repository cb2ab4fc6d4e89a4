"""How a submission runs: a warm template process, a fork of it for each submission, and the sandbox of a fork."""
