#include "protocol/trace.h"

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/authentication_messages.h"
#include "protocol/copy_messages.h"
#include "protocol/notice.h"
#include "protocol/result_messages.h"
#include "protocol/session_messages.h"
#include "protocol/startup_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::protocol {
namespace {

/// Builds the part behind the message's name: fields separated by one space.
class TraceLine {
 public:
  TraceLine(const TraceOptions& options, std::string& out) : options_(options), out_(out) {}

  TraceLine& word(std::string_view text) {
    out_.append(" ").append(text);
    return *this;
  }
  TraceLine& number(std::int64_t value) { return word(std::to_string(value)); }
  /// A name: always shown.
  TraceLine& name(std::string_view text) { return quoted(text, '"', false); }
  TraceLine& statement(std::string_view text) { return quoted(text, '"', options_.redact_statements); }
  TraceLine& value(std::optional<std::string_view> text) { return text ? quoted(*text, '\'', options_.redact_values) : word("NULL"); }
  TraceLine& secret(std::string_view text) { return quoted(text, '\'', true); }

  TraceLine& values(const ValueListView& list) {
    number(static_cast<std::int64_t>(list.size()));
    for (const auto value : list) this->value(value);
    return *this;
  }
  template <class List>
  TraceLine& numbers(const List& list) {
    number(static_cast<std::int64_t>(list.size()));
    for (std::size_t i = 0; i < list.size(); ++i) number(list[i]);
    return *this;
  }

 private:
  TraceLine& quoted(std::string_view text, char quote, bool redact) {
    out_.push_back(' ');
    if (redact) {
      out_.append("<" + std::to_string(text.size()) + " bytes>");
      return *this;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    out_.push_back(quote);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f || c == '\\' || c == quote) {
        out_.append({'\\', 'x', kHex[byte >> 4], kHex[byte & 15]});
      } else {
        out_.push_back(c);
      }
    }
    out_.push_back(quote);
    return *this;
  }

  const TraceOptions& options_;
  std::string& out_;
};

void trace_notice(TraceLine& line, const NoticeFields& f) {
  line.word("S").name(f.severity).word("V").name(f.severity_unlocalized).word("C").name(f.code).word("M").statement(f.message);
  if (!f.detail.empty()) line.word("D").statement(f.detail);
  if (!f.hint.empty()) line.word("H").statement(f.hint);
  if (f.position != 0) line.word("P").number(f.position);
  if (f.internal_position != 0) line.word("p").number(f.internal_position);
  if (!f.internal_query.empty()) line.word("q").statement(f.internal_query);
  if (!f.where.empty()) line.word("W").statement(f.where);
  if (!f.schema.empty()) line.word("s").name(f.schema);
  if (!f.table.empty()) line.word("t").name(f.table);
  if (!f.column.empty()) line.word("c").name(f.column);
  if (!f.data_type.empty()) line.word("d").name(f.data_type);
  if (!f.constraint.empty()) line.word("n").name(f.constraint);
}

struct TraceAuthentication {
  TraceLine& line;
  void operator()(const AuthenticationOk&) { line.word("Ok"); }
  void operator()(const AuthenticationCleartextPassword&) { line.word("CleartextPassword"); }
  void operator()(const AuthenticationMD5Password& m) { line.word("MD5Password").secret({m.salt.data(), m.salt.size()}); }
  void operator()(const AuthenticationSASL& m) {
    line.word("SASL");
    for (const std::string& mechanism : m.mechanisms) line.name(mechanism);
  }
  void operator()(const AuthenticationSASLContinue& m) { line.word("SASLContinue").secret(m.challenge); }
  void operator()(const AuthenticationSASLFinal& m) { line.word("SASLFinal").secret(m.outcome); }
  void operator()(const AuthenticationUnsupported& m) { line.word("Unsupported").number(m.code); }
};

struct Tracer {
  std::string_view name;
  bool (*trace)(TraceLine& line, std::string_view body);  ///< false: cannot be decoded
};

/// Makes a Tracer's function from a decode function and what to print of the message.
template <class Message, auto Print>
bool traced(TraceLine& line, std::string_view body) {
  const auto message = Message::decode(body);
  if (message.ok()) Print(line, *message);
  return message.ok();
}

