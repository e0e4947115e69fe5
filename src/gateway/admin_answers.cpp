#include "gateway/admin_answers.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "approvals/request_id.h"
#include "approvals/visible_text.h"

namespace sluice::gateway {

using approvals::ApprovalRequest;
using Verb = AdminCommand::Verb;

namespace {
constexpr std::size_t kListed = 200;
constexpr std::size_t kCellCharacters = 200;
constexpr std::size_t kMaxShown = 100;

std::string cell(std::string_view text) { return approvals::visible_line(text, kCellCharacters); }
std::string utc(Timestamp at) { return fmt::format("{:%Y-%m-%d %H:%M:%S}+00", std::chrono::time_point_cast<std::chrono::seconds>(at)); }

template <class List, class Text>
std::string joined(const List& list, Text text) {
  std::string out;
  for (const auto& item : list) out.append(out.empty() ? "" : ", ").append(text(item));
  return out;
}

std::string votes_of(const ApprovalRequest& request) {
  const auto agreed = std::count_if(request.votes.begin(), request.votes.end(), [](const approvals::Vote& vote) { return vote.approve && !vote.lapsed; });
  return fmt::format("{} of {}", agreed, std::max<std::uint32_t>(request.requirement.approvals, 1));
}

// Name and text of all that a card shows; texts are visible forms already.
std::vector<std::vector<std::string>> rows_of(const approvals::DecisionCard& card) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) rows.push_back({name, text});
  };
  add("id", card.id.text);
  add("state", std::string(approvals::to_text(card.state)));
  add("action", card.action);
  add("database", card.database);
  add("requester", card.requester);
  add("owner", card.owner);
  add("on behalf of", card.acts_for);
  add("groups", card.groups);
  add("source", card.source);
  add("application", card.application);
  add("upstream role", card.upstream_role);
  add("statement", card.statement);
  for (const approvals::CardParameter& parameter : card.parameters) rows.push_back({"parameter " + parameter.name + " " + parameter.type, parameter.value});
  for (const approvals::HeldColumn& column : card.columns) {
    rows.push_back({"tagged column", column.column + " [" + joined(column.tags, [](const std::string& tag) { return tag; }) + "] " + column.use +
                                         (column.masked ? ", masked" : ", in clear")});
  }
  for (const std::string& column : card.clear_columns) rows.push_back({"comes out in clear", column});
  for (const std::string& object : card.objects) rows.push_back({"changes", object});
  add("estimate", card.estimate);
  add("ceiling", card.ceiling);
  add("rule", card.rule);
  add("why held", card.reason);
  add("approvers", card.approvers);
  if (card.reason_required) add("reason", "required");
  for (const std::string& vote : card.votes) rows.push_back({"vote", vote});
  for (const std::string& line : card.history) rows.push_back({"history", line});
  add("expires", utc(card.expires));
  add("outcome", card.outcome);
  for (const std::string& line : card.notes) rows.push_back({"note", line});
  for (const std::string& line : card.left_out) rows.push_back({"note", line});
  return rows;
}

Error not_here() { return make_error(ErrorKind::not_supported, "this gateway does not offer the command"); }
}  // namespace

std::vector<std::string> admin_columns(const AdminCommand& command) {
  switch (command.verb) {
    case Verb::show_approvals: return {"id", "state", "requester", "database", "actions", "votes", "expires", "statement"};
    case Verb::show_approval: return {"name", "value"};
    case Verb::approve:
    case Verb::deny: return {"id", "state", "votes"};
    case Verb::show_clients: return {"session", "identity", "database", "peer", "state", "seconds"};
    case Verb::show_databases: return {"name", "database", "user"};
    case Verb::show_servers: return {"database", "host", "port"};
    case Verb::show_usage: return {"identity", "statements", "rows", "values", "bytes"};
    case Verb::show_help: return {"command", "what"};
    case Verb::show_version: return {"version"};
    case Verb::reload: return {"published", "policy_version", "findings"};
    case Verb::show_constant: return {command.column};
    case Verb::empty:
    case Verb::begin:
    case Verb::commit:
    case Verb::rollback:
    case Verb::no_effect: return {};
  }
  return {};
}

