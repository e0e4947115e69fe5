#include "sql/plpgsql.h"

#include <array>
#include <initializer_list>
#include <utility>

#include "sql/tokens.h"

namespace sluice::sql {
namespace {

constexpr int kMaxNesting = 100;

/// One function for each production of PL/pgSQL's grammar. SQL is cut out where PL/pgSQL does it too: up to a keyword
/// outside parentheses. The first failure stays.
class Reader {
 public:
  explicit Reader(std::string_view body) : text_(body), tokens_(body) {}

  Result<PlpgsqlBody> read() {
    while (is("#")) {  // an option of the compiler: one line
      const std::size_t line = text_.find('\n', begin());
      at_ = line == std::string_view::npos ? tokens_.size() : tokens_.first_from(static_cast<int>(line));
    }
    for (int index = 0; index < tokens_.size(); ++index) {
      if (tokens_.text(index) == "\"new\"" || tokens_.text(index) == "\"old\"") fail("names NEW or OLD in quotes");
    }
    block();
    if (is(";")) ++at_;
    if (ok() && at_ < tokens_.size()) fail("is not understood");
    if (!ok()) return make_error(ErrorKind::not_supported, failure_);
    return std::move(body_);
  }

 private:
  [[nodiscard]] bool ok() const { return failure_.empty(); }
  void fail(std::string why) {
    if (ok()) failure_ = std::move(why);
    at_ = tokens_.size();
  }
  [[nodiscard]] bool is(std::string_view word, int ahead = 0) const { return tokens_.is(at_ + ahead, word); }
  bool accept(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view word) {
    if (!accept(word)) fail("is not understood");
  }
  [[nodiscard]] bool is_name(int index) const {
    if (index >= tokens_.size()) return false;
    return tokens_[index].kind == TokenKind::word || tokens_[index].kind == TokenKind::quoted_word;
  }
  void name() {
    if (!is_name(at_)) return fail("is not understood");
    ++at_;
  }
  [[nodiscard]] std::size_t begin() const {
    return at_ < tokens_.size() ? static_cast<std::size_t>(tokens_[at_].begin) : text_.size();
  }
  [[nodiscard]] std::string between(int first, int last) const {  // tokens [first, last)
    if (first >= last) return {};
    const auto from = static_cast<std::size_t>(tokens_[first].begin);
    return std::string(text_.substr(from, static_cast<std::size_t>(tokens_[last - 1].end) - from));
  }

  /// The tokens up to one of `ends` outside parentheses, which is left to be read.
  std::string up_to(std::initializer_list<std::string_view> ends) {
    const int first = at_;
    int depth = 0;
    for (; at_ < tokens_.size(); ++at_) {
      if (depth == 0) {
        for (const std::string_view end : ends) {
          if (is(end)) return between(first, at_);
        }
      }
      if (is("(") || is("[")) ++depth;
      if ((is(")") || is("]")) && --depth < 0) break;
      if (is(";")) break;
    }
    fail("is not understood");
    return {};
  }
  void expression(std::initializer_list<std::string_view> ends) {
    std::string text = up_to(ends);
    if (text.empty()) return fail("is not understood");
    body_.queries.push_back({"SELECT " + std::move(text), {}});
  }

  void label() {
    if (!accept("<<")) return;
    name();
    expect(">>");
  }

  struct Nested {
    explicit Nested(int& depth) : depth_(depth) { ++depth_; }
    ~Nested() { --depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    int& depth_;
  };

  void block() {
    label();
    if (accept("declare")) declarations();
    expect("begin");
    statements();
    if (accept("exception")) {
      body_.handles_errors = true;
      while (ok() && accept("when")) {
        up_to({"then"});
        expect("then");
        statements();
      }
    }
    expect("end");
    if (is_name(at_)) ++at_;
  }

  void declarations() {
    while (ok() && !is("begin")) {
      if (accept("declare")) continue;
      if (is("<<")) return fail("is not understood");
      declaration();
    }
  }

