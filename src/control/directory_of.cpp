#include "control/directory_of.h"

#include <utility>

#include "config/can_decide.h"

namespace sluice::control {

approvals::Directory directory_of(const config::Config& config) {
  approvals::Directory directory;
  for (const auto& [id, entry] : config.identities) directory.emplace(id, approvals::Person{entry.identity, config::can_decide(config, entry)});
  return directory;
}

std::shared_ptr<const approvals::Directory> ConfiguredPeople::now() {
  auto current = board_.config();
  if (current != nullptr && current != of_) {
    directory_ = std::make_shared<approvals::Directory>(directory_of(*current));
    of_ = std::move(current);
  }
  return directory_;
}

}  // namespace sluice::control
