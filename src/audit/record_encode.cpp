#include "audit/json_text.h"
#include "audit/record_json.h"

namespace sluice::audit {
namespace {

/// Writes the fields of one object, each after a comma. Names are our own and need no escape.
class Fields {
 public:
  explicit Fields(std::string& out) : out_(out) {}

  void text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(out_, value);
  }
  /// As text(), left out if empty.
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    begin(name);
    append_number(out_, value);
  }
  void truth(std::string_view name, bool value) {
    begin(name);
    out_ += value ? "true" : "false";
  }
  void time(std::string_view name, Timestamp at) {
    begin(name);
    out_.push_back('"');
    append_time(out_, at);
    out_.push_back('"');
  }
  void digest(std::string_view name, const Digest& digest) {
    begin(name);
    out_.push_back('"');
    append_hex(out_, digest);
    out_.push_back('"');
  }
  /// `text` as it is, with commas, then a number: for the records of every statement.
  void literal(std::string_view text, std::uint64_t value) {
    out_.append(text);
    append_number(out_, value);
  }
  template <class List, class Text>
  void texts(std::string_view name, const List& list, Text text_of) {
    begin(name);
    append_list(list, [&](const auto& item) { append_json_string(out_, text_of(item)); });
  }
  template <class List, class Append>
  void list(std::string_view name, const List& list, Append append) {
    begin(name);
    append_list(list, append);
  }
  void begin(std::string_view name) {
    if (out_.back() != '{') out_.push_back(',');
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
  }
  std::string& out() { return out_; }

 private:
  template <class List, class Append>
  void append_list(const List& list, Append append) {
    char separator = '[';
    for (const auto& item : list) {
      out_.push_back(separator);
      append(item);
      separator = ',';
    }
    if (separator == '[') out_.push_back('[');
    out_.push_back(']');
  }

  std::string& out_;
};

constexpr auto kPlain = [](const std::string& text) -> std::string_view { return text; };
constexpr auto kId = [](const auto& id) -> std::string_view { return id.text; };

void append_identity(Fields& to, std::string_view name, const auth::Identity& identity) {
  to.begin(name);
  to.out().push_back('{');
  to.text("id", identity.id.text);
  to.text("kind", identity.kind == auth::IdentityKind::agent ? "agent" : "person");
  to.texts("groups", identity.groups, kId);
  to.text_if("owner", identity.owner.text);
  to.text_if("acts_for", identity.acts_for.text);
  to.out().push_back('}');
}

void append_column(std::string& out, const ColumnUsage& column) {
  out.push_back('{');
  Fields to(out);
  to.text("table", column.table);
  to.text("column", column.column);
  to.text("use", sql::to_text(column.use));
  to.truth("masked", column.masked);
  to.texts("tags", column.tags, kPlain);
  out.push_back('}');
}

void append_facts(Fields& to, const StatementFacts& facts) {
  append_identity(to, "identity", facts.identity);
  to.text("database", facts.database.text);
  to.text("kind", sql::to_text(facts.kind));
  to.texts("actions", facts.actions, [](sql::Action action) { return sql::to_text(action); });
  to.text("verdict", policy::to_text(facts.verdict));
  to.texts("reasons", facts.reasons, kId);
  to.digest("text_sha256", facts.text_digest);
  to.texts("tables", facts.tables, kPlain);
  to.list("columns", facts.columns, [&](const ColumnUsage& column) { append_column(to.out(), column); });
  to.number("output_columns", facts.output_columns);
  to.number("catalog", facts.versions.catalog);
  to.number("policy", facts.versions.policy);
}

struct EventFields {
  Fields& to;

