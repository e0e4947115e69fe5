#include "protocol/statement_messages.h"

#include "base/bytes.h"

namespace sluice::protocol {
namespace {

bool legal_formats(const WireArrayView<std::int16_t>& formats) {
  for (std::size_t i = 0; i < formats.size(); ++i) {
    if (formats[i] != 0 && formats[i] != 1) return false;
  }
  return true;
}

/// None, one for all, or one each.
bool fits(const WireArrayView<std::int16_t>& formats, std::size_t values) { return formats.size() <= 1 || formats.size() == values; }

template <class Message>
Result<Message> decode_named(std::string_view body, std::string_view message_name) {
  ByteReader reader(body);
  const char object = static_cast<char>(reader.u8());
  const std::string_view name = reader.c_string();
  if (!reader.finished() || (object != 'S' && object != 'P')) return malformed(message_name);
  return Message{static_cast<NamedObject>(object), name};
}

template <class Message>
void encode_named(std::string& out, const Message& message) {
  const std::size_t start = begin_message(out, Message::kType);
  out.push_back(static_cast<char>(message.object));
  append_c_string(out, message.name);
  end_message(out, start);
}

}  // namespace

Result<QueryView> QueryView::decode(std::string_view body) {
  ByteReader reader(body);
  const QueryView message{reader.c_string()};
  if (!reader.finished()) return malformed("Query");
  return message;
}

void QueryView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, query);
  end_message(out, start);
}

Result<ParseView> ParseView::decode(std::string_view body) {
  ByteReader reader(body);
  ParseView message;
  message.statement = reader.c_string();
  message.query = reader.c_string();
  message.parameter_types = WireArrayView<Oid>::read(reader);
  if (!reader.finished()) return malformed("Parse");
  return message;
}

void ParseView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, statement);
  append_c_string(out, query);
  parameter_types.append_to(out);
  end_message(out, start);
}

Result<BindView> BindView::decode(std::string_view body) {
  ByteReader reader(body);
  BindView message;
  message.portal = reader.c_string();
  message.statement = reader.c_string();
  message.parameter_formats = WireArrayView<std::int16_t>::read(reader);
  const std::optional<ValueListView> parameters = ValueListView::read(reader);
  message.result_formats = WireArrayView<std::int16_t>::read(reader);
  if (!parameters || !reader.finished()) return malformed("Bind");
  message.parameters = *parameters;
  if (!legal_formats(message.parameter_formats) || !legal_formats(message.result_formats) ||
      !fits(message.parameter_formats, message.parameters.size())) {
    return malformed("Bind");
  }
  return message;
}

void BindView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, portal);
  append_c_string(out, statement);
  parameter_formats.append_to(out);
  parameters.append_to(out);
  result_formats.append_to(out);
  end_message(out, start);
}

std::int16_t BindView::parameter_format(std::size_t index) const noexcept {
  if (parameter_formats.empty()) return 0;
  return parameter_formats[parameter_formats.size() == 1 ? 0 : index];
}

Result<DescribeView> DescribeView::decode(std::string_view body) { return decode_named<DescribeView>(body, "Describe"); }
void DescribeView::encode(std::string& out) const { encode_named(out, *this); }

Result<CloseView> CloseView::decode(std::string_view body) { return decode_named<CloseView>(body, "Close"); }
void CloseView::encode(std::string& out) const { encode_named(out, *this); }

Result<ExecuteView> ExecuteView::decode(std::string_view body) {
  ByteReader reader(body);
  ExecuteView message;
  message.portal = reader.c_string();
  message.max_rows = reader.i32();
  if (!reader.finished()) return malformed("Execute");
  return message;
}

void ExecuteView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_c_string(out, portal);
  append_u32(out, static_cast<std::uint32_t>(max_rows));
  end_message(out, start);
}

Result<FunctionCallView> FunctionCallView::decode(std::string_view body) {
  ByteReader reader(body);
  FunctionCallView message;
  message.function = reader.u32();
  message.argument_formats = WireArrayView<std::int16_t>::read(reader);
  const std::optional<ValueListView> arguments = ValueListView::read(reader);
  message.result_format = reader.i16();
  if (!arguments || !reader.finished()) return malformed("FunctionCall");
  message.arguments = *arguments;
  if (!legal_formats(message.argument_formats) || !fits(message.argument_formats, message.arguments.size())) {
    return malformed("FunctionCall");
  }
  return message;
}

void FunctionCallView::encode(std::string& out) const {
  const std::size_t start = begin_message(out, kType);
  append_u32(out, function);
  argument_formats.append_to(out);
  arguments.append_to(out);
  append_u16(out, static_cast<std::uint16_t>(result_format));
  end_message(out, start);
}

bool is_frontend_type(char type) noexcept { return std::string_view("QPBDECSHFXdcf").find(type) != std::string_view::npos; }

}  // namespace sluice::protocol
