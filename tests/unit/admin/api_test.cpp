#include "admin/api.h"
#include "admin/idempotency.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/test_loop.h"
#include "unit/admin/fake_backend.h"

namespace sluice::admin {
namespace {

using nlohmann::json;

class ApiTest : public testing::Test {
 protected:
  static net::HttpRequest request(const std::string& method, const std::string& target, const std::string& who, const std::string& body = {}) {
    net::HttpRequest made;
    made.method = method;
    EXPECT_TRUE(net::parse_target(target, made.path, made.query)) << target;
    if (!who.empty()) made.fields.emplace_back("authorization", "Bearer token-of-" + who);
    if (!body.empty()) made.fields.emplace_back("content-type", "application/json");
    made.body = body;
    return made;
  }
  net::HttpResponse answer(net::HttpRequest made) { return loop_.result_of(api_.handle(std::move(made))); }
  net::HttpResponse get(const std::string& target, const std::string& who) { return answer(request("GET", target, who)); }
  net::HttpResponse post(const std::string& target, const std::string& who, const std::string& body = {}) {
    return answer(request("POST", target, who, body));
  }
  static std::string path(const std::string& verb = {}) {
    return std::string("/api/v1/approvals/") + FakeBackend::kRequest + (verb.empty() ? "" : "/" + verb);
  }
  // A problem document in the form that clients rely on.
  static void expect_problem(const net::HttpResponse& response, int status, const std::string& code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    const json body = json::parse(response.body);
    EXPECT_EQ(body["status"], status);
    EXPECT_EQ(body["code"], code);
    EXPECT_EQ(body["type"], "urn:sluice:problem:" + code);
  }

  test::TestLoop loop_;
  FakeBackend fake_;
  Api api_{fake_.backend()};
};

// --- who sees what

TEST_F(ApiTest, ADelegateSeesWhatTheLenderMayDecideAndNobodyElseDoes) {
  const std::string list = "/api/v1/approvals";
  const auto listed = [&](const std::string& who) { return json::parse(get(list, who).body)["items"].size(); };
  EXPECT_EQ(listed("dana"), 0u);
  expect_problem(get(path(), "dana"), 404, "not_found");
  approvals::Delegation lent;
  lent.id.text = "DG01ARZ3NDEKTSV4RRFFQ69G5FAV";
  lent.lender.text = "bob";
  lent.delegate.text = "dana";
  lent.groups = {GroupId{"approvers"}};
  lent.starts = fake_.desk.now;
  lent.ends = fake_.desk.now + std::chrono::hours(1);
  fake_.desk.delegations = {lent};
  EXPECT_EQ(listed("dana"), 1u);
  EXPECT_EQ(get(path(), "dana").status, 200);
  // Who is involved has no right to lend, and a right that is over or taken back shows nothing.
  fake_.desk.delegations[0].lender.text = "alice";
  EXPECT_EQ(listed("dana"), 0u);
  fake_.desk.delegations[0] = lent;
  fake_.desk.delegations[0].ends = fake_.desk.now;
  EXPECT_EQ(listed("dana"), 0u);
  expect_problem(get(path(), "dana"), 404, "not_found");
}

TEST_F(ApiTest, AnAgentThatIsNamedLikeAPersonSeesNothingOfTheirs) {
  fake_.config().identities.at(IdentityId{"dana"}).identity.kind = auth::IdentityKind::agent;
  fake_.pending().held.requester.acts_for = IdentityId{"dana"};
  expect_problem(get(path(), "dana"), 404, "not_found");
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "dana").body)["items"].size(), 0u);
}

// --- who calls