net::awaitable<Result<AdminTable>> AdminAnswers::answer(AdminCall call, auth::Identity caller) {
  AdminTable table;
  table.tag = call.command.tag;
  switch (call.command.verb) {
    case Verb::show_approvals: co_return co_await show_approvals(call.command.all, std::move(caller));
    case Verb::show_approval: co_return co_await show_approval(std::move(call.id), std::move(caller));
    case Verb::approve:
    case Verb::deny: co_return co_await decide(std::move(call), std::move(caller));
    case Verb::show_clients: co_return co_await show_clients();
    case Verb::show_databases: co_return show_databases(false);
    case Verb::show_servers: co_return show_databases(true);
    case Verb::show_usage: co_return co_await show_usage();
    case Verb::reload: co_return co_await reload();
    case Verb::show_help:
      for (const AdminHelp& help : admin_help()) table.rows.push_back({help.command, help.what});
      co_return table;
    case Verb::show_version: table.rows.push_back({std::string(kAdminServerVersion)}); co_return table;
    case Verb::show_constant: table.rows.push_back({call.command.value}); co_return table;
    case Verb::empty:
    case Verb::begin:
    case Verb::commit:
    case Verb::rollback:
    case Verb::no_effect: co_return table;
  }
  co_return table;
}

AdminAnswers::Answer AdminAnswers::show_approvals(bool all, auth::Identity caller) {
  approvals::ApprovalQuery query;
  if (!all) query.state = approvals::RequestState::pending;
  query.limit = kListed;
  Result<approvals::Viewer> viewer = co_await desk_.viewer(std::move(caller));
  if (!viewer.ok()) co_return std::move(viewer).error();
  query.viewer = std::move(*viewer);
  Result<approvals::ApprovalPage> page = co_await desk_.find(std::move(query));
  if (!page.ok()) co_return std::move(page).error();
  AdminTable table;
  table.tag = "SHOW";
  for (const ApprovalRequest& request : page->requests) {
    table.rows.push_back({request.id.text, std::string(approvals::to_text(request.state)), cell(request.held.requester.id.text),
                          cell(request.held.database.text), joined(request.held.actions, [](const std::string& action) { return cell(action); }),
                          votes_of(request), utc(request.expires), cell(request.held.statement)});
  }
  co_return table;
}

// To everybody who may not see it it does not exist.
net::awaitable<Result<ApprovalRequest>> AdminAnswers::request_of(std::string text, auth::Identity caller) {
  const Error unknown = make_error(ErrorKind::not_found, "no such approval request", "SHOW APPROVALS lists those that wait.");
  if (!approvals::is_request_id(text)) co_return unknown;
  const RequestId id{std::move(text)};
  Result<ApprovalRequest> request = co_await desk_.get(id);
  if (!request.ok() && request.error().kind != ErrorKind::not_found) co_return request;
  if (!request.ok()) co_return unknown;
  Result<approvals::Viewer> viewer = co_await desk_.viewer(std::move(caller));
  if (!viewer.ok()) co_return std::move(viewer).error();
  if (!approvals::may_see(*request, *viewer)) co_return unknown;
  co_return request;
}

AdminAnswers::Answer AdminAnswers::show_approval(std::string id, auth::Identity caller) {
  Result<ApprovalRequest> request = co_await request_of(std::move(id), std::move(caller));
  if (!request.ok()) co_return std::move(request).error();
  Result<approvals::CardHistory> history = co_await desk_.history(*request);
  if (!history.ok()) co_return std::move(history).error();
  Shown shown{approvals::make_card(*request, *history, approvals::no_limits()), *history};
  AdminTable table;
  table.tag = "SHOW";
  table.rows = rows_of(shown.card);
  if (shown_.size() >= kMaxShown) shown_.clear();
  shown_.insert_or_assign(request->id, std::move(shown));
  co_return table;
}

