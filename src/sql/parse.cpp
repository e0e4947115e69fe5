#include "sql/parse.h"

#include <string>
#include <utility>

#include "sql/large_stack.h"
#include "sql/text_checks.h"
#include "sql/tree_depth.h"
#include "sql/raw_tree.h"

namespace sluice::sql {
namespace {

// The grammar itself does not recurse, but actions of it do: over a chain like `1+1+1…` in the argument of a type
// (copyObject) or of a second ORDER BY (exprLocation). Measured: 16 bytes of stack for each byte of text.
constexpr std::size_t kSmallText = 2048;
constexpr std::size_t kStackPerByte = 256;
constexpr std::size_t kLongestMessage = 1024;

struct ParserCall {
  const char* text;
  SluiceRawParseResult result;
};

void call_parser(void* argument) {
  auto* call = static_cast<ParserCall*>(argument);
  call->result = pg_query_raw_parse(call->text);
}

Error too_complex() {
  return make_error(ErrorKind::statement_too_complex, "statement is too complex",
                    "nest fewer expressions and subqueries, or use several statements");
}

/// PostgreSQL quotes the rest of an unterminated literal: cut that where a character ends.
std::string shorten(std::string_view message) {
  if (message.size() <= kLongestMessage) return std::string(message);
  std::size_t size = kLongestMessage;
  while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xc0) == 0x80) --size;
  return std::string(message.substr(0, size)) + "…\"";
}

Error to_error(const PgQueryError& error) {
  const std::string_view message = text_of(error.message);
  if (message.starts_with("memory exhausted")) return too_complex();
  Error result = make_error(ErrorKind::syntax_error, shorten(message));
  result.position = error.cursorpos;
  return result;
}

}  // namespace

Result<ParsedText> ParsedText::parse(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return make_error(ErrorKind::statement_too_large, "statement is too large: " + std::to_string(text.size()) + " bytes of at most " +
                                                          std::to_string(limits.max_bytes));
  }
  if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text)) {
    return make_error(ErrorKind::invalid_text_encoding, "invalid byte sequence for encoding \"UTF8\"");
  }
  if (!is_cheap_to_scan(text)) return too_complex();

  const std::string terminated(text);
  ParserCall call{terminated.c_str(), {}};
  ParsedText parsed(pg_query_enter_memory_context(), nullptr, text.size());
  if (text.size() <= kSmallText) {
    call_parser(&call);
  } else if (!call_on_large_stack(kSmallText * kStackPerByte + text.size() * kStackPerByte, call_parser, &call)) {
    return too_complex();
  }
  std::free(call.result.stderr_buffer);
  if (call.result.error != nullptr) {
    Error error = to_error(*call.result.error);
    pg_query_free_error(call.result.error);
    return error;
  }
  parsed.tree_ = call.result.tree;
  switch (measure_depth(parsed.tree_, limits.max_depth)) {
    case TreeDepth::within_bound: return parsed;
    case TreeDepth::too_deep: return too_complex();
    case TreeDepth::unknown_node: break;
  }
  return make_error(ErrorKind::not_supported, "statement uses syntax that is not supported");
}

ParsedText::ParsedText(ParsedText&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)), tree_(std::exchange(other.tree_, nullptr)), text_size_(other.text_size_) {}

ParsedText& ParsedText::operator=(ParsedText&& other) noexcept {
  if (this != &other) {
    release();
    context_ = std::exchange(other.context_, nullptr);
    tree_ = std::exchange(other.tree_, nullptr);
    text_size_ = other.text_size_;
  }
  return *this;
}

ParsedText::~ParsedText() { release(); }

void ParsedText::release() noexcept {
  // Leaves libpg_query's current context at its top one, which outlives every text.
  if (context_ != nullptr) pg_query_exit_memory_context(static_cast<MemoryContext>(context_));
  context_ = nullptr;
}

std::size_t ParsedText::size() const noexcept { return elements<RawStmt>(tree_).size(); }

const RawStmt* ParsedText::statement(std::size_t index) const { return elements<RawStmt>(tree_)[index]; }

ByteRange ParsedText::range(std::size_t index) const {
  const RawStmt& raw = *statement(index);
  const auto begin = static_cast<std::size_t>(raw.stmt_location);
  return {begin, raw.stmt_len > 0 ? static_cast<std::size_t>(raw.stmt_len) : text_size_ - begin};
}

}  // namespace sluice::sql
