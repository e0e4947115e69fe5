"""The demo: a sample company's PostgreSQL with Sluice in front of it."""
