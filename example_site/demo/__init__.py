"""The demo city: data files and the command that loads them."""
