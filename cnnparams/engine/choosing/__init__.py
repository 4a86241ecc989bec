"""Choosing between networks: sweeps over vars, solving for one of them, budgets and their checks."""
