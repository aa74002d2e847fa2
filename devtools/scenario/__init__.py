"""A day of the corner shop, played on the local stack: the product at work, without any account."""
