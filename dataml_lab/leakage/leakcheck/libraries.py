"""Functions of the field's libraries: they divide rows, put them together, copy them, or compute from them."""

import ast

from dataml_lab.leakage.leakcheck import names
from dataml_lab.leakage.leakcheck.data import joined, merged
from dataml_lab.leakage.leakcheck.estimators import about_scale, fit_model
from dataml_lab.leakage.leakcheck.interface import LIBRARY, Call, Walker, library, tags_of
from dataml_lab.leakage.leakcheck.scores import judged
from dataml_lab.leakage.leakcheck.values import UNKNOWN, Step, Thing, Value, deep, narrowed, together


@library("train_test_split", "stratified_split", "random_split")
def _(walker: Walker, it: Call) -> Value:
    """Divides each of its arrays into the same two parts; `random_split` one into as many as lengths."""
    arrays = [deep(value) for value in it.arguments] + [
        deep(it.keywords[name]) for name in ("arrays",) if name in it.keywords]
    if it.name == "random_split":
        lengths = it.argument(1, "lengths")
        return Value(items=tuple(parts(walker, it, arrays[:1], len(lengths.items) if lengths and lengths.items else 2)))
    return Value(items=tuple(parts(walker, it, [one for one in arrays if one.constant is None], 2)))


def parts(walker: Walker, it: Call, arrays: list[Value], number: int) -> list[Value]:
    """The parts of each array after one another, and the division noted."""
    key = division_key(walker, it, arrays)
    found = []
    for place, array in enumerate(arrays):
        noted = array.but(learned=array.all_learned if not place else about_scale(array))
        walker.diary.divided(noted, "split", walker.line)
        for part in range(number):
            step = Step("split", key, part)
            clean = array.but(origin=None, items=None, entries=None, mask=None, statistics=frozenset())
            found.append(clean.but(rows=narrowed(array.rows, step)) if array.rows else clean.but(step=step))
    return found


def division_key(walker: Walker, it: Call, arrays: list[Value]) -> tuple:
    """What tells a random division from others: its seed and its share, or its place in the program."""
    seed = it.keywords.get("random_state")
    turns = frozenset().union(*(array.tags for array in arrays[1:]), seed.tags if seed else frozenset())
    if not seed or not isinstance(seed.constant, int):
        text = ast.unparse(next((one.value for one in it.node.keywords if one.arg == "random_state"), it.node))
        return (text if seed else walker.site(it.node), turns, size_of(it))
    return ("seed", seed.constant, size_of(it), turns)


def size_of(it: Call) -> str:
    """The shares of a division, and what else decides it, as they are written."""
    return " ".join(sorted(ast.unparse(one) for one in it.node.keywords if one.arg in ("test_size", "train_size",
                                                                                        "shuffle")))


@library(*names.CROSS_VALIDATIONS)
def _(walker: Walker, it: Call) -> Value:
    """Divides rows into folds, and fits and scores inside of each."""
    data, truth = it.argument(1, "X"), it.argument(2, "y")
    if data is not None:
        learned = deep(data).all_learned | (about_scale(deep(truth)) if truth else frozenset())
        walker.diary.divided(deep(data).but(learned=learned), "cv", walker.line)
    return UNKNOWN


@library("next", "iter", "list", "tuple", "sorted", "reversed", "tqdm", "trange", "tnrange", "tqdm_notebook", "set")
def _(walker: Walker, it: Call) -> Value:
    """Elements one after another, or the first of them."""
    value = it.arguments[0] if it.arguments else Value(items=())
    if it.name == "next":
        found = value.items[0] if value.items else value
        return once(found) if value.mode == "folds" else found
    return value.but(origin=None)


def once(pair: Value) -> Value:
    """One pair of a splitter, taken instead of a loop over all: a split."""
    if not pair.items:
        return pair
    return Value(items=tuple(one.but(step=one.step._replace(kind="split")) if one.step else one for one in pair.items))


@library("len")
def _(walker: Walker, it: Call) -> Value:
    """A number of rows."""
    value = deep(it.arguments[0]) if it.arguments else UNKNOWN
    return Value(tags=value.tags, counted=value.rows)


@library("range")
def _(walker: Walker, it: Call) -> Value:
    """Numbers, or the places of rows."""
    return Value(tags=together([UNKNOWN, *it.arguments]).tags, mode="places")


