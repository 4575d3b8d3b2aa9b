"""Evidence bundles: everything about one attempt in a file that is checked without this product.

A bundle is JSON lines, each in canonical form (RFC 8785). The first line is its head, the last its end: how many
lines there are, the SHA-256 of all bytes before it, and a signature. Between them stand, in any order, lines of the
kinds in ``KINDS``.
"""

from proctoring.bundle.checking import Broken, Verdict, verify
from proctoring.bundle.writing import FORMAT, KINDS, write

__all__ = ["FORMAT", "KINDS", "Broken", "Verdict", "verify", "write"]
