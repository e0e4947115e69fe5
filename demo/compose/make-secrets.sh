#!/bin/sh
# Makes the password that only PostgreSQL and Sluice know, once: a copy for each, readable by nobody else.
set -eu
if [ ! -s /secrets/sluice/upstream.password ]; then
  umask 077
  mkdir -p /secrets/sluice /secrets/postgres
  head -c 24 /dev/urandom | base64 | tr -d '\n' >/secrets/sluice/upstream.password
  cp /secrets/sluice/upstream.password /secrets/postgres/upstream.password
  chown -R 10001:10001 /secrets/sluice
  chown -R postgres:postgres /secrets/postgres
fi