@library("enumerate")
def _(walker: Walker, it: Call) -> Value:
    """Pairs of a number and an element."""
    value = it.arguments[0] if it.arguments else UNKNOWN
    if value.items:
        return Value(items=tuple(Value(items=(Value(tags=one.tags), one)) for one in value.items[:16]), mode=value.mode)
    element = value.but(items=None, constant=None)
    return Value(items=(Value(items=(UNKNOWN, element)),) * 2, mode=value.mode)


@library("zip", "product")
def _(walker: Walker, it: Call) -> Value:
    """Tuples of the elements of each."""
    lists = [value.items if value.items else tuple(Value(constant=key) for key, _ in value.entries)
             if value.entries else (value,) * 2 for value in it.arguments]
    if it.name == "product":
        lists = [(one * 2)[:max(map(len, lists))] for one in lists]
    return Value(items=tuple(Value(items=tuple(row)) for row in zip(*lists, strict=False)))


@library("deepcopy", "clone", "copy")
def _(walker: Walker, it: Call) -> Value:
    """A copy of data or of an estimator."""
    return it.arguments[0].but(origin=None) if it.arguments else UNKNOWN


@library("concat", "concatenate", "vstack", "hstack", "append", "row_stack", "column_stack", "dstack", "stack", "cat",
         "r_", "c_", "ConcatDataset", "chain")
def _(walker: Walker, it: Call) -> Value:
    """Data put below each other, or beside each other."""
    axis = it.constant(1, "axis")
    beside = axis in (1, "columns", -1) or it.name in ("hstack", "column_stack", "dstack", "c_")
    first = it.argument(0, "objs", "tup", "arrays", "datasets")
    values = Value(items=tuple(it.arguments)) if it.name in ("append", "chain") else first or UNKNOWN
    return joined(walker, values, beside, it.node)


@library("repeat")
def _(walker: Walker, it: Call) -> Value:
    """Rows several times."""
    data = deep(it.argument(0, "a") or UNKNOWN)
    copies = walker.learn("copy", "repeat copies rows", data.rows) if it.constant(2, "axis") == 0 else frozenset()
    return data.but(origin=None, constant=None, learned=data.learned | copies)


@library("resample")
def _(walker: Walker, it: Call) -> Value:
    """Rows drawn again with replacement: copies."""
    found = []
    for value in map(deep, it.arguments):
        copies = frozenset()
        if it.constant(9, "replace") is not False:
            copies = walker.learn("copy", "resample draws rows again", value.rows)
        found.append(value.but(learned=value.all_learned | copies, origin=None))
    return Value(items=tuple(found)) if len(found) > 1 else found[0] if found else UNKNOWN


@library(*names.STATISTICS - {"sum", "min", "max"} - names.COUNTS, "sum", "min", "max")
def _(walker: Walker, it: Call) -> Value:
    """A statistic by a function of numpy or scipy; the built-in `max`, `min` and `sum` of anything."""
    values = [deep(value) for value in it.given]
    if any(value.judged for value in values):
        return together([judged(walker, value) for value in values if value.judged])
    whole = together([UNKNOWN, *values])
    builtin = isinstance(it.node.func, ast.Name) and it.name in ("sum", "min", "max")
    if builtin and "key" in it.keywords and it.arguments:
        tried(walker, it)
    if builtin or it.constant(1, "axis") in (1, -1, "columns") or whole.mode == "rowwise" or not whole.rows:
        return whole.but(constant=None, rows=frozenset() if builtin else whole.rows, fits=frozenset())
    if whole.fits:
        return whole
    return Value(statistics=whole.all_learned | walker.learn("statistic", f"{it.name} is computed", whole.rows),
                 tags=whole.tags, seen=whole.seen)


def tried(walker: Walker, it: Call) -> None:
    """Walks the function by which `max` or `min` compares, for two of the candidates."""
    for made in it.keywords["key"].things:
        for candidate in walker.elements(it.arguments[0], it.node)[:2] if made.kind == "function" else ():
            walker.call_function(made, [candidate], {}, it.node)


@library(*names.FITTING_FUNCTIONS, "cut")
def _(walker: Walker, it: Call) -> Value:
    """Data that a function scales, bins or ranks by all of their rows."""
    data = deep(it.argument(0, "x", "X", "a") or UNKNOWN)
    bins = it.argument(1, "bins")
    fixed = it.name == "cut" and (bins is None or bins.items is not None or not isinstance(bins.constant, int))
    lmbda = it.name == "boxcox" and len(it.arguments) > 1
    extra = frozenset() if fixed or lmbda else walker.learn("fit", f"{it.name} is computed", data.rows)
    if bins is not None:
        extra |= deep(bins).statistics
    result = data.but(learned=data.all_learned | extra, origin=None, mask=None)
    return Value(items=(result, Value(statistics=extra))) if it.name == "boxcox" and not lmbda else result


