"""The row that the body of a request holds, and in words what is wrong with it."""

import json
import math
from collections.abc import Mapping
from typing import Any

from dataml_lab.serving.refusals import Malformed
from dataml_lab.serving.schema import Column, Schema

LARGEST = 1.7e308  # a number that a float can hold
NAMES = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object that the body holds; Malformed if it holds none, or one that names a field twice.

    >>> parsed(b'{"amount": 12.5}')
    {'amount': 12.5}
    """
    try:
        row = json.loads(body, object_pairs_hook=once)
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is no text in {error.encoding}: byte {error.start + 1} is wrong") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is no JSON: {error.msg} at letter {error.pos + 1}") from None
    except (ValueError, RecursionError):
        raise Malformed("the body can't be read: a number in it is too long, or it is nested too deeply") from None
    if not isinstance(row, dict):
        raise Malformed(f"the body is {NAMES.get(type(row), 'null')}, where a JSON object is expected that has a value "
                        "for each field")
    return row


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; Malformed if a name comes twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Malformed(f"the body has the field {next(name for name in names if names.count(name) > 1)!r} twice")
    return found


def problems(schema: Schema, row: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a row that came as JSON, by field. NaN and the infinities are no JSON, so that they aren't
    missing values, as they are in tables.

    >>> schema = Schema((Column("amount", "number", missing=True),))
    >>> problems(schema, {"amount": math.nan}), problems(schema, {"amount": None})
    ({'amount': 'is nan, which JSON has not: a missing value is null'}, {})
    """
    strange = {name: f"is {value}, which JSON has not: a missing value is null" for name, value in row.items()
               if isinstance(value, float) and not math.isfinite(value)}
    large = {name: "has more digits than a number can have here" for name, value in row.items()
             if isinstance(value, int) and abs(value) > LARGEST}
    return schema.problems(row) | strange | large


def example(schema: Schema) -> dict[str, Any]:
    """A row without a problem: each number is 0, or the limit that is nearest to it, each category the first.

    >>> example(Schema((Column("amount", "number", low=1), Column("zone", "category", categories=("north", "south")))))
    {'amount': 1, 'zone': 'north'}
    """
    return {column.name: example_value(column) for column in schema.columns}


def example_value(column: Column) -> Any:
    """A value that the column takes."""
    if column.kind == "category":
        return column.categories[0]
    if column.kind == "flag":
        return False
    nearest = min(max(0, column.low), column.high)
    if column.kind == "number":
        return nearest
    return math.ceil(nearest) if nearest > 0 else math.floor(nearest)