  void declaration() {
    name();
    if (accept("alias")) {
      expect("for");
      if (is("new") || is("old")) body_.queries.push_back({"SELECT " + std::string(tokens_.text(at_)), {}});
      up_to({";"});
      return expect(";");
    }
    accept("constant");
    const int cursor = is("no") && is("scroll", 1) ? 2 : is("scroll") ? 1 : 0;
    if (is("cursor", cursor)) {
      at_ += cursor + 1;
      if (is("(")) at_ = closing(at_) + 1;
      if (!accept("for")) expect("is");
      query({";"});
      return expect(";");
    }
    body_.types.push_back(up_to({";", ":=", "=", "default", "not", "collate"}));
    if (accept("collate")) up_to({";", ":=", "=", "default", "not"});
    if (accept("not")) expect("null");
    if (accept(":=") || accept("=") || accept("default")) expression({";"});
    expect(";");
  }

  int closing(int index) {
    const int end = tokens_.closing(index);
    if (end < 0) fail("is not understood");
    return end < 0 ? tokens_.size() : end;
  }

  [[nodiscard]] bool ends_block() const { return is("end") || is("exception") || is("elsif") || is("elseif") || is("else") || is("when"); }

  void statements() {
    const Nested nested(depth_);
    if (depth_ > kMaxNesting) return fail("nests too deeply");
    while (ok() && at_ < tokens_.size() && !(ends_block() && !is_assignment())) statement();
  }

  /// name, name.field, name[…] before := or =
  [[nodiscard]] bool is_assignment() const {
    int index = at_;
    if (index < tokens_.size() && tokens_[index].kind == TokenKind::parameter) ++index;
    else if (is_name(index)) ++index;
    else return false;
    while (index < tokens_.size()) {
      if (tokens_.is(index, ".") && is_name(index + 1)) {
        index += 2;
      } else if (tokens_.is(index, "[")) {
        index = tokens_.closing(index) + 1;
        if (index <= 0) return false;
      } else {
        return tokens_.is(index, ":=") || tokens_.is(index, "=");
      }
    }
    return false;
  }

  void assignment() {
    const bool row = is("new") || is("old");
    std::string field;
    if (row && is(".", 1) && tokens_[at_ + 2].kind == TokenKind::word) field = lower(tokens_.text(at_ + 2));
    else if (row) body_.assigns_row = true;
    const int first = at_;
    up_to({":=", "="});
    const std::string target = between(first, at_);
    ++at_;
    const std::size_t bracket = target.find('[');
    if (bracket != std::string::npos) body_.queries.push_back({"SELECT (" + target + ")", {}});
    expression({";"});
    if (ok()) body_.queries.back().row_field = std::move(field);
    expect(";");
  }

  static std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return out;
  }

  void statement();
  void if_statement();
  void case_statement();
  void loop();
  void for_statement();
  void foreach_statement();
  void return_statement();
  void raise();
  void open();
  void query(std::initializer_list<std::string_view> ends);
  void sql_statement();
  void into_target(int& index);

