// Properties of every message: what was encoded is decoded, and nothing else is.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/authentication_messages.h"
#include "protocol/copy_messages.h"
#include "protocol/message_reader.h"
#include "protocol/notice.h"
#include "protocol/password_messages.h"
#include "protocol/result_messages.h"
#include "protocol/session_messages.h"
#include "protocol/startup_messages.h"
#include "protocol/statement_messages.h"
#include "protocol/trace.h"

namespace sluice::protocol {
namespace {

/// Makes random messages. Views point into strings that it keeps.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::uint32_t number() { return static_cast<std::uint32_t>(random_()) >> (random_() % 32); }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }
  std::string bytes(std::uint32_t limit = 40) {
    std::string text(below(limit), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }
  std::string text(std::uint32_t limit = 40) {
    std::string text = bytes(limit);
    for (char& c : text) {
      if (c == '\0') c = 'x';
    }
    return text;
  }
  std::string some_text() { return "t" + text(); }
  std::string_view kept(std::string text) { return *kept_.emplace_back(std::make_unique<std::string>(std::move(text))); }
  std::string& storage() { return *kept_.emplace_back(std::make_unique<std::string>()); }

  std::vector<std::int16_t> formats(std::size_t count) {
    std::vector<std::int16_t> formats(count);
    for (auto& format : formats) format = static_cast<std::int16_t>(below(2));
    return formats;
  }
  ValueListView values(std::size_t count) {
    std::vector<ValueListView::Value> values(count);
    for (auto& value : values) {
      if (below(4) != 0) value = kept(bytes());
    }
    return ValueListView::make(storage(), values);
  }
  WireArrayView<std::int16_t> format_view(std::size_t count) { return WireArrayView<std::int16_t>::make(storage(), formats(count)); }

 private:
  std::mt19937 random_;
  std::vector<std::unique_ptr<std::string>> kept_;
};

template <class Message>
Message make(Maker& m);

template <> QueryView make(Maker& m) { return {m.kept(m.text())}; }
template <> ParseView make(Maker& m) {
  std::vector<Oid> types(m.below(5));
  for (Oid& type : types) type = m.number();
  return {m.kept(m.text()), m.kept(m.text()), WireArrayView<Oid>::make(m.storage(), types)};
}
template <> BindView make(Maker& m) {
  const std::size_t count = m.below(5);
  return {m.kept(m.text()), m.kept(m.text()), m.format_view(m.below(2) == 0 ? count : m.below(2)), m.values(count), m.format_view(m.below(4))};
}
template <> DescribeView make(Maker& m) { return {m.below(2) == 0 ? NamedObject::portal : NamedObject::statement, m.kept(m.text())}; }
template <> CloseView make(Maker& m) { return {m.below(2) == 0 ? NamedObject::portal : NamedObject::statement, m.kept(m.text())}; }
template <> ExecuteView make(Maker& m) { return {m.kept(m.text()), static_cast<std::int32_t>(m.number())}; }
template <> FunctionCallView make(Maker& m) {
  const std::size_t count = m.below(5);
  return {m.number(), m.format_view(count), m.values(count), 1};
}
template <> CopyDataView make(Maker& m) { return {m.kept(m.bytes())}; }
template <> CopyFail make(Maker& m) { return {m.text()}; }
template <> CopyInResponse make(Maker& m) { return {static_cast<std::int8_t>(m.below(2)), m.formats(m.below(4))}; }
template <> CopyOutResponse make(Maker& m) { return {static_cast<std::int8_t>(m.below(2)), m.formats(m.below(4))}; }
template <> CopyBothResponse make(Maker& m) { return {static_cast<std::int8_t>(m.below(2)), m.formats(m.below(4))}; }
template <> PasswordMessage make(Maker& m) { return {m.text()}; }
template <> SASLInitialResponse make(Maker& m) {
  return {m.text(), m.below(2) == 0 ? std::nullopt : std::optional<std::string>(m.bytes())};
}
template <> SASLResponse make(Maker& m) { return {m.bytes()}; }
template <> NegotiateProtocolVersion make(Maker& m) {
  NegotiateProtocolVersion message{m.number(), {}};
  for (std::uint32_t i = m.below(4); i > 0; --i) message.unrecognized_options.push_back(m.text());
  return message;
}
template <> ParameterStatus make(Maker& m) { return {m.text(), m.text()}; }
template <> BackendKeyData make(Maker& m) { return {static_cast<std::int32_t>(m.number()), "4444" + m.bytes(250)}; }
template <> ReadyForQuery make(Maker& m) { return {static_cast<TransactionStatus>("ITE"[m.below(3)])}; }
template <> NotificationResponse make(Maker& m) { return {static_cast<std::int32_t>(m.number()), m.text(), m.text()}; }
template <> RowDescription make(Maker& m) {
  RowDescription message;
  for (std::uint32_t i = m.below(4); i > 0; --i) {
    message.fields.push_back({m.text(), m.number(), static_cast<std::int16_t>(m.number()), m.number(), static_cast<std::int16_t>(m.number()),
                              static_cast<std::int32_t>(m.number()), static_cast<std::int16_t>(m.below(2))});
  }
  return message;
}
template <> DataRowView make(Maker& m) { return {m.values(m.below(6))}; }
template <> CommandCompleteView make(Maker& m) { return {m.kept(m.text())}; }
template <> ParameterDescription make(Maker& m) { return {{m.number(), m.number()}}; }
template <> FunctionCallResponse make(Maker& m) {
  return {m.below(3) == 0 ? std::nullopt : std::optional<std::string>(m.bytes())};
}
NoticeFields make_fields(Maker& m) {
  NoticeFields f;
  for (std::string* text : {&f.severity, &f.severity_unlocalized, &f.code, &f.message, &f.detail, &f.hint, &f.internal_query, &f.where, &f.schema,
                            &f.table, &f.column, &f.data_type, &f.constraint, &f.file, &f.line, &f.routine}) {
    if (m.below(3) != 0) *text = m.some_text();
  }
  f.position = static_cast<std::int32_t>(m.below(3));
  f.internal_position = static_cast<std::int32_t>(m.below(3));
  return f;
}
template <> ErrorResponse make(Maker& m) { return {make_fields(m)}; }
template <> NoticeResponse make(Maker& m) { return {make_fields(m)}; }
template <> Flush make(Maker&) { return {}; }
template <> Sync make(Maker&) { return {}; }
template <> Terminate make(Maker&) { return {}; }
template <> CopyDone make(Maker&) { return {}; }
template <> ParseComplete make(Maker&) { return {}; }
template <> BindComplete make(Maker&) { return {}; }
template <> CloseComplete make(Maker&) { return {}; }
template <> NoData make(Maker&) { return {}; }
template <> PortalSuspended make(Maker&) { return {}; }
template <> EmptyQueryResponse make(Maker&) { return {}; }

template <class Message>
class EveryMessage : public testing::Test {};

using Messages =
    testing::Types<QueryView, ParseView, BindView, DescribeView, CloseView, ExecuteView, FunctionCallView, Flush, Sync, Terminate, CopyDataView,
                   CopyDone, CopyFail, CopyInResponse, CopyOutResponse, CopyBothResponse, PasswordMessage, SASLInitialResponse, SASLResponse,
                   NegotiateProtocolVersion, ParameterStatus, BackendKeyData, ReadyForQuery, NotificationResponse, RowDescription, DataRowView,
                   CommandCompleteView, ParameterDescription, FunctionCallResponse, ParseComplete, BindComplete, CloseComplete, NoData,
                   PortalSuspended, EmptyQueryResponse, ErrorResponse, NoticeResponse>;
TYPED_TEST_SUITE(EveryMessage, Messages);

TYPED_TEST(EveryMessage, IsDecodedAsItWasEncoded) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Maker maker(seed);
    const TypeParam message = make<TypeParam>(maker);
    std::string bytes;
    message.encode(bytes);
    MessageBuffer buffer(1 << 20);
    buffer.append(bytes);
    const auto cut = buffer.next();
    ASSERT_TRUE(cut.ok() && cut->has_value());
    EXPECT_EQ((*cut)->type, TypeParam::kType);
    EXPECT_EQ((*cut)->whole, bytes);
    const auto decoded = TypeParam::decode((*cut)->body);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_TRUE(*decoded == message);
  }
}

