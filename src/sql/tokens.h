#pragma once

#include <string_view>
#include <vector>

namespace sluice::sql {

/// The lexical elements of a text that PostgreSQL's grammar accepts, without white space and comments.
enum class TokenKind { word, quoted_word, unicode_word, string, number, parameter, symbol };

struct Token {
  int begin = 0;
  int end = 0;
  TokenKind kind = TokenKind::symbol;
};

class Tokens {
 public:
  /// `text` must outlive the tokens.
  explicit Tokens(std::string_view text);

  [[nodiscard]] int size() const { return static_cast<int>(tokens_.size()); }
  /// Index of the token that begins at a byte; -1 if none does.
  [[nodiscard]] int at(int byte) const;
  [[nodiscard]] const Token& operator[](int index) const { return tokens_[static_cast<std::size_t>(index)]; }
  /// Index of the first token that begins at a byte or after it; size() if there is none.
  [[nodiscard]] int first_from(int byte) const;
  [[nodiscard]] std::string_view text(int index) const;
  /// Is the token at `index`, if there is one, this symbol or this keyword (lower case)?
  [[nodiscard]] bool is(int index, std::string_view expected) const;
  /// Index of the last token of a dotted name of `fields` parts that begins at `index`; -1: it is not one.
  [[nodiscard]] int name_end(int index, int fields) const;
  /// The number of parts of the dotted name that begins at `index`, as it is written.
  [[nodiscard]] int name_fields(int index) const;
  /// Index of the token that closes the parenthesis or bracket at `index`; -1: none.
  [[nodiscard]] int closing(int index) const;
  /// Index of the last token of the list element that begins at `index`.
  [[nodiscard]] int element_end(int index) const;

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
};

}  // namespace sluice::sql
