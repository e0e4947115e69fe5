#include "net/http.h"

#include "base/utf8.h"

namespace sluice::net {

namespace {
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0 || code == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool percent_decode(std::string_view text, bool plus_is_blank, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus_is_blank && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return is_text(out);
}
}  // namespace

const std::string* HttpRequest::field(std::string_view name) const {
  const std::string* found = nullptr;
  for (const auto& [field_name, value] : fields) {
    if (field_name != name) continue;
    if (found != nullptr) return nullptr;
    found = &value;
  }
  return found;
}

bool parse_target(std::string_view target, std::string& path, std::vector<HttpField>& query) {
  query.clear();
  if (!target.starts_with('/') || target.find('#') != std::string_view::npos) return false;
  const std::size_t mark = target.find('?');
  if (!percent_decode(target.substr(0, mark), false, path)) return false;
  if (mark == std::string_view::npos) return true;
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t equals = pair.find('=');
    HttpField field;
    if (!percent_decode(pair.substr(0, equals), true, field.first)) return false;
    if (equals != std::string_view::npos && !percent_decode(pair.substr(equals + 1), true, field.second)) return false;
    query.push_back(std::move(field));
  }
  return true;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
  }
  return out;
}

}  // namespace sluice::net
