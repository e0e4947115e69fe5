#include "approvals/card_record.h"

#include <nlohmann/json.hpp>

namespace sluice::approvals {

using nlohmann::ordered_json;

namespace {
// One list for both directions, so that they cannot differ.
template <class Card, class Field>
void for_each_text(Card& card, Field field) {
  field("request", card.id.text);
  field("action", card.action);
  field("database", card.database);
  field("requester", card.requester);
  field("owner", card.owner);
  field("acts_for", card.acts_for);
  field("groups", card.groups);
  field("source", card.source);
  field("application", card.application);
  field("upstream_role", card.upstream_role);
  field("statement", card.statement);
  field("estimate", card.estimate);
  field("ceiling", card.ceiling);
  field("rule", card.rule);
  field("reason", card.reason);
  field("approvers", card.approvers);
  field("outcome", card.outcome);
}
template <class Card, class Field>
void for_each_list(Card& card, Field field) {
  field("clear_columns", card.clear_columns);
  field("objects", card.objects);
  field("votes", card.votes);
  field("history", card.history);
  field("notes", card.notes);
  field("left_out", card.left_out);
}
}  // namespace

std::string encode_card(const DecisionCard& card) {
  ordered_json out;
  for_each_text(card, [&](const char* name, const std::string& text) { out[name] = text; });
  for_each_list(card, [&](const char* name, const std::vector<std::string>& list) { out[name] = list; });
  out["state"] = to_text(card.state);
  out["reason_required"] = card.reason_required;
  out["expires_us"] = card.expires.time_since_epoch().count();
  out["parameters"] = ordered_json::array();
  for (const CardParameter& parameter : card.parameters) {
    out["parameters"].push_back({{"name", parameter.name}, {"type", parameter.type}, {"value", parameter.value}, {"withheld", parameter.withheld}});
  }
  out["columns"] = ordered_json::array();
  for (const HeldColumn& column : card.columns) {
    out["columns"].push_back({{"column", column.column}, {"tags", column.tags}, {"use", column.use}, {"masked", column.masked}});
  }
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<DecisionCard> decode_card(std::string_view text) {
  try {
    const ordered_json from = ordered_json::parse(text);
    DecisionCard card;
    for_each_text(card, [&](const char* name, std::string& into) { into = from.at(name).get<std::string>(); });
    for_each_list(card, [&](const char* name, std::vector<std::string>& into) { into = from.at(name).get<std::vector<std::string>>(); });
    const auto state = state_from_text(from.at("state").get<std::string>());
    if (!state) return make_error(ErrorKind::bad_request, "not a decision card");
    card.state = *state;
    card.reason_required = from.at("reason_required").get<bool>();
    card.expires = Timestamp(std::chrono::microseconds(from.at("expires_us").get<std::int64_t>()));
    for (const auto& parameter : from.at("parameters")) {
      card.parameters.push_back(
          {parameter.at("name").get<std::string>(), parameter.at("type").get<std::string>(), parameter.at("value").get<std::string>(), parameter.at("withheld").get<bool>()});
    }
    for (const auto& column : from.at("columns")) {
      card.columns.push_back({column.at("column").get<std::string>(), column.at("tags").get<std::vector<std::string>>(),
                              column.at("use").get<std::string>(), column.at("masked").get<bool>()});
    }
    return card;
  } catch (const ordered_json::exception&) {
    return make_error(ErrorKind::bad_request, "not a decision card");
  }
}

}  // namespace sluice::approvals