  std::string_view text_;
  Tokens tokens_;
  int at_ = 0;
  int depth_ = 0;
  std::string failure_;
  PlpgsqlBody body_;
};

void Reader::statement() {
  if (is_assignment()) return assignment();
  if (is("<<")) {
    const int after = at_ + 3;
    if (tokens_.is(after, "declare") || tokens_.is(after, "begin")) {
      block();
      return expect(";");
    }
    label();
    if (!is("loop") && !is("while") && !is("for") && !is("foreach")) return fail("is not understood");
  }
  if (is("declare") || (is("begin") && !is(";", 1))) {
    block();
    return expect(";");
  }
  if (accept("if")) return if_statement();
  if (accept("case")) return case_statement();
  if (accept("loop")) return loop();
  if (accept("while")) {
    expression({"loop"});
    expect("loop");
    return loop();
  }
  if (accept("for")) return for_statement();
  if (accept("foreach")) return foreach_statement();
  if (accept("exit") || accept("continue")) {
    if (!is("when") && !is(";")) name();
    if (accept("when")) expression({";"});
    return expect(";");
  }
  if (accept("return")) return return_statement();
  if (accept("raise")) return raise();
  if (accept("assert")) {
    body_.raises = true;
    expression({";"});  // two are a select list
    return expect(";");
  }
  if (accept("perform")) {
    const std::string text = up_to({";"});
    body_.queries.push_back({"SELECT " + text, {}});
    return expect(";");
  }
  if (accept("null")) return expect(";");
  if (accept("get")) {
    if (is_name(at_) && !is("diagnostics")) ++at_;
    expect("diagnostics");
    if (is("new") || is("old")) body_.assigns_row = true;
    up_to({";"});
    return expect(";");
  }
  if (accept("open")) return open();
  if (is("fetch") || is("move") || is("close")) {
    up_to({";"});  // of a cursor whose query is known: others cannot be opened
    return expect(";");
  }
  if (is("execute")) return fail("runs SQL that is made at run time");
  if (is("commit") || is("rollback")) return fail("ends transactions");
  sql_statement();
}

void Reader::if_statement() {
  expression({"then"});
  expect("then");
  statements();
  while (ok() && (accept("elsif") || accept("elseif"))) {
    expression({"then"});
    expect("then");
    statements();
  }
  if (accept("else")) statements();
  expect("end");
  expect("if");
  expect(";");
}

void Reader::case_statement() {
  std::string compared;
  if (!is("when")) compared = up_to({"when"});
  while (ok() && accept("when")) {
    if (compared.empty()) {
      expression({"then"});
    } else {
      const std::string values = up_to({"then"});
      body_.queries.push_back({"SELECT (" + compared + ") IN (" + values + ")", {}});
    }
    expect("then");
    statements();
  }
  if (accept("else")) statements();
  expect("end");
  expect("case");
  expect(";");
}

void Reader::loop() {
  statements();
  expect("end");
  expect("loop");
  if (is_name(at_)) ++at_;
  expect(";");
}

// FOR i IN a .. b, FOR row IN cursor, FOR row IN query. The query's text ends at the first LOOP outside parentheses.
void Reader::for_statement() {
  if (is("new") || is("old")) body_.assigns_row = true;
  up_to({"in"});
  expect("in");
  if (is("execute")) return fail("runs SQL that is made at run time");
  const int first = at_;
  int dots = -1;
  int depth = 0;
  int index = at_;
  for (; index < tokens_.size() && !(depth == 0 && tokens_.is(index, "loop")); ++index) {
    if (tokens_.is(index, "(") || tokens_.is(index, "[")) ++depth;
    if (tokens_.is(index, ")") || tokens_.is(index, "]")) --depth;
    if (depth == 0 && tokens_.is(index, "..")) dots = index;
  }
  if (index >= tokens_.size()) return fail("is not understood");
  if (dots >= 0) {
    accept("reverse");
    expression({".."});
    ++at_;
    expression({"by", "loop"});
    if (accept("by")) expression({"loop"});
  } else if (is_name(first) && (index == first + 1 || tokens_.is(first + 1, "(")) && !is("select") && !is("values") && !is("with")) {
    if (index > first + 1) {  // arguments of a cursor
      std::string arguments = between(first + 2, index - 1);
      if (tokens_.closing(first + 1) != index - 1) return fail("is not understood");
      if (arguments.find(":=") != std::string::npos) return fail("is not understood");
      body_.queries.push_back({"SELECT " + std::move(arguments), {}});
    }
    at_ = index;
  } else {
    query({"loop"});
  }
  expect("loop");
  loop();
}

void Reader::foreach_statement() {
  if (is("new") || is("old")) body_.assigns_row = true;
  up_to({"in"});
  expect("in");
  expect("array");
  expression({"loop"});
  expect("loop");
  loop();
}

void Reader::return_statement() {
  if (accept(";")) return;
  if (accept("next")) {
    if (!is(";")) expression({";"});
    return expect(";");
  }
  if (accept("query")) {
    if (is("execute")) return fail("runs SQL that is made at run time");
    query({";"});
    return expect(";");
  }
  // The row of a trigger goes where it came from.
  if ((is("new") || is("old") || is("null")) && is(";", 1)) {
    at_ += 2;
    return;
  }
  const auto row = [&](int ahead) { return is("new", ahead) || is("old", ahead); };
  if (is("coalesce") && is("(", 1) && row(2) && is(",", 3) && row(4) && is(")", 5) && is(";", 6)) {
    at_ += 7;
    return;
  }
  expression({";"});
  expect(";");
}

void Reader::raise() {
  if (accept(";")) return;  // again what was caught
  body_.raises = true;
  constexpr std::array<std::string_view, 6> kLevels{"debug", "log", "info", "notice", "warning", "exception"};
  for (const std::string_view level : kLevels) {
    if (accept(level)) break;
  }
  const auto options = [&] {
    do {
      name();
      if (!accept("=") && !accept(":=")) return fail("is not understood");
      expression({",", ";"});
    } while (ok() && accept(","));
  };
  if (at_ < tokens_.size() && tokens_[at_].kind == TokenKind::string) {
    ++at_;
    while (ok() && accept(",")) expression({",", "using", ";"});
  } else if (accept("sqlstate")) {
    ++at_;
  } else if (is_name(at_) && !is("using")) {
    ++at_;
  }
  if (accept("using")) options();
  expect(";");
}

void Reader::open() {
  name();
  if (accept("(")) {
    const int end = closing(at_ - 1);
    std::string arguments = between(at_, end);
    if (arguments.find(":=") != std::string::npos) return fail("is not understood");
    body_.queries.push_back({"SELECT " + std::move(arguments), {}});
    at_ = end + 1;
  }
  if (accept("no")) expect("scroll");
  else accept("scroll");
  if (accept("for")) {
    if (is("execute")) return fail("runs SQL that is made at run time");
    query({";"});
  }
  expect(";");
}

void Reader::query(std::initializer_list<std::string_view> ends) {
  std::string text = up_to(ends);
  if (text.empty()) return fail("is not understood");
  body_.queries.push_back({std::move(text), {}});
}

// Any other statement is SQL; INTO and its variables are no part of it.
void Reader::sql_statement() {
  const int first = at_;
  up_to({";"});
  if (!ok()) return;
  const int end = at_;
  ++at_;
  int into = -1;
  for (int index = first; index < end; ++index) {
    if (!tokens_.is(index, "into") || tokens_.is(index - 1, "insert") || tokens_.is(index - 1, "merge")) continue;
    if (into >= 0) return fail("is not understood");
    into = index;
  }
  if (into < 0) {
    body_.queries.push_back({between(first, end), {}});
    return;
  }
  int after = into + 1;
  into_target(after);
  if (!ok()) return;
  body_.queries.push_back({between(first, into) + " " + between(after, end), {}});
}

void Reader::into_target(int& index) {
  if (tokens_.is(index, "strict")) ++index;
  for (;;) {
    if (tokens_.is(index, "new") || tokens_.is(index, "old")) body_.assigns_row = true;
    if (index < tokens_.size() && tokens_[index].kind == TokenKind::parameter) ++index;
    else if (is_name(index)) ++index;
    else return fail("is not understood");
    while (tokens_.is(index, ".") && is_name(index + 1)) index += 2;
    if (!tokens_.is(index, ",")) return;
    ++index;
  }
}

}  // namespace

Result<PlpgsqlBody> read_plpgsql(std::string_view body) { return Reader(body).read(); }

}  // namespace sluice::sql
