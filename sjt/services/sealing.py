"""Sealing: the organisation's signature over the heads of the chains, every five minutes and after each closing."""

from __future__ import annotations

from proctoring import seals
from sjt.services.product import Product
from sjt.stores import seals as kept

PURPOSE = "evidence seals"
LOOK_EVERY_SECONDS = 30  # a closed attempt waits no longer for its seal
MOST = 1_000  # seals a round; the others wait for the next one


def secret(product: Product) -> bytes:
    """The key that signs, derived from the installation's secret: outside the database and its copies."""
    return product.key(PURPOSE)


def public_keys(product: Product) -> dict[str, bytes]:
    """Public keys by their numbers, that in use first; those of earlier secrets still prove what they signed."""
    found = [seals.public_of(one) for one in product.keys(PURPOSE)]
    return {seals.key_number(public): public for public in found}


def seal_heads(product: Product) -> int:
    """One round; returns how many heads were sealed. Of any number of processes one does it at a time."""
    with product.database.alone("sealing") as is_mine:
        if not is_mine:
            return 0
        now, key = product.clock.now(), secret(product)
        with product.database.reading() as conn:
            due = kept.due(conn, now - seals.SEAL_EVERY, MOST)
        made = [(one.attempt_id, seals.seal(key, one.attempt_ref, one.seq, one.head, now)) for one in due]
        if made:
            with product.database.transaction() as conn:
                kept.add(conn, made)
        return len(made)
