#pragma once

#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace sluice {

/// Either the answer or the error, never both and never neither. Reading the wrong one is a
/// programming error and ends the process.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}      // NOLINT: implicit by design

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & { return *require<0>(); }
  [[nodiscard]] const T& value() const& { return *require<0>(); }
  [[nodiscard]] T&& value() && { return std::move(*require<0>()); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return require<0>(); }
  [[nodiscard]] const T* operator->() const { return require<0>(); }

  [[nodiscard]] Error& error() & { return *require<1>(); }
  [[nodiscard]] const Error& error() const& { return *require<1>(); }
  [[nodiscard]] Error&& error() && { return std::move(*require<1>()); }

 private:
  template <std::size_t I>
  auto* require() {
    auto* held = std::get_if<I>(&state_);
    if (held == nullptr) std::abort();
    return held;
  }
  template <std::size_t I>
  const auto* require() const {
    const auto* held = std::get_if<I>(&state_);
    if (held == nullptr) std::abort();
    return held;
  }

  std::variant<T, Error> state_;
};

/// Success without a value.
struct Done {
  friend bool operator==(Done, Done) = default;
};
using Status = Result<Done>;

}  // namespace sluice

/// `SLUICE_TRY(name, expression);` declares `name` with the value, or returns the error.
#define SLUICE_TRY(name, ...) SLUICE_TRY_IMPL_(name, SLUICE_TRY_JOIN_(sluice_try_, __LINE__), return, __VA_ARGS__)
#define SLUICE_CO_TRY(name, ...) SLUICE_TRY_IMPL_(name, SLUICE_TRY_JOIN_(sluice_try_, __LINE__), co_return, __VA_ARGS__)
/// `SLUICE_CHECK(expression);` returns the error of a Status, if any.
#define SLUICE_CHECK(...) SLUICE_CHECK_IMPL_(SLUICE_TRY_JOIN_(sluice_try_, __LINE__), return, __VA_ARGS__)
#define SLUICE_CO_CHECK(...) SLUICE_CHECK_IMPL_(SLUICE_TRY_JOIN_(sluice_try_, __LINE__), co_return, __VA_ARGS__)

#define SLUICE_TRY_JOIN_(a, b) SLUICE_TRY_JOIN2_(a, b)
#define SLUICE_TRY_JOIN2_(a, b) a##b
#define SLUICE_TRY_IMPL_(name, result, leave, ...) \
  auto result = (__VA_ARGS__);                     \
  if (!result.ok()) leave std::move(result).error(); \
  auto name = std::move(result).value()
#define SLUICE_CHECK_IMPL_(result, leave, ...) \
  if (auto result = (__VA_ARGS__); !result.ok()) leave std::move(result).error()
