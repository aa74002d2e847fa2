"""What the product does: one file per thing, each gathers, decides and applies, in that order."""
