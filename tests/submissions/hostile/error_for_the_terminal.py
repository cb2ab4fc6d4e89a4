"""Raises an exception with escape sequences for the instructor's terminal: title, clipboard, cursor, keys to be typed,
text that hides.

exercise: revenue
goal: secret
deserves: 0
"""

def revenue(orders):
    raise ValueError("\x1b]0;was here\x07\x1b]52;c;d2FzIGhlcmU=\x07\x1b[2J\x1b[H\x1b[8m\x1b[5i\x9b31m\x1bP$q\x1b\\"
                     "\x1b[c\x1b[21t\x1b]8;;file:///etc/passwd\x07all is well\x1b]8;;\x07\r\b\b\u202e")
