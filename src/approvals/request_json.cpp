#include "approvals/request_json.h"

#include <nlohmann/json.hpp>

namespace sluice::approvals {
namespace {

using nlohmann::json;

std::string base64(std::string_view bytes) {
  return to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string bytes_of(const json& text) {
  std::string bytes;
  if (!from_base64(text.get_ref<const std::string&>(), bytes)) throw json::other_error::create(501, "not base64", nullptr);
  return bytes;
}

template <class Tag>
json groups_json(const std::vector<NamedId<Tag>>& ids) {
  json list = json::array();
  for (const NamedId<Tag>& id : ids) list.push_back(id.text);
  return list;
}

std::int64_t number_of(Timestamp at) { return at.time_since_epoch().count(); }
Timestamp time_of(const json& number) { return Timestamp(std::chrono::microseconds(number.get<std::int64_t>())); }

std::vector<GroupId> groups_of(const json& list) {
  std::vector<GroupId> groups;
  for (const json& group : list) groups.push_back(GroupId{group.get<std::string>()});
  return groups;
}

json held_json(const HeldStatement& held) {
  json parameters = json::array();
  for (const Parameter& parameter : held.parameters) {
    parameters.push_back({{"null", parameter.null}, {"binary", parameter.binary}, {"value", base64(parameter.value)}, {"type", parameter.type}});
  }
  json columns = json::array();
  for (const HeldColumn& column : held.columns) {
    columns.push_back({{"column", column.column}, {"tags", column.tags}, {"use", column.use}, {"masked", column.masked}});
  }
  const auth::Identity& who = held.requester;
  return {{"requester",
           {{"id", who.id.text},
            {"person", who.kind == auth::IdentityKind::person},
            {"groups", groups_json(who.groups)},
            {"owner", who.owner.text},
            {"acts_for", who.acts_for.text}}},
          {"database", held.database.text},
          {"system_identifier", held.system_identifier},
          {"statement", held.statement},
          {"parameters", parameters},
          {"search_path", held.search_path},
          {"settings", held.settings},
          {"catalog", held.versions.catalog},
          {"policy", held.versions.policy},
          {"actions", held.actions},
          {"upstream_database", held.upstream_database},
          {"upstream_role", held.upstream_role},
          {"clear_columns", held.clear_columns},
          {"columns", columns},
          {"objects", held.objects},
          {"shape", held.shape},
          {"application", held.application},
          {"estimated_rows", held.estimated_rows ? json(*held.estimated_rows) : json()},
          {"peer", held.peer},
          {"session", held.session}};
}

HeldStatement held_of(const json& from) {
  HeldStatement held;
  const json& who = from.at("requester");
  held.requester = {IdentityId{who.at("id").get<std::string>()},
                    who.at("person").get<bool>() ? auth::IdentityKind::person : auth::IdentityKind::agent, groups_of(who.at("groups")),
                    IdentityId{who.at("owner").get<std::string>()}, IdentityId{who.at("acts_for").get<std::string>()}};
  held.database.text = from.at("database").get<std::string>();
  held.system_identifier = from.at("system_identifier").get<std::string>();
  held.statement = from.at("statement").get<std::string>();
  for (const json& parameter : from.at("parameters")) {
    held.parameters.push_back({parameter.at("null").get<bool>(), parameter.at("binary").get<bool>(), bytes_of(parameter.at("value")),
                               parameter.at("type").get<std::uint32_t>()});
  }
  held.search_path = from.at("search_path").get<std::vector<std::string>>();
  held.settings = from.at("settings").get<std::vector<std::string>>();
  held.versions = {from.at("catalog").get<std::uint64_t>(), from.at("policy").get<std::uint64_t>()};
  held.actions = from.at("actions").get<std::vector<std::string>>();
  held.upstream_database = from.at("upstream_database").get<std::string>();
  held.upstream_role = from.at("upstream_role").get<std::string>();
  held.clear_columns = from.at("clear_columns").get<std::vector<std::string>>();
  for (const json& column : from.at("columns")) {
    held.columns.push_back({column.at("column").get<std::string>(), column.at("tags").get<std::vector<std::string>>(),
                            column.at("use").get<std::string>(), column.at("masked").get<bool>()});
  }
  held.objects = from.at("objects").get<std::vector<std::string>>();
  held.shape = from.at("shape").get<std::string>();
  held.application = from.at("application").get<std::string>();
  if (!from.at("estimated_rows").is_null()) held.estimated_rows = from.at("estimated_rows").get<std::uint64_t>();
  held.peer = from.at("peer").get<std::string>();
  held.session = from.at("session").get<std::uint64_t>();
  return held;
}

json requirement_json(const policy::RequireApproval& requirement) {
  json further = json::array();
  for (const auto& groups : requirement.further_approver_groups) further.push_back(groups_json(groups));
  return {{"rule", requirement.rule.text},
          {"approver_groups", groups_json(requirement.approver_groups)},
          {"further_approver_groups", further},
          {"approvals", requirement.approvals},
          {"wait", requirement.mode == policy::HoldMode::wait},
          {"expires_after_s", requirement.expires_after.count()},
          {"valid_for_s", requirement.valid_for.count()},
          {"reason", requirement.reason},
          {"reason_required", requirement.reason_required},
          {"max_rows", requirement.max_rows ? json(*requirement.max_rows) : json()},
          {"remind_every_s", requirement.remind_every.count()},
          {"escalate_after_s", requirement.escalate_after.count()},
          {"escalation_groups", groups_json(requirement.escalation_groups)},
          {"break_glass_groups", groups_json(requirement.break_glass_groups)},
          {"standing", requirement.standing},
          {"standing_uses", requirement.standing_limits.uses},
          {"standing_rows", requirement.standing_limits.rows},
          {"standing_life_s", requirement.standing_limits.life.count()},
          {"further_rules", groups_json(requirement.further_rules)},
          {"denied_for_s", requirement.denied_for.count()}};
}

policy::RequireApproval requirement_of(const json& from) {
  policy::RequireApproval requirement;
  requirement.rule.text = from.at("rule").get<std::string>();
  requirement.approver_groups = groups_of(from.at("approver_groups"));
  for (const json& groups : from.at("further_approver_groups")) requirement.further_approver_groups.push_back(groups_of(groups));
  requirement.approvals = from.at("approvals").get<std::uint32_t>();
  requirement.mode = from.at("wait").get<bool>() ? policy::HoldMode::wait : policy::HoldMode::error;
  requirement.expires_after = std::chrono::seconds(from.at("expires_after_s").get<std::int64_t>());
  requirement.valid_for = std::chrono::seconds(from.at("valid_for_s").get<std::int64_t>());
  requirement.reason = from.at("reason").get<std::string>();
  requirement.reason_required = from.at("reason_required").get<bool>();
  if (!from.at("max_rows").is_null()) requirement.max_rows = from.at("max_rows").get<std::uint64_t>();
  requirement.remind_every = std::chrono::seconds(from.at("remind_every_s").get<std::int64_t>());
  requirement.escalate_after = std::chrono::seconds(from.at("escalate_after_s").get<std::int64_t>());
  requirement.escalation_groups = groups_of(from.at("escalation_groups"));
  requirement.break_glass_groups = groups_of(from.at("break_glass_groups"));
  requirement.standing = from.at("standing").get<bool>();
  requirement.standing_limits = {from.at("standing_uses").get<std::uint64_t>(), from.at("standing_rows").get<std::uint64_t>(),
                                 std::chrono::seconds(from.at("standing_life_s").get<std::int64_t>())};
  for (const json& rule : from.at("further_rules")) requirement.further_rules.push_back(RuleId{rule.get<std::string>()});
  requirement.denied_for = std::chrono::seconds(from.at("denied_for_s").get<std::int64_t>());
  return requirement;
}

}  // namespace

Result<std::string> encode_request_document(const HeldStatement& held, const policy::RequireApproval& requirement) {
  try {
    return json{{"held", held_json(held)}, {"requirement", requirement_json(requirement)}}.dump();
  } catch (const json::exception&) {
    return make_error(ErrorKind::invalid_text_encoding, "statement is not valid UTF-8");
  }
}

Status decode_request_document(std::string_view document, ApprovalRequest& request) {
  try {
    const json from = json::parse(document);
    request.held = held_of(from.at("held"));
    request.requirement = requirement_of(from.at("requirement"));
    return Done{};
  } catch (const json::exception&) {
    return make_error(ErrorKind::store_unavailable, "stored approval request is damaged");
  }
}

std::string encode_execution(const Execution& execution) {
  return json{{"outcome", execution.outcome},
              {"rows", execution.rows},
              {"bytes", execution.bytes},
              {"duration_us", execution.duration.count()},
              {"at", number_of(execution.at)}}
      .dump();
}

Status decode_execution(std::string_view document, ApprovalRequest& request) {
  try {
    const json from = json::parse(document);
    request.execution = Execution{from.at("outcome").get<std::string>(), from.at("rows").get<std::uint64_t>(), from.at("bytes").get<std::uint64_t>(),
                                  std::chrono::microseconds(from.at("duration_us").get<std::int64_t>()), time_of(from.at("at"))};
    return Done{};
  } catch (const json::exception&) {
    return make_error(ErrorKind::store_unavailable, "stored approval request is damaged");
  }
}

std::string encode_review(const Review& review) {
  return json{{"reviewer", review.reviewer.text},
              {"justified", review.justified},
              {"reason", review.reason},
              {"at", number_of(review.at)},
              {"channel", review.channel}}
      .dump();
}

Status decode_review(std::string_view document, ApprovalRequest& request) {
  try {
    const json from = json::parse(document);
    request.review = Review{IdentityId{from.at("reviewer").get<std::string>()}, from.at("justified").get<bool>(), from.at("reason").get<std::string>(),
                            time_of(from.at("at")), from.at("channel").get<std::string>()};
    return Done{};
  } catch (const json::exception&) {
    return make_error(ErrorKind::store_unavailable, "stored approval request is damaged");
  }
}

std::string encode_votes(const std::vector<Vote>& votes) {
  json list = json::array();
  for (const Vote& vote : votes) {
    list.push_back({{"approver", vote.approver.text},
                    {"approve", vote.approve},
                    {"reason", vote.reason},
                    {"at", number_of(vote.at)},
                    {"channel", vote.channel},
                    {"for", vote.on_behalf_of.text},
                    {"groups", groups_json(vote.groups)}});
  }
  return list.dump();
}

Result<std::vector<Vote>> decode_votes(std::string_view document) {
  try {
    std::vector<Vote> votes;
    for (const json& from : json::parse(document)) {
      Vote vote;
      vote.approver.text = from.at("approver").get<std::string>();
      vote.approve = from.at("approve").get<bool>();
      vote.reason = from.at("reason").get<std::string>();
      vote.at = time_of(from.at("at"));
      vote.channel = from.at("channel").get<std::string>();
      vote.on_behalf_of.text = from.at("for").get<std::string>();
      vote.groups = groups_of(from.at("groups"));
      votes.push_back(std::move(vote));
    }
    return votes;
  } catch (const json::exception&) {
    return make_error(ErrorKind::store_unavailable, "stored standing approval is damaged");
  }
}

}  // namespace sluice::approvals
