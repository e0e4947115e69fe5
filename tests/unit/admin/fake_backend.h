#pragma once

#include <map>
#include <memory>

#include "admin/api.h"
#include "approvals/lifecycle.h"
#include "base/digest.h"

namespace sluice::admin {

/// An approval desk without store and threads, at a time that stands still.
class FakeDesk final : public control::ApprovalDesk {
 public:
  net::awaitable<Result<control::HoldStatus>> submit(approvals::HeldStatement, policy::RequireApproval) override {
    co_return make_error(ErrorKind::internal, "not used here");
  }
  net::awaitable<Result<control::HoldStatus>> wait(RequestId) override { co_return make_error(ErrorKind::internal, "not used here"); }
  void withdraw(RequestId, std::string) override {}
  net::awaitable<Status> consume(RequestId, Digest) override { co_return make_error(ErrorKind::internal, "not used here"); }

  net::awaitable<Result<std::vector<approvals::ApprovalRequest>>> list(bool pending_only) override {
    std::vector<approvals::ApprovalRequest> listed;
    for (const auto& [id, request] : requests) {
      if (!pending_only || request.state == approvals::RequestState::pending) listed.push_back(request);
    }
    co_return listed;
  }
  net::awaitable<Result<approvals::ApprovalRequest>> get(RequestId id) override {
    const auto found = requests.find(id);
    if (found == requests.end()) co_return make_error(ErrorKind::not_found, "no such approval request");
    co_return found->second;
  }
  net::awaitable<Result<approvals::ApprovalRequest>> decide(RequestId id, auth::Identity approver, bool approve, std::string reason,
                                                            std::string channel) override {
    ++decisions;
    const approvals::Vote vote{approver.id, approve, reason, now, channel};
    const approvals::Event event = approvals::Decided{vote, approver};
    Result<approvals::ApprovalRequest> decided = approvals::apply(requests.at(id), event, now);
    if (decided.ok()) requests[id] = *decided;
    co_return decided;
  }

  void executed(RequestId, approvals::Execution) override {}
  net::awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest) override { co_return approvals::CardHistory{}; }

  std::map<RequestId, approvals::ApprovalRequest> requests;
  Timestamp now{std::chrono::seconds(1000000)};
  int decisions = 0;
};

class FakeBoard final : public control::SnapshotBoard {
 public:
  std::shared_ptr<const config::Config> config() const override { return current; }
  Result<std::shared_ptr<const plan::Snapshot>> snapshot(const DatabaseAlias&) const override {
    return make_error(ErrorKind::internal, "not used here");
  }
  net::awaitable<Result<std::shared_ptr<const plan::Snapshot>>> refresh(DatabaseAlias) override {
    co_return make_error(ErrorKind::internal, "not used here");
  }
  net::awaitable<Result<control::DatabaseUse>> open(DatabaseAlias) override { co_return make_error(ErrorKind::internal, "not used here"); }
  std::shared_ptr<config::Config> current = std::make_shared<config::Config>();
};

/// Identities: support-bot (agent of alice), alice and bob (approvers), dana (in no approver group). The API
/// token of each is "token-of-<id>". One pending request of support-bot.
class FakeBackend {
 public:
  static constexpr const char* kRequest = "AR01ARZ3NDEKTSV4RRFFQ69G5FAV";

  FakeBackend() {
    add_identity("support-bot", auth::IdentityKind::agent, {"agents"}, "alice");
    add_identity("alice", auth::IdentityKind::person, {"approvers"}, "");
    add_identity("bob", auth::IdentityKind::person, {"approvers"}, "");
    add_identity("dana", auth::IdentityKind::person, {"dbas"}, "");
    add_identity("eve", auth::IdentityKind::person, {"approvers"}, "");
    config().identities[IdentityId{"tokenless"}].identity.id = IdentityId{"tokenless"};
    desk.requests[RequestId{kRequest}] = request(kRequest);
  }

  config::Config& config() { return *board.current; }
  approvals::ApprovalRequest& pending() { return desk.requests.at(RequestId{kRequest}); }

  Backend backend() {
    return Backend{desk, board, [this](usage::UsageQuery query) { return report(this, std::move(query)); }, [this] { return reload(this); },
                   [this] { return health(this); }};
  }

  approvals::ApprovalRequest request(const std::string& id) {
    approvals::ApprovalRequest made;
    made.id = RequestId{id};
    made.held.requester = config().identities.at(IdentityId{"support-bot"}).identity;
    made.held.database = DatabaseAlias{"shop"};
    made.held.statement = "COPY customers TO STDOUT -- \xE2\x80\xAE hidden";
    made.held.parameters = {approvals::Parameter{.null = false, .binary = false, .value = "x", .type = 25}, approvals::Parameter{.null = true, .binary = false, .value = {}, .type = 0},
                            approvals::Parameter{.null = false, .binary = true, .value = std::string("\0\xff", 2), .type = 17}};
    made.held.search_path = {"public"};
    made.held.actions = {"export"};
    made.held.columns = {{"public.customers.email", {"pii"}, "output", true}};
    made.held.estimated_rows = 12;
    made.requirement.rule = RuleId{"exports"};
    made.requirement.reason = "tagged data leaves in bulk";
    made.requirement.approver_groups = {GroupId{"approvers"}};
    made.created = desk.now;
    made.expires = desk.now + std::chrono::minutes(15);
    return made;
  }

  FakeDesk desk;
  FakeBoard board;
  usage::UsageQuery last_usage;
  control::ReloadOutcome outcome{.published = true, .policy_version = 7, .findings = {}, .needs_restart = {}};
  control::ControlHealth state{.audit_writable = true, .audit_records = 42, .databases_down = {}, .role_findings = 0};
  int reloads = 0;

 private:
  void add_identity(const std::string& id, auth::IdentityKind kind, std::vector<std::string> groups, const std::string& owner) {
    config::IdentityEntry entry;
    entry.identity.id = IdentityId{id};
    entry.identity.kind = kind;
    entry.identity.owner = IdentityId{owner};
    for (std::string& group : groups) entry.identity.groups.push_back(GroupId{std::move(group)});
    entry.api_token_sha256 = to_hex(sha256("token-of-" + id));
    config().identities[IdentityId{id}] = entry;
  }
  static net::awaitable<Result<usage::UsageReport>> report(FakeBackend* self, usage::UsageQuery query) {
    self->last_usage = query;
    usage::UsageReport made;
    made.group_by = query.group_by;
    co_return made;
  }
  static net::awaitable<Result<control::ReloadOutcome>> reload(FakeBackend* self) {
    ++self->reloads;
    co_return self->outcome;
  }
  static net::awaitable<control::ControlHealth> health(FakeBackend* self) { co_return self->state; }
};

}  // namespace sluice::admin