TEST_F(ApiTest, RefusesEveryRequestWithoutAValidToken) {
  const std::string valid = "Bearer token-of-bob";
  for (const std::string& header :
       {std::string("Bearer "), std::string("Bearer token-of-nobody"), std::string("Basic dG9rZW4tb2YtYm9i"), std::string("token-of-bob"),
        std::string("Bearer token-of-bob "), std::string("Bearer  token-of-bob"), std::string("Bearer token-of-bob\n"),
        std::string("Bearer token-of-bob\0", 20), "Bearer " + std::string(600, 'x'),
        // The hash itself is no token.
        "Bearer " + to_hex(sha256("token-of-bob"))}) {
    net::HttpRequest made = request("GET", "/api/v1/approvals", "");
    made.fields.emplace_back("authorization", header);
    const net::HttpResponse response = answer(made);
    expect_problem(response, 401, "invalid_credentials");
  }
  expect_problem(get("/api/v1/approvals", ""), 401, "invalid_credentials");
  expect_problem(get("/api/v1/no-such-path", ""), 401, "invalid_credentials");
  // Two headers, one of them valid.
  net::HttpRequest twice = request("GET", "/api/v1/approvals", "bob");
  twice.fields.emplace_back("authorization", valid);
  expect_problem(answer(twice), 401, "invalid_credentials");
}

TEST_F(ApiTest, AnIdentityWithoutATokenCannotComeInWithAnEmptyOne) {
  net::HttpRequest made = request("GET", "/api/v1/approvals", "");
  made.fields.emplace_back("authorization", "Bearer");
  expect_problem(answer(made), 401, "invalid_credentials");
}

TEST_F(ApiTest, ATokenIsGoodForAsLongAsTheConfigurationHasIt) {
  EXPECT_EQ(get("/api/v1/approvals", "bob").status, 200);
  fake_.config().identities.erase(IdentityId{"bob"});
  EXPECT_EQ(get("/api/v1/approvals", "bob").status, 401);
}

// --- approval requests

TEST_F(ApiTest, ShowsARequestInFull) {
  const net::HttpResponse response = get(path(), "bob");
  ASSERT_EQ(response.status, 200);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["state"], "pending");
  EXPECT_EQ(body["requester"]["id"], "support-bot");
  EXPECT_EQ(body["requester"]["owner"], "alice");
  EXPECT_EQ(body["statement"], "COPY customers TO STDOUT -- \xE2\x80\xAE hidden");
  EXPECT_EQ(body["parameters"][0]["text"], "x");
  EXPECT_EQ(body["parameters"][1]["null"], true);
  EXPECT_EQ(body["parameters"][2]["base64"], "AP8=");
  EXPECT_EQ(body["requirement"]["approver_groups"], json::parse(R"([["approvers"]])"));
  EXPECT_EQ(body["expires"], "1970-01-12T14:01:40.000000Z");
  EXPECT_TRUE(body["valid_until"].is_null());
}

TEST_F(ApiTest, OnlyThoseWhomARequestConcernsSeeIt) {
  EXPECT_EQ(get(path(), "alice").status, 200);  // the owner sees it, though she may not decide
  expect_problem(get(path(), "dana"), 404, "not_found");
  EXPECT_EQ(get(path(), "support-bot").status, 200);
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "dana").body)["items"].size(), 0u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "bob").body)["items"].size(), 1u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "support-bot").body)["items"].size(), 1u);
}

TEST_F(ApiTest, AnAgentSeesTheStateOfItsOwnRequestsAndNobodysName) {
  fake_.pending().votes = {{IdentityId{"bob"}, true, "for bob's eyes", {}, "rest"}};
  const net::HttpResponse own = get(path(), "support-bot");
  ASSERT_EQ(own.status, 200);
  for (const char* hidden : {"bob", "approvers", "exports", "tagged data", "customers.email"}) {
    EXPECT_EQ(own.body.find(hidden), std::string::npos) << hidden << " in " << own.body;
  }
  EXPECT_EQ(json::parse(own.body)["state"], "pending");
  fake_.pending().held.requester.id = IdentityId{"other-bot"};
  expect_problem(get(path(), "support-bot"), 404, "not_found");
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "support-bot").body)["items"].size(), 0u);
}

// --- conditions and repetitions

