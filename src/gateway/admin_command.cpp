#include "gateway/admin_command.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"

namespace sluice::gateway {

namespace {

using Verb = AdminCommand::Verb;

struct Token {
  enum class Kind { word, text, parameter, symbol, semicolon };
  Kind kind = Kind::word;
  std::string text;  ///< of a word in lower case
};

Error not_a_command() {
  return make_error(ErrorKind::syntax_error, "this is no command of the admin database", "SHOW HELP lists the commands.");
}

bool is_text(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = front_code_point(text, code);
    if (length == 0 || code == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// 'it''s'; nullopt: it has no end.
std::optional<std::string> cut_text(std::string_view& rest, char quote) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != quote) {
      text += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == quote) {
      text += quote;
      ++i;
    } else {
      rest.remove_prefix(i + 1);
      return text;
    }
  }
  return std::nullopt;
}

Result<std::vector<Token>> tokens_of(std::string_view rest) {
  using Kind = Token::Kind;
  std::vector<Token> tokens;
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      rest.remove_prefix(1);
    } else if (rest.starts_with("--")) {
      rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
    } else if (c == ';') {
      tokens.push_back({Kind::semicolon, {}});
      rest.remove_prefix(1);
    } else if (c == '\'' || c == '"') {
      auto text = cut_text(rest, c);
      if (!text) return make_error(ErrorKind::syntax_error, "unterminated quoted string", "Two quotes in a row stand for one.");
      tokens.push_back({c == '"' ? Kind::word : Kind::text, std::move(*text)});
    } else if (c == '$') {
      std::size_t end = 1;
      while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
      tokens.push_back({Kind::parameter, std::string(rest.substr(1, end - 1))});
      rest.remove_prefix(end);
    } else if (is_word(c)) {
      std::size_t end = 0;
      while (end < rest.size() && is_word(rest[end])) ++end;
      std::string word(rest.substr(0, end));
      std::transform(word.begin(), word.end(), word.begin(), lower);
      tokens.push_back({Kind::word, std::move(word)});
      rest.remove_prefix(end);
    } else {
      tokens.push_back({Kind::symbol, std::string(1, c)});
      rest.remove_prefix(1);
    }
  }
  return tokens;
}

struct Constant {
  const char* words;   ///< the whole command
  const char* column;
  const char* value;
};
// What drivers and tools ask by themselves; the answers are those of a server that speaks like PostgreSQL 15.
constexpr Constant kConstants[] = {
    {"select 1", "?column?", "1"},
    {"select version ( )", "version", "Sluice 0.1.0 admin database, speaks like PostgreSQL 15.0"},
    {"select current_database ( )", "current_database", "sluice"},
    {"select current_schema ( )", "current_schema", "public"},
    {"select current_schema", "current_schema", "public"},
    {"select pg_is_in_recovery ( )", "pg_is_in_recovery", "f"},
    {"select pg_advisory_unlock_all ( )", "pg_advisory_unlock_all", ""},
    {"show server_version", "server_version", "15.0 (Sluice 0.1.0)"},
    {"show server_encoding", "server_encoding", "UTF8"},
    {"show client_encoding", "client_encoding", "UTF8"},
    {"show standard_conforming_strings", "standard_conforming_strings", "on"},
    {"show datestyle", "DateStyle", "ISO, MDY"},
    {"show timezone", "TimeZone", "UTC"},
    {"show search_path", "search_path", "public"},
    {"show transaction isolation level", "transaction_isolation", "read committed"},
    {"show transaction_isolation", "transaction_isolation", "read committed"},
    {"show default_transaction_read_only", "default_transaction_read_only", "off"},
    {"show transaction_read_only", "transaction_read_only", "off"},
    {"show in_hot_standby", "in_hot_standby", "off"},
};

class CommandReader {
 public:
  explicit CommandReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<AdminCommand> read() {
    AdminCommand command;
    const std::string first = word(0);
    if (tokens_.empty()) return command;
    if (first == "approve" || first == "deny") return read_decision(first == "approve" ? Verb::approve : Verb::deny);
    if (first == "reload" && tokens_.size() == 1) return simple(Verb::reload, "RELOAD");
    if (const Constant* constant = find_constant()) {
      command.verb = Verb::show_constant;
      command.column = constant->column;
      command.value = constant->value;
      command.tag = first == "show" ? "SHOW" : "SELECT 1";
      return command;
    }
    if (first == "show") return read_show();
    return read_courtesy(first);
  }

 private:
  [[nodiscard]] std::string word(std::size_t at) const {
    return at < tokens_.size() && tokens_[at].kind == Token::Kind::word ? tokens_[at].text : std::string();
  }
  static AdminCommand simple(Verb verb, const char* tag) {
    AdminCommand command;
    command.verb = verb;
    command.tag = tag;
    return command;
  }
  [[nodiscard]] const Constant* find_constant() const {
    std::string words;
    for (const Token& token : tokens_) {
      if (token.kind != Token::Kind::word && token.kind != Token::Kind::symbol) return nullptr;
      words.append(words.empty() ? "" : " ").append(token.text);
    }
    const auto found = std::find_if(std::begin(kConstants), std::end(kConstants), [&](const Constant& constant) { return words == constant.words; });
    return found == std::end(kConstants) ? nullptr : found;
  }

