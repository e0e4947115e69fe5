#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"
#include "policy/decision.h"

namespace sluice::approvals {

/// pending -> approved -> consumed, or pending -> denied | expired | withdrawn, or approved -> expired | withdrawn.
enum class RequestState { pending, approved, denied, expired, withdrawn, consumed };

/// A parameter of Bind as approvers see it and as the digest covers it.
struct Parameter {
  bool null = false;
  bool binary = false;   ///< `value` is the binary format
  std::string value;
  std::uint32_t type = 0;  ///< the oid that Parse declared, 0: left to the server
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// A tagged column and what the statement does with it.
struct HeldColumn {
  std::string column;             ///< "public.customers.email"
  std::vector<std::string> tags;  ///< sorted
  std::string use;                ///< "output", "predicate", "written" … as sql::to_text(Use)
  bool masked = false;            ///< false: its values come out, or are compared, in clear
  friend bool operator==(const HeldColumn&, const HeldColumn&) = default;
};

/// What exactly waits for approval. The digest covers the fields of the first half and nothing else.
struct HeldStatement {
  auth::Identity requester;
  DatabaseAlias database;
  std::string system_identifier;   ///< of the upstream
  std::string upstream_database;   ///< as the upstream calls it
  std::string upstream_role;       ///< whose rights the statement runs with
  std::string statement;           ///< as the agent wrote it, whole
  std::vector<Parameter> parameters;
  std::vector<std::string> search_path;
  std::vector<std::string> settings;  ///< "DateStyle=ISO, MDY": those of the session that change what a text means
  SnapshotVersions versions;
  std::vector<std::string> clear_columns;  ///< come out unmasked if this is approved; sorted
  // for the card, not for the digest:
  std::vector<std::string> actions;         ///< "export", "ddl" …
  std::vector<HeldColumn> columns;          ///< those with tags
  std::vector<std::string> objects;         ///< "public.customers": relations, roles … that it changes; sorted
  std::string shape;                        ///< the same for statements that differ in literals alone; may be empty
  std::optional<std::uint64_t> estimated_rows;
  std::string peer;
  std::string application;                  ///< the agent's application_name
  std::uint64_t session = 0;
};

/// What an approval is bound to: the same digest means the same requester, database, role, statement, parameters, names,
/// catalog, policy, clear columns, row ceiling, rules, and who must agree. A change of any of them needs a new approval.
/// How the session waits, the reason of the rule and reminders are no part of it.
[[nodiscard]] Digest digest_of(const HeldStatement& held, const policy::RequireApproval& requirement);

struct Vote {
  IdentityId approver;
  bool approve = false;
  std::string reason;   ///< plain text, at most 500 characters
  Timestamp at{};
  std::string channel;  ///< "cli", "rest" …
  IdentityId on_behalf_of = {};         ///< who lent the approver the right to this vote; empty: it is their own
  std::vector<GroupId> groups = {};     ///< those that the right came from, as configured at that moment
  bool break_glass = false;             ///< counts as much as all that are needed; a review must follow
  bool lapsed = false;                  ///< the right was gone when it was looked at again: does not count any more
  std::string card = {};                ///< hex digest of the decision card that the voter saw; empty: not known
};

/// What another person thinks of a broken glass.
struct Review {
  IdentityId reviewer;
  bool justified = false;
  std::string reason;   ///< plain text, at most 500 characters
  Timestamp at{};
  std::string channel;
};

using StandingId = NamedId<struct StandingIdTag>;  ///< a standing approval: "SA" + 26 characters

/// How the approved statement ended.
struct Execution {
  std::string outcome;  ///< "completed", "failed", "canceled", "unknown"
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  ///< of row data that went to the agent
  std::chrono::microseconds duration{0};
  Timestamp at{};
};

struct ApprovalRequest {
  RequestId id;
  Digest digest{};
  HeldStatement held;
  policy::RequireApproval requirement;
  RequestState state = RequestState::pending;
  Timestamp created{};
  Timestamp expires{};               ///< while pending: when silence becomes a denial
  std::optional<Timestamp> valid_until;  ///< once approved: when the approval lapses
  std::vector<Vote> votes;
  std::optional<Execution> execution = {};  ///< once consumed and over
  bool waits = false;                    ///< sessions wait for it, and it ends when the last of them leaves
  std::uint64_t reminders = 0;           ///< how often approvers were told again
  std::optional<Timestamp> escalated = {};  ///< since when the escalation groups may approve too
  StandingId standing = {};              ///< the standing approval that approved it; empty: people did
  std::uint64_t standing_rows = 0;       ///< what it may use up of that one's rows: a ceiling like max_rows
  std::optional<Review> review = {};     ///< of a broken glass
};

[[nodiscard]] bool broke_glass(const ApprovalRequest& request);
/// The glass was broken and nobody has reviewed that yet.
[[nodiscard]] bool awaits_review(const ApprovalRequest& request);
/// Rows above which the statement must be rolled back; nothing: no ceiling.
[[nodiscard]] std::optional<std::uint64_t> row_ceiling(const ApprovalRequest& request);

[[nodiscard]] std::string_view to_text(RequestState state);
[[nodiscard]] std::optional<RequestState> state_from_text(std::string_view text);

}  // namespace sluice::approvals
