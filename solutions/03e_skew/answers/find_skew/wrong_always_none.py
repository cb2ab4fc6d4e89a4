"""Never finds anything.

fails: finds what a missing amount counts for; finds how many days the window has; finds in which time zone the hour is told; finds what is rounded; finds what becomes of a category that nobody has seen; finds what the last event is; returns no event that isn't needed; returns None where nothing differs
says: find_skew returned None
"""

def find_skew(train_fn, serve_fn, sampler):
    return min([], default=None)