  // An id as a word, a quoted text or a parameter; a reason as one of the last two.
  Result<AdminArgument> argument(std::size_t at, bool words) const {
    const Token& token = tokens_[at];
    AdminArgument argument;
    switch (token.kind) {
      case Token::Kind::text: argument.text = token.text; return argument;
      case Token::Kind::word:
        if (!words) break;
        argument.text = token.text;
        for (char& c : *argument.text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return argument;
      case Token::Kind::parameter: {
        const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), argument.parameter);
        if (error != std::errc() || argument.parameter == 0 || argument.parameter > 2) break;
        return argument;
      }
      case Token::Kind::symbol:
      case Token::Kind::semicolon: break;
    }
    return make_error(ErrorKind::syntax_error, words ? "the id of an approval request is expected" : "a reason in single quotes is expected",
                      "APPROVE <id> ['reason']; DENY <id> ['reason']; SHOW APPROVAL <id>");
  }

  Result<AdminCommand> read_decision(Verb verb) {
    AdminCommand command = simple(verb, verb == Verb::approve ? "APPROVE" : "DENY");
    if (tokens_.size() < 2 || tokens_.size() > 3) {
      return make_error(ErrorKind::syntax_error, "an id and at most a reason are expected", "APPROVE <id> ['reason']; DENY <id> ['reason']");
    }
    SLUICE_TRY(id, argument(1, true));
    command.id = std::move(id);
    if (tokens_.size() == 3) {
      SLUICE_TRY(reason, argument(2, false));
      command.reason = std::move(reason);
    }
    return command;
  }

  Result<AdminCommand> read_show() {
    const std::string what = word(1);
    if (what == "approvals" && (tokens_.size() == 2 || (tokens_.size() == 3 && word(2) == "all"))) {
      AdminCommand command = simple(Verb::show_approvals, "SHOW");
      command.all = tokens_.size() == 3;
      return command;
    }
    if (what == "approval" && tokens_.size() == 3) {
      AdminCommand command = simple(Verb::show_approval, "SHOW");
      SLUICE_TRY(id, argument(2, true));
      command.id = std::move(id);
      return command;
    }
    if (tokens_.size() != 2) return not_a_command();
    if (what == "clients") return simple(Verb::show_clients, "SHOW");
    if (what == "databases") return simple(Verb::show_databases, "SHOW");
    if (what == "servers") return simple(Verb::show_servers, "SHOW");
    if (what == "usage") return simple(Verb::show_usage, "SHOW");
    if (what == "help") return simple(Verb::show_help, "SHOW");
    if (what == "version") return simple(Verb::show_version, "SHOW");
    return not_a_command();
  }

  // What drivers send by themselves and is nothing to us.
  Result<AdminCommand> read_courtesy(const std::string& first) {
    const bool alone = tokens_.size() == 1 || word(1) == "transaction" || word(1) == "work";
    if ((first == "begin" && tokens_.size() <= 8) || (first == "start" && word(1) == "transaction")) return simple(Verb::begin, "BEGIN");
    if ((first == "commit" || first == "end") && alone) return simple(Verb::commit, "COMMIT");
    if ((first == "rollback" || first == "abort") && alone) return simple(Verb::rollback, "ROLLBACK");
    if (first == "set" && tokens_.size() >= 3) {
      if (word(1) == "client_encoding" || word(1) == "names") {
        std::string encoding = tokens_.back().text;
        std::transform(encoding.begin(), encoding.end(), encoding.begin(), lower);
        if (encoding != "utf8" && encoding != "utf-8" && encoding != "unicode" && encoding != "default") {
          return make_error(ErrorKind::invalid_parameter_value, "the admin database speaks UTF8 only");
        }
      }
      return simple(Verb::no_effect, "SET");
    }
    if (first == "reset" && tokens_.size() >= 2) return simple(Verb::no_effect, "RESET");
    if (first == "discard" && tokens_.size() == 2) return simple(Verb::no_effect, "DISCARD ALL");
    if (first == "unlisten" && tokens_.size() == 2) return simple(Verb::no_effect, "UNLISTEN");
    if (first == "close" && tokens_.size() == 2) return simple(Verb::no_effect, "CLOSE CURSOR ALL");
    if (first == "deallocate" && tokens_.size() >= 2) return simple(Verb::no_effect, "DEALLOCATE");
    return not_a_command();
  }

  std::vector<Token> tokens_;
};

}  // namespace

std::size_t AdminCommand::parameters() const noexcept { return std::max(id.parameter, reason.parameter); }

Result<std::vector<AdminCommand>> parse_admin_commands(std::string_view text) {
  if (!is_text(text)) return make_error(ErrorKind::invalid_text_encoding, "the text is not valid UTF-8");
  SLUICE_TRY(tokens, tokens_of(text));
  std::vector<AdminCommand> commands;
  std::vector<Token> one;
  tokens.push_back({Token::Kind::semicolon, {}});
  for (Token& token : tokens) {
    if (token.kind != Token::Kind::semicolon) {
      one.push_back(std::move(token));
      continue;
    }
    if (one.empty()) continue;
    SLUICE_TRY(command, CommandReader(std::move(one)).read());
    commands.push_back(std::move(command));
    one.clear();
  }
  return commands;
}

const std::vector<AdminHelp>& admin_help() {
  static const std::vector<AdminHelp> help{
      {"SHOW APPROVALS", "requests that wait for a person and concern you; SHOW APPROVALS ALL: the latest of every state"},
      {"SHOW APPROVAL <id>", "the decision card: who wants to run what"},
      {"APPROVE <id> ['reason']", "let the statement run, once"},
      {"DENY <id> ['reason']", "refuse the statement"},
      {"SHOW CLIENTS", "who is connected"},
      {"SHOW DATABASES", "the databases of the configuration"},
      {"SHOW SERVERS", "their addresses"},
      {"SHOW USAGE", "statements, rows and bytes by identity since the beginning"},
      {"SHOW VERSION", "the version of Sluice"},
      {"RELOAD", "read the configuration anew"},
  };
  return help;
}

}  // namespace sluice::gateway
