#include "sql/extension_functions.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::sql {
namespace {

struct Entry {
  std::string_view extension;
  std::string_view name;
  ExtensionFunction function_class;
};

constexpr Entry kEntries[] = {
#include "sql/extension_functions_table.inc"
};

constexpr bool before(const Entry& a, const Entry& b) { return std::pair(a.extension, a.name) < std::pair(b.extension, b.name); }
static_assert(std::is_sorted(std::begin(kEntries), std::end(kEntries), before));

const Entry* find(std::string_view extension, std::string_view name) {
  const Entry wanted{extension, name, ExtensionFunction::unknown};
  const auto* found = std::lower_bound(std::begin(kEntries), std::end(kEntries), wanted, before);
  return found == std::end(kEntries) || found->extension != extension || found->name != name ? nullptr : found;
}

}  // namespace

ExtensionFunction extension_function(std::string_view extension, std::string_view name) {
  if (const Entry* own = find(extension, name)) return own->function_class;
  const Entry* rest = find(extension, "*");
  return rest == nullptr ? ExtensionFunction::unknown : rest->function_class;
}

}  // namespace sluice::sql
