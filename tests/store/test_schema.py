import pytest

from dataml_lab.store import schema
from dataml_lab.store.schema import SCHEMAS, TABLES


def test_every_table_has_a_key_and_an_arrival():
    for table in TABLES:
        assert schema(table).table == table
        assert schema(table).key == schema(table).fields[0].name
        assert schema(table).names()[-1] == "received_at"


def test_categories_and_numbers_have_their_limits():
    for fields in (table.fields for table in SCHEMAS.values()):
        for field in fields:
            assert bool(field.known) == (field.kind == "category")
            assert (field.low is not None) == (field.kind in ("id", "money", "number", "whole"))


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="no table 'baskets': it has users, products"):
        schema("baskets")


def test_an_unknown_field_is_an_error():
    with pytest.raises(KeyError):
        schema("orders").field("coupon")
