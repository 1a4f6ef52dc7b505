"""What people and months do: each act one transaction over the store, shared by the command line and the web."""
