"""The trusted part: exact numbers in, ball arithmetic inside, a decision out. python-flint and the standard library only."""
