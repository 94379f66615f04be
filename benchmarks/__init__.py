"""`make bench`: what Martlet costs, as ratios against a limit that is measured in the same run.

Belongs here: the worlds that are measured, the measurements, and their limits. Does not: tests; a slow machine is no bug.
"""
