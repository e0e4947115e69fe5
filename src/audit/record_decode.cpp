#include <nlohmann/json.hpp>
#include <optional>

#include "audit/json_text.h"
#include "audit/record_json.h"

namespace sluice::audit {
namespace {

using nlohmann::json;

/// Ends the decoding of a line that is no record of ours; never leaves this file.
struct NoRecord {};

std::string text_of(const json& from, const char* name) { return from.at(name).get<std::string>(); }
std::string text_or_empty(const json& from, const char* name) { return from.contains(name) ? text_of(from, name) : std::string(); }
std::uint64_t number_of(const json& from, const char* name) { return from.at(name).get<std::uint64_t>(); }

Timestamp time_of(const json& from, const char* name) {
  const auto time = time_from_text(from.at(name).get_ref<const std::string&>());
  if (!time) throw NoRecord{};
  return *time;
}

Digest digest_of(const json& from, const char* name) {
  Digest digest{};
  if (!from_hex(from.at(name).get_ref<const std::string&>(), digest)) throw NoRecord{};
  return digest;
}

template <class Id>
std::vector<Id> ids_of(const json& list) {
  std::vector<Id> ids;
  for (const json& id : list) ids.push_back(Id{id.get<std::string>()});
  return ids;
}

/// The value of a closed enum whose text is `text`, trying all from the first to `last`.
template <class Enum>
Enum enum_of(std::string_view text, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_text(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  throw NoRecord{};
}

auth::Identity identity_of(const json& from) {
  const std::string kind = text_of(from, "kind");
  if (kind != "agent" && kind != "person") throw NoRecord{};
  return {IdentityId{text_of(from, "id")}, kind == "agent" ? auth::IdentityKind::agent : auth::IdentityKind::person,
          ids_of<GroupId>(from.at("groups")), IdentityId{text_or_empty(from, "owner")}, IdentityId{text_or_empty(from, "acts_for")}};
}

StatementFacts facts_of(const json& from) {
  StatementFacts facts;
  facts.identity = identity_of(from.at("identity"));
  facts.database.text = text_of(from, "database");
  facts.kind = enum_of(text_of(from, "kind"), sql::kLastStatementKind);
  for (const json& action : from.at("actions")) facts.actions.push_back(enum_of(action.get<std::string>(), sql::kLastAction));
  facts.verdict = enum_of(text_of(from, "verdict"), policy::Verdict::deny);
  facts.reasons = ids_of<RuleId>(from.at("reasons"));
  facts.text_digest = digest_of(from, "text_sha256");
  facts.tables = from.at("tables").get<std::vector<std::string>>();
  for (const json& column : from.at("columns")) {
    facts.columns.push_back({text_of(column, "table"), text_of(column, "column"), column.at("tags").get<std::vector<std::string>>(),
                             column.at("masked").get<bool>(), enum_of(text_of(column, "use"), sql::Use::stored_code)});
  }
  facts.output_columns = from.at("output_columns").get<std::uint32_t>();
  facts.versions = {number_of(from, "catalog"), number_of(from, "policy")};
  return facts;
}

Checkpoint checkpoint_of(const json& from) {
  Checkpoint checkpoint{digest_of(from, "previous"), from.at("sources").get<std::map<std::string, std::uint64_t>>(), {}};
  for (const json& open : from.at("open")) {
    checkpoint.open.push_back({text_of(open, "journal"), number_of(open, "session"), number_of(open, "statement"),
                               number_of(open, "described"), time_of(open, "admitted")});
  }
  return checkpoint;
}

RequestId request_of(const json& from) { return RequestId{text_or_empty(from, "request")}; }

StatementCompleted completed_of(const json& from) {
  const auto outcome = outcome_from_text(text_of(from, "outcome"));
  if (!outcome) throw NoRecord{};
  return {number_of(from, "session"), number_of(from, "statement"), number_of(from, "described"), *outcome,
          number_of(from, "rows"),    number_of(from, "bytes"),     number_of(from, "microseconds"), text_or_empty(from, "sqlstate")};
}

StatementRefused refused_of(const json& from) {
  return {number_of(from, "session"),
          from.contains("described") ? number_of(from, "described") : 0,
          IdentityId{text_of(from, "identity")},
          IdentityId{text_or_empty(from, "acts_for")},
          DatabaseAlias{text_of(from, "database")},
          text_of(from, "why"),
          digest_of(from, "text_sha256")};
}

ApprovalRequested requested_of(const json& from) {
  return {request_of(from),
          RuleId{text_of(from, "rule")},
          identity_of(from.at("requester")),
          DatabaseAlias{text_of(from, "database")},
          from.at("actions").get<std::vector<std::string>>(),
          digest_of(from, "text_sha256"),
          digest_of(from, "bound_sha256"),
          ids_of<GroupId>(from.at("approver_groups")),
          from.at("approvals").get<std::uint32_t>(),
          time_of(from, "expires")};
}

ApprovalDecided decided_of(const json& from) {
  return {request_of(from),         IdentityId{text_of(from, "approver")}, ids_of<GroupId>(from.at("approver_groups")),
          from.at("approve").get<bool>(), text_of(from, "reason"),           text_of(from, "channel"),
          text_of(from, "state"),   IdentityId{text_or_empty(from, "for")},  from.value("break_glass", false),
          from.value("card_sha256", std::string())};
}

StandingApprovalAgreed agreed_of(const json& from) {
  return {text_of(from, "standing"),
          request_of(from),
          IdentityId{text_of(from, "approver")},
          IdentityId{text_or_empty(from, "for")},
          ids_of<GroupId>(from.at("approver_groups")),
          text_of(from, "reason"),
          text_of(from, "channel"),
          number_of(from, "uses"),
          number_of(from, "rows"),
          time_of(from, "ends"),
          from.at("in_force").get<bool>()};
}

/// What is about approvals besides the life of one request; nothing: another kind.
std::optional<Event> approval_event_of(const std::string& name, const json& from) {
  if (name == "approval_reopened") return ApprovalReopened{request_of(from), ids_of<IdentityId>(from.at("lapsed")), text_of(from, "state")};
  if (name == "approval_by_standing") return ApprovalByStanding{request_of(from), text_of(from, "standing"), number_of(from, "rows")};
  if (name == "approval_reminded") return ApprovalReminded{request_of(from), number_of(from, "times")};
  if (name == "approval_escalated") return ApprovalEscalated{request_of(from), ids_of<GroupId>(from.at("groups"))};
  if (name == "approval_reviewed") {
    return ApprovalReviewed{request_of(from), IdentityId{text_of(from, "reviewer")}, from.at("justified").get<bool>(), text_of(from, "reason"),
                            text_of(from, "channel")};
  }
  if (name == "right_delegated") {
    return RightDelegated{text_of(from, "delegation"), IdentityId{text_of(from, "lender")}, IdentityId{text_of(from, "delegate")},
                          ids_of<GroupId>(from.at("groups")), time_of(from, "starts"), time_of(from, "ends"), text_of(from, "reason")};
  }
  if (name == "delegation_revoked") return DelegationRevoked{text_of(from, "delegation"), IdentityId{text_of(from, "by")}};
  if (name == "standing_approval_agreed") return agreed_of(from);
  if (name == "standing_approval_revoked") {
    return StandingApprovalRevoked{text_of(from, "standing"), IdentityId{text_of(from, "by")}, text_of(from, "why")};
  }
  return std::nullopt;
}

Event event_of(const json& from) {
  const std::string& name = from.at("event").get_ref<const std::string&>();
  if (name == "gateway_started") return GatewayStarted{text_of(from, "version")};
  if (name == "gateway_restarted") {
    return GatewayRestarted{number_of(from, "recovered"), number_of(from, "unfinished"), number_of(from, "torn_bytes")};
  }
  if (name == "gateway_stopped") return GatewayStopped{};
  if (name == "policy_published") return PolicyPublished{number_of(from, "version"), digest_of(from, "file_sha256")};
  if (name == "policy_refused") return PolicyRefused{number_of(from, "mistakes"), digest_of(from, "file_sha256")};
  if (name == "session_opened") {
    return SessionOpened{number_of(from, "session"), identity_of(from.at("identity")), DatabaseAlias{text_of(from, "database")},
                         text_of(from, "peer"), static_cast<std::uint32_t>(number_of(from, "upstream_process_id"))};
  }
  if (name == "session_closed") return SessionClosed{number_of(from, "session")};
  if (name == "login_failed") return LoginFailed{text_of(from, "claimed_identity"), text_of(from, "peer"), text_of(from, "why")};
  if (name == "statement_described") return StatementDescribed{facts_of(from)};
  if (name == "statement_admitted") {
    return StatementAdmitted{number_of(from, "session"), number_of(from, "statement"), number_of(from, "described"), request_of(from)};
  }
  if (name == "statement_completed") return completed_of(from);
  if (name == "statement_refused") return refused_of(from);
  if (name == "approval_requested") return requested_of(from);
  if (name == "approval_decided") return decided_of(from);
  if (name == "approval_expired") return ApprovalExpired{request_of(from), from.at("was_approved").get<bool>()};
  if (name == "approval_withdrawn") return ApprovalWithdrawn{request_of(from), text_of(from, "why"), IdentityId{text_or_empty(from, "by")}};
  if (name == "approval_consumed") return ApprovalConsumed{request_of(from), digest_of(from, "bound_sha256"), text_or_empty(from, "standing")};
  if (name == "channel_account_linked") {
    return ChannelAccountLinked{text_of(from, "channel"), text_of(from, "account"), IdentityId{text_of(from, "identity")}, from.at("linked").get<bool>()};
  }
  if (name == "checkpoint") return checkpoint_of(from);
  if (auto event = approval_event_of(name, from)) return std::move(*event);
  throw NoRecord{};
}

Source source_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) throw NoRecord{};
  std::uint64_t number = 0;
  for (const char c : std::string_view(text).substr(colon + 1)) {
    if (c < '0' || c > '9') throw NoRecord{};
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return {text.substr(0, colon), number};
}

}  // namespace

Result<Record> decode_record(std::string_view line) {
  try {
    const json from = json::parse(line);
    Record record;
    if (from.contains("seq")) record.sequence = number_of(from, "seq");
    record.at = time_of(from, "at");
    if (from.contains("from")) record.source = source_of(text_of(from, "from"));
    record.event = event_of(from);
    return record;
  } catch (const json::exception&) {
  } catch (const NoRecord&) {
  }
  return make_error(ErrorKind::audit_unavailable, "line is no audit record");
}

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed: return "completed";
    case Outcome::failed: return "failed";
    case Outcome::unknown: return "unknown";
    case Outcome::canceled: return "canceled";
  }
  return "unknown";
}

std::optional<Outcome> outcome_from_text(std::string_view text) {
  for (const Outcome outcome : {Outcome::completed, Outcome::failed, Outcome::unknown, Outcome::canceled}) {
    if (to_text(outcome) == text) return outcome;
  }
  return std::nullopt;
}

}  // namespace sluice::audit
