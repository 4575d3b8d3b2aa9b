"""From marks to results: outcomes recomputed, previewed, released by a person, told in words and exported."""

from sjt.services.results.export import as_csv
from sjt.services.results.outcomes import Preview, outcomes
from sjt.services.results.release import Released, release
from sjt.services.results.told import Told, told

__all__ = ["Preview", "Released", "Told", "as_csv", "outcomes", "release", "told"]
