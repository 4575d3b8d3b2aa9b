"""SQL, and the presence kept in Redis or memory. A store takes a connection and returns frozen dataclasses."""
