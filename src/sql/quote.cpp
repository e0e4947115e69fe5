#include "sql/quote.h"

namespace sluice::sql {
namespace {

std::string wrapped(std::string_view text, char quote, bool escape_backslash) {
  std::string out;
  out.reserve(text.size() + 2);
  out += quote;
  for (const char c : text) {
    if (c == quote || (escape_backslash && c == '\\')) out += c;
    out += c;
  }
  out += quote;
  return out;
}

}  // namespace

std::string quoted_name(std::string_view name) { return wrapped(name, '"', false); }

std::string quoted_name(std::string_view schema, std::string_view name) {
  return quoted_name(schema) + "." + quoted_name(name);
}

std::string quoted_text(std::string_view text) {
  const bool escape = text.find('\\') != std::string_view::npos;
  return (escape ? "E" : "") + wrapped(text, '\'', escape);
}

}  // namespace sluice::sql
