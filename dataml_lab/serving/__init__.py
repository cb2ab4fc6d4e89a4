"""Serving, lesson 07: a saved model that is checked before it answers, behind HTTP, in batches, and as a dependency."""

from dataml_lab.serving.batch import BatchError, score_folder
from dataml_lab.serving.client import Remote, Unanswered
from dataml_lab.serving.fallback import Answer, BadInput, Breaker, Cache, Deadline, Fallback, Late, Refused, Reply
from dataml_lab.serving.registry import LocalRegistry, Registry, RegistryError
from dataml_lab.serving.saved import Model, ModelError, load, save
from dataml_lab.serving.schema import Column, Schema, SchemaError
from dataml_lab.serving.serve import Server, promoted, saved_in
from dataml_lab.serving.service import Service, Settings
from dataml_lab.serving.shadow import Shadow

__all__ = ["Answer", "BadInput", "BatchError", "Breaker", "Cache", "Column", "Deadline", "Fallback", "Late",
           "LocalRegistry", "Model", "ModelError", "Refused", "Registry", "RegistryError", "Remote", "Reply", "Schema",
           "SchemaError", "Server", "Service", "Settings", "Shadow", "Unanswered", "load", "promoted", "save",
           "saved_in", "score_folder"]  # fmt: skip
