#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/approval_store.h"
#include "store/audit_store.h"
#include "store/channel_store.h"
#include "support/scratch_directory.h"
#include "unit/approvals/held.h"

namespace sluice::store {

/// A store file with requests, approvers and a directory of people that a test may change.
class ApprovalStage : public testing::Test {
 protected:
  ApprovalStage() {
    add("bob", {"approvers"});
    add("eve", {"approvers"});
    add("dan", {"leads"});
    add("gil", {"on-call"});
    add("mia", {});
    add("alice", {"approvers", "on-call"});
    requirement_ = approvals::sample_requirement();
    held_ = approvals::sample_held();
    open();
  }
  void open() {
    approvals_.reset();
    approvers_.reset();
    store_.reset();
    store_ = std::move(Store::open(scratch_ / "store.db")).value();
    approvals_.emplace(*store_);
    approvers_.emplace(*store_);
  }
  void add(const std::string& id, const std::vector<std::string>& groups, bool can_decide = true) {
    auth::Identity identity{IdentityId{id}, auth::IdentityKind::person, {}, {}, {}};
    for (const std::string& group : groups) identity.groups.push_back(GroupId{group});
    people_.insert_or_assign(identity.id, approvals::Person{identity, can_decide});
  }
  void remove(const std::string& id) { people_.erase(IdentityId{id}); }
  Directory everybody() const { return std::make_shared<approvals::Directory>(people_); }
  auth::Identity who(const std::string& id) const { return people_.at(IdentityId{id}).identity; }

  Result<approvals::ApprovalRequest> try_submit(std::int64_t second = 0) {
    return approvals_->submit(held_, requirement_, approvals::at_second(second), everybody());
  }
  approvals::ApprovalRequest submit(std::int64_t second = 0) { return std::move(try_submit(second)).value(); }
  approvals::Vote vote_of(const std::string& id, bool approve = true, const std::string& reason = "because") {
    return {IdentityId{id}, approve, reason, {}, "cli"};
  }
  Result<approvals::ApprovalRequest> decide(const RequestId& id, const std::string& person, bool approve = true, std::int64_t second = 1) {
    return approvals_->apply(id, approvals::Decided{vote_of(person, approve), who(person)}, approvals::at_second(second), everybody());
  }
  Result<approvals::ApprovalRequest> break_glass(const RequestId& id, const std::string& person, std::int64_t second = 1) {
    approvals::Vote vote = vote_of(person);
    vote.break_glass = true;
    return approvals_->apply(id, approvals::Decided{vote, who(person)}, approvals::at_second(second), everybody());
  }
  Result<approvals::ApprovalRequest> review(const RequestId& id, const std::string& person, std::int64_t second = 3) {
    return approvals_->apply(id, approvals::Reviewed{{IdentityId{person}, true, "looked at it", {}, "cli"}, who(person)}, approvals::at_second(second),
                             everybody());
  }
  Result<approvals::ApprovalRequest> use(const approvals::ApprovalRequest& request, std::int64_t second = 2) {
    return approvals_->apply(request.id, approvals::Used{request.digest}, approvals::at_second(second), everybody());
  }
  approvals::ApprovalRequest get(const RequestId& id, std::int64_t second = 2) {
    return std::move(approvals_->get(id, approvals::at_second(second))).value();
  }
  approvals::RequestState state_of(const RequestId& id, std::int64_t second = 2) { return get(id, second).state; }

  /// How many records of one kind wait for the audit log.
  template <class Event>
  std::size_t records() {
    std::size_t count = 0;
    const auto outbox = AuditStore(*store_).outbox(0);
    for (const audit::Record& record : *outbox) count += std::holds_alternative<Event>(record.event) ? 1 : 0;
    return count;
  }
  /// The kinds of all changes, in order.
  std::vector<std::string> changes() {
    std::vector<std::string> kinds;
    const auto all = ChannelStore(*store_).changes_after(0, 1000);
    for (const ApprovalChange& change : *all) kinds.push_back(change.kind);
    return kinds;
  }
  void run(const std::string& sql) {
    store_->use([&](const Database& database) {
      EXPECT_TRUE(database.execute(sql).ok()) << sql;
      return 0;
    });
  }

  test::ScratchDirectory scratch_;
  approvals::Directory people_;
  approvals::HeldStatement held_;
  policy::RequireApproval requirement_;
  std::unique_ptr<Store> store_;
  std::optional<ApprovalStore> approvals_;
  std::optional<ApproverStore> approvers_;
};

}  // namespace sluice::store
