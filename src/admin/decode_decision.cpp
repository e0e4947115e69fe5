#include "admin/decode_decision.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "approvals/plain_text.h"
#include "net/json.h"

namespace sluice::admin {

namespace {
bool is_json(const std::string* content_type) {
  if (content_type == nullptr) return false;
  const std::string media = content_type->substr(0, content_type->find(';'));
  return media == "application/json" || media == "application/json ";
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}
}  // namespace

Result<std::map<std::string, std::string>> texts_of(const net::HttpRequest& request, std::initializer_list<std::string_view> known,
                                                    std::initializer_list<std::string_view> required) {
  std::map<std::string, std::string> texts;
  if (!request.body.empty()) {
    if (!is_json(request.field("content-type"))) return make_error(ErrorKind::bad_request, "the body must be of type application/json");
    SLUICE_TRY(body, net::parse_untrusted(request.body));
    if (!body.is_object()) return make_error(ErrorKind::bad_request, "the body must be a JSON object");
    for (const auto& [key, value] : body.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        std::string names;
        for (const std::string_view name : known) names.append(names.empty() ? "" : ", ").append(name);
        return make_error(ErrorKind::bad_request, "the body has an unknown member; known: " + names);
      }
      if (!value.is_string()) return make_error(ErrorKind::bad_request, "\"" + key + "\" must be a string");
      texts[key] = value.get<std::string>();
    }
  }
  for (const std::string_view name : required) {
    if (texts[std::string(name)].empty()) return make_error(ErrorKind::bad_request, "the body needs \"" + std::string(name) + "\"");
  }
  return texts;
}

Result<std::string> decode_decision(const net::HttpRequest& request) {
  SLUICE_TRY(texts, texts_of(request, {"reason"}));
  return clean_reason(texts["reason"]);
}

Result<std::string> clean_reason(const std::string& text) {
  if (characters(text) > approvals::kMaxReasonCharacters) {
    return make_error(ErrorKind::bad_request, "\"reason\" is longer than 500 characters");
  }
  return approvals::plain_text(text, approvals::kMaxReasonCharacters);
}

}  // namespace sluice::admin
