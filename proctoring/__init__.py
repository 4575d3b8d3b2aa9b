"""What time, seats and evidence are. Pure: no web, no SQL, no clock."""
