#include "gateway/admin_command.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

using Verb = AdminCommand::Verb;

AdminCommand one(std::string_view text) {
  const auto commands = parse_admin_commands(text);
  EXPECT_TRUE(commands.ok()) << text;
  EXPECT_EQ(commands->size(), 1u) << text;
  return commands->empty() ? AdminCommand{} : commands->front();
}

TEST(AdminCommand, ReadsDecisionsHoweverTheyAreWritten) {
  for (const char* text : {"APPROVE AR01 'it''s fine'", "approve ar01 'it''s fine';", "  Approve\n'AR01' 'it''s fine' -- and so on\n;;", "approve \"ar01\" 'it''s fine'"}) {
    const AdminCommand command = one(text);
    EXPECT_EQ(command.verb, Verb::approve) << text;
    EXPECT_EQ(command.id.text, "AR01") << text;
    EXPECT_EQ(command.reason.text, "it's fine") << text;
    EXPECT_TRUE(command.decides());
  }
  const AdminCommand prepared = one("DENY $1 $2");
  EXPECT_EQ(prepared.verb, Verb::deny);
  EXPECT_EQ(prepared.parameters(), 2u);
  EXPECT_EQ(one("DENY AR01").reason.text, std::nullopt);
}

TEST(AdminCommand, AnswersWhatDriversAskByThemselves) {
  for (const char* text : {"SELECT 1", "select version()", "SELECT version ( ) ;", "SHOW TRANSACTION ISOLATION LEVEL", "show server_version"}) {
    EXPECT_EQ(one(text).verb, Verb::show_constant) << text;
  }
  for (const char* text : {"SET extra_float_digits = 3", "SET application_name = 'x'", "RESET ALL", "DISCARD ALL", "UNLISTEN *", "CLOSE ALL",
                           "set client_encoding to 'UTF8'", "DEALLOCATE ALL"}) {
    EXPECT_EQ(one(text).verb, Verb::no_effect) << text;
  }
  EXPECT_EQ(one("BEGIN").verb, Verb::begin);
  EXPECT_EQ(one("START TRANSACTION READ ONLY").verb, Verb::begin);
  EXPECT_EQ(one("COMMIT").verb, Verb::commit);
  EXPECT_EQ(one("ROLLBACK").verb, Verb::rollback);
}

TEST(AdminCommand, SeparatesCommandsBySemicolonsOutsideOfTexts) {
  const auto commands = parse_admin_commands("SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;");
  ASSERT_TRUE(commands.ok());
  EXPECT_EQ(commands->size(), 4u);
  EXPECT_EQ(one("DENY AR01 'a; RELOAD'").reason.text, "a; RELOAD");
  EXPECT_TRUE(parse_admin_commands("")->empty());
  EXPECT_TRUE(parse_admin_commands(" ; ;-- nothing")->empty());
}

TEST(AdminCommand, RefusesEverythingElse) {
  for (const char* text : {"SELECT * FROM x", "APPROVE", "APPROVE AR01 reason", "APPROVE AR01 'a' 'b'", "APPROVE $3", "APPROVE $", "APPROVE AR01 'open",
                           "SHOW", "SHOW APPROVAL", "SHOW APPROVALS x", "RELOAD x", "/* */ RELOAD", "SELECT version() x", "APPROVE (AR01)", "COMMIT x",
                           "APPROVE AR01 E'\\n'", "SHOW APPROVALS, x"}) {
    const auto commands = parse_admin_commands(text);
    ASSERT_FALSE(commands.ok()) << text;
    EXPECT_EQ(commands.error().kind, ErrorKind::syntax_error) << text;
    EXPECT_FALSE(commands.error().hint.empty()) << text;
  }
  EXPECT_EQ(parse_admin_commands("SHOW \xff").error().kind, ErrorKind::invalid_text_encoding);
  EXPECT_EQ(parse_admin_commands("SET client_encoding TO latin1").error().kind, ErrorKind::invalid_parameter_value);
}

}  // namespace
}  // namespace sluice::gateway
