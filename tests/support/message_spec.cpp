#include "support/message_spec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "protocol/copy_messages.h"
#include "protocol/notice.h"
#include "protocol/result_messages.h"
#include "protocol/session_messages.h"
#include "protocol/statement_messages.h"

namespace sluice::test {

using namespace protocol;

namespace {
struct Word {
  bool quoted = false;
  std::string text;
};

std::vector<Word> words_of(std::string_view spec) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < spec.size();) {
    if (spec[at] == ' ') {
      ++at;
    } else if (spec[at] == '"') {
      const std::size_t end = spec.find('"', at + 1);
      EXPECT_NE(end, std::string_view::npos) << spec;
      std::string text(spec.substr(at + 1, end - at - 1));
      std::replace(text.begin(), text.end(), '`', '"');
      words.push_back({true, std::move(text)});
      at = end + 1;
    } else {
      const std::size_t end = std::min(spec.find(' ', at), spec.size());
      words.push_back({false, std::string(spec.substr(at, end - at))});
      at = end;
    }
  }
  return words;
}

template <class Message>
std::string encoded(const Message& message) {
  std::string bytes;
  message.encode(bytes);
  return bytes;
}

std::vector<ValueListView::Value> values_from(const std::vector<Word>& words, std::size_t first) {
  std::vector<ValueListView::Value> values;
  for (std::size_t i = first; i < words.size(); ++i) {
    values.push_back(words[i].quoted ? ValueListView::Value(words[i].text) : std::nullopt);
  }
  return values;
}

NamedObject object_from(const std::string& word) { return word == "P" ? NamedObject::portal : NamedObject::statement; }

NoticeFields notice_from(const std::vector<Word>& words, const char* severity) {
  NoticeFields fields;
  fields.severity = fields.severity_unlocalized = severity;
  fields.code = words.at(1).text;
  fields.message = words.at(2).text;
  if (words.size() > 4 && words[3].text == "at") fields.position = std::stoi(words[4].text);
  return fields;
}

std::string in_quotes(std::string_view text) {
  std::string inner(text);
  std::replace(inner.begin(), inner.end(), '"', '`');
  return '"' + inner + '"';
}

std::string values_text(const ValueListView& values) {
  std::string text;
  for (const auto& value : values) text += ' ' + (value ? in_quotes(*value) : std::string("NULL"));
  return text;
}

std::string notice_text(const char* name, const NoticeFields& fields) {
  std::string text = std::string(name) + ' ' + fields.code + ' ' + in_quotes(fields.message);
  if (fields.position > 0) text += " at " + std::to_string(fields.position);
  return text;
}

std::string object_text(NamedObject object, std::string_view name) {
  return std::string(object == NamedObject::portal ? " P " : " S ") + in_quotes(name);
}

std::string agent_spec(char type, std::string_view body) {
  switch (type) {
    case 'Q': return "Query " + in_quotes(QueryView::decode(body)->query);
    case 'P': {
      const auto parse = ParseView::decode(body);
      return "Parse " + in_quotes(parse->statement) + ' ' + in_quotes(parse->query);
    }
    case 'B': {
      const auto bind = BindView::decode(body);
      return "Bind " + in_quotes(bind->portal) + ' ' + in_quotes(bind->statement) + values_text(bind->parameters);
    }
    case 'D': {
      const auto describe = DescribeView::decode(body);
      return "Describe" + object_text(describe->object, describe->name);
    }
    case 'C': {
      const auto close = CloseView::decode(body);
      return "Close" + object_text(close->object, close->name);
    }
    case 'E': {
      const auto execute = ExecuteView::decode(body);
      return "Execute " + in_quotes(execute->portal) + ' ' + std::to_string(execute->max_rows);
    }
    case 'S': return "Sync";
    case 'H': return "Flush";
    case 'X': return "Terminate";
    case 'd': return "CopyData " + in_quotes(body);
    case 'c': return "CopyDone";
    case 'f': return "CopyFail " + in_quotes(CopyFail::decode(body)->reason);
    default: return std::string("unknown message ") + type;
  }
}

