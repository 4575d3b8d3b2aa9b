"""The manager's desk: today, candidates with their gateway, sittings and bookings, people."""

import sjt.pages.registration.bookings
import sjt.pages.registration.candidates
import sjt.pages.registration.imports
import sjt.pages.registration.people
import sjt.pages.registration.scheduling
import sjt.pages.registration.sittings
import sjt.pages.registration.today  # noqa: F401 - importing a module gives the desk its routes
from sjt.pages.registration.desk import pages as pages
