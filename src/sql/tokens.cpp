#include "sql/tokens.h"

#include <algorithm>
#include <cctype>

namespace sluice::sql {
namespace {

bool is_word_start(unsigned char c) { return std::isalpha(c) != 0 || c == '_' || c >= 0x80; }
bool is_word(unsigned char c) { return is_word_start(c) || (c >= '0' && c <= '9') || c == '$'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_operator(char c) { return std::string_view("~!@#^&|`?+-*/%<>=").find(c) != std::string_view::npos; }

// Cuts one token after the other, as the rules of PostgreSQL's scan.l do with standard_conforming_strings.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  bool next(Token& token) {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    token.begin = static_cast<int>(at_);
    token.kind = cut();
    token.end = static_cast<int>(at_);
    return true;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool starts_with(std::string_view prefix) const { return text_.substr(at_, prefix.size()) == prefix; }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (starts_with("--")) {
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
      } else if (starts_with("/*")) {
        skip_comment();
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    int depth = 0;
    while (at_ < text_.size()) {
      if (starts_with("/*")) {
        ++depth;
        at_ += 2;
      } else if (starts_with("*/")) {
        at_ += 2;
        if (--depth == 0) return;
      } else {
        ++at_;
      }
    }
  }

  TokenKind cut() {
    const char c = peek();
    if (c == '\'') return string(false);
    if (c == '"') return quoted_word();
    if (peek(1) == '\'') {
      if (c == 'e' || c == 'E') return ++at_, string(true);
      if (c == 'b' || c == 'B' || c == 'x' || c == 'X' || c == 'n' || c == 'N') return ++at_, string(false);
    }
    if ((c == 'u' || c == 'U') && peek(1) == '&') {
      if (peek(2) == '\'') return at_ += 2, string(false);
      if (peek(2) == '"') return at_ += 2, quoted_word(), TokenKind::unicode_word;
    }
    if (is_word_start(static_cast<unsigned char>(c))) {
      while (at_ < text_.size() && is_word(static_cast<unsigned char>(text_[at_]))) ++at_;
      return TokenKind::word;
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '$') return dollar();
    if (is_operator(c)) return operator_symbol();
    return symbol();
  }

  // A string goes on after white space that holds a newline.
  TokenKind string(bool escapes) {
    for (;;) {
      ++at_;
      while (at_ < text_.size() && text_[at_] != '\'') at_ += escapes && text_[at_] == '\\' ? 2 : 1;
      at_ = std::min(at_ + 1, text_.size());
      if (peek() == '\'') continue;  // a doubled quote
      const std::size_t end = at_;
      skip_blanks();
      const bool goes_on = peek() == '\'' && text_.substr(end, at_ - end).find_first_of("\n\r") != std::string_view::npos;
      if (!goes_on) {
        at_ = end;
        return TokenKind::string;
      }
    }
  }

  TokenKind quoted_word() {
    do {
      ++at_;
      while (at_ < text_.size() && text_[at_] != '"') ++at_;
      at_ = std::min(at_ + 1, text_.size());
    } while (peek() == '"');
    return TokenKind::quoted_word;
  }

  TokenKind number() {
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && peek(1) != '.') {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (is_digit(peek(sign))) {
        at_ += sign;
        while (is_digit(peek())) ++at_;
      }
    }
    return TokenKind::number;
  }

  TokenKind dollar() {
    if (is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
      return TokenKind::parameter;
    }
    std::size_t tag_end = at_ + 1;
    while (tag_end < text_.size() && is_word(static_cast<unsigned char>(text_[tag_end])) && text_[tag_end] != '$') ++tag_end;
    if (tag_end >= text_.size() || text_[tag_end] != '$') return symbol();
    const std::string_view tag = text_.substr(at_, tag_end + 1 - at_);
    const std::size_t end = text_.find(tag, tag_end + 1);
    at_ = end == std::string_view::npos ? text_.size() : end + tag.size();
    return TokenKind::string;
  }

  // Longest run of operator characters, cut before a comment; a trailing + or - belongs to what follows
  // unless the operator holds a character that SQL's own operators do not use.
  TokenKind operator_symbol() {
    std::size_t size = 1;
    while (is_operator(peek(size))) ++size;
    std::string_view symbol_text = text_.substr(at_, size);
    size = std::min({size, symbol_text.find("--"), symbol_text.find("/*")});
    symbol_text = symbol_text.substr(0, size);
    if (symbol_text.find_first_of("~!@#^&|`?%") == std::string_view::npos) {
      while (size > 1 && (symbol_text[size - 1] == '+' || symbol_text[size - 1] == '-')) --size;
    }
    at_ += size;
    return TokenKind::symbol;
  }

  TokenKind symbol() {
    at_ += starts_with("::") || starts_with("..") || starts_with(":=") ? 2 : 1;
    return TokenKind::symbol;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Tokens::Tokens(std::string_view text) : text_(text) {
  tokens_.reserve(text.size() / 4 + 8);
  Lexer lexer(text);
  for (Token token; lexer.next(token);) tokens_.push_back(token);
}

int Tokens::first_from(int byte) const {
  const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), byte, [](const Token& t, int b) { return t.begin < b; });
  return static_cast<int>(found - tokens_.begin());
}

int Tokens::at(int byte) const {
  const int found = first_from(byte);
  return found < size() && (*this)[found].begin == byte ? found : -1;
}

std::string_view Tokens::text(int index) const {
  if (index < 0 || index >= size()) return {};
  const Token& token = (*this)[index];
  return text_.substr(static_cast<std::size_t>(token.begin), static_cast<std::size_t>(token.end - token.begin));
}

bool Tokens::is(int index, std::string_view expected) const {
  if (index < 0 || index >= size()) return false;
  const TokenKind kind = (*this)[index].kind;
  if (kind != TokenKind::word && kind != TokenKind::symbol) return false;
  const std::string_view written = text(index);
  return std::equal(written.begin(), written.end(), expected.begin(), expected.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
}

int Tokens::name_end(int index, int fields) const {
  for (int field = 1; index >= 0 && index < size(); ++field) {
    const TokenKind kind = (*this)[index].kind;
    const bool named = kind == TokenKind::word || kind == TokenKind::quoted_word || kind == TokenKind::unicode_word;
    if (!named && !is(index, "*")) return -1;
    if (kind == TokenKind::unicode_word && is(index + 1, "uescape")) index += 2;  // and the character
    if (field == fields) return index < size() ? index : -1;
    if (!is(index + 1, ".")) return -1;
    index += 2;
  }
  return -1;
}

int Tokens::name_fields(int index) const {
  int fields = 1;
  for (int last = name_end(index, 1); last >= 0 && is(last + 1, "."); last = name_end(last + 2, 1)) ++fields;
  return fields;
}

int Tokens::closing(int index) const {
  int depth = 0;
  for (; index >= 0 && index < size(); ++index) {
    if (is(index, "(") || is(index, "[")) ++depth;
    if ((is(index, ")") || is(index, "]")) && --depth == 0) return index;
  }
  return -1;
}

int Tokens::element_end(int index) const {
  for (; index < size(); ++index) {
    if (is(index, "(") || is(index, "[")) {
      index = closing(index);
      if (index < 0) return -1;
    } else if (is(index, ",") || is(index, ")") || is(index, ";")) {
      return index - 1;
    }
  }
  return size() - 1;
}

}  // namespace sluice::sql
