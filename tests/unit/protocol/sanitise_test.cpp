#include "protocol/sanitise.h"

#include <gtest/gtest.h>

#include "protocol/sanitised_messages.h"

namespace sluice::protocol {
namespace {

constexpr std::string_view kCanary = "078-05-1120";

/// An error with the canary in every field that stored code can fill.
NoticeFields poisoned(std::string code) {
  const std::string canary(kCanary);
  NoticeFields f;
  f.severity = canary;
  f.severity_unlocalized = "ERROR";
  f.code = std::move(code);
  f.position = 12;
  f.internal_position = 3;
  for (std::string* text : {&f.message, &f.detail, &f.hint, &f.internal_query, &f.where, &f.schema, &f.table, &f.column, &f.data_type,
                            &f.constraint, &f.file, &f.line, &f.routine}) {
    *text = canary;
  }
  return f;
}

std::string bytes_of(const NoticeFields& fields) {
  std::string bytes;
  fields.append_to(bytes);
  return bytes;
}

TEST(SanitisedError, OfARestrictedStatementCarriesNothingThatStoredCodeWrote) {
  for (const char* code : {"23505", "P0001", "22P02", "57014", "07805", "11120", ""}) {
    const NoticeFields clean = sanitise_error(poisoned(code), {});
    EXPECT_EQ(bytes_of(clean).find(kCanary), std::string::npos);
    EXPECT_EQ(clean.severity, "ERROR");
    EXPECT_FALSE(clean.message.empty());
  }
}

TEST(SanitisedError, KeepsTheSqlstatesOfPostgreSQLAndNoOthers) {
  EXPECT_EQ(sanitise_error(poisoned("23505"), {}).code, "23505");
  EXPECT_EQ(sanitise_error(poisoned("40001"), {}).code, "40001");
  EXPECT_EQ(sanitise_error(poisoned("07805"), {}).code, "P0001") << "RAISE USING ERRCODE carries five characters of anything";
}

TEST(SanitisedError, KeepsNamesThatTheCatalogHas) {
  NoticeFields upstream = poisoned("23505");
  upstream.constraint = "person_pkey";
  Disclosure disclosure;
  disclosure.keep_name = [](char field, std::string_view name) { return field == 'n' && name == "person_pkey"; };
  const NoticeFields clean = sanitise_error(upstream, disclosure);
  EXPECT_EQ(clean.constraint, "person_pkey");
  EXPECT_EQ(clean.table, "");
}

TEST(SanitisedError, HasItsPositionMappedToTheAgentsText) {
  Disclosure disclosure;
  disclosure.map_position = [](std::int32_t position) { return position - 10; };
  EXPECT_EQ(sanitise_error(poisoned("42703"), disclosure).position, 2);
  disclosure.map_position = [](std::int32_t) { return -5; };
  EXPECT_EQ(sanitise_error(poisoned("42703"), disclosure).position, 0);
  disclosure.restricted = false;
  const NoticeFields open = sanitise_error(poisoned("42703"), disclosure);
  EXPECT_EQ(open.position, 0);
  EXPECT_EQ(open.internal_query, "") << "could quote the rewritten text";
}

TEST(SanitisedError, OfAnUnrestrictedStatementIsTheUpstreamsOwn) {
  Disclosure disclosure;
  disclosure.restricted = false;
  EXPECT_EQ(sanitise_error(poisoned("42703"), disclosure), poisoned("42703"));
}

TEST(SanitisedError, IsLegalWhateverCameIn) {
  for (const bool restricted : {true, false}) {
    Disclosure disclosure;
    disclosure.restricted = restricted;
    const NoticeFields fields = sanitise_error({}, disclosure);
    EXPECT_EQ(fields.severity, "ERROR");
    EXPECT_EQ(fields.code.size(), 5u);
    EXPECT_FALSE(fields.message.empty());
  }
}

TEST(SanitisedError, KeepsFatalFatal) {
  NoticeFields upstream = poisoned("57P01");
  upstream.severity_unlocalized = "FATAL";
  EXPECT_TRUE(sanitise_error(upstream, {}).ends_session());
}

TEST(SanitisedNotice, OfARestrictedStatementIsSwallowed) {
  EXPECT_EQ(sanitise_notice(poisoned("00000"), {}), std::nullopt);
  Disclosure open;
  open.restricted = false;
  EXPECT_TRUE(sanitise_notice(poisoned("00000"), open).has_value());
}

TEST(SanitisedMessages, AreFoundByTheirCode) {
  EXPECT_EQ(sanitised_message("XX002").message, "index corrupted");
  EXPECT_EQ(sanitised_message("03000").code, "03000");
  EXPECT_EQ(sanitised_message("zzzzz").code, "P0001");
}

}  // namespace
}  // namespace sluice::protocol