  void operator()(const GatewayStarted& event) {
    to.text("event", "gateway_started");
    to.text("version", event.version);
  }
  void operator()(const GatewayRestarted& event) {
    to.text("event", "gateway_restarted");
    to.number("recovered", event.recovered);
    to.number("unfinished", event.unfinished);
    to.number("torn_bytes", event.torn_bytes);
  }
  void operator()(const GatewayStopped&) { to.text("event", "gateway_stopped"); }
  void operator()(const PolicyPublished& event) {
    to.text("event", "policy_published");
    to.number("version", event.version);
    to.digest("file_sha256", event.file);
  }
  void operator()(const PolicyRefused& event) {
    to.text("event", "policy_refused");
    to.number("mistakes", event.mistakes);
    to.digest("file_sha256", event.file);
  }
  void operator()(const SessionOpened& event) {
    to.text("event", "session_opened");
    to.number("session", event.session);
    append_identity(to, "identity", event.identity);
    to.text("database", event.database.text);
    to.text("peer", event.peer);
    to.number("upstream_process_id", event.upstream_process_id);
  }
  void operator()(const SessionClosed& event) {
    to.text("event", "session_closed");
    to.number("session", event.session);
  }
  void operator()(const LoginFailed& event) {
    to.text("event", "login_failed");
    to.text("claimed_identity", event.claimed_identity);
    to.text("peer", event.peer);
    to.text("why", event.why);
  }
  void operator()(const StatementDescribed& event) {
    to.text("event", "statement_described");
    append_facts(to, event.facts);
  }
  void operator()(const StatementAdmitted& event) {
    to.literal(R"(,"event":"statement_admitted","session":)", event.session);
    to.literal(R"(,"statement":)", event.statement);
    to.literal(R"(,"described":)", event.described);
    to.text_if("request", event.request.text);
  }
  void operator()(const StatementCompleted& event) {
    to.literal(R"(,"event":"statement_completed","session":)", event.session);
    to.literal(R"(,"statement":)", event.statement);
    to.literal(R"(,"described":)", event.described);
    to.text("outcome", to_text(event.outcome));
    to.literal(R"(,"rows":)", event.rows);
    to.literal(R"(,"bytes":)", event.bytes);
    to.literal(R"(,"microseconds":)", event.microseconds);
    to.text_if("sqlstate", event.sqlstate);
  }
  void operator()(const StatementRefused& event) {
    to.text("event", "statement_refused");
    to.number("session", event.session);
    if (event.described != 0) to.number("described", event.described);
    to.text("identity", event.identity.text);
    to.text_if("acts_for", event.acts_for.text);
    to.text("database", event.database.text);
    to.text("why", event.why);
    to.digest("text_sha256", event.text);
  }
  void operator()(const ApprovalRequested& event) {
    to.text("event", "approval_requested");
    to.text("request", event.request.text);
    to.text("rule", event.rule.text);
    append_identity(to, "requester", event.requester);
    to.text("database", event.database.text);
    to.texts("actions", event.actions, kPlain);
    to.digest("text_sha256", event.text);
    to.digest("bound_sha256", event.bound);
    to.texts("approver_groups", event.approver_groups, kId);
    to.number("approvals", event.approvals);
    to.time("expires", event.expires);
  }
  void operator()(const ApprovalDecided& event) {
    to.text("event", "approval_decided");
    to.text("request", event.request.text);
    to.text("approver", event.approver.text);
    to.texts("approver_groups", event.approver_groups, kId);
    to.truth("approve", event.approve);
    to.text("reason", event.reason);
    to.text("channel", event.channel);
    to.text("state", event.state);
    if (!event.card.empty()) to.text("card_sha256", event.card);
    to.text_if("for", event.on_behalf_of.text);
    if (event.break_glass) to.truth("break_glass", true);
  }
  void operator()(const ApprovalExpired& event) {
    to.text("event", "approval_expired");
    to.text("request", event.request.text);
    to.truth("was_approved", event.was_approved);
  }
  void operator()(const ApprovalWithdrawn& event) {
    to.text("event", "approval_withdrawn");
    to.text("request", event.request.text);
    to.text("why", event.why);
    to.text_if("by", event.by.text);
  }
  void operator()(const ApprovalConsumed& event) {
    to.text("event", "approval_consumed");
    to.text("request", event.request.text);
    to.digest("bound_sha256", event.bound);
    to.text_if("standing", event.standing);
  }
  void operator()(const ApprovalReopened& event) {
    to.text("event", "approval_reopened");
    to.text("request", event.request.text);
    to.texts("lapsed", event.lapsed, kId);
    to.text("state", event.state);
  }
  void operator()(const ApprovalByStanding& event) {
    to.text("event", "approval_by_standing");
    to.text("request", event.request.text);
    to.text("standing", event.standing);
    to.number("rows", event.rows);
  }
  void operator()(const ApprovalReminded& event) {
    to.text("event", "approval_reminded");
    to.text("request", event.request.text);
    to.number("times", event.times);
  }
  void operator()(const ApprovalEscalated& event) {
    to.text("event", "approval_escalated");
    to.text("request", event.request.text);
    to.texts("groups", event.groups, kId);
  }
  void operator()(const ApprovalReviewed& event) {
    to.text("event", "approval_reviewed");
    to.text("request", event.request.text);
    to.text("reviewer", event.reviewer.text);
    to.truth("justified", event.justified);
    to.text("reason", event.reason);
    to.text("channel", event.channel);
  }
  void operator()(const RightDelegated& event) {
    to.text("event", "right_delegated");
    to.text("delegation", event.delegation);
    to.text("lender", event.lender.text);
    to.text("delegate", event.delegate.text);
    to.texts("groups", event.groups, kId);
    to.time("starts", event.starts);
    to.time("ends", event.ends);
    to.text("reason", event.reason);
  }
  void operator()(const DelegationRevoked& event) {
    to.text("event", "delegation_revoked");
    to.text("delegation", event.delegation);
    to.text("by", event.by.text);
  }
  void operator()(const StandingApprovalAgreed& event) {
    to.text("event", "standing_approval_agreed");
    to.text("standing", event.standing);
    to.text("request", event.request.text);
    to.text("approver", event.approver.text);
    to.text_if("for", event.on_behalf_of.text);
    to.texts("approver_groups", event.approver_groups, kId);
    to.text("reason", event.reason);
    to.text("channel", event.channel);
    to.number("uses", event.uses);
    to.number("rows", event.rows);
    to.time("ends", event.ends);
    to.truth("in_force", event.in_force);
  }
  void operator()(const StandingApprovalRevoked& event) {
    to.text("event", "standing_approval_revoked");
    to.text("standing", event.standing);
    to.text("by", event.by.text);
    to.text("why", event.why);
  }
  void operator()(const ChannelAccountLinked& event) {
    to.text("event", "channel_account_linked");
    to.text("channel", event.channel);
    to.text("account", event.account);
    to.text("identity", event.identity.text);
    to.truth("linked", event.linked);
  }
  void operator()(const Checkpoint& event) {
    to.text("event", "checkpoint");
    to.digest("previous", event.previous);
    to.begin("sources");
    to.out().push_back('{');
    for (const auto& [journal, number] : event.sources) to.number(journal, number);
    to.out().push_back('}');
    to.list("open", event.open, [&](const OpenStatement& open) {
      to.out().push_back('{');
      to.text("journal", open.journal);
      to.number("session", open.session);
      to.number("statement", open.statement);
      to.number("described", open.described);
      to.time("admitted", open.admitted);
      to.out().push_back('}');
    });
  }
};

}  // namespace

void append_record(std::string& out, const Record& record) {
  out.push_back('{');
  Fields to(out);
  if (record.sequence != 0) to.literal(R"("seq":)", record.sequence);
  to.time("at", record.at);
  if (!record.source.journal.empty()) {
    out.append(R"(,"from":")");
    out.append(record.source.journal);
    to.literal(":", record.source.number);
    out.push_back('"');
  }
  std::visit(EventFields{to}, record.event);
}

}  // namespace sluice::audit
