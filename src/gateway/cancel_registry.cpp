#include "gateway/cancel_registry.h"

#include <utility>

#include "base/bytes.h"
#include "base/digest.h"

namespace sluice::gateway {

// Looked up by digest, so that how long a look-up takes tells nothing about the keys that exist.
std::string CancelRegistry::name_of(std::uint32_t process_id, const std::string& key) {
  std::string name;
  append_u32(name, process_id);
  const Digest digest = sha256(key);
  name.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return name;
}

void CancelRegistry::add(std::uint32_t process_id, const std::string& key, Cancel cancel) {
  const std::scoped_lock lock(mutex_);
  sessions_.insert_or_assign(name_of(process_id, key), std::move(cancel));
}

void CancelRegistry::remove(std::uint32_t process_id, const std::string& key) {
  const std::scoped_lock lock(mutex_);
  sessions_.erase(name_of(process_id, key));
}

bool CancelRegistry::cancel(std::uint32_t process_id, const std::string& key, std::function<void()> done) const {
  Cancel cancel;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(name_of(process_id, key));
    if (found == sessions_.end()) return false;
    cancel = found->second;
  }
  cancel(std::move(done));
  return true;
}

}  // namespace sluice::gateway
