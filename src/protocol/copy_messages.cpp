#include "protocol/copy_messages.h"

#include "base/bytes.h"

namespace sluice::protocol {

Result<CopyDataView> CopyDataView::decode(std::string_view body) { return CopyDataView{body}; }

void CopyDataView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  out.append(data);
  end_message(out, start);
}

Result<CopyFail> CopyFail::decode(std::string_view body) {
  ByteReader reader(body);
  CopyFail message{std::string(reader.c_string())};
  if (!reader.finished()) return malformed("CopyFail");
  return message;
}

void CopyFail::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, reason);
  end_message(out, start);
}

template <char Type>
Result<CopyResponse<Type>> CopyResponse<Type>::decode(std::string_view body) {
  ByteReader reader(body);
  CopyResponse message;
  message.format = static_cast<std::int8_t>(reader.u8());
  const auto formats = WireArrayView<std::int16_t>::read(reader);
  if (!reader.finished() || message.format < 0 || message.format > 1) return malformed("CopyResponse");
  message.column_formats.reserve(formats.size());
  for (std::size_t i = 0; i < formats.size(); ++i) message.column_formats.push_back(formats[i]);
  return message;
}

template <char Type>
void CopyResponse<Type>::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u8(out, static_cast<std::uint8_t>(format));
  append_u16(out, static_cast<std::uint16_t>(column_formats.size()));
  for (const std::int16_t column_format : column_formats) append_u16(out, static_cast<std::uint16_t>(column_format));
  end_message(out, start);
}

template struct CopyResponse<'G'>;
template struct CopyResponse<'H'>;
template struct CopyResponse<'W'>;

}  // namespace sluice::protocol
