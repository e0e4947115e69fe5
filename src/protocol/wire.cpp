#include "protocol/wire.h"

namespace sluice::protocol {

Error malformed(std::string_view message_name) {
  return make_error(ErrorKind::protocol_violation, "invalid " + std::string(message_name) + " message");
}

std::optional<ValueListView> ValueListView::read(ByteReader& reader) {
  const std::size_t count = reader.u16();
  const std::string_view before = reader.rest();
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t length = reader.i32();
    if (length < -1) return std::nullopt;
    if (length > 0) (void)reader.bytes(static_cast<std::size_t>(length));
    if (!reader.ok()) return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;
  return ValueListView(before.substr(0, before.size() - reader.rest().size()), count);
}

ValueListView ValueListView::make(std::string& storage, std::span<const Value> values) {
  storage.clear();
  for (const Value& value : values) {
    append_u32(storage, value ? static_cast<std::uint32_t>(value->size()) : 0xffffffffU);
    if (value) storage.append(*value);
  }
  return ValueListView(storage, values.size());
}

}  // namespace sluice::protocol
