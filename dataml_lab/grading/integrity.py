"""What a person should look at: signs that a submission attacks the grader, each a clause that names its cell.

No sign costs a point by itself: the judge trusts nothing that comes from a submission.
"""

import re
from collections.abc import Iterator

from dataml_lab.grading.engine.judge import Judgement
from dataml_lab.grading.pages import MOST_TEXT, left_out
from dataml_lab.grading.rebuild import Rebuilt

SIGNS = {
    r"gradebook": "speaks of the gradebook",
    r"DATAML_LAB_(?:SALT|ORACLES|STUDENT)|\.salt\b|(?:student|course)_salt": "asks for the secret of hidden worlds",
    r"\boracles?\b|solutions/|submitted/|autograded/|feedback/": "looks for solutions, or for the work of others",
    r"/proc/|/dev/(?!null)": "reads what Linux tells of processes",
    r"\bctypes\b|\bcffi\b|\bmmap\b": "goes past Python, to memory or the system",
    r"_getframe|currentframe|inspect\.stack|gc\.get_\w+|\bf_back\b": "looks into its caller",
    r"settrace|setprofile|signal\.(?:signal|setitimer|alarm|pthread_sigmask)": "hooks itself into the interpreter",
    r"ast_transformers|input_transformers|display_formatter|run_cell|showtraceback|user_ns": "changes how cells run",
    r"sys\.modules|builtins\.\w+ *=|setattr\( *(?:builtins|np|pd|json|socket)": "replaces what others use",
    r"dataml_lab\.(?:checks\.|grading)|import checks\b": "reaches for the checks or the grader",
    r"os\.(?:fork|kill|killpg|_exit|dup2?|setsid|writev?)\b|\bPopen\b|multiprocessing": "starts or ends processes, or "
                                                                                     "writes to what it did not open",
    r"\bsocket\b|urllib|requests\.|httpx|http\.client": "reaches for a network",
    r"def __(?:eq|ne|lt|le|reduce(?:_ex)?|class|instancecheck|getattribute)__": "defines objects that may lie",
    r"__(?:closure|code|globals|subclasses|mro|dict)__|\b(?:api|state|log|table)\._(?!replace|asdict)":
        "looks inside of what it was lent",
    r"rglob\(|os\.(?:walk|scandir|listdir)|\biterdir\(|expanduser|\.home\(|[\"']\.\./|Path\([\"']/":
        "looks around outside of its folder",
    r"\\x1b|\\033|<script|properties hold|of \d+ points": "writes what looks like a verdict, or is not for people",
    r"get_ipython\(|\bIPython\b|ipykernel": "reaches for the notebook's own machinery",
}
LIED = "its process sent what no honest one sends, forged or from two processes at once, as after os.fork()"
TAMPERING = re.compile(r"graded cell .* was edited|skip-execution|marks of .* were changed|copy of the course's own")


def suspicions(built: Rebuilt, found: Judgement) -> list[str]:
    """The signs in what the student wrote, did to the notebook, and made its process say, a clause each."""
    own = [cell for cell in built.book.cells if cell.cell_type == "code" and cell.id in built.own]
    signs = [f"{cell.id} {words}" for cell in own for sign, words in SIGNS.items() if re.search(sign, cell.source)]
    tampering = [damage.what for damage in built.damage if TAMPERING.search(damage.what)]
    lies = [f"{LIED}: {words}" for words in found.lies]
    return list(dict.fromkeys([*lies, *tampering, *signs, *_not_shown(built)]))


def _not_shown(built: Rebuilt) -> Iterator[str]:
    """What pages leave out of the student's texts, a clause for each cell; only of the first characters, else somebody
    could make it take long."""
    left = MOST_TEXT
    for cell in built.book.cells:
        if cell.cell_type != "markdown" or cell.id not in built.own or len(cell.source) > left:
            continue
        left -= len(cell.source) + 1
        if words := left_out(cell.source, cell.get("attachments")):
            yield f"{cell.id} has what pages leave out: {', '.join(words[:5])}{', …' if len(words) > 5 else ''}"
