#include "protocol/result_messages.h"

#include <charconv>

#include "base/bytes.h"

namespace sluice::protocol {

Result<RowDescription> RowDescription::decode(std::string_view body) {
  ByteReader reader(body);
  RowDescription message;
  const std::size_t count = reader.u16();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    FieldDescription& field = message.fields.emplace_back();
    field.name = reader.c_string();
    field.table = reader.u32();
    field.attribute = reader.i16();
    field.type = reader.u32();
    field.type_size = reader.i16();
    field.type_modifier = reader.i32();
    field.format = reader.i16();
  }
  if (!reader.finished()) return malformed("RowDescription");
  return message;
}

void RowDescription::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u16(out, static_cast<std::uint16_t>(fields.size()));
  for (const FieldDescription& field : fields) {
    append_c_string(out, field.name);
    append_u32(out, field.table);
    append_u16(out, static_cast<std::uint16_t>(field.attribute));
    append_u32(out, field.type);
    append_u16(out, static_cast<std::uint16_t>(field.type_size));
    append_u32(out, static_cast<std::uint32_t>(field.type_modifier));
    append_u16(out, static_cast<std::uint16_t>(field.format));
  }
  end_message(out, start);
}

Result<DataRowView> DataRowView::decode(std::string_view body) {
  ByteReader reader(body);
  const std::optional<ValueListView> values = ValueListView::read(reader);
  if (!values || !reader.finished()) return malformed("DataRow");
  return DataRowView{*values};
}

void DataRowView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  values.append_to(out);
  end_message(out, start);
}

std::optional<std::uint64_t> CommandCompleteView::row_count() const noexcept {
  const std::size_t space = tag.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view digits = tag.substr(space + 1);
  std::uint64_t rows = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rows);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return rows;
}

Result<CommandCompleteView> CommandCompleteView::decode(std::string_view body) {
  ByteReader reader(body);
  const CommandCompleteView message{reader.c_string()};
  if (!reader.finished()) return malformed("CommandComplete");
  return message;
}

void CommandCompleteView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, tag);
  end_message(out, start);
}

Result<ParameterDescription> ParameterDescription::decode(std::string_view body) {
  ByteReader reader(body);
  const auto types = WireArrayView<Oid>::read(reader);
  if (!reader.finished()) return malformed("ParameterDescription");
  ParameterDescription message;
  message.types.reserve(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) message.types.push_back(types[i]);
  return message;
}

void ParameterDescription::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u16(out, static_cast<std::uint16_t>(types.size()));
  for (const Oid type : types) append_u32(out, type);
  end_message(out, start);
}

Result<FunctionCallResponse> FunctionCallResponse::decode(std::string_view body) {
  ByteReader reader(body);
  FunctionCallResponse message;
  const std::int32_t length = reader.i32();
  if (length < -1) return malformed("FunctionCallResponse");
  if (length >= 0) message.value = std::string(reader.bytes(static_cast<std::size_t>(length)));
  if (!reader.finished()) return malformed("FunctionCallResponse");
  return message;
}

void FunctionCallResponse::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u32(out, value ? static_cast<std::uint32_t>(value->size()) : 0xffffffffU);
  if (value) out.append(*value);
  end_message(out, start);
}

}  // namespace sluice::protocol
