"""Timed, invigilated situational judgement tests: stores, services and pages."""
