#include "protocol/replication_command.h"

#include <gtest/gtest.h>

namespace sluice::protocol {
namespace {

TEST(ReplicationCommand, IsToldByItsFirstWord) {
  for (const char* text : {"IDENTIFY_SYSTEM", " \n\tIDENTIFY_SYSTEM;", "START_REPLICATION SLOT \"a\" 0/0", "BASE_BACKUP(LABEL 'x')", "SHOW wal_level",
                           "CREATE_REPLICATION_SLOT x PHYSICAL", "DROP_REPLICATION_SLOT x", "TIMELINE_HISTORY 1"}) {
    EXPECT_TRUE(is_replication_command(text)) << text;
  }
}

TEST(ReplicationCommand, IsNothingThatAWalsenderTakesForSql) {
  for (const char* text : {"", ";", "SELECT 1", "identify_system", "IDENTIFY_SYSTEMS", "\"IDENTIFY_SYSTEM\"", "-- x\nIDENTIFY_SYSTEM",
                           "/* IDENTIFY_SYSTEM */ SELECT 1", "; IDENTIFY_SYSTEM", "show wal_level", "(IDENTIFY_SYSTEM)", "\vIDENTIFY_SYSTEM"}) {
    EXPECT_FALSE(is_replication_command(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::protocol
