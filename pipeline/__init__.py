"""callqa: hears what outsourced call centres say in an operator's name, and can say why a figure is what it is."""

__version__ = "0.1.0"
