"""What scenarios, questions, versions, blueprints and papers are. Pure: no web, no SQL, no clock."""
