#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sql/catalog.h"

namespace sluice::test {

/// The promise of rewrite(), as an oracle that needs no database: rewrites `text` with every column of every relation outside the
/// system masked to NULL, analyses what would go upstream, and says which column it would still read. Empty: none, or the text
/// was refused. Also runs rewrite() with the other masks and without any, which must give statements that parse.
[[nodiscard]] std::string first_unmasked_read(std::string_view text, const std::shared_ptr<const sql::Catalog>& catalog);

}  // namespace sluice::test
