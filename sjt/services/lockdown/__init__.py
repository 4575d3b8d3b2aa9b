"""What a candidate's browser is held to: one module a level."""
