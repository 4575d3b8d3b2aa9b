"""The manager's use cases: candidates and their files, sittings, bookings, people and their roles."""
