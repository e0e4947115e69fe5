#include "sql/builtin_functions.h"

#include <algorithm>
#include <cstdint>

namespace sluice::sql {
namespace {

constexpr std::uint8_t kIsAggregate = 1;
constexpr std::uint8_t kIsWindow = 2;
constexpr std::uint8_t kIsSet = 4;

struct Entry {
  std::string_view name;
  FunctionClass function_class;
  std::uint8_t flags;
};

constexpr Entry kFunctions[] = {
#include "sql/builtin_functions_table.inc"
};

constexpr bool by_name(const Entry& a, const Entry& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kFunctions), std::end(kFunctions), by_name));

}  // namespace

BuiltinFunction builtin_function(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                                       [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  if (found == std::end(kFunctions) || found->name != name) return {};
  return {.function_class = found->function_class,
          .known = true,
          .aggregate = (found->flags & kIsAggregate) != 0,
          .window = (found->flags & kIsWindow) != 0,
          .returns_set = (found->flags & kIsSet) != 0};
}

}  // namespace sluice::sql
