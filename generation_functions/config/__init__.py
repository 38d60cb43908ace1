"""Config to keyword arguments: read a YAML file, find the pipeline, bind the one to the other."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_functions.config.annotations import SettingsOf as SettingsOf
    from generation_functions.config.binding import BoundConfig as BoundConfig
    from generation_functions.config.binding import bind as bind
    from generation_functions.config.catalog import Catalog as Catalog
    from generation_functions.config.catalog import PipelineEntry as PipelineEntry
    from generation_functions.config.environment import Environment as Environment
    from generation_functions.config.module_loader import Pipeline as Pipeline
    from generation_functions.config.overrides import Override as Override
    from generation_functions.config.overrides import parse_override as parse_override
    from generation_functions.config.project import PreparedRun as PreparedRun
    from generation_functions.config.project import Project as Project
    from generation_functions.config.resolved import fingerprint as fingerprint
    from generation_functions.config.resolved import resolved_yaml as resolved_yaml
    from generation_functions.config.schema import pipeline_schema as pipeline_schema
    from generation_functions.config.schema import sections_of as sections_of
    from generation_functions.config.secrets import Secrets as Secrets
    from generation_functions.config.settings import Budget as Budget
    from generation_functions.config.settings import RunSettings as RunSettings
    from generation_functions.config.signature import Signature as Signature
    from generation_functions.config.signature import signature_of as signature_of
    from generation_functions.config.suggestions import closest as closest
    from generation_functions.config.suggestions import did_you_mean as did_you_mean
    from generation_functions.config.super_config import SuperConfig as SuperConfig
    from generation_functions.config.super_config import load_super_config as load_super_config
    from generation_functions.config.tree import Document as Document
    from generation_functions.config.tree import Node as Node
    from generation_functions.config.yaml_loader import load_yaml as load_yaml
    from generation_functions.config.yaml_loader import parse_yaml as parse_yaml

_HOMES = {
    "annotations": ("SettingsOf",),
    "binding": ("BoundConfig", "bind"),
    "catalog": ("Catalog", "PipelineEntry"),
    "environment": ("Environment",),
    "module_loader": ("Pipeline",),
    "overrides": ("Override", "parse_override"),
    "project": ("PreparedRun", "Project"),
    "resolved": ("fingerprint", "resolved_yaml"),
    "schema": ("pipeline_schema", "sections_of"),
    "secrets": ("Secrets",),
    "settings": ("Budget", "RunSettings"),
    "signature": ("Signature", "signature_of"),
    "suggestions": ("closest", "did_you_mean"),
    "super_config": ("SuperConfig", "load_super_config"),
    "tree": ("Document", "Node"),
    "yaml_loader": ("load_yaml", "parse_yaml"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a name's module when it is first asked for: printing a help text needs neither Pydantic nor PyYAML."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
