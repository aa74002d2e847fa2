"""Collects the one constant that every variant module of a package holds."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def variants(package: str, constant: str) -> tuple[Any, ...]:
    """The constants in the order of their modules' names; modules starting with `_` are no
    variants.

    Raises AttributeError at import time when a variant forgot its constant.
    """
    names = sorted(module.name for module in iter_modules(import_module(package).__path__))
    modules = [import_module(f"{package}.{name}") for name in names if not name.startswith("_")]
    return tuple(getattr(module, constant) for module in modules)