constexpr auto kNothing = [](TraceLine&, const auto&) {};
constexpr auto kNamed = [](TraceLine& line, const auto& m) {
  line.word(std::string_view(m.object == NamedObject::portal ? "P" : "S")).name(m.name);
};
constexpr auto kCopy = [](TraceLine& line, const auto& m) { line.number(m.format).numbers(m.column_formats); };
constexpr auto kQuery = [](TraceLine& line, const QueryView& m) { line.statement(m.query); };
constexpr auto kParse = [](TraceLine& line, const ParseView& m) { line.name(m.statement).statement(m.query).numbers(m.parameter_types); };
constexpr auto kBind = [](TraceLine& line, const BindView& m) {
  line.name(m.portal).name(m.statement).numbers(m.parameter_formats).values(m.parameters).numbers(m.result_formats);
};
constexpr auto kExecute = [](TraceLine& line, const ExecuteView& m) { line.name(m.portal).number(m.max_rows); };
constexpr auto kFunctionCall = [](TraceLine& line, const FunctionCallView& m) {
  line.number(m.function).numbers(m.argument_formats).values(m.arguments).number(m.result_format);
};
constexpr auto kCopyData = [](TraceLine& line, const CopyDataView& m) { line.value(m.data); };
constexpr auto kCopyFail = [](TraceLine& line, const CopyFail& m) { line.value(m.reason); };
constexpr auto kDataRow = [](TraceLine& line, const DataRowView& m) { line.values(m.values); };
constexpr auto kComplete = [](TraceLine& line, const CommandCompleteView& m) { line.name(m.tag); };
constexpr auto kTypes = [](TraceLine& line, const ParameterDescription& m) { line.numbers(m.types); };
constexpr auto kRowDescription = [](TraceLine& line, const RowDescription& m) {
  line.number(static_cast<std::int64_t>(m.fields.size()));
  for (const FieldDescription& f : m.fields) {
    line.name(f.name).number(f.table).number(f.attribute).number(f.type).number(f.type_size).number(f.type_modifier).number(f.format);
  }
};
constexpr auto kFunctionResult = [](TraceLine& line, const FunctionCallResponse& m) { line.value(m.value); };
constexpr auto kStatus = [](TraceLine& line, const ParameterStatus& m) { line.name(m.name).name(m.value); };
constexpr auto kKey = [](TraceLine& line, const BackendKeyData& m) { line.number(m.process_id).secret(m.secret_key); };
constexpr auto kReady = [](TraceLine& line, const ReadyForQuery& m) {
  const char status = static_cast<char>(m.status);
  line.word({&status, 1});
};
constexpr auto kNotification = [](TraceLine& line, const NotificationResponse& m) {
  line.number(m.process_id).name(m.channel).value(m.payload);
};
constexpr auto kNegotiate = [](TraceLine& line, const NegotiateProtocolVersion& m) {
  line.number(m.newest_version);
  for (const std::string& option : m.unrecognized_options) line.name(option);
};
constexpr auto kNotice = [](TraceLine& line, const auto& m) { trace_notice(line, m.fields); };

bool trace_authentication(TraceLine& line, std::string_view body) {
  const auto message = decode_authentication(body);
  if (message.ok()) std::visit(TraceAuthentication{line}, *message);
  return message.ok();
}

bool trace_password(TraceLine& line, std::string_view body) {
  line.secret(body);
  return true;
}

std::optional<Tracer> frontend_tracer(char type) {
  switch (type) {
    case 'Q': return Tracer{"Query", traced<QueryView, kQuery>};
    case 'P': return Tracer{"Parse", traced<ParseView, kParse>};
    case 'B': return Tracer{"Bind", traced<BindView, kBind>};
    case 'D': return Tracer{"Describe", traced<DescribeView, kNamed>};
    case 'C': return Tracer{"Close", traced<CloseView, kNamed>};
    case 'E': return Tracer{"Execute", traced<ExecuteView, kExecute>};
    case 'F': return Tracer{"FunctionCall", traced<FunctionCallView, kFunctionCall>};
    case 'H': return Tracer{"Flush", traced<Flush, kNothing>};
    case 'S': return Tracer{"Sync", traced<Sync, kNothing>};
    case 'X': return Tracer{"Terminate", traced<Terminate, kNothing>};
    case 'd': return Tracer{"CopyData", traced<CopyDataView, kCopyData>};
    case 'c': return Tracer{"CopyDone", traced<CopyDone, kNothing>};
    case 'f': return Tracer{"CopyFail", traced<CopyFail, kCopyFail>};
    case 'p': return Tracer{"PasswordMessage", trace_password};
  }
  return std::nullopt;
}

