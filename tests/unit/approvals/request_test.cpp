#include "approvals/request.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "approvals/plain_text.h"
#include "approvals/request_id.h"
#include "approvals/request_json.h"
#include "unit/approvals/held.h"

namespace sluice::approvals {
namespace {

policy::RequireApproval under(const std::string& rule) {
  policy::RequireApproval requirement;
  requirement.rule.text = rule;
  return requirement;
}

TEST(Digest, AnyDifferenceInWhatWouldRunMakesAnotherDigest) {
  using Change = std::function<void(HeldStatement&)>;
  const Change changes[] = {
      [](HeldStatement&) {},
      [](HeldStatement& h) { h.requester.id.text = "bot2"; },
      [](HeldStatement& h) { h.requester.kind = auth::IdentityKind::person; },
      [](HeldStatement& h) { h.requester.groups.push_back(GroupId{"more"}); },
      [](HeldStatement& h) { h.requester.owner.text = "dave"; },
      [](HeldStatement& h) { h.requester.acts_for.text = "dave"; },
      [](HeldStatement& h) { h.database.text = "other"; },
      [](HeldStatement& h) { h.system_identifier = "1"; },
      [](HeldStatement& h) { h.statement += " "; },
      [](HeldStatement& h) { h.parameters[0].value = "abd"; },
      [](HeldStatement& h) { h.parameters[0].type = 1043; },
      [](HeldStatement& h) { h.parameters[0].binary = true; },
      [](HeldStatement& h) { h.parameters[1].null = false; },
      [](HeldStatement& h) { h.parameters.pop_back(); },
      [](HeldStatement& h) { std::swap(h.parameters[0], h.parameters[1]); },
      [](HeldStatement& h) { h.search_path = {"public"}; },
      [](HeldStatement& h) { h.search_path = {"public", "app", ""}; },
      [](HeldStatement& h) { h.settings = {"DateStyle=SQL, DMY"}; },
      [](HeldStatement& h) { h.search_path.push_back("DateStyle=SQL, DMY"); },
      [](HeldStatement& h) { h.upstream_role = "other"; },
      [](HeldStatement& h) { h.upstream_database = "other"; },
      [](HeldStatement& h) { h.clear_columns = {"public.customers.email"}; },
      [](HeldStatement& h) { h.versions.catalog = 9; },
      [](HeldStatement& h) { h.versions.policy = 9; },
      [](HeldStatement& h) { h.search_path.clear(), h.parameters.push_back({false, false, "public", 0}); },
  };
  std::set<Digest> digests;
  for (const Change& change : changes) {
    HeldStatement held = sample_held();
    change(held);
    digests.insert(digest_of(held, under("rule")));
  }
  digests.insert(digest_of(sample_held(), under("other-rule")));
  EXPECT_EQ(digests.size(), std::size(changes) + 1);
}

TEST(Digest, WhatIsOnlyForTheCardDoesNotCount) {
  HeldStatement held = sample_held();
  held.peer = "elsewhere";
  held.session = 1;
  held.estimated_rows.reset();
  held.actions.clear();
  held.columns.clear();
  EXPECT_EQ(digest_of(held, under("rule")), digest_of(sample_held(), under("rule")));
}

TEST(RequestDocument, ComesBackAsItWasWritten) {
  const auto document = encode_request_document(sample_held(), sample_requirement());
  ASSERT_TRUE(document.ok());
  ApprovalRequest request;
  ASSERT_TRUE(decode_request_document(*document, request).ok());
  EXPECT_EQ(request.requirement, sample_requirement());
  EXPECT_EQ(request.held.parameters, sample_held().parameters);
  EXPECT_EQ(request.held.requester, sample_held().requester);
  EXPECT_EQ(request.held.estimated_rows, sample_held().estimated_rows);
  EXPECT_EQ(request.held.columns, sample_held().columns);
  EXPECT_EQ(digest_of(request.held, under("r")), digest_of(sample_held(), under("r")));
}

TEST(RequestDocument, DamageAndBadTextAreErrors) {
  ApprovalRequest request;
  for (const char* document : {"", "{", "{}", "[]", "{\"held\":{},\"requirement\":{}}"}) {
    EXPECT_FALSE(decode_request_document(document, request).ok());
  }
  HeldStatement held = sample_held();
  held.statement = "SELECT '\xff'";
  EXPECT_FALSE(encode_request_document(held, sample_requirement()).ok());
}

TEST(RequestIds, SortByTimeAndHaveTheirShape) {
  const RequestId early = make_request_id(at_second(0), {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  const RequestId late = make_request_id(at_second(0) + std::chrono::milliseconds(1), {});
  EXPECT_EQ(early.text.size(), 28u);
  EXPECT_LT(early, late);
  EXPECT_TRUE(is_request_id(early.text));
  EXPECT_FALSE(is_request_id("AR"));
  EXPECT_FALSE(is_request_id("AR0123456789012345678901234I"));
  EXPECT_FALSE(is_request_id("ar01234567890123456789ABCDEF"));
}

TEST(PlainText, KeepsWordsAndDropsTricks) {
  EXPECT_EQ(*plain_text("gr\xc3\xbc\xc3\x9f dich", 500), "gr\xc3\xbc\xc3\x9f dich");
  EXPECT_EQ(*plain_text("a\nb\x1b[0m\x7f", 500), "a b [0m ");
  EXPECT_EQ(*plain_text("a\xe2\x80\xae" "b\xe2\x80\x8b" "c\xef\xbb\xbf", 500), "abc");
  EXPECT_EQ(*plain_text("\xc3\xa4\xc3\xa4\xc3\xa4", 2), "\xc3\xa4\xc3\xa4");
  EXPECT_FALSE(plain_text("\xff", 500).ok());
  EXPECT_FALSE(plain_text("\xc0\x80", 500).ok());
  EXPECT_FALSE(plain_text("\xed\xa0\x80", 500).ok());
}

}  // namespace
}  // namespace sluice::approvals
