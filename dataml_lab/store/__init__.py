"""The simulated shop every lesson works on, its true mechanisms, its raw exports and how it is served."""

from dataml_lab.store.faults import Faults
from dataml_lab.store.files import DATASETS
from dataml_lab.store.raw import Raw
from dataml_lab.store.schema import Field, Schema, schema
from dataml_lab.store.store import Store

__all__ = ["DATASETS", "Faults", "Field", "Raw", "Schema", "Store", "schema"]