AdminAnswers::Answer AdminAnswers::decide(AdminCall call, auth::Identity caller) {
  Result<ApprovalRequest> request = co_await request_of(std::move(call.id), caller);
  if (!request.ok()) co_return std::move(request).error();
  const RequestId id = request->id;
  control::Seen seen;
  if (const auto found = shown_.find(id); found != shown_.end()) {
    // What was shown is what is decided on.
    seen.card = found->second.card;
    seen.check = [shown = found->second](const ApprovalRequest& now) -> Status {
      if (approvals::digest_of(approvals::make_card(now, shown.history, approvals::no_limits())) == approvals::digest_of(shown.card)) return Done{};
      if (now.state != shown.card.state) return Done{};  // too late: the desk says in which way
      return make_error(ErrorKind::conflict, "the approval request is not as it was shown", "SHOW APPROVAL shows it as it is now.");
    };
  }
  const bool approve = call.command.verb == Verb::approve;
  Result<ApprovalRequest> decided = co_await desk_.decide(id, std::move(caller), approve, std::move(call.reason), "sql", std::move(seen));
  if (!decided.ok()) co_return std::move(decided).error();
  AdminTable table;
  table.tag = call.command.tag;
  table.rows.push_back({id.text, std::string(approvals::to_text(decided->state)), votes_of(*decided)});
  co_return table;
}

AdminAnswers::Answer AdminAnswers::show_clients() {
  if (!source_.clients) co_return not_here();
  net::awaitable<std::vector<ClientRow>> asking = source_.clients();
  const std::vector<ClientRow> clients = co_await std::move(asking);
  AdminTable table;
  table.tag = "SHOW";
  for (const ClientRow& client : clients) {
    table.rows.push_back({std::to_string(client.session), cell(client.identity), cell(client.database), cell(client.peer), client.doing,
                          std::to_string(client.seconds)});
  }
  co_return table;
}

AdminAnswers::Answer AdminAnswers::show_usage() {
  if (!source_.usage) co_return not_here();
  usage::UsageQuery query;
  query.group_by = {usage::Dimension::identity};
  net::awaitable<Result<usage::UsageReport>> asking = source_.usage(std::move(query));
  const Result<usage::UsageReport> report = co_await std::move(asking);
  if (!report.ok()) co_return report.error();
  AdminTable table;
  table.tag = "SHOW";
  for (const usage::UsageLine& line : report->lines) {
    table.rows.push_back({line.group.empty() ? "" : cell(line.group.front()), std::to_string(line.counts.statements), std::to_string(line.counts.rows),
                          std::to_string(line.counts.values), std::to_string(line.counts.bytes)});
  }
  co_return table;
}

AdminAnswers::Answer AdminAnswers::reload() {
  if (!source_.reload) co_return not_here();
  net::awaitable<Result<control::ReloadOutcome>> asking = source_.reload();
  const Result<control::ReloadOutcome> outcome = co_await std::move(asking);
  if (!outcome.ok()) co_return outcome.error();
  AdminTable table;
  table.tag = "RELOAD";
  const std::string findings = joined(outcome->findings, [](const config::Finding& finding) {
    return cell(finding.where + ": " + (finding.error ? "error: " : "warning: ") + finding.message);
  });
  if (!outcome->published) co_return make_error(ErrorKind::invalid_parameter_value, "the configuration has mistakes: nothing changed", findings);
  table.rows.push_back({"t", std::to_string(outcome->policy_version), findings});
  co_return table;
}

AdminTable AdminAnswers::show_databases(bool servers) const {
  AdminTable table;
  table.tag = "SHOW";
  for (const auto& [alias, upstream] : board_.config()->databases) {
    if (!servers) {
      table.rows.push_back({cell(alias.text), cell(upstream.database), cell(upstream.user)});
      continue;
    }
    for (const config::UpstreamHost& host : upstream.hosts) table.rows.push_back({cell(alias.text), cell(host.host), std::to_string(host.port)});
  }
  return table;
}

}  // namespace sluice::gateway
