"""GDBOS Desktop (事项标准化工作台): the offline workbench for the standard of government service items."""

__version__ = "0.1.0"
