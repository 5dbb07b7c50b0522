"""The portal side of the market, for Wagtail: pages, blocks, choosers, reports and theme."""
