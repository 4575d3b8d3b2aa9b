"""The apprentice's sitting: in at the door, the paper, answers kept, handed in."""
