"""How fast the toolkit is, against what a competent user would write with the same models: `python -m benchmarks`."""
