"""Where the specifications, frameworks and banks that come with the product stand."""

from pathlib import Path

SPECS = Path(__file__).parent / "specs"
FRAMEWORKS = Path(__file__).parent / "frameworks"
CONTENT = Path(__file__).parent / "content"
