#include "gateway/row_description.h"

#include <cstring>

namespace sluice::gateway {
namespace {

// Behind each name: table, attribute, type, size, modifier, format.
constexpr std::size_t kFieldBytes = 18;
constexpr std::size_t kAttributeAt = 4;
constexpr std::size_t kTypeAt = 6;
constexpr std::size_t kModifierAt = 12;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void put(std::string& bytes, std::size_t at, std::size_t size, std::uint32_t number) {
  for (std::size_t i = size; i-- > 0; number >>= 8) bytes[at + i] = static_cast<char>(number & 0xff);
}

Error mismatch() {
  return make_error(ErrorKind::internal, "the result is not the one that was planned: the schema has just changed", "Run the statement again.");
}

}  // namespace

Result<std::optional<std::string>> check_row_description(std::string_view body, const std::vector<plan::RowField>& row) {
  if (body.size() < 2 || number_at(body, 0, 2) != row.size()) return mismatch();
  std::optional<std::string> changed;
  std::size_t at = 2;
  for (const plan::RowField& field : row) {
    const std::size_t end = body.find('\0', at);
    if (end == std::string_view::npos || body.size() - end - 1 < kFieldBytes) return mismatch();
    at = end + 1 + kFieldBytes;
    if (field.column.relation == 0) continue;
    const std::size_t begin = end + 1;
    if (field.type != 0 && number_at(body, begin + kTypeAt, 4) != field.type) return mismatch();
    const auto attribute = static_cast<std::uint16_t>(field.column.attribute);
    const auto modifier = static_cast<std::uint32_t>(field.type_modifier);
    const bool same = number_at(body, begin, 4) == field.column.relation && number_at(body, begin + kAttributeAt, 2) == attribute &&
                      (field.type == 0 || number_at(body, begin + kModifierAt, 4) == modifier);
    if (same) continue;
    if (!changed) changed.emplace(body);
    put(*changed, begin, 4, field.column.relation);
    put(*changed, begin + kAttributeAt, 2, attribute);
    if (field.type != 0) put(*changed, begin + kModifierAt, 4, modifier);
  }
  if (at != body.size()) return mismatch();
  return changed;
}

}  // namespace sluice::gateway
