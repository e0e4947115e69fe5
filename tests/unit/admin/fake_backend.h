#pragma once

#include <map>
#include <memory>

#include "admin/api.h"
#include "approvals/lifecycle.h"
#include "base/digest.h"
#include "control/directory_of.h"

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
                                                            std::string channel, control::Seen seen) override {
    ++decisions;
    if (seen.check) {
      if (Status still = seen.check(requests.at(id)); !still.ok()) co_return std::move(still).error();
    }
    approvals::Vote vote{approver.id, approve, reason, now, channel};
    if (seen.card) vote.card = to_hex(approvals::digest_of(*seen.card));
    const approvals::Event event = approvals::Decided{vote, approver};
    Result<approvals::ApprovalRequest> decided = approvals::apply(requests.at(id), event, now, people());
    if (decided.ok()) requests[id] = *decided;
    co_return decided;
  }

  void executed(RequestId, approvals::Execution) override {}
  net::awaitable<Result<approvals::CardHistory>> history(approvals::ApprovalRequest) override { co_return approvals::CardHistory{}; }

  net::awaitable<Result<approvals::Viewer>> viewer(auth::Identity identity) override {
    co_return approvals::Viewer{std::move(identity), now, people()};
  }
  [[nodiscard]] approvals::People people() const {
    return {std::make_shared<approvals::Directory>(control::directory_of(*config)), delegations};
  }

  std::shared_ptr<config::Config> config;
  std::vector<approvals::Delegation> delegations;
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

/// Accounts and changes in memory.
class FakeChannels final : public control::ChannelDesk {
 public:
  awaitable<Result<std::vector<store::ApprovalChange>>> changes_after(std::uint64_t number, std::size_t limit) override {
    std::vector<store::ApprovalChange> found;
    for (const store::ApprovalChange& change : changes) {
      if (change.number > number && found.size() < limit) found.push_back(change);
    }
    co_return found;
  }
  awaitable<void> wait_for_change(std::uint64_t, net::Deadline) override { co_return; }
  awaitable<Result<std::uint64_t>> last_change() override { co_return changes.empty() ? 0 : changes.back().number; }
  awaitable<Result<std::uint64_t>> position(std::string) override { co_return std::uint64_t{0}; }
  awaitable<Status> advance(std::string, std::uint64_t) override { co_return Done{}; }
  awaitable<Result<std::vector<store::ChannelMessage>>> messages(std::string, RequestId) override { co_return std::vector<store::ChannelMessage>{}; }
  awaitable<Status> keep(std::string, store::ChannelMessage) override { co_return Done{}; }
  awaitable<Result<std::string>> make_link_code(std::string, std::string) override { co_return std::string("ABCDEFGH23"); }
  awaitable<Result<store::ChannelAccount>> confirm_link(std::string code, IdentityId identity) override {
    if (code != "ABCDEFGH23") co_return make_error(ErrorKind::not_found, "no such code");
    accounts.push_back({"slack", "T1/U1", identity, Timestamp{}});
    co_return accounts.back();
  }
  awaitable<Result<std::optional<IdentityId>>> person_of(std::string, std::string) override { co_return std::optional<IdentityId>(); }
  awaitable<Result<std::vector<store::ChannelAccount>>> accounts_of(IdentityId identity) override {
    std::vector<store::ChannelAccount> found;
    for (const auto& account : accounts) {
      if (account.identity == identity) found.push_back(account);
    }
    co_return found;
  }
  awaitable<Status> unlink(std::string channel, std::string account, IdentityId identity) override {
    const auto removed = std::erase_if(accounts, [&](const auto& known) {
      return known.channel == channel && known.account == account && known.identity == identity;
    });
    if (removed == 0) co_return make_error(ErrorKind::not_found, "no such account");
    co_return Done{};
  }
  awaitable<Result<bool>> first_sight(std::string, std::string) override { co_return true; }

  std::vector<store::ApprovalChange> changes;
  std::vector<store::ChannelAccount> accounts;
};

class FakeApiDesk final : public control::ApiDesk {
 public:
  awaitable<Result<store::Claim>> claim(IdentityId identity, std::string key, Digest call) override {
    const auto [found, fresh] = calls.try_emplace({identity, key}, Kept{call, 0, {}});
    if (fresh) co_return store::Claim{};
    if (found->second.call != call) co_return store::Claim{store::Claim::Kind::other_call, 0, {}};
    if (found->second.status == 0) co_return store::Claim{store::Claim::Kind::under_way, 0, {}};
    co_return store::Claim{store::Claim::Kind::answered, found->second.status, found->second.answer};
  }
  awaitable<Status> settle(IdentityId identity, std::string key, int status, std::string answer) override {
    Kept& kept = calls.at({identity, key});
    kept.status = status;
    kept.answer = answer;
    co_return Done{};
  }
  awaitable<Status> release(IdentityId identity, std::string key) override {
    calls.erase({identity, key});
    co_return Done{};
  }
  awaitable<Result<std::string>> evidence(RequestId id) override { co_return "{\"id\": \"" + id.text + "\"}"; }

  struct Kept {
    Digest call;
    int status;
    std::string answer;
  };
  std::map<std::pair<IdentityId, std::string>, Kept> calls;
};

/// Identities: support-bot (agent of alice), alice and bob (approvers), dana (in no approver group). The API
/// token of each is "token-of-<id>". One pending request of support-bot.
class FakeBackend {
 public:
  static constexpr const char* kRequest = "AR01ARZ3NDEKTSV4RRFFQ69G5FAV";

  FakeBackend() {
    desk.config = board.current;
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
    return Backend{desk, channels, api, board, [this](usage::UsageQuery query) { return report(this, std::move(query)); }, [this] { return reload(this); },
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
  FakeChannels channels;
  FakeApiDesk api;
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
