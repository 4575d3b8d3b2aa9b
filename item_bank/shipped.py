"""Where the specifications and banks that come with the product stand."""

from pathlib import Path

SPECS = Path(__file__).parent / "specs"
CONTENT = Path(__file__).parent / "content"
