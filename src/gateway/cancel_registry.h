#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sluice::gateway {

/// Finds the session that a CancelRequest means, by process id and secret key as BackendKeyData gave
/// them. One for all workers; locked, but used at login, logout and cancel only.
class CancelRegistry {
 public:
  using Cancel = std::function<void()>;  ///< may be called from any thread

  void add(std::uint32_t process_id, const std::string& key, Cancel cancel);
  void remove(std::uint32_t process_id, const std::string& key);
  /// A key that fits nobody is ignored, as PostgreSQL does.
  void cancel(std::uint32_t process_id, const std::string& key) const;

 private:
  static std::string name_of(std::uint32_t process_id, const std::string& key);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Cancel> sessions_;
};

}  // namespace sluice::gateway
