"""Lockdown: what a sitting asks of the browsers in it, and what is made of what they report."""
