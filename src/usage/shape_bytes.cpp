#include "usage/shape_bytes.h"

#include "base/bytes.h"

namespace sluice::usage {
namespace {

void put(std::string& out, std::string_view text) {
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

void put(std::string& out, const std::vector<std::string>& texts) {
  append_u32(out, static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) put(out, text);
}

std::string read_text(ByteReader& from) { return std::string(from.bytes(from.u32())); }

std::vector<std::string> read_texts(ByteReader& from) {
  std::vector<std::string> texts;
  for (std::uint32_t left = from.u32(); left > 0 && from.ok(); --left) texts.push_back(read_text(from));
  return texts;
}

ColumnTouch read_column(ByteReader& from) {
  ColumnTouch column;
  column.table = read_text(from);
  column.column = read_text(from);
  column.tags = read_texts(from);
  column.use = static_cast<sql::Use>(from.u8());
  column.masked = from.u8() != 0;
  return column;
}

}  // namespace

std::string encode_shape(const StatementShape& shape) {
  std::string out;
  put(out, shape.identity.text);
  put(out, shape.acts_for.text);
  put(out, shape.database.text);
  put(out, shape.tables);
  append_u32(out, static_cast<std::uint32_t>(shape.columns.size()));
  for (const ColumnTouch& column : shape.columns) {
    put(out, column.table);
    put(out, column.column);
    put(out, column.tags);
    append_u8(out, static_cast<std::uint8_t>(column.use));
    append_u8(out, column.masked ? 1 : 0);
  }
  append_u32(out, shape.output_columns);
  return out;
}

Result<StatementShape> decode_shape(std::string_view bytes) {
  ByteReader from(bytes);
  StatementShape shape;
  shape.identity.text = read_text(from);
  shape.acts_for.text = read_text(from);
  shape.database.text = read_text(from);
  shape.tables = read_texts(from);
  for (std::uint32_t left = from.u32(); left > 0 && from.ok(); --left) shape.columns.push_back(read_column(from));
  shape.output_columns = from.u32();
  if (!from.finished()) return make_error(ErrorKind::store_unavailable, "stored shape of a statement is damaged");
  return shape;
}

}  // namespace sluice::usage