/// Whatever a decoder accepts, it must be able to say again byte for byte.
template <class Message>
void expect_refused_or_faithful(std::string_view body) {
  const auto decoded = Message::decode(body);
  if (!decoded.ok()) {
    EXPECT_EQ(decoded.error().kind, ErrorKind::protocol_violation);
    return;
  }
  std::string again;
  decoded->encode(again);
  const auto twice = Message::decode(std::string_view(again).substr(kHeaderBytes));
  ASSERT_TRUE(twice.ok());
  EXPECT_TRUE(*twice == *decoded);
}

TYPED_TEST(EveryMessage, CutShortOrDamagedIsRefusedOrFaithful) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    Maker maker(seed);
    std::string bytes;
    make<TypeParam>(maker).encode(bytes);
    const std::string body = bytes.substr(kHeaderBytes);
    for (std::size_t size = 0; size < body.size(); ++size) expect_refused_or_faithful<TypeParam>(std::string(body.substr(0, size)));
    for (std::size_t at = 0; at < body.size(); ++at) {
      std::string damaged = body;
      damaged[at] = static_cast<char>(maker.number());
      expect_refused_or_faithful<TypeParam>(damaged);
    }
    expect_refused_or_faithful<TypeParam>(maker.bytes(200));
  }
}

TYPED_TEST(EveryMessage, CanBeTracedInOneLineWhateverItHolds) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    Maker maker(seed);
    std::string bytes;
    make<TypeParam>(maker).encode(bytes);
    if (seed % 2 == 1) bytes.resize(kHeaderBytes + (bytes.size() - kHeaderBytes) / 2);
    const MessageView view{bytes[0], std::string_view(bytes).substr(kHeaderBytes), bytes};
    for (const TraceSource source : {TraceSource::agent, TraceSource::upstream}) {
      const std::string line = trace_line(source, view, {.redact_values = false, .redact_statements = false});
      EXPECT_EQ(line.find('\n'), std::string::npos);
      EXPECT_EQ(line.find('\0'), std::string::npos);
    }
  }
}

