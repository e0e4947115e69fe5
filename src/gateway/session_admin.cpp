// A person who asks for the admin database: logged in like everybody, but without an upstream.
#include "gateway/admin_session.h"
#include "gateway/session.h"

namespace sluice::gateway {

// Agents and people alike learn no more than that it is not for them.
Status Session::admit_admin() {
  if (worker_.gateway.admin == nullptr) return make_error(ErrorKind::unknown_database, "database \"" + database_.text + "\" does not exist");
  if (identity_.kind != auth::IdentityKind::person) {
    return make_error(ErrorKind::denied, "permission denied for database \"" + database_.text + "\"", "Only people may use the admin database.");
  }
  admin_ = std::make_unique<AdminSession>(worker_, *agent_, from_agent_, identity_.id, ending_);
  return Done{};
}

net::awaitable<Status> Session::begin_admin(std::string before) {
  process_id_ = static_cast<std::uint32_t>(id_ & 0x7FFFFFFF);
  const Status recorded = co_await record_opened();
  if (!recorded.ok()) co_return co_await refuse_login(recorded.error(), std::move(before));
  worker_.metrics.sessions_opened.add();
  worker_.metrics.sessions[static_cast<std::size_t>(doing_)].subtract();
  doing_ = Activity::idle;
  worker_.metrics.sessions[static_cast<std::size_t>(doing_)].add();
  agent_->set_write_timeout(config_->limits.write_timeout);
  before += admin_->welcome(process_id_);
  SLUICE_CO_CHECK(co_await agent_->write(before));
  agent_->set_deadline(net::kNever);
  ending_.reset();
  if (draining_) drain();
  co_return Done{};
}

void Session::end_admin(Error why) {
  ending_ = std::move(why);
  agent_->set_deadline(std::chrono::steady_clock::now());
}

net::awaitable<void> Session::serve_admin() { co_await admin_->serve(); }

ClientRow Session::describe() const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun_).count();
  const char* doing = "";
  switch (doing_) {
    case Activity::login: doing = "login"; break;
    case Activity::idle: doing = "idle"; break;
    case Activity::in_transaction: doing = "in transaction"; break;
    case Activity::running: doing = "running"; break;
    case Activity::held: doing = "held"; break;
  }
  return ClientRow{id_, logging_in_ ? std::string() : identity_.id.text, database_.text, agent_->peer(), doing, static_cast<std::uint64_t>(seconds)};
}

}  // namespace sluice::gateway
