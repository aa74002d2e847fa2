"""A fortnight of a shop with thousands of customers, in process, on a clock of its own."""
