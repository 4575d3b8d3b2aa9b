"""Use cases, one module a desk: the order of steps across rules and stores. No web."""
