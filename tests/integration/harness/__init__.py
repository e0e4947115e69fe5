"""Starts throw-away PostgreSQL servers and Sluice gateways for tests, the demo and the benchmark.

    with Postgres() as upstream, Sluice(shop_config(upstream), directory) as gateway:
        psycopg.connect(gateway.dsn("support-bot"))

Everything lives in temporary directories, listens on loopback only and ends with its owner.
"""

from .approver import Approver
from .postgres import Postgres
from .processes import ProcessFailed, eventually, free_port
from .sluice import Sluice, find_binary

__all__ = ["Approver", "Postgres", "ProcessFailed", "Sluice", "eventually", "find_binary", "free_port"]
