#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// A password, key or token. Wiped from memory when it dies; it cannot be streamed, formatted or
/// compared by accident. Moving leaves the source empty.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  /// The bytes themselves: for the one call that needs them.
  [[nodiscard]] std::string_view reveal() const noexcept { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace sluice