TEST_F(ApiTest, ADecisionCanBeBoundToWhatWasShown) {
  const auto etag = [](const net::HttpResponse& response) {
    for (const auto& [name, value] : response.fields) {
      if (name == "etag") return value;
    }
    return std::string();
  };
  const net::HttpResponse shown = get(path(), "bob");
  const std::string tag = etag(shown);
  ASSERT_FALSE(tag.empty());
  net::HttpRequest again = request("GET", path(), "bob");
  again.fields.emplace_back("if-none-match", tag);
  EXPECT_EQ(answer(again).status, 304);

  fake_.pending().requirement.approvals = 2;  // now it reads otherwise
  const auto decide_with = [&](const std::string& condition) {
    net::HttpRequest made = request("POST", path("approve"), "bob");
    made.fields.emplace_back("if-match", condition);
    return answer(made);
  };
  expect_problem(decide_with(tag), 412, "precondition_failed");
  EXPECT_EQ(fake_.pending().votes.size(), 0u);
  expect_problem(decide_with("W/" + etag(get(path(), "bob"))), 412, "precondition_failed");
  for (const char* wrong : {"", "x", "\"a", "\"a\",", "\"a\" \"b\","}) expect_problem(decide_with(wrong), 400, "bad_request");
  const net::HttpResponse decided = decide_with("\"other\", " + etag(get(path(), "bob")));
  ASSERT_EQ(decided.status, 200) << decided.body;
  const json vote = json::parse(decided.body)["votes"][0];
  EXPECT_EQ(vote["card_sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(decide_with(tag).status, 200) << "the same vote again is answered as before";
}

TEST_F(ApiTest, ACallWithAKeyIsMadeOnce) {
  const auto call = [&](const std::string& who, const std::string& verb, const std::string& key, const std::string& body = {}) {
    net::HttpRequest made = request("POST", path(verb), who, body);
    made.fields.emplace_back("idempotency-key", key);
    return answer(made);
  };
  fake_.pending().requirement.approvals = 3;
  const net::HttpResponse first = call("bob", "approve", "k1");
  ASSERT_EQ(first.status, 200);
  ASSERT_EQ(call("eve", "approve", "k1").status, 200) << "keys are each person's own";
  const net::HttpResponse replayed = call("bob", "approve", "k1");
  EXPECT_EQ(replayed.status, 200);
  EXPECT_EQ(replayed.body, first.body) << "as it was then, not as it is now";
  EXPECT_EQ(fake_.desk.decisions, 2);
  expect_problem(call("bob", "approve", "k1", R"({"reason": "other"})"), 422, "idempotency_key_reused");
  expect_problem(call("bob", "deny", "k1"), 422, "idempotency_key_reused");
  for (const std::string& key : {std::string(), std::string("a b"), std::string(256, 'k'), std::string("\xC3\xA9")}) {
    expect_problem(call("bob", "approve", key), 400, "bad_request");
  }
  // A malformed call leaves its key free.
  expect_problem(call("bob", "deny", "k2", "[]"), 400, "bad_request");
  EXPECT_EQ(call("bob", "deny", "k2").status, 409);
  EXPECT_EQ(call("support-bot", "approve", "k3").status, 403);
  EXPECT_EQ(fake_.desk.decisions, 3);
}

TEST_F(ApiTest, AKeyWhoseFirstCallHasNotEndedIsInUse) {
  net::HttpRequest made = request("POST", path("approve"), "bob");
  made.fields.emplace_back("idempotency-key", "k");
  fake_.api.calls[{IdentityId{"bob"}, "k"}] = {digest_of(made), 0, {}};
  expect_problem(answer(made), 409, "idempotency_key_in_use");
}

// --- accounts elsewhere

TEST_F(ApiTest, APersonConfirmsAnAccountByItsCode) {
  expect_problem(post("/api/v1/channel-links", "support-bot", R"({"code": "ABCDEFGH23"})"), 403, "denied");
  expect_problem(post("/api/v1/channel-links", "bob"), 400, "bad_request");
  expect_problem(post("/api/v1/channel-links", "bob", R"({"code": "ABCDEFGH24"})"), 404, "not_found");
  const net::HttpResponse linked = post("/api/v1/channel-links", "bob", R"({"code": "abcde-fgh23"})");
  ASSERT_EQ(linked.status, 201) << linked.body;
  EXPECT_EQ(json::parse(linked.body)["identity"], "bob");
  EXPECT_EQ(json::parse(get("/api/v1/channel-links", "bob").body)["items"].size(), 1u);
  EXPECT_EQ(json::parse(get("/api/v1/channel-links", "eve").body)["items"].size(), 0u);
  const auto remove = [&](const std::string& who) { return answer(request("DELETE", "/api/v1/channel-links?channel=slack&account=T1%2FU1", who)); };
  expect_problem(remove("eve"), 404, "not_found");
  EXPECT_EQ(remove("bob").status, 204);
  expect_problem(remove("bob"), 404, "not_found");
  expect_problem(answer(request("DELETE", "/api/v1/channel-links?channel=slack", "bob")), 400, "bad_request");
}

TEST_F(ApiTest, CodesCannotBeTriedWithoutEnd) {
  for (int i = 0; i < 10; ++i) expect_problem(post("/api/v1/channel-links", "bob", R"({"code": "X"})"), 404, "not_found");
  expect_problem(post("/api/v1/channel-links", "bob", R"({"code": "ABCDEFGH23"})"), 429, "budget_exceeded");
  EXPECT_EQ(post("/api/v1/channel-links", "eve", R"({"code": "ABCDEFGH23"})").status, 201);
}

TEST_F(ApiTest, ListsByStateInPagesNewestFirst) {
  for (char c = '0'; c <= '4'; ++c) {
    const std::string id = std::string("AR01ARZ3NDEKTSV4RRFFQ69G5FB") + c;
    fake_.desk.requests[RequestId{id}] = fake_.request(id);
    if (c == '4') fake_.desk.requests[RequestId{id}].state = approvals::RequestState::denied;
  }
  json page = json::parse(get("/api/v1/approvals?state=pending&limit=2", "bob").body);
  ASSERT_EQ(page["items"].size(), 2u);
  EXPECT_EQ(page["items"][0]["id"], "AR01ARZ3NDEKTSV4RRFFQ69G5FB3");
  page = json::parse(get("/api/v1/approvals?state=pending&limit=2&before=" + page["next"].get<std::string>(), "bob").body);
  EXPECT_EQ(page["items"][0]["id"], "AR01ARZ3NDEKTSV4RRFFQ69G5FB1");
  page = json::parse(get("/api/v1/approvals?state=pending&limit=2&before=" + page["next"].get<std::string>(), "bob").body);
  EXPECT_EQ(page["items"].size(), 1u);
  EXPECT_TRUE(page["next"].is_null());
  EXPECT_EQ(json::parse(get("/api/v1/approvals?state=denied", "bob").body)["items"].size(), 1u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals", "bob").body)["items"].size(), 6u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals?requester=support-bot&database=shop&action=export", "bob").body)["items"].size(), 6u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals?action=ddl", "bob").body)["items"].size(), 0u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals?mine=true", "bob").body)["items"].size(), 0u);
  EXPECT_EQ(json::parse(get("/api/v1/approvals?mine=true", "alice").body)["items"].size(), 6u);
}

