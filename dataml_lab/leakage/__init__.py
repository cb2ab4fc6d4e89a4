"""Leakage, lesson 06: what a score claims beside what production gives, and detectors for it."""

from dataml_lab.leakage.audit import audit, audit_features
from dataml_lab.leakage.examine import examine
from dataml_lab.leakage.report import Finding, Report

__all__ = ["Finding", "Report", "audit", "audit_features", "examine"]
