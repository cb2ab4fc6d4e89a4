"""Serving, lesson 07: a model as a folder that is checked before it answers, and a registry of versions."""

from dataml_lab.serving.registry import LocalRegistry, Registry, RegistryError
from dataml_lab.serving.saved import Model, ModelError, load, save
from dataml_lab.serving.schema import Column, Schema, SchemaError

__all__ = ["Column", "LocalRegistry", "Model", "ModelError", "Registry", "RegistryError", "Schema",
           "SchemaError", "load", "save"]