TEST_F(ApiTest, RefusesAQueryThatItDoesNotKnow) {
  for (const char* query : {"state=open", "limit=0", "limit=1001", "limit=x", "limit=+5", "limit=5&limit=5", "mine=yes", "database=", "before=1", "before=../../x", "color=red", "state="}) {
    expect_problem(get(std::string("/api/v1/approvals?") + query, "bob"), 400, "bad_request");
  }
  expect_problem(get(path() + "?x=1", "bob"), 400, "bad_request");
}

TEST_F(ApiTest, DecidesOnceAndAnswersARepetitionInTheSameWay) {
  const net::HttpResponse first = post(path("approve"), "bob", R"({"reason": "fine \u202e by me"})");
  ASSERT_EQ(first.status, 200) << first.body;
  const json body = json::parse(first.body);
  EXPECT_EQ(body["state"], "approved");
  EXPECT_EQ(body["votes"][0]["approver"], "bob");
  EXPECT_EQ(body["votes"][0]["reason"], "fine  by me");
  EXPECT_EQ(body["votes"][0]["channel"], "rest");
  EXPECT_EQ(post(path("approve"), "bob", R"({"reason": "fine"})").body, first.body);
  expect_problem(post(path("deny"), "bob"), 409, "conflict");
  expect_problem(post(path("approve"), "eve"), 409, "conflict");
  expect_problem(post(path("deny"), "eve"), 409, "conflict");
  EXPECT_EQ(fake_.pending().votes.size(), 1u);
}