std::string upstream_spec(char type, std::string_view body) {
  switch (type) {
    case '1': return "ParseComplete";
    case '2': return "BindComplete";
    case '3': return "CloseComplete";
    case 'n': return "NoData";
    case 's': return "PortalSuspended";
    case 'I': return "EmptyQueryResponse";
    case 'C': return "CommandComplete " + in_quotes(CommandCompleteView::decode(body)->tag);
    case 'D': return "DataRow" + values_text(DataRowView::decode(body)->values);
    case 'E': return notice_text("ErrorResponse", ErrorResponse::decode(body)->fields);
    case 'N': return notice_text("NoticeResponse", NoticeResponse::decode(body)->fields);
    case 'Z': return std::string("ReadyForQuery ") + static_cast<char>(ReadyForQuery::decode(body)->status);
    case 'G': return "CopyInResponse";
    case 'H': return "CopyOutResponse";
    case 'd': return "CopyData " + in_quotes(body);
    case 'c': return "CopyDone";
    case 'T': {
      std::string text = "RowDescription";
      const auto description = RowDescription::decode(body);
      for (const FieldDescription& field : description->fields) text += ' ' + in_quotes(field.name);
      return text;
    }
    case 'A': {
      const auto notification = NotificationResponse::decode(body);
      return "NotificationResponse " + in_quotes(notification->channel) + ' ' + in_quotes(notification->payload);
    }
    case 'S': {
      const auto setting = ParameterStatus::decode(body);
      return "ParameterStatus " + in_quotes(setting->name) + ' ' + in_quotes(setting->value);
    }
    default: return std::string("unknown message ") + type;
  }
}
}  // namespace

std::string message_from(std::string_view spec) {
  const std::vector<Word> words = words_of(spec);
  if (words.empty()) return {};
  const std::string& name = words[0].text;
  std::string storage;
  if (name == "Query") return encoded(QueryView{words.at(1).text});
  if (name == "Parse") return encoded(ParseView{words.at(1).text, words.at(2).text, {}});
  if (name == "Bind") {
    BindView bind;
    bind.portal = words.at(1).text;
    bind.statement = words.at(2).text;
    const auto values = values_from(words, 3);
    bind.parameters = ValueListView::make(storage, values);
    return encoded(bind);
  }
  if (name == "Describe") return encoded(DescribeView{object_from(words.at(1).text), words.at(2).text});
  if (name == "Close") return encoded(CloseView{object_from(words.at(1).text), words.at(2).text});
  if (name == "Execute") return encoded(ExecuteView{words.at(1).text, words.size() > 2 ? std::stoi(words[2].text) : 0});
  if (name == "Sync") return encoded(Sync{});
  if (name == "Flush") return encoded(Flush{});
  if (name == "Terminate") return encoded(Terminate{});
  if (name == "CopyData") return encoded(CopyDataView{words.at(1).text});
  if (name == "CopyDone") return encoded(CopyDone{});
  if (name == "CopyFail") return encoded(CopyFail{words.at(1).text});
  if (name == "ParseComplete") return encoded(ParseComplete{});
  if (name == "BindComplete") return encoded(BindComplete{});
  if (name == "CloseComplete") return encoded(CloseComplete{});
  if (name == "NoData") return encoded(NoData{});
  if (name == "PortalSuspended") return encoded(PortalSuspended{});
  if (name == "EmptyQueryResponse") return encoded(EmptyQueryResponse{});
  if (name == "CommandComplete") return encoded(CommandCompleteView{words.at(1).text});
  if (name == "ReadyForQuery") return encoded(ReadyForQuery{static_cast<TransactionStatus>(words.at(1).text.at(0))});
  if (name == "CopyInResponse") return encoded(CopyInResponse{});
  if (name == "CopyOutResponse") return encoded(CopyOutResponse{});
  if (name == "ParameterStatus") return encoded(ParameterStatus{words.at(1).text, words.at(2).text});
  if (name == "NotificationResponse") return encoded(NotificationResponse{7, words.at(1).text, words.at(2).text});
  if (name == "ErrorResponse") return encoded(ErrorResponse{notice_from(words, "ERROR")});
  if (name == "FatalResponse") return encoded(ErrorResponse{notice_from(words, "FATAL")});
  if (name == "NoticeResponse") return encoded(NoticeResponse{notice_from(words, "NOTICE")});
  if (name == "DataRow") {
    const auto values = values_from(words, 1);
    return encoded(DataRowView{ValueListView::make(storage, values)});
  }
  if (name == "RowDescription") {
    RowDescription description;
    for (std::size_t i = 1; i < words.size(); ++i) {
      FieldDescription field;
      field.name = words[i].text;
      field.type = 25;
      description.fields.push_back(field);
    }
    return encoded(description);
  }
  ADD_FAILURE() << "no such message in transcripts: " << spec;
  return {};
}

std::string spec_of(bool from_agent, std::string_view message) {
  const char type = message.at(0);
  const std::string_view body = message.substr(5);
  return from_agent ? agent_spec(type, body) : upstream_spec(type, body);
}

}  // namespace sluice::test
