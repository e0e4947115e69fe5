#include "admin/approval_card.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "admin/approval_json.h"
#include "unit/admin/fake_backend.h"

namespace sluice::admin {
namespace {

using nlohmann::json;

TEST(ApprovalCard, TellsEverythingThatAPersonNeedsAndHidesNothing) {
  FakeBackend fake;
  approvals::ApprovalRequest request = fake.pending();
  request.held.statement = "COPY customers TO STDOUT\n\n\n; DROP\x1b[8m TABLE t -- \xE2\x80\xAE gnihton";
  request.held.requester.groups.push_back(GroupId{"x\nApprovers       nobody"});
  const std::string card = approval_card(json::parse(approval_json(request, {}).dump()));
  for (const char* expected : {FakeBackend::kRequest, "support-bot", "alice", "shop", "export", "tagged data leaves in bulk (rule exports)",
                               "public.customers.email [pii] output, masked", "    1 | COPY customers TO STDOUT", "    4 | ; DROP<U+001B>[8m TABLE t -- <U+202E> gnihton",
                               "$1 ", ": 'x'", ": NULL", ": binary, 0x00ff", "1970-01-12 14:01:40 UTC"}) {
    EXPECT_NE(card.find(expected), std::string::npos) << expected << "\n" << card;
  }
  EXPECT_EQ(card.find('\x1b'), std::string::npos);
  EXPECT_EQ(card.find("\nApprovers       nobody"), std::string::npos);
}

TEST(ApprovalCard, SurvivesADocumentOfAnotherShape) {
  for (const char* text : {"{}", "[]", "null", "1", R"({"requester": [], "parameters": 3, "votes": {}, "statement": null, "requirement": "x", "search_path": [[[]]]})"}) {
    EXPECT_FALSE(approval_card(json::parse(text)).empty());
    EXPECT_FALSE(approval_table(json::parse(text)).empty());
  }
}

TEST(ApprovalTable, HasOneLinePerRequest) {
  FakeBackend fake;
  approvals::ApprovalRequest request = fake.pending();
  request.held.statement = "SELECT 1\n\n\nFROM t";
  const json item = json::parse(approval_summary_json(request).dump());
  const std::string table = approval_table(json{{"items", json::array({item, item})}});
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 3);
  EXPECT_NE(table.find("SELECT 1   FROM t"), std::string::npos);
}

}  // namespace
}  // namespace sluice::admin
