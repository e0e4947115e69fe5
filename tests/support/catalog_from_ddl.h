#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sql/catalog.h"

namespace sluice::test {

/// The catalog of a database into which `ddl` was loaded, made by reading the text alone. It understands what
/// definitions of sample databases are made of; statements that change no definition (INSERT, GRANT, COMMENT …)
/// are skipped, anything else throws std::runtime_error with the statement. Views must name relations with their
/// schema. Object identifiers are given in the order of creation, from 16385. Some system relations are there too.
[[nodiscard]] std::shared_ptr<const sql::Catalog> catalog_from_ddl(std::string_view ddl, std::uint64_t version = 1);

}  // namespace sluice::test
