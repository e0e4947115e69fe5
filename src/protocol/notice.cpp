#include "protocol/notice.h"

#include <charconv>

#include "base/bytes.h"
#include "protocol/wire.h"

namespace sluice::protocol {
namespace {

struct TextField {
  char type;
  std::string NoticeFields::*text;
};

// In the order in which PostgreSQL sends them; the positions stand between hint and internal query.
constexpr TextField kBeforePositions[] = {
    {'S', &NoticeFields::severity}, {'V', &NoticeFields::severity_unlocalized},
    {'C', &NoticeFields::code},     {'M', &NoticeFields::message},
    {'D', &NoticeFields::detail},   {'H', &NoticeFields::hint},
};
constexpr TextField kAfterPositions[] = {
    {'q', &NoticeFields::internal_query}, {'W', &NoticeFields::where},     {'s', &NoticeFields::schema},     {'t', &NoticeFields::table},
    {'c', &NoticeFields::column},         {'d', &NoticeFields::data_type}, {'n', &NoticeFields::constraint}, {'F', &NoticeFields::file},
    {'L', &NoticeFields::line},           {'R', &NoticeFields::routine},
};

std::string NoticeFields::*text_field(char type) {
  for (const TextField& field : kBeforePositions) {
    if (field.type == type) return field.text;
  }
  for (const TextField& field : kAfterPositions) {
    if (field.type == type) return field.text;
  }
  return nullptr;
}

void append_text(std::string& out, char type, const std::string& text) {
  if (text.empty()) return;
  out.push_back(type);
  append_c_string(out, text);
}

void append_position(std::string& out, char type, std::int32_t position) {
  if (position == 0) return;
  out.push_back(type);
  append_c_string(out, std::to_string(position));
}

bool read_position(std::string_view text, std::int32_t& position) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  return error == std::errc() && end == text.data() + text.size();
}

template <class Message>
void encode_notice(std::string& out, const Message& message) {
  const std::size_t start = begin_message(out, Message::kType);
  message.fields.append_to(out);
  end_message(out, start);
}

template <class Message>
Result<Message> decode_notice(std::string_view body, std::string_view name) {
  auto fields = NoticeFields::decode(body);
  if (!fields.ok()) return malformed(name);
  return Message{std::move(fields).value()};
}

}  // namespace

Result<NoticeFields> NoticeFields::decode(std::string_view body) {
  ByteReader reader(body);
  NoticeFields fields;
  for (;;) {
    const char type = static_cast<char>(reader.u8());
    if (type == '\0') break;  // the terminator, or a failed read
    const std::string_view text = reader.c_string();
    bool good = reader.ok();
    if (type == 'P') {
      good = good && read_position(text, fields.position);
    } else if (type == 'p') {
      good = good && read_position(text, fields.internal_position);
    } else if (auto field = text_field(type)) {
      fields.*field = text;
    }
    if (!good) return malformed("NoticeResponse");
  }
  if (!reader.finished()) return malformed("NoticeResponse");
  return fields;
}

void NoticeFields::append_to(std::string& out) const {
  for (const TextField& field : kBeforePositions) append_text(out, field.type, this->*field.text);
  append_position(out, 'P', position);
  append_position(out, 'p', internal_position);
  for (const TextField& field : kAfterPositions) append_text(out, field.type, this->*field.text);
  out.push_back('\0');
}

bool NoticeFields::ends_session() const noexcept {
  const std::string& level = severity_unlocalized.empty() ? severity : severity_unlocalized;
  return level == "FATAL" || level == "PANIC";
}

Result<ErrorResponse> ErrorResponse::decode(std::string_view body) { return decode_notice<ErrorResponse>(body, "ErrorResponse"); }
void ErrorResponse::encode(std::string& out) const { encode_notice(out, *this); }

Result<NoticeResponse> NoticeResponse::decode(std::string_view body) { return decode_notice<NoticeResponse>(body, "NoticeResponse"); }
void NoticeResponse::encode(std::string& out) const { encode_notice(out, *this); }

}  // namespace sluice::protocol
