"""Makes a test of each of 51 totals, where one test can look at many.

points: 0
says: There are 51 functions
"""


def refuses(total):
    def test(clean):
        assert clean({"total": total}) is None

    return test


for number in range(51):
    globals()[f"test_{number}"] = refuses(-number)
