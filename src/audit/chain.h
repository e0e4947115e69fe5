#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "audit/record.h"
#include "base/digest.h"
#include "base/result.h"

namespace sluice::audit {

/// Where a chain of records ends.
struct ChainHead {
  std::uint64_t sequence = 0;  ///< of the last record; 0: none yet
  Digest digest{};             ///< of the last record; zeros before the first
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

/// Computes the digests of the chain: SHA-256 over the 32 bytes of the previous digest and the record's
/// text up to, not including, `,"digest":`. Keeps OpenSSL's context, so that a link costs one hash.
class Linker {
 public:
  Linker();
  ~Linker();
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;
  [[nodiscard]] Digest link(const Digest& previous, std::string_view text);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Turns records into lines of the log.
class Chain {
 public:
  explicit Chain(ChainHead head) : head_(head) {}
  [[nodiscard]] const ChainHead& head() const noexcept { return head_; }
  /// Numbers the record, links it and appends its line, newline included.
  void append(std::string& out, Record& record);

 private:
  ChainHead head_;
  Linker linker_;
};

/// The first thing that is wrong with a log.
struct Fault {
  std::uint64_t sequence = 0;  ///< of the record that is bad or missing
  std::string what;
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// Checks lines one after the other. After a fault it goes on as if the line had been right.
class Verifier {
 public:
  explicit Verifier(ChainHead start = {}) : head_(start) {}
  /// Goes on after `head` instead of after the last line.
  void resume(const ChainHead& head) { head_ = head; }
  /// `line` without its newline.
  [[nodiscard]] std::optional<Fault> check(std::string_view line);
  [[nodiscard]] const ChainHead& head() const noexcept { return head_; }  ///< after the last line checked

 private:
  ChainHead head_;
  Linker linker_;
};

/// What a line says about itself: {"seq":N,…,"digest":"…"}. Empty if it has not that shape.
struct LineSeal {
  std::uint64_t sequence = 0;
  std::string_view text;  ///< what the digest covers
  Digest digest{};
};
[[nodiscard]] std::optional<LineSeal> seal_of(std::string_view line);

/// The content of the file HEAD, newline included, and back.
[[nodiscard]] std::string encode_head(const ChainHead& head);
[[nodiscard]] std::optional<ChainHead> decode_head(std::string_view text);

}  // namespace sluice::audit
