#!/bin/sh
# Runs once, when the database is new.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d shop -v upstream_password="$(cat /secrets/upstream.password)" -f /demo/schema.sql -f /demo/data.sql