std::optional<Tracer> backend_tracer(char type) {
  switch (type) {
    case 'R': return Tracer{"Authentication", trace_authentication};
    case 'v': return Tracer{"NegotiateProtocolVersion", traced<NegotiateProtocolVersion, kNegotiate>};
    case 'S': return Tracer{"ParameterStatus", traced<ParameterStatus, kStatus>};
    case 'K': return Tracer{"BackendKeyData", traced<BackendKeyData, kKey>};
    case 'Z': return Tracer{"ReadyForQuery", traced<ReadyForQuery, kReady>};
    case 'A': return Tracer{"NotificationResponse", traced<NotificationResponse, kNotification>};
    case 'T': return Tracer{"RowDescription", traced<RowDescription, kRowDescription>};
    case 'D': return Tracer{"DataRow", traced<DataRowView, kDataRow>};
    case 'C': return Tracer{"CommandComplete", traced<CommandCompleteView, kComplete>};
    case 't': return Tracer{"ParameterDescription", traced<ParameterDescription, kTypes>};
    case 'V': return Tracer{"FunctionCallResponse", traced<FunctionCallResponse, kFunctionResult>};
    case '1': return Tracer{"ParseComplete", traced<ParseComplete, kNothing>};
    case '2': return Tracer{"BindComplete", traced<BindComplete, kNothing>};
    case '3': return Tracer{"CloseComplete", traced<CloseComplete, kNothing>};
    case 'n': return Tracer{"NoData", traced<NoData, kNothing>};
    case 's': return Tracer{"PortalSuspended", traced<PortalSuspended, kNothing>};
    case 'I': return Tracer{"EmptyQueryResponse", traced<EmptyQueryResponse, kNothing>};
    case 'G': return Tracer{"CopyInResponse", traced<CopyInResponse, kCopy>};
    case 'H': return Tracer{"CopyOutResponse", traced<CopyOutResponse, kCopy>};
    case 'W': return Tracer{"CopyBothResponse", traced<CopyBothResponse, kCopy>};
    case 'd': return Tracer{"CopyData", traced<CopyDataView, kCopyData>};
    case 'c': return Tracer{"CopyDone", traced<CopyDone, kNothing>};
    case 'E': return Tracer{"ErrorResponse", traced<ErrorResponse, kNotice>};
    case 'N': return Tracer{"NoticeResponse", traced<NoticeResponse, kNotice>};
  }
  return std::nullopt;
}

std::string line_start(TraceSource source, std::size_t length, std::string_view name) {
  return std::string(source == TraceSource::agent ? "F" : "B") + "\t" + std::to_string(length) + "\t" + std::string(name) + "\t";
}

}  // namespace

std::string trace_line(TraceSource source, const MessageView& message, const TraceOptions& options) {
  const auto tracer = source == TraceSource::agent ? frontend_tracer(message.type) : backend_tracer(message.type);
  const std::size_t length = message.body.size() + 4;
  if (!tracer) {
    return line_start(source, length, "unknown message " + std::to_string(static_cast<unsigned char>(message.type)));
  }
  std::string text = line_start(source, length, tracer->name);
  TraceLine line(options, text);
  if (tracer->trace(line, message.body)) return text;
  return line_start(source, length, "malformed " + std::string(tracer->name));
}

std::string trace_startup_line(std::string_view body, const TraceOptions& options) {
  const auto packet = decode_startup_packet(body);
  if (!packet.ok()) return line_start(TraceSource::agent, body.size() + 4, "malformed start-up packet");
  static constexpr std::array<std::string_view, 4> kNames = {"StartupMessage", "SSLRequest", "GSSENCRequest", "CancelRequest"};
  std::string text = line_start(TraceSource::agent, body.size() + 4, kNames.at(packet->index()));
  TraceLine line(options, text);
  if (const auto* startup = std::get_if<StartupMessage>(&*packet)) {
    line.number(startup->version >> 16).number(startup->version & 0xffff);
    for (const auto& [name, value] : startup->parameters) line.name(name).name(value);
  }
  if (const auto* cancel = std::get_if<CancelRequest>(&*packet)) line.number(cancel->process_id).secret(cancel->secret_key);
  return text;
}

}  // namespace sluice::protocol