TEST_F(ApiTest, DeniesWithoutABodyToo) {
  const net::HttpResponse response = post(path("deny"), "bob");
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(json::parse(response.body)["state"], "denied");
}

TEST_F(ApiTest, OfSeveralApproversEachHasOneVote) {
  fake_.pending().requirement.approvals = 2;
  EXPECT_EQ(json::parse(post(path("approve"), "bob").body)["state"], "pending");
  EXPECT_EQ(json::parse(post(path("approve"), "bob").body)["state"], "pending");
  EXPECT_EQ(json::parse(post(path("approve"), "eve").body)["state"], "approved");
}

TEST_F(ApiTest, NobodyDecidesOnWhatTheyAskedForOrHaveNoPartIn) {
  expect_problem(post(path("approve"), "alice"), 403, "denied");        // owner of the agent
  expect_problem(post(path("approve"), "support-bot"), 403, "denied");  // the agent itself
  expect_problem(post(path("approve"), "dana"), 404, "not_found");      // in no approver group
  expect_problem(post(path("approve"), ""), 401, "invalid_credentials");
  fake_.pending().held.requester.acts_for = IdentityId{"eve"};
  expect_problem(post(path("approve"), "eve"), 403, "denied");
  EXPECT_EQ(fake_.pending().state, approvals::RequestState::pending);
  EXPECT_TRUE(fake_.pending().votes.empty());
}

TEST_F(ApiTest, AnExpiredRequestCannotBeApproved) {
  fake_.desk.now += std::chrono::hours(1);
  expect_problem(post(path("approve"), "bob"), 409, "conflict");
}

TEST_F(ApiTest, DecodesADecisionStrictly) {
  for (const std::string& body : {
           std::string("not json"), std::string("[]"), std::string("null"), std::string("\"reason\""), std::string(R"({"reason": 1})"),
           std::string(R"({"reason": null})"), std::string(R"({"reason": ["x"]})"), std::string(R"({"Reason": "x"})"),
           std::string(R"({"reason": "x", "approver": "eve"})"), std::string(R"({"reason": "a", "reason": "b"})"),
           std::string("{\"reason\": \"\xff\"}"), R"({"reason": ")" + std::string(501, 'x') + "\"}", std::string(100000, '['),
       }) {
    const net::HttpResponse response = post(path("approve"), "bob", body);
    expect_problem(response, 400, "bad_request");
  }
  net::HttpRequest form = request("POST", path("approve"), "bob", R"({"reason": "x"})");
  form.fields.back().second = "text/plain";
  expect_problem(answer(form), 400, "bad_request");
  EXPECT_EQ(fake_.desk.decisions, 0);
  EXPECT_EQ(post(path("approve"), "bob", R"({"reason": ")" + std::string(500, 'x') + "\"}").status, 200);
}

TEST_F(ApiTest, StrangePathsLeadNowhere) {
  for (const char* target : {"/api/v1/approvals/", "/api/v1/approvals/x", "/api/v1/approvals//approve", "/api/v1/approvals/x/y/approve", "/api/v1/approvals/..",
                             "/api/v1/approvals/%2e%2e%2fusage", "/api/v1/approvals/AR01ARZ3NDEKTSV4RRFFQ69G5FAW", "/api/v2/approvals",
                             "/api/v1/approvals/ar01arz3ndektsv4rrffq69g5fav"}) {
    const net::HttpResponse response = get(target, "bob");
    EXPECT_TRUE(response.status == 404 || response.status == 405) << target << " " << response.status;
  }
  expect_problem(post("/api/v1/approvals/AR01ARZ3NDEKTSV4RRFFQ69G5FAW/approve", "bob"), 404, "not_found");
  expect_problem(get("/", ""), 404, "not_found");
  expect_problem(get("/API/v1/approvals", "bob"), 404, "not_found");
}

TEST_F(ApiTest, AWrongMethodIsToldTheRightOne) {
  const net::HttpResponse response = get(path("approve"), "bob");
  EXPECT_EQ(response.status, 405);
  ASSERT_FALSE(response.fields.empty());
  EXPECT_EQ(response.fields.back(), net::HttpField("allow", "POST"));
  EXPECT_EQ(answer(request("HEAD", "/api/v1/approvals", "bob")).status, 200);
  EXPECT_EQ(answer(request("DELETE", path(), "bob")).status, 405);
}

