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
  /// Cancels, and calls `done` once that is delivered: what is sent from then on is not meant. Both from any thread.
  using Cancel = std::function<void(std::function<void()> done)>;

  void add(std::uint32_t process_id, const std::string& key, Cancel cancel);
  void remove(std::uint32_t process_id, const std::string& key);
  /// False: the key fits nobody, which is ignored, as PostgreSQL does.
  bool cancel(std::uint32_t process_id, const std::string& key, std::function<void()> done) const;

 private:
  static std::string name_of(std::uint32_t process_id, const std::string& key);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Cancel> sessions_;
};

}  // namespace sluice::gateway
