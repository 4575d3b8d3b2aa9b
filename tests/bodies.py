"""A sound body of every format, for tests."""

from collections.abc import Mapping

OPTIONS = ("Speak with her today", "Ask the deputy to do it", "Wait for the next supervision", "Say nothing at all")
MORE_OPTIONS = (*OPTIONS, "Tell the whole team", "Write to the placing authority", "Change the rota", "Ring her mother")
BODIES: Mapping[str, tuple[int, Mapping[str, str]]] = {  # how many options, and the key
    "single-best": (4, {"key": "b"}),
    "most-and-least": (4, {"most": "a", "least": "d"}),
    "pick-n": (8, {"pick": "3", "key": "a c f"}),
    "rank": (5, {"key": "b a d c e"}),
    "rate": (4, {"scale": "appropriateness", "key_a": "4", "key_b": "3", "key_c": "2", "key_d": "1"}),
}


def a_body(name: str) -> dict[str, str]:
    """A sound body of a format."""
    if name == "short-answer":
        return {"two": "- Says both", "one": "- Says one", "none": "- Says neither"}
    if name not in BODIES:
        return {}
    count, key = BODIES[name]
    options = {f"option_{letter}": MORE_OPTIONS[n] for n, letter in enumerate("abcdefgh"[:count])}
    return {**options, **key, "rationale": "The panel agreed: first the person, then the paper."}