// --- usage

TEST_F(ApiTest, PassesAUsageQueryOn) {
  const net::HttpResponse response =
      get("/api/v1/usage?from=2026-01-31&to=2026-02-01T01:00:00%2B01:00&identity=support-bot&database=shop&tag=pii&group_by=day,tag", "bob");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(fake_.last_usage.from, std::chrono::sys_days(std::chrono::year(2026) / 1 / 31));
  EXPECT_EQ(fake_.last_usage.to, std::chrono::sys_days(std::chrono::year(2026) / 2 / 1));
  EXPECT_EQ(fake_.last_usage.identity, IdentityId{"support-bot"});
  EXPECT_EQ(fake_.last_usage.tag, "pii");
  const std::vector<usage::Dimension> dimensions{usage::Dimension::day, usage::Dimension::tag};
  EXPECT_EQ(fake_.last_usage.group_by, dimensions);
  EXPECT_TRUE(get("/api/v1/usage?format=csv", "bob").content_type.starts_with("text/csv"));
}

TEST_F(ApiTest, RefusesAUsageQueryThatItDoesNotUnderstand) {
  for (const char* query : {"from=yesterday", "from=2026-02-30", "to=2026-01-01T25:00:00Z", "from=2026-01-02&to=2026-01-01", "group_by=", "group_by=identity,",
                            "group_by=tag,tag", "group_by=color", "format=xml", "user=x", "from=2026-01-01T00:00:00", "from=2026-1-1"}) {
    expect_problem(get(std::string("/api/v1/usage?") + query, "bob"), 400, "bad_request");
  }
}

TEST_F(ApiTest, AnAgentLearnsOfItsOwnUsageOnly) {
  EXPECT_EQ(get("/api/v1/usage", "support-bot").status, 200);
  EXPECT_EQ(fake_.last_usage.identity, IdentityId{"support-bot"});
  expect_problem(get("/api/v1/usage?identity=alice", "support-bot"), 403, "denied");
}

// --- operation

TEST_F(ApiTest, ReloadsForPersons) {
  expect_problem(post("/api/v1/reload", "support-bot"), 403, "denied");
  EXPECT_EQ(get("/api/v1/reload", "bob").status, 405);
  EXPECT_EQ(fake_.reloads, 0);
}

TEST_F(ApiTest, AReloadThatFindsMistakesSaysSo) {
  EXPECT_EQ(post("/api/v1/reload", "bob").status, 200);
  fake_.outcome.published = false;
  fake_.outcome.findings = {config::Finding{true, "sluice.yaml:3:1", "unknown key"}};
  const net::HttpResponse response = post("/api/v1/reload", "bob");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(json::parse(response.body)["findings"][0]["where"], "sluice.yaml:3:1");
  EXPECT_EQ(fake_.reloads, 2);
}

TEST_F(ApiTest, HealthNeedsNoTokenAndTellsNoNames) {
  fake_.config().databases[DatabaseAlias{"shop"}] = {};
  EXPECT_EQ(get("/livez", "").status, 200);
  EXPECT_EQ(get("/readyz", "").status, 200);
  fake_.state.databases_down = {DatabaseAlias{"shop"}};
  net::HttpResponse response = get("/readyz", "");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body.find("shop"), std::string::npos);
  fake_.state.databases_down.clear();
  fake_.state.audit_writable = false;
  EXPECT_EQ(get("/readyz", "").status, 503);
  response = get("/metrics", "");
  EXPECT_NE(response.body.find("sluice_audit_records_total 42\n"), std::string::npos);
  EXPECT_NE(response.body.find("sluice_approval_requests_pending 1\n"), std::string::npos);
  EXPECT_NE(response.body.find("sluice_audit_writable 0\n"), std::string::npos);
}

TEST_F(ApiTest, AGatewayThatDrainsIsNotReady) {
  fake_.config().databases[DatabaseAlias{"shop"}] = {};
  fake_.state.draining = true;
  const net::HttpResponse response = get("/readyz", "");
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find("draining"), std::string::npos);
  EXPECT_EQ(get("/livez", "").status, 200);
}

}  // namespace
}  // namespace sluice::admin
