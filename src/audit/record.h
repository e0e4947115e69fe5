#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audit/statement_facts.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"

namespace sluice::audit {

/// Where a record was first written down, so that after a crash none enters the log twice. `journal` is
/// empty for records that the log writes about itself.
struct Source {
  std::string journal;       ///< names one journal file, or the store's outbox, for ever
  std::uint64_t number = 0;  ///< counts from 1 within the journal
  friend auto operator<=>(const Source&, const Source&) = default;
};

/// A statement that was admitted and has not ended yet.
struct OpenStatement {
  std::string journal;
  std::uint64_t session = 0;
  std::uint64_t statement = 0;
  std::uint64_t described = 0;
  Timestamp admitted{};
  friend bool operator==(const OpenStatement&, const OpenStatement&) = default;
};

// One struct for each kind of record; docs/audit-format.md says what each field means.

struct GatewayStarted {
  std::string version;
  friend bool operator==(const GatewayStarted&, const GatewayStarted&) = default;
};
/// The process before this one did not stop in an orderly way.
struct GatewayRestarted {
  std::uint64_t recovered = 0;   ///< records taken over from its journals
  std::uint64_t unfinished = 0;  ///< statements whose end is unknown
  std::uint64_t torn_bytes = 0;  ///< of an incomplete last line, moved to a file of their own
  friend bool operator==(const GatewayRestarted&, const GatewayRestarted&) = default;
};
struct GatewayStopped {
  friend bool operator==(const GatewayStopped&, const GatewayStopped&) = default;
};
struct PolicyPublished {
  std::uint64_t version = 0;
  Digest file{};  ///< of the configuration file's bytes
  friend bool operator==(const PolicyPublished&, const PolicyPublished&) = default;
};
struct PolicyRefused {
  std::uint64_t mistakes = 0;
  Digest file{};
  friend bool operator==(const PolicyRefused&, const PolicyRefused&) = default;
};
struct SessionOpened {
  std::uint64_t session = 0;
  auth::Identity identity;
  DatabaseAlias database;
  std::string peer;
  std::uint32_t upstream_process_id = 0;  ///< what pg_backend_pid() and pg_stat_activity say
  friend bool operator==(const SessionOpened&, const SessionOpened&) = default;
};
struct SessionClosed {
  std::uint64_t session = 0;
  friend bool operator==(const SessionClosed&, const SessionClosed&) = default;
};
struct LoginFailed {
  std::string claimed_identity;
  std::string peer;
  std::string why;  ///< an ErrorKind
  friend bool operator==(const LoginFailed&, const LoginFailed&) = default;
};
struct StatementDescribed {
  StatementFacts facts;
  friend bool operator==(const StatementDescribed&, const StatementDescribed&) = default;
};
struct StatementAdmitted {
  std::uint64_t session = 0;
  std::uint64_t statement = 0;
  std::uint64_t described = 0;  ///< sequence of its StatementDescribed; in a journal: number within the journal
  RequestId request;            ///< empty unless it runs by an approval
  friend bool operator==(const StatementAdmitted&, const StatementAdmitted&) = default;
};
struct StatementCompleted {
  std::uint64_t session = 0;
  std::uint64_t statement = 0;
  std::uint64_t described = 0;  ///< as in StatementAdmitted
  Outcome outcome = Outcome::unknown;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t microseconds = 0;  ///< since it was admitted
  std::string sqlstate;            ///< empty: none
  friend bool operator==(const StatementCompleted&, const StatementCompleted&) = default;
};
struct StatementRefused {
  std::uint64_t session = 0;
  std::uint64_t described = 0;  ///< 0: it was not understood
  IdentityId identity;
  IdentityId acts_for;
  DatabaseAlias database;
  std::string why;  ///< an ErrorKind
  Digest text{};
  friend bool operator==(const StatementRefused&, const StatementRefused&) = default;
};
struct ApprovalRequested {
  RequestId request;
  RuleId rule;
  auth::Identity requester;
  DatabaseAlias database;
  std::vector<std::string> actions;
  Digest text{};   ///< of the held statement
  Digest bound{};  ///< what the approval is bound to
  std::vector<GroupId> approver_groups;
  std::uint32_t approvals = 1;
  Timestamp expires{};
  friend bool operator==(const ApprovalRequested&, const ApprovalRequested&) = default;
};
struct ApprovalDecided {
  RequestId request;
  IdentityId approver;
  std::vector<GroupId> approver_groups;  ///< the approver's, at this moment
  bool approve = false;
  std::string reason;
  std::string channel;
  std::string state;  ///< of the request, after this vote
  IdentityId on_behalf_of = {};  ///< who lent the approver the right; empty: nobody
  bool break_glass = false;
  std::string card = {};  ///< hex SHA-256 of the decision card that the voter saw; empty: not known
  friend bool operator==(const ApprovalDecided&, const ApprovalDecided&) = default;
};
struct ApprovalExpired {
  RequestId request;
  bool was_approved = false;  ///< approved but not used in time
  friend bool operator==(const ApprovalExpired&, const ApprovalExpired&) = default;
};
struct ApprovalWithdrawn {
  RequestId request;
  std::string why;
  IdentityId by = {};  ///< empty: the session or the gateway
  friend bool operator==(const ApprovalWithdrawn&, const ApprovalWithdrawn&) = default;
};
struct ApprovalConsumed {
  RequestId request;
  Digest bound{};
  std::string standing = {};  ///< the standing approval of which this is one use; empty: none
  friend bool operator==(const ApprovalConsumed&, const ApprovalConsumed&) = default;
};
/// An approval was to be used, but people who gave it have no longer the right to, or a standing approval is no longer in force.
struct ApprovalReopened {
  RequestId request;
  std::vector<IdentityId> lapsed;  ///< whose votes do not count any more
  std::string state;               ///< of the request now: "pending" or "expired"
  friend bool operator==(const ApprovalReopened&, const ApprovalReopened&) = default;
};
/// A standing approval fits: the request is approved without asking.
struct ApprovalByStanding {
  RequestId request;
  std::string standing;
  std::uint64_t rows = 0;  ///< what the statement may use up of it
  friend bool operator==(const ApprovalByStanding&, const ApprovalByStanding&) = default;
};
struct ApprovalReminded {
  RequestId request;
  std::uint64_t times = 0;
  friend bool operator==(const ApprovalReminded&, const ApprovalReminded&) = default;
};
struct ApprovalEscalated {
  RequestId request;
  std::vector<GroupId> groups;  ///< who may approve too from now on
  friend bool operator==(const ApprovalEscalated&, const ApprovalEscalated&) = default;
};
struct ApprovalReviewed {
  RequestId request;
  IdentityId reviewer;
  bool justified = false;
  std::string reason;
  std::string channel;
  friend bool operator==(const ApprovalReviewed&, const ApprovalReviewed&) = default;
};
struct RightDelegated {
  std::string delegation;
  IdentityId lender;
  IdentityId delegate;
  std::vector<GroupId> groups;
  Timestamp starts{};
  Timestamp ends{};
  std::string reason;
  friend bool operator==(const RightDelegated&, const RightDelegated&) = default;
};
struct DelegationRevoked {
  std::string delegation;
  IdentityId by;
  friend bool operator==(const DelegationRevoked&, const DelegationRevoked&) = default;
};
struct StandingApprovalAgreed {
  std::string standing;
  RequestId request;  ///< the approved request it is made from
  IdentityId approver;
  IdentityId on_behalf_of;
  std::vector<GroupId> approver_groups;
  std::string reason;
  std::string channel;
  std::uint64_t uses = 0;
  std::uint64_t rows = 0;
  Timestamp ends{};
  bool in_force = false;  ///< as many agree as the rule asks for
  friend bool operator==(const StandingApprovalAgreed&, const StandingApprovalAgreed&) = default;
};
struct StandingApprovalRevoked {
  std::string standing;
  IdentityId by;
  std::string why;
  friend bool operator==(const StandingApprovalRevoked&, const StandingApprovalRevoked&) = default;
};
/// An account of a chat service was bound to a person, who confirmed it, or is no longer.
struct ChannelAccountLinked {
  std::string channel;
  std::string account;
  IdentityId identity;
  bool linked = true;
  friend bool operator==(const ChannelAccountLinked&, const ChannelAccountLinked&) = default;
};
/// The first record of every file of the log: all that is needed to go on from here.
struct Checkpoint {
  Digest previous{};                            ///< of the record before; zeros at the very beginning
  std::map<std::string, std::uint64_t> sources; ///< journal -> number of its last record in the log
  std::vector<OpenStatement> open;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

using Event = std::variant<GatewayStarted, GatewayRestarted, GatewayStopped, PolicyPublished, PolicyRefused, SessionOpened, SessionClosed,
                           LoginFailed, StatementDescribed, StatementAdmitted, StatementCompleted, StatementRefused, ApprovalRequested,
                           ApprovalDecided, ApprovalExpired, ApprovalWithdrawn, ApprovalConsumed, ApprovalReopened, ApprovalByStanding,
                           ApprovalReminded, ApprovalEscalated, ApprovalReviewed, RightDelegated, DelegationRevoked, StandingApprovalAgreed,
                           StandingApprovalRevoked, ChannelAccountLinked,
                           Checkpoint>;

struct Record {
  std::uint64_t sequence = 0;  ///< counts from 1 without gaps
  Timestamp at{};
  Source source;
  Event event;
  friend bool operator==(const Record&, const Record&) = default;
};

[[nodiscard]] std::string_view to_text(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcome_from_text(std::string_view text);

}  // namespace sluice::audit
