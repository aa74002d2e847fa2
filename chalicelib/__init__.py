"""Hearback, as shipped: core decides, platforms translate, storage and adapters touch AWS and Meta.

Read `usecases/` for what the product does, `core/` for how it decides, `ports/` for what it needs
from outside and `bootstrap.py` for who provides it.
"""
