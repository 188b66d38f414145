"""How cost and memory change as the work grows: python -m benchmarks.growth [SECTIONS]."""
