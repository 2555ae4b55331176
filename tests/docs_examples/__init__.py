"""The widgets of OpenBB's documentation pages, each as its entry and as our decorators declare it.

An entry holds the keys, types, numbers and structure that its page gives; names, captions and descriptions are our
own. One module a folder of pages: widget-types, widget-parameters, widget-configuration.
"""

from . import charts_and_files, configuration, forms_and_tabs, parameters, tables, types
from .example import EXAMPLES

__all__ = ["EXAMPLES", "charts_and_files", "configuration", "forms_and_tabs", "parameters", "tables", "types"]
