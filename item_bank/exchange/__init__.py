"""Banks as files: a folder or an archive in, every fault at once out; and the same bytes out each time."""

from item_bank.exchange.archives import open_zip, write_zip
from item_bank.exchange.enemies import untangled
from item_bank.exchange.markdown import markdown_faults
from item_bank.exchange.opening import open_bank
from item_bank.exchange.reading import Read, read_bank, read_files, read_folder
from item_bank.exchange.readings import READINGS, read_readings, unread
from item_bank.exchange.units import LONGEST_TEXT, LONGEST_TITLE, SCENARIO_WORDS, SLUG, word_count
from item_bank.exchange.writing import bank_files, scenario_file, to_yaml

__all__ = [
    "LONGEST_TEXT", "LONGEST_TITLE", "READINGS", "SCENARIO_WORDS", "SLUG", "Read", "bank_files", "markdown_faults",
    "open_bank", "open_zip", "read_bank", "read_files", "read_folder", "read_readings", "scenario_file", "to_yaml",
    "unread", "untangled", "word_count", "write_zip",
]  # fmt: skip
