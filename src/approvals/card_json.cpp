#include "approvals/card_json.h"

#include <nlohmann/json.hpp>

#include "approvals/shown_text.h"

namespace sluice::approvals {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

const json& member(const json& object, const char* name) {
  static const json missing;
  if (!object.is_object()) return missing;
  const auto found = object.find(name);
  return found == object.end() ? missing : *found;
}

// Shown once more: whoever sent this may not be Sluice.
std::string text_of(const json& value) { return value.is_string() ? shown_line(value.get_ref<const std::string&>()).text : "?"; }
std::string text_of(const json& object, const char* name) { return text_of(member(object, name)); }
bool flag_of(const json& object, const char* name) { return member(object, name).is_boolean() && member(object, name).get<bool>(); }

std::vector<std::string> texts_of(const json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const json& item : list) texts.push_back(text_of(item));
  return texts;
}

struct TextField {
  const char* name;
  std::string DecisionCard::*member;
};
// In the order in which people read them.
constexpr TextField kTexts[] = {
    {"action", &DecisionCard::action},       {"database", &DecisionCard::database},           {"requester", &DecisionCard::requester},
    {"groups", &DecisionCard::groups},       {"owner", &DecisionCard::owner},                 {"acts_for", &DecisionCard::acts_for},
    {"source", &DecisionCard::source},       {"application", &DecisionCard::application},     {"upstream_role", &DecisionCard::upstream_role},
    {"rule", &DecisionCard::rule},           {"reason", &DecisionCard::reason},               {"estimate", &DecisionCard::estimate},
    {"ceiling", &DecisionCard::ceiling},     {"approvers", &DecisionCard::approvers},         {"outcome", &DecisionCard::outcome},
};
struct ListField {
  const char* name;
  std::vector<std::string> DecisionCard::*member;
};
constexpr ListField kLists[] = {
    {"clear_columns", &DecisionCard::clear_columns}, {"objects", &DecisionCard::objects}, {"notes", &DecisionCard::notes},
    {"left_out", &DecisionCard::left_out},           {"history", &DecisionCard::history}, {"votes", &DecisionCard::votes},
};

}  // namespace

ordered_json card_json(const DecisionCard& card) {
  ordered_json out{{"id", card.id.text}, {"state", to_text(card.state)}, {"complete", card.complete()}};
  for (const TextField& field : kTexts) out[field.name] = card.*field.member;
  out["statement"] = card.statement;
  out["parameters"] = ordered_json::array();
  for (const CardParameter& parameter : card.parameters) {
    out["parameters"].push_back({{"name", parameter.name}, {"type", parameter.type}, {"value", parameter.value}, {"withheld", parameter.withheld}});
  }
  out["columns"] = ordered_json::array();
  for (const HeldColumn& column : card.columns) {
    out["columns"].push_back({{"column", column.column}, {"tags", column.tags}, {"use", column.use}, {"masked", column.masked}});
  }
  for (const ListField& field : kLists) out[field.name] = card.*field.member;
  out["reason_required"] = card.reason_required;
  out["expires_us"] = card.expires.time_since_epoch().count();
  out["digest"] = to_hex(digest_of(card));
  return out;
}

DecisionCard card_from_json(const json& from) {
  DecisionCard card;
  card.id.text = text_of(from, "id");
  if (const auto state = state_from_text(text_of(from, "state"))) card.state = *state;
  for (const TextField& field : kTexts) card.*field.member = text_of(from, field.name);
  const json& statement = member(from, "statement");
  card.statement = statement.is_string() ? shown_text(statement.get_ref<const std::string&>()).text : "?";
  if (const json& parameters = member(from, "parameters"); parameters.is_array()) {
    for (const json& parameter : parameters) {
      card.parameters.push_back({text_of(parameter, "name"), text_of(parameter, "type"), text_of(parameter, "value"), flag_of(parameter, "withheld")});
    }
  }
  if (const json& columns = member(from, "columns"); columns.is_array()) {
    for (const json& column : columns) {
      card.columns.push_back({text_of(column, "column"), texts_of(member(column, "tags")), text_of(column, "use"), flag_of(column, "masked")});
    }
  }
  for (const ListField& field : kLists) card.*field.member = texts_of(member(from, field.name));
  card.reason_required = flag_of(from, "reason_required");
  if (const json& expires = member(from, "expires_us"); expires.is_number_integer()) {
    const auto limit = std::int64_t{7'000'000'000'000'000};  // the year 2191: nanoseconds must fit as well
    card.expires = Timestamp(std::chrono::microseconds(std::clamp<std::int64_t>(expires.get<std::int64_t>(), 0, limit)));
  }
  return card;
}

}  // namespace sluice::approvals
