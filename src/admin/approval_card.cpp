#include "admin/approval_card.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "approvals/visible_text.h"

namespace sluice::admin {

using nlohmann::json;

namespace {

constexpr std::size_t kLineCharacters = 200;
constexpr std::size_t kValueCharacters = 2000;

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

std::string joined(const json& list, const char* separator) {
  std::string out;
  if (!list.is_array()) return "?";
  for (const json& item : list) {
    if (!out.empty()) out += separator;
    out += item.is_array() ? joined(item, " or ") : line_of(item);
  }
  return out.empty() ? "-" : out;
}

void add(std::string& card, std::string_view heading, const std::string& text) { card += fmt::format("{:<16}{}\n", heading, text); }

std::string requester_of(const json& requester) {
  std::string out = line_of(member(requester, "kind")) + " " + line_of(member(requester, "id"));
  out += " (groups: " + joined(member(requester, "groups"), ", ") + ")";
  return out;
}

std::string column_line(const json& column) {
  const bool masked = member(column, "masked").is_boolean() && member(column, "masked").get<bool>();
  return line_of(member(column, "column")) + " [" + joined(member(column, "tags"), ", ") + "] " + line_of(member(column, "use")) +
         (masked ? ", masked" : ", in clear");
}

// Numbered, so that blank lines cannot push a part of it out of sight unnoticed.
void add_statement(std::string& card, const json& statement) {
  card += "Statement\n";
  if (!statement.is_string()) {
    card += "  ?\n";
    return;
  }
  const std::string visible = approvals::visible_text(statement.get_ref<const std::string&>());
  std::string_view rest = visible;
  for (int number = 1;; ++number) {
    const std::size_t end = rest.find('\n');
    card += fmt::format("{:>5} | {}\n", number, rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
}

void add_parameters(std::string& card, const json& parameters) {
  if (!parameters.is_array() || parameters.empty()) return;
  card += "Parameters\n";
  int number = 0;
  for (const json& parameter : parameters) {
    std::string value = "NULL";
    if (member(parameter, "text").is_string()) value = "'" + line_of(member(parameter, "text"), kValueCharacters) + "'";
    if (member(parameter, "base64").is_string()) value = "binary, base64 " + line_of(member(parameter, "base64"), kValueCharacters);
    card += fmt::format("{:>5} = {}\n", "$" + std::to_string(++number), value);
  }
}

void add_votes(std::string& card, const json& votes) {
  if (!votes.is_array()) return;
  for (const json& vote : votes) {
    std::string text = line_of(member(vote, "decision")) + " by " + line_of(member(vote, "approver")) + " at " + line_of(member(vote, "at"));
    const json& reason = member(vote, "reason");
    if (reason.is_string() && !reason.get_ref<const std::string&>().empty()) text += ": " + line_of(reason, kValueCharacters);
    add(card, "Vote", text);
  }
}

}  // namespace

std::string approval_card(const json& request) {
  const json& requester = member(request, "requester");
  const json& requirement = member(request, "requirement");
  std::string card;
  add(card, "Request", line_of(member(request, "id")) + "  " + line_of(member(request, "state")));
  add(card, "Asked by", requester_of(requester));
  add(card, "Owner", member(requester, "owner").is_null() ? "-" : line_of(member(requester, "owner")));
  if (!member(requester, "acts_for").is_null()) add(card, "On behalf of", line_of(member(requester, "acts_for")));
  add(card, "Database", line_of(member(request, "database")));
  add(card, "Action", joined(member(request, "actions"), ", "));
  add(card, "Why held", line_of(member(requirement, "reason")) + " (rule " + line_of(member(requirement, "rule")) + ")");
  add(card, "Approvers", joined(member(requirement, "approver_groups"), ", and ") + "; needed: " + line_of(member(requirement, "approvals")));
  add(card, "Estimated rows", member(request, "estimated_rows").is_null() ? "-" : line_of(member(request, "estimated_rows")));
  add(card, "Asked at", line_of(member(request, "created")));
  add(card, "Expires", line_of(member(request, "expires")));
  if (!member(request, "valid_until").is_null()) add(card, "Approved until", line_of(member(request, "valid_until")));
  if (member(request, "columns").is_array()) {
    for (const json& column : member(request, "columns")) add(card, "Tagged column", column_line(column));
  }
  add(card, "Search path", joined(member(request, "search_path"), ", "));
  add_statement(card, member(request, "statement"));
  add_parameters(card, member(request, "parameters"));
  add_votes(card, member(request, "votes"));
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
