"""The public test kit: factories and fixtures that a city can use on its own code."""
