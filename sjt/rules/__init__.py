"""The rules of the product as pure functions: no web, no SQL, no clock."""
