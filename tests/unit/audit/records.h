#pragma once

#include <vector>

#include "audit/record.h"

namespace sluice::audit {

inline Timestamp sample_time() { return Timestamp(std::chrono::microseconds(1'763'760'000'123'456)); }

inline StatementFacts sample_facts() {
  StatementFacts facts;
  facts.identity = {IdentityId{"support-bot"}, auth::IdentityKind::agent, {GroupId{"agents"}, GroupId{"night"}}, IdentityId{"alice"},
                    IdentityId{"carol"}};
  facts.database.text = "shop";
  facts.kind = sql::StatementKind::select;
  facts.actions = {sql::Action::select, sql::Action::export_};
  facts.verdict = policy::Verdict::hold;
  facts.reasons = {RuleId{"r1"}, RuleId{"r2"}};
  facts.text_digest = sha256("SELECT 1");
  facts.columns = {{"public.customers", "email", {"pii"}, true, sql::Use::output},
                   {"public.customers", "odd \"name\"\n", {}, false, sql::Use::predicate}};
  facts.tables = {"public.customers", "public.orders"};
  facts.output_columns = 3;
  facts.versions = {7, 9};
  return facts;
}

/// One of every kind.
inline std::vector<Event> sample_events() {
  const auth::Identity person{IdentityId{"bob"}, auth::IdentityKind::person, {}, {}, {}};
  const RequestId request{"AR01234567890123456789ABCDEF"};
  const Digest digest = sha256("x");
  return {GatewayStarted{"0.1.0"},
          GatewayRestarted{3, 2, 1},
          GatewayStopped{},
          PolicyPublished{4, digest},
          PolicyRefused{2, digest},
          SessionOpened{1, person, DatabaseAlias{"shop"}, "127.0.0.1:5000", 4711},
          SessionClosed{1},
          LoginFailed{"nobody", "[::1]:5", "invalid_credentials"},
          StatementDescribed{sample_facts()},
          StatementAdmitted{1, 2, 3, request},
          StatementAdmitted{1, 2, 3, {}},
          StatementCompleted{1, 2, 3, Outcome::failed, 4, 5, 6, "42P01"},
          StatementCompleted{1, 2, 3, Outcome::completed, 4, 5, 0, ""},
          StatementRefused{1, 0, IdentityId{"a"}, IdentityId{"b"}, DatabaseAlias{"shop"}, "denied", digest},
          StatementRefused{1, 9, IdentityId{"a"}, {}, DatabaseAlias{"shop"}, "denied", digest},
          ApprovalRequested{request, RuleId{"r"}, sample_facts().identity, DatabaseAlias{"shop"}, {"export"}, digest, sha256("y"),
                            {GroupId{"approvers"}}, 2, sample_time()},
          ApprovalDecided{request, IdentityId{"bob"}, {GroupId{"approvers"}}, true, "fine, \"ok\"", "cli", "approved", std::string(64, 'a')},
          ApprovalExpired{request, true},
          ApprovalWithdrawn{request, "the agent left"},
          ApprovalConsumed{request, digest},
          ApprovalDecided{request, IdentityId{"bob"}, {}, true, "fire", "slack", "approved", IdentityId{"eve"}, true},
          ApprovalWithdrawn{request, "not needed", IdentityId{"alice"}},
          ApprovalConsumed{request, digest, "SA01234567890123456789ABCDEF"},
          ApprovalReopened{request, {IdentityId{"bob"}}, "pending"},
          ApprovalByStanding{request, "SA01234567890123456789ABCDEF", 12},
          ApprovalReminded{request, 3},
          ApprovalEscalated{request, {GroupId{"leads"}}},
          ApprovalReviewed{request, IdentityId{"eve"}, true, "it was one", "rest"},
          RightDelegated{"DG01234567890123456789ABCDEF", IdentityId{"bob"}, IdentityId{"eve"}, {GroupId{"approvers"}}, sample_time(), sample_time(), "away"},
          DelegationRevoked{"DG01234567890123456789ABCDEF", IdentityId{"bob"}},
          StandingApprovalAgreed{"SA01234567890123456789ABCDEF", request, IdentityId{"bob"}, IdentityId{"eve"}, {GroupId{"approvers"}}, "daily", "rest", 10, 1000,
                                 sample_time(), true},
          StandingApprovalRevoked{"SA01234567890123456789ABCDEF", IdentityId{"bob"}, "over"},
          ChannelAccountLinked{"slack", "T1/U2", IdentityId{"bob"}, true},
          Checkpoint{digest, {{"journal", 7}, {"outbox", 1}}, {{"journal", 1, 2, 3, sample_time()}}}};
}

}  // namespace sluice::audit
