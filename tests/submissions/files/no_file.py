"""The folder holds nothing but what a file manager leaves.

exercise: revenue
goal: accident
deserves: 0
"""


def files(notebook):
    return {".DS_Store": b"\0\0\0\1Bud1", "Thumbs.db": b"\xd0\xcf\x11\xe0", "desktop.ini": b"[.ShellClassInfo]\r\n"}
