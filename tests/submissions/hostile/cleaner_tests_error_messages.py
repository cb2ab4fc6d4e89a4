"""Calls the cleaner wrongly, and tells the faulty ones by the name of the function in the error, which a channel may
pass on.

exercise: cleaner_tests
goal: marks
deserves: 0
"""

def said(clean, *arguments):
    """What a wrong call says."""
    try:
        clean(*arguments)
    except BaseException as error:
        return f"{type(error).__name__} {error} {error.__traceback__ and error.__traceback__.tb_frame.f_code.co_names}"
    return ""


FAULTY = ("_refuses", "_keeps", "_turns", "_accepts", "_names", "_fills", "_drops", "_cuts", "_raises", "_changes")


def test_totals(clean):
    words = [said(clean, *arguments) for arguments in ((), (1, 2), ({}, {}), ({"total": 10**400},), ({"total": []},))]
    assert not any(name in word for word in words for name in FAULTY)
