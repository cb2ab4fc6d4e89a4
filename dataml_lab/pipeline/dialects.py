"""Dialects: a query for PostgreSQL in the words of BigQuery, Snowflake and Redshift, and from theirs back to DuckDB's.

sqlglot translates names of types and functions. What a warehouse lacks it leaves as it is, and it knows no types of
columns: both are seen to here. None of the three can be installed, so DuckDB runs what their texts say.
"""

from sqlglot import exp, parse_one

WAREHOUSES = ("bigquery", "snowflake", "redshift")


def compiled(sql: str, warehouse: str) -> str:
    """A query for PostgreSQL in the dialect of a warehouse: without `FILTER`, and days between dates by a function."""
    tree = parse_one(sql, read="postgres").transform(without_filter).transform(days_between)
    return tree.sql(warehouse, pretty=True)


def for_duckdb(sql: str, warehouse: str) -> str:
    """A query in the dialect of a warehouse, as DuckDB runs it."""
    return parse_one(sql, read=warehouse).sql("duckdb")


def without_filter(node: exp.Expression) -> exp.Expression:
    """`count(*) FILTER (WHERE x)` as `count(CASE WHEN x THEN 1 END)`, and other aggregates of one argument likewise.

    >>> parse_one("max(day) FILTER (WHERE known)").transform(without_filter).sql()
    'MAX(CASE WHEN known THEN day END)'
    """
    if not isinstance(node, exp.Filter):
        return node
    aggregate, condition = node.this, node.expression.this
    value = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    return type(aggregate)(this=exp.Case().when(condition, value))


def days_between(node: exp.Expression) -> exp.Expression:
    """The difference of two dates, which is a number of days in PostgreSQL and an interval in BigQuery, by a function.

    >>> parse_one("DATE '2025-03-02' - CAST(x AS date)").transform(days_between).sql("bigquery")
    "DATE_DIFF(CAST('2025-03-02' AS DATE), CAST(x AS DATE), DAY)"
    """
    if not isinstance(node, exp.Sub) or not all(side.is_type("date") for side in (node.left, node.right)):
        return node
    return exp.DateDiff(this=node.left, expression=node.right, unit=exp.var("DAY"))
