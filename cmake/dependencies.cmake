# Everything that Sluice links comes from Debian 12; `./dev` installs it.
find_package(Boost 1.81 REQUIRED) # headers only
find_package(OpenSSL 3 REQUIRED)
find_package(PostgreSQL REQUIRED) # libpq
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)

# libpg_query has neither a pkg-config nor a CMake file. We walk PostgreSQL's raw parse tree, so the
# headers of the same major version are needed too (docs/decisions/0001-raw-parse-tree.md).
find_path(PG_QUERY_INCLUDE pg_query.h REQUIRED)
find_library(PG_QUERY_LIBRARY NAMES libpg_query.a REQUIRED)
find_path(POSTGRES_SERVER_INCLUDE nodes/parsenodes.h HINTS /usr/include/postgresql/15/server REQUIRED)
file(STRINGS ${PG_QUERY_INCLUDE}/pg_query.h PG_QUERY_VERSION_LINE REGEX "define PG_MAJORVERSION ")
if(NOT PG_QUERY_VERSION_LINE MATCHES "\"15\"")
  message(FATAL_ERROR "libpg_query of PostgreSQL 15 is needed, found: ${PG_QUERY_VERSION_LINE}")
endif()
file(STRINGS ${POSTGRES_SERVER_INCLUDE}/pg_config.h POSTGRES_SERVER_VERSION_LINE REGEX "define PG_MAJORVERSION ")
if(NOT POSTGRES_SERVER_VERSION_LINE MATCHES "\"15\"")
  message(FATAL_ERROR "server headers of PostgreSQL 15 are needed, found: ${POSTGRES_SERVER_VERSION_LINE}")
endif()

add_library(pg_query INTERFACE)
target_include_directories(pg_query SYSTEM INTERFACE ${PG_QUERY_INCLUDE} ${POSTGRES_SERVER_INCLUDE})
target_link_libraries(pg_query INTERFACE ${PG_QUERY_LIBRARY})