@library("read_csv", "read_excel", "read_parquet", "read_json", "read_table", "read_sql", "read_pickle", "read_feather",
         "loadtxt", "genfromtxt", "load", "read_sql_query", "read_hdf")
def _(walker: Walker, it: Call) -> Value:
    """Rows of a file; the same file has the same rows."""
    name = it.constant(0, "filepath_or_buffer")
    text = name if isinstance(name, str) else (ast.unparse(it.node), *walker.stack)
    role = names.role_in(name.rpartition("/")[2]) if isinstance(name, str) else ""
    tags = together([UNKNOWN, *map(deep, it.arguments)]).tags
    step = Step("source", ("file", text), (role or "all", tags))
    return Value(rows=frozenset([(step,)]), tags=tags)


@library("train", "cv")
def _(walker: Walker, it: Call) -> Value:
    """Boosting by the functions of LightGBM and XGBoost."""
    data = deep(it.argument(1, "dtrain", "train_set", "dtrain", "pool") or UNKNOWN)
    if it.name == "cv":
        walker.diary.divided(data, "cv", walker.line)
        return UNKNOWN
    made = Thing("model", "Booster", key=("Booster", walker.site(it.node)), line=walker.line, tags=tags_of(it))
    fit_model(walker, it, made, data, UNKNOWN)
    return walker.thing(made)


@library("OLS", "GLM", "Logit", "WLS", "ols", "logit", "glm")
def _(walker: Walker, it: Call) -> Value:
    """A model of statsmodels, which is given its data before it is fitted."""
    data = [value for value in it.given if value.rows]
    made = Thing("model", it.name, key=(it.name, walker.site(it.node)), line=walker.line, tags=tags_of(it))
    made.options["data"] = data[-1] if data else UNKNOWN
    return walker.thing(made)


@library("DataFrame", "Series", "array", "asarray", "get_dummies", "Dataset", "DMatrix", "Pool", "csr_matrix", "tensor",
         "from_numpy", "to_categorical", "pad_sequences", "to_datetime", "to_numeric", "Tensor", "FloatTensor",
         "LongTensor", "where", "log", "log1p", "sqrt", "exp", "TensorDataset", "DataLoader", "expand_dims",
         "from_tensor_slices", "squeeze", "ravel", "abs", "square", "round", "float", "int", "argmax", "str",
         "factorize")
def _(walker: Walker, it: Call) -> Value:
    """The same rows in another form."""
    values = [value for value in it.given if value.rows or value.parts or value.fits or value.judged or value.seen
              or value.statistics]
    if not values:
        return Value(items=(), entries=()) if it.name == "DataFrame" and not it.given else together(
            [UNKNOWN, *map(deep, it.given)]).but(constant=None)
    first = deep(values[0])
    if first.rows and not first.fits:
        first = first.but(things=frozenset())
    number_or_length = it.name in ("to_categorical", "pad_sequences")
    others = () if number_or_length else map(deep, values[1:])
    rest = together([UNKNOWN, *others])
    learned = first.all_learned | (rest.all_learned if first.rows else frozenset())
    return first.but(learned=learned if first.rows else first.learned, origin=None, constant=None, mask=None,
                     mode=first.mode if first.mode == "rowwise" else "",
                     statistics=frozenset() if first.rows else first.statistics, tags=first.tags | rest.tags,
                     seen=first.seen | rest.seen)


@library("arange", "linspace", "logspace", "geomspace", "zeros", "ones", "empty", "eye", "RandomState", "default_rng",
         "randint", "choice", "permutation", "shuffle", "seed", "figure", "subplots")
def _(walker: Walker, it: Call) -> Value:
    """Numbers that are no data; places drawn from a number of rows."""
    value = together([UNKNOWN, *map(deep, it.given)])
    if it.name in ("permutation", "choice") and value.rows:
        return value.but(origin=None)
    return Value(tags=value.tags, mode="places" if it.name in ("permutation", "arange") else "",
                 items=(UNKNOWN, UNKNOWN) if it.name == "subplots" else None)


@library("merge", "merge_asof")
def _(walker: Walker, it: Call) -> Value:
    """Rows of the first table with columns of the second."""
    left, right = (deep(it.argument(place, name) or UNKNOWN) for place, name in enumerate(("left", "right")))
    return merged(left, right)


__all__ = ["LIBRARY"]
