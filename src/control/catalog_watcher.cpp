#include "control/catalog_watcher.h"

#include <algorithm>
#include <utility>

#include "control/log.h"
#include "control/settle.h"

namespace sluice::control {

CatalogWatcher::CatalogWatcher(DatabaseAlias alias, config::Upstream upstream, store::Store& store, Publish publish, Attempted attempted,
                               Intervals intervals)
    : alias_(std::move(alias)),
      intervals_(intervals),
      store_(store),
      publish_(std::move(publish)),
      attempted_(std::move(attempted)),
      source_(std::move(upstream)),
      thread_("catalog") {
  net::spawn(thread_.executor(), watch(this));
}

net::awaitable<Status> CatalogWatcher::refresh() {
  const std::uint64_t ticket = asked_.fetch_add(1) + 1;
  auto read_for_it = [this, ticket] { return serve(ticket); };
  co_return co_await net::on(thread_.executor(), read_for_it);
}

void CatalogWatcher::stop() {
  settle(thread_.executor());
  thread_.stop();
  thread_.join();
}

Status CatalogWatcher::serve(std::uint64_t ticket) {
  if (served_ < ticket) {
    // Whoever has a ticket by now asked before this reading begins.
    const std::uint64_t asked = asked_.load();
    last_ = read();
    served_ = asked;
  }
  return last_;
}

Status CatalogWatcher::read() {
  const auto version_of = [this](const std::string& fingerprint) { return store_.version_of("catalog", alias_.text, fingerprint); };
  auto reading = source_.read(fingerprint_, version_of);
  Status status = reading.ok() ? Status(Done{}) : Status(reading.error());
  if (reading.ok()) status = publish_(source_, reading->catalog);
  note(status);
  if (!status.ok()) return status;
  last_fingerprint_ = std::chrono::steady_clock::now();
  fingerprint_ = reading->fingerprint;
  return status;
}

Status CatalogWatcher::look() {
  const auto changed = source_.may_have_changed();
  if (!changed.ok()) {
    note(changed.error());
    return changed.error();
  }
  const bool due = std::chrono::steady_clock::now() - last_fingerprint_ >= intervals_.fingerprint;
  if (*changed || due || fingerprint_.empty()) return read();
  note(Done{});
  return Done{};
}

void CatalogWatcher::note(const Status& status) {
  if (status.ok() == healthy_) return;
  healthy_ = status.ok();
  if (healthy_) {
    log_info("database \"" + alias_.text + "\": the catalog can be read again");
  } else {
    log_warning("database \"" + alias_.text + "\": " +
                (status.error().kind == ErrorKind::upstream_unavailable ? source_.last_failure() : status.error().message));
  }
}

net::awaitable<void> CatalogWatcher::watch(CatalogWatcher* self) {
  Status status = self->read();
  self->attempted_();
  auto pause = self->intervals_.first_retry;
  for (;;) {
    if (status.ok()) {
      pause = self->intervals_.first_retry;
      co_await net::sleep_until(std::chrono::steady_clock::now() + self->intervals_.look);
    } else {
      co_await net::sleep_until(std::chrono::steady_clock::now() + pause);
      pause = std::min(pause * 2, self->intervals_.last_retry);
    }
    status = self->look();
  }
}

}  // namespace sluice::control
