"""How fast the engines are, beside TLC and Spin on the same models; `python -m benchmarks --help`."""
