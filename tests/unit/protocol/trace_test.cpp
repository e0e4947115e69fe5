#include "protocol/trace.h"

#include <gtest/gtest.h>

#include "protocol/result_messages.h"
#include "protocol/sqlstate.h"
#include "protocol/startup_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::protocol {
namespace {

template <class Message>
std::string traced(TraceSource source, const Message& message, const TraceOptions& options = {}) {
  std::string bytes;
  message.encode(bytes);
  return trace_line(source, {bytes[0], std::string_view(bytes).substr(5), bytes}, options);
}

constexpr TraceOptions kOpen{.redact_values = false, .redact_statements = false};

TEST(Trace, ShowsMessagesInTheShapeOfPQtrace) {
  std::string storage;
  const DataRowView row{ValueListView::make(storage, std::vector<ValueListView::Value>{"it's", std::nullopt})};
  EXPECT_EQ(traced(TraceSource::agent, QueryView{"SELECT 1"}, kOpen), "F\t13\tQuery\t \"SELECT 1\"");
  EXPECT_EQ(traced(TraceSource::upstream, row, kOpen), "B\t18\tDataRow\t 2 'it\\x27s' NULL");
  EXPECT_EQ(traced(TraceSource::upstream, CommandCompleteView{"SELECT 1"}), "B\t13\tCommandComplete\t \"SELECT 1\"");
  EXPECT_EQ(traced(TraceSource::agent, DescribeView{NamedObject::portal, ""}), "F\t6\tDescribe\t P \"\"");
  EXPECT_EQ(traced(TraceSource::agent, Sync{}), "F\t4\tSync\t");
}

TEST(Trace, ShowsNoValueUnlessAskedTo) {
  std::string storage;
  const DataRowView row{ValueListView::make(storage, std::vector<ValueListView::Value>{"078-05-1120"})};
  EXPECT_EQ(traced(TraceSource::upstream, row), "B\t21\tDataRow\t 1 <11 bytes>");
  EXPECT_EQ(traced(TraceSource::agent, QueryView{"SELECT '078-05-1120'"}), "F\t25\tQuery\t <20 bytes>");
  EXPECT_EQ(traced(TraceSource::upstream, error_response(make_error(ErrorKind::denied, "no"))).find("\"no\""), std::string::npos);
}

TEST(Trace, NeverShowsPasswordsOrKeys) {
  std::string packet;
  CancelRequest{17, "k3y!"}.encode(packet);
  EXPECT_EQ(trace_startup_line(std::string_view(packet).substr(4), kOpen), "F\t16\tCancelRequest\t 17 <4 bytes>");
  EXPECT_EQ(trace_line(TraceSource::agent, {'p', "secret", {}}, kOpen), "F\t10\tPasswordMessage\t <6 bytes>");
}

TEST(Trace, SaysSoWhenAMessageCannotBeDecoded) {
  EXPECT_EQ(trace_line(TraceSource::agent, {'B', "x", {}}), "F\t5\tmalformed Bind\t");
  EXPECT_EQ(trace_line(TraceSource::upstream, {'!', "", {}}), "B\t4\tunknown message 33\t");
}

}  // namespace
}  // namespace sluice::protocol
