#include "admin/approval_card.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "approvals/card_json.h"
#include "approvals/card_text.h"
#include "approvals/visible_text.h"

namespace sluice::admin {

using nlohmann::json;

namespace {

constexpr std::size_t kLineCharacters = 200;

const json& member(const json& object, const char* name) {
  static const json missing;
  if (!object.is_object()) return missing;
  const auto found = object.find(name);
  return found == object.end() ? missing : *found;
}

// A string or number on one line.
std::string line_of(const json& value, std::size_t max_characters = kLineCharacters) {
  if (value.is_string()) return approvals::visible_line(value.get_ref<const std::string&>(), max_characters);
  if (value.is_number() || value.is_boolean()) return value.dump();
  return "?";
}

}  // namespace

std::string approval_card(const json& request) {
  const json& shown = member(request, "card");
  std::string card = approvals::card_text(approvals::card_from_json(shown));
  card += fmt::format("{:<16}{}\n", "Digest", line_of(member(request, "digest")));
  return card;
}

std::string approval_table(const json& list) {
  std::string table = fmt::format("{:<29}{:<11}{:<20}{:<14}{:<22}{}\n", "ID", "STATE", "ASKED BY", "DATABASE", "EXPIRES", "STATEMENT");
  const json& items = member(list, "items");
  if (!items.is_array()) return table;
  for (const json& item : items) {
    table += fmt::format("{:<29}{:<11}{:<20}{:<14}{:<22}{}\n", line_of(member(item, "id")), line_of(member(item, "state")),
                         line_of(member(member(item, "requester"), "id"), 18), line_of(member(item, "database"), 12),
                         line_of(member(item, "expires")).substr(0, 19) + "Z", line_of(member(item, "statement_start"), 60));
  }
  return table;
}

}  // namespace sluice::admin