TEST(Authentication, IsDecodedAsItWasEncoded) {
  const std::vector<Authentication> messages = {
      AuthenticationOk{}, AuthenticationCleartextPassword{}, AuthenticationMD5Password{{'a', '\0', 'b', 'c'}},
      AuthenticationSASL{{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}, AuthenticationSASLContinue{"r=abc"}, AuthenticationSASLFinal{"v=abc"},
      AuthenticationUnsupported{7, ""}, AuthenticationUnsupported{8, "token"}};
  for (const Authentication& message : messages) {
    std::string bytes;
    std::visit([&bytes](const auto& m) { m.encode(bytes); }, message);
    EXPECT_EQ(bytes[0], kAuthenticationType);
    const auto decoded = decode_authentication(std::string_view(bytes).substr(kHeaderBytes));
    ASSERT_TRUE(decoded.ok());
    EXPECT_TRUE(*decoded == message);
    for (std::size_t size = 0; size + kHeaderBytes < bytes.size(); ++size) {
      (void)decode_authentication(std::string(bytes.substr(kHeaderBytes, size)));
    }
  }
}

TEST(StartupPackets, AreDecodedAsTheyWereEncoded) {
  const std::vector<StartupPacket> packets = {
      StartupMessage{kProtocol30, {{"user", "agent"}, {"database", ""}, {"options", "-c a=b"}}}, StartupMessage{protocol_version(3, 2), {}},
      SSLRequest{}, GSSENCRequest{}, CancelRequest{4711, "1234"}, CancelRequest{-1, std::string(256, 'k')}};
  for (const StartupPacket& packet : packets) {
    std::string bytes;
    std::visit([&bytes](const auto& p) { p.encode(bytes); }, packet);
    MessageBuffer buffer(100);
    buffer.append(bytes);
    const auto body = buffer.next_startup();
    ASSERT_TRUE(body.ok() && body->has_value());
    const auto decoded = decode_startup_packet(**body);
    ASSERT_TRUE(decoded.ok());
    EXPECT_TRUE(*decoded == packet);
    for (std::size_t size = 0; size < (*body)->size(); ++size) {
      const auto cut = decode_startup_packet(std::string((*body)->substr(0, size)));
      EXPECT_TRUE(!cut.ok() || std::holds_alternative<CancelRequest>(*cut)) << "only a shorter key makes a legal packet";
    }
  }
}

}  // namespace
}  // namespace sluice::protocol
