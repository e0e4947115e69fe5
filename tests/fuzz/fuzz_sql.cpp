// Any text, against the sample database with every column masked: nothing may crash, and what would go upstream may read no
// column (support/mask_everything.h).

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "support/catalog_from_ddl.h"
#include "support/mask_everything.h"

namespace {

std::shared_ptr<const sluice::sql::Catalog> catalog() {
  static const auto made = [] {
    std::ifstream file(SLUICE_TESTS_DIR "/sql_cases/shop.sql");
    std::stringstream text;
    text << file.rdbuf();
    return sluice::test::catalog_from_ddl(text.str());
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::string read = sluice::test::first_unmasked_read(text, catalog());
  if (!read.empty()) {
    std::fprintf(stderr, "%s\n", read.c_str());
    std::abort();
  }
  return 0;
}
